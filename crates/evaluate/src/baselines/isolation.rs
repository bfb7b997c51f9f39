//! How unlike others rows are, without labels: an isolation forest and the distance
//! to the nearest.
//!
//! # Source
//! Liu, Ting and Zhou, "Isolation Forest", 2008: what few random cuts isolate is
//! unusual.

use crate::rng::Rng;

/// Trees of the forest.
const TREES: usize = 100;
/// Rows of a tree.
const SAMPLE: usize = 256;

/// The distance of each row to the nearest of the training rows, the root of the
/// mean squared difference; infinite where there are none.
#[must_use]
pub fn nearest_distance(train: &[Vec<f64>], test: &[Vec<f64>]) -> Vec<f64> {
    let nearest = |row: &Vec<f64>| {
        let mut best = f64::INFINITY;
        for other in train {
            let mut sum = 0.0;
            for part in row.chunks(16).zip(other.chunks(16)) {
                sum += part
                    .0
                    .iter()
                    .zip(part.1)
                    .map(|(a, b)| (a - b) * (a - b))
                    .sum::<f64>();
                if sum >= best {
                    break;
                }
            }
            best = best.min(sum);
        }
        (best / row.len().max(1) as f64).sqrt()
    };
    test.iter().map(nearest).collect()
}

/// The score of each row by an isolation forest of the training rows: 0 to 1, above
/// a half where it is unusual.
#[must_use]
pub fn isolation_forest(train: &[Vec<f64>], test: &[Vec<f64>], seed: u64) -> Vec<f64> {
    let sample = train.len().min(SAMPLE);
    if sample < 2 {
        return vec![0.5; test.len()];
    }
    let depth = (sample as f64).log2().ceil() as usize;
    let mut rng = Rng::new(seed);
    let mut depths = vec![0.0; test.len()];
    for _ in 0..TREES {
        let mut order: Vec<usize> = (0..train.len()).collect();
        rng.shuffle(&mut order);
        let rows: Vec<&[f64]> = order
            .iter()
            .take(sample)
            .map(|&at| train[at].as_slice())
            .collect();
        let tree = Node::grow(rows, depth, &mut rng);
        for (sum, row) in depths.iter_mut().zip(test) {
            *sum += tree.depth(row);
        }
    }
    let usual = average(sample);
    let scores = depths
        .iter()
        .map(|sum| (-sum / TREES as f64 / usual).exp2());
    scores.collect()
}

enum Node {
    /// So many rows are left together.
    Leaf(usize),
    Cut {
        column: usize,
        at: f64,
        sides: Box<[Node; 2]>,
    },
}

impl Node {
    fn grow(rows: Vec<&[f64]>, depth: usize, rng: &mut Rng) -> Self {
        let width = rows.first().map_or(0, |row| row.len());
        if depth == 0 || rows.len() < 2 || width == 0 {
            return Self::Leaf(rows.len());
        }
        let column = rng.below(width);
        let values = || rows.iter().filter_map(|row| row.get(column)).copied();
        let low = values().fold(f64::INFINITY, f64::min);
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        if low >= high {
            return Self::Leaf(rows.len());
        }
        let share = (rng.below(1 << 20) as f64 + 0.5) / f64::from(1 << 20);
        let at = low + share * (high - low);
        let side = |row: &&[f64]| row.get(column).is_some_and(|value| *value < at);
        let (left, right): (Vec<&[f64]>, Vec<&[f64]>) = rows.into_iter().partition(side);
        let sides = [left, right].map(|rows| Self::grow(rows, depth - 1, rng));
        Self::Cut {
            column,
            at,
            sides: Box::new(sides),
        }
    }

    fn depth(&self, row: &[f64]) -> f64 {
        match self {
            Self::Leaf(rows) => average(*rows),
            Self::Cut { column, at, sides } => {
                let [left, right] = &**sides;
                let is_left = row.get(*column).is_some_and(|value| value < at);
                1.0 + if is_left { left } else { right }.depth(row)
            }
        }
    }
}

/// The mean depth of a search that fails in a tree of so many rows.
fn average(rows: usize) -> f64 {
    match rows {
        0 | 1 => 0.0,
        2 => 1.0,
        rows => {
            let rows = rows as f64;
            let harmonic = (rows - 1.0).ln() + 0.577_215_664_901_532_9;
            2.0 * harmonic - 2.0 * (rows - 1.0) / rows
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{isolation_forest, nearest_distance};

    #[test]
    fn what_lies_apart_scores_higher() {
        let train: Vec<Vec<f64>> = (0..200)
            .map(|at| vec![f64::from(at % 14) / 14.0, f64::from(at % 9) / 9.0])
            .collect();
        let test = vec![vec![0.5, 0.5], vec![4.0, -3.0]];
        for scores in [
            isolation_forest(&train, &test, 1),
            nearest_distance(&train, &test),
        ] {
            // Cuts lie where the training rows do: a forest tells far from farther badly.
            assert!(scores[1] > scores[0] + 0.05, "{scores:?}");
        }
        assert_eq!(isolation_forest(&[], &test, 1), [0.5, 0.5]);
        assert_eq!(nearest_distance(&train, &train[..3]), [0.0; 3]);
    }
}
