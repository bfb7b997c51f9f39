//! The nearest rows of the training table, by Euclidean distance.

use super::mean;
use crate::Table;

/// How many neighbours answer.
pub const NEIGHBOURS: usize = 5;

/// The vote of the neighbours; the nearest of the tied labels decides a tie.
pub(super) fn classify(train: &Table, truths: &[usize], labels: usize, test: &Table) -> Vec<usize> {
    answer(train, test, |near| {
        let mut votes = vec![0; labels];
        for &row in near {
            votes[truths[row]] += 1;
        }
        let most = votes.iter().copied().max().unwrap_or(0);
        near.iter()
            .map(|&row| truths[row])
            .find(|&label| votes[label] == most)
            .unwrap_or(0)
    })
}

/// The mean of the neighbours.
pub(super) fn estimate(train: &Table, truths: &[f64], test: &Table) -> Vec<f64> {
    answer(train, test, |near| {
        let values: Vec<f64> = near.iter().map(|&row| truths[row]).collect();
        mean(&values)
    })
}

/// Applies `decide` to the nearest training rows of every test row.
fn answer<T>(train: &Table, test: &Table, decide: impl Fn(&[usize]) -> T) -> Vec<T> {
    test.rows()
        .iter()
        .map(|row| {
            let mut distances: Vec<(f64, usize)> = train
                .rows()
                .iter()
                .enumerate()
                .map(|(index, other)| (distance(row, other), index))
                .collect();
            let order =
                |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
            let count = NEIGHBOURS.min(distances.len());
            if count < distances.len() {
                distances.select_nth_unstable_by(count, order);
                distances.truncate(count);
            }
            distances.sort_unstable_by(order);
            let near: Vec<usize> = distances.into_iter().map(|(_, index)| index).collect();
            decide(&near)
        })
        .collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
