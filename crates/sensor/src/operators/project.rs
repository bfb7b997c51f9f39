//! Scores from numbers: standardised, held, and through a matrix.

use alloc::vec::Vec;

use super::standard::Standard;
use crate::packed::Rows;

/// The step, checked: every list is as long as what it goes with.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub(super) standard: Standard,
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
        let standard = self.standard.of(numbers);
        let products = self.weights.times(&standard);
        products
            .zip(&self.bias)
            .map(|(score, bias)| score + bias)
            .collect()
    }
}
