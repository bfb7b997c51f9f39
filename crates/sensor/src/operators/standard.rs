//! Numbers less their mean, over their deviation, held.

use alloc::vec::Vec;

/// The scale of numbers, checked: both lists are as long as the numbers are many.
#[derive(Debug, Clone)]
pub(crate) struct Standard {
    pub(super) mean: Vec<f64>,
    pub(super) deviation: Vec<f64>,
    pub(super) clip: f64,
}

impl Standard {
    /// Numbers on the scale; a missing one is at the mean.
    pub(super) fn of(&self, numbers: &[f64]) -> Vec<f64> {
        let each = numbers.iter().zip(&self.mean).zip(&self.deviation);
        each.map(|((number, mean), deviation)| match number.is_nan() {
            true => 0.0,
            false => ((number - mean) / deviation).max(-self.clip).min(self.clip),
        })
        .collect()
    }
}
