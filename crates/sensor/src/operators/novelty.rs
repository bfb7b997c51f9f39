//! How unlike all windows that were learned a window is: what of its numbers the
//! directions leave over in which these differ.

use super::standard::Standard;
use crate::packed::Rows;

/// The step, checked: every list is as long as what it goes with.
#[derive(Debug, Clone)]
pub(crate) struct Novelty {
    pub(super) standard: Standard,
    /// A direction a row.
    pub(super) basis: Rows,
    pub(super) limit: f64,
}

impl Novelty {
    /// The root of the mean square of what is left over, over the limit: above 1 it is
    /// new. NaN where a number is missing, as all of a channel without a sample are: what
    /// is not there would count as usual.
    pub(crate) fn of(&self, numbers: &[f64]) -> f64 {
        if numbers.iter().any(|number| number.is_nan()) {
            return f64::NAN;
        }
        let standard = self.standard.of(numbers);
        let along = self
            .basis
            .times(&standard)
            .collect::<alloc::vec::Vec<f64>>();
        let explained = self.basis.sum(&along);
        let squares = standard
            .iter()
            .zip(&explained)
            .fold(0.0, |sum, (all, part)| sum + (all - part) * (all - part));
        libm::sqrt(squares / standard.len() as f64) / self.limit
    }
}
