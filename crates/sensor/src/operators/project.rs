//! Scores from numbers: standardised, held, and through a matrix.

use alloc::vec::Vec;

use crate::packed::Rows;

/// The step, checked: every list is as long as what it goes with.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub(super) mean: Vec<f64>,
    pub(super) deviation: Vec<f64>,
    pub(super) clip: f64,
    pub(super) weights: Rows,
    pub(super) bias: Vec<f64>,
}

impl Project {
    /// How many scores come of it.
    pub(crate) fn count(&self) -> usize {
        self.weights.count()
    }

    /// The scores of a window's numbers.
    pub(crate) fn of(&self, numbers: &[f64]) -> Vec<f64> {
        let each = numbers.iter().zip(&self.mean).zip(&self.deviation);
        let standard: Vec<f64> = each
            .map(|((number, mean), deviation)| match number.is_nan() {
                true => 0.0,
                false => ((number - mean) / deviation).max(-self.clip).min(self.clip),
            })
            .collect();
        let products = self.weights.times(&standard);
        products
            .zip(&self.bias)
            .map(|(score, bias)| score + bias)
            .collect()
    }
}
