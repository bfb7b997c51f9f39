//! The directions in which learned windows differ most, and how much of a window may
//! be left over beside them.
//!
//! # Source
//! Jackson and Mudholkar, "Control Procedures for Residuals Associated with Principal
//! Component Analysis", 1979: what principal components leave over tells what is new.
//! Here the limit is counted on windows that the components did not see, and assumes
//! no distribution.

use faer::{Mat, Side};

use crate::{FitError, Standard};

/// Directions at most, and windows for each.
const DIRECTIONS: usize = 12;
const WINDOWS_OF_ONE: usize = 4;

/// The directions in which rows differ most, each of length 1, the first the most.
///
/// # Errors
/// [`FitError::Data`] where there is nothing to fit on.
pub(crate) fn directions(
    rows: &[Vec<f64>],
    standard: &Standard,
) -> Result<Vec<Vec<f64>>, FitError> {
    let width = standard.mean.len();
    if rows.len() < 2 || width == 0 {
        return Err(FitError::Data(
            "there are too few windows, or no number of a window, to tell what is new".into(),
        ));
    }
    let scaled: Vec<Vec<f64>> = rows.iter().map(|row| standard.of_row(row)).collect();
    let x = Mat::from_fn(rows.len(), width, |at, column| scaled[at][column]);
    // The products of rows with rows or of columns with columns, whichever are fewer.
    let by_rows = rows.len() < width;
    let gram = match by_rows {
        true => &x * x.transpose(),
        false => x.transpose() * &x,
    };
    let none = |_| FitError::Data("the directions of windows have no solution".into());
    let eigen = gram.self_adjoint_eigen(Side::Lower).map_err(none)?;
    let vectors = match by_rows {
        true => x.transpose() * eigen.U(),
        false => eigen.U().to_owned(),
    };
    let count = DIRECTIONS.min(rows.len() / WINDOWS_OF_ONE).max(1);
    // The largest are the last.
    let largest = (0..vectors.ncols()).rev().take(count);
    let each = largest.map(|at| {
        let vector = vectors.col(at);
        let length = vector.squared_norm_l2().sqrt().max(f64::MIN_POSITIVE);
        vector.iter().map(|value| value / length).collect()
    });
    Ok(each.collect())
}

/// What of windows that nothing was fitted on is left over, up to this share of them: as
/// many more windows will be beyond in the mean. The largest where there are too few
/// to say that.
///
/// # Source
/// Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005.
pub(crate) fn limit(mut left: Vec<f64>, rate: f64) -> Option<f64> {
    left.retain(|value| !value.is_nan());
    left.sort_unstable_by(f64::total_cmp);
    let rank = ((1.0 - rate) * (left.len() + 1) as f64).ceil() as usize;
    let at = rank.clamp(1, left.len().max(1)) - 1;
    let found = left.get(at).copied()?;
    // Of windows that are all alike nothing is left.
    Some(f64::from(found as f32).max(1e-6))
}

#[cfg(test)]
mod tests {
    use super::{directions, limit};
    use crate::Standard;

    /// Rows on a plane in six columns, with a little beside it.
    fn rows(count: usize) -> Vec<Vec<f64>> {
        let row = |at: usize| {
            let (a, b) = ((at as f64).sin(), (1.7 * at as f64).cos());
            let beside = 0.01 * (at as f64 * 5.3).sin();
            vec![a + b, a - b, a, b, 2.0 * a + beside, a + 2.0 * b]
        };
        (0..count).map(row).collect()
    }

    #[test]
    fn directions_are_those_in_which_rows_differ_whatever_is_more() {
        for count in [5, 200] {
            let rows = rows(count);
            let standard = Standard::of(&rows, 8.0);
            let found = directions(&rows, &standard).expect("directions");
            assert_eq!(found.len(), if count == 5 { 1 } else { 6 });
            for (at, one) in found.iter().enumerate() {
                for (other, two) in found.iter().enumerate() {
                    let product: f64 = one.iter().zip(two).map(|(a, b)| a * b).sum();
                    let expected = f64::from(u8::from(at == other));
                    assert!((product - expected).abs() < 1e-6, "{at} {other} {product}");
                }
            }
            // Two directions leave next to nothing of a row.
            let row = standard.of_row(&rows[3]);
            let along = |one: &Vec<f64>| one.iter().zip(&row).map(|(a, b)| a * b).sum::<f64>();
            let explained: f64 = found.iter().take(2).map(|one| along(one).powi(2)).sum();
            let all: f64 = row.iter().map(|value| value * value).sum();
            assert!(count == 5 || explained > 0.99 * all, "{explained} {all}");
        }
        let standard = Standard::of(&rows(1), 8.0);
        assert!(directions(&rows(1), &standard).is_err());
    }

    #[test]
    fn a_limit_lets_as_many_beyond_as_was_asked() {
        let left: Vec<f64> = (1..=99).map(f64::from).collect();
        assert_eq!(limit(left.clone(), 0.05), Some(95.0));
        assert_eq!(limit(left[..10].to_vec(), 0.05), Some(10.0));
        assert_eq!(
            limit(vec![f64::NAN, 0.0], 0.5),
            Some(f64::from(1e-6_f32).max(1e-6))
        );
        assert_eq!(limit(vec![f64::NAN], 0.5), None);
    }
}
