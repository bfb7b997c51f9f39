//! The nearest training window, where time may be warped.
//!
//! # Source
//! Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word
//! recognition", 1978: the distance and its band. Channels are warped together.

/// How far time may be warped: a share of a window.
pub const BAND: f64 = 0.1;

/// Windows as points in time: `[points][channels]`, of any length.
pub type Points = Vec<Vec<f64>>;

/// For each window to test the position of the nearest training window.
#[must_use]
pub fn nearest_warped(train: &[Points], test: &[Points]) -> Vec<Option<usize>> {
    let nearest = |window: &Points| {
        let mut best: Option<(f64, usize)> = None;
        for (at, other) in train.iter().enumerate() {
            let bound = best.map_or(f64::INFINITY, |(distance, _)| distance);
            let distance = warped(window, other, bound);
            if distance < bound {
                best = Some((distance, at));
            }
        }
        best.map(|(_, at)| at)
    };
    test.iter().map(nearest).collect()
}

/// The least sum of squared distances over all warpings within the band; infinite
/// where it would be above `bound`.
fn warped(a: &[Vec<f64>], b: &[Vec<f64>], bound: f64) -> f64 {
    let (rows, columns) = (a.len(), b.len());
    if rows == 0 || columns == 0 {
        return f64::INFINITY;
    }
    let longest = rows.max(columns);
    let band = ((BAND * longest as f64) as usize)
        .max(rows.abs_diff(columns))
        .max(1);
    let mut above = vec![f64::INFINITY; columns + 1];
    let mut row = vec![f64::INFINITY; columns + 1];
    above[0] = 0.0;
    for (at, point) in a.iter().enumerate() {
        row.fill(f64::INFINITY);
        let first = at.saturating_sub(band);
        let last = (at + band + 1).min(columns);
        let mut least = f64::INFINITY;
        for column in first..last {
            let step = above[column].min(above[column + 1]).min(row[column]);
            row[column + 1] = step + squared(point, &b[column]);
            least = least.min(row[column + 1]);
        }
        if least > bound {
            return f64::INFINITY;
        }
        std::mem::swap(&mut above, &mut row);
    }
    above[columns]
}

fn squared(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[f64]) -> Points {
        values.iter().map(|value| vec![*value]).collect()
    }

    #[test]
    fn a_delayed_copy_is_nearer_than_another_shape() {
        let mut late = vec![0.0; 40];
        let mut early = vec![0.0; 40];
        let mut low = vec![0.0; 40];
        late[20] = 5.0;
        early[18] = 5.0;
        low[18] = 3.0;
        let train = [points(&low), points(&late), vec![]];
        assert_eq!(nearest_warped(&train, &[points(&early)]), [Some(1)]);
        assert_eq!(nearest_warped(&[], &[points(&early)]), [None]);
        assert_eq!(warped(&points(&early), &points(&late), f64::INFINITY), 0.0);
    }

    #[test]
    fn lengths_may_differ_and_the_bound_ends_early() {
        let (short, long) = (
            points(&[0.0, 1.0, 0.0]),
            points(&[0.0, 0.0, 1.0, 1.0, 0.0, 0.0]),
        );
        assert_eq!(warped(&short, &long, f64::INFINITY), 0.0);
        assert!(warped(&points(&[9.0; 6]), &long, 10.0).is_infinite());
    }
}
