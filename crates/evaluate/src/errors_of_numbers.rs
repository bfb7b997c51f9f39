//! How far numeric answers are from the truth.

use serde::Serialize;

use crate::EvaluateError;
use crate::error::same_length;

/// The absolute errors of a list of numeric answers.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberErrors {
    absolute: Vec<f64>,
}

/// The figures of a list of errors, in the unit of the answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Figures {
    pub(crate) mae: f64,
    pub(crate) rmse: f64,
}

impl NumberErrors {
    /// The errors of `answers` against `truths`.
    ///
    /// # Errors
    /// [`EvaluateError::Empty`], [`EvaluateError::LengthMismatch`] and
    /// [`EvaluateError::NotFinite`].
    pub fn new(truths: &[f64], answers: &[f64]) -> Result<Self, EvaluateError> {
        same_length("answers", truths.len(), answers.len())?;
        if truths.is_empty() {
            return Err(EvaluateError::Empty);
        }
        for (what, list) in [("the truth", truths), ("the answer", answers)] {
            if let Some(row) = list.iter().position(|number| !number.is_finite()) {
                return Err(EvaluateError::NotFinite {
                    row,
                    what,
                    found: list[row],
                });
            }
        }
        let absolute = truths
            .iter()
            .zip(answers)
            .map(|(truth, answer)| (truth - answer).abs())
            .collect();
        Ok(Self { absolute })
    }

    /// The absolute error of each answer.
    #[must_use]
    pub fn absolute(&self) -> &[f64] {
        &self.absolute
    }

    /// The mean absolute error.
    #[must_use]
    pub fn mae(&self) -> f64 {
        self.figures(&vec![1; self.absolute.len()]).mae
    }

    /// The root of the mean squared error.
    #[must_use]
    pub fn rmse(&self) -> f64 {
        self.figures(&vec![1; self.absolute.len()]).rmse
    }

    /// The largest absolute error.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.absolute.iter().copied().fold(0.0, f64::max)
    }

    /// The figures with answer i counted `weights[i]` times.
    pub(crate) fn figures(&self, weights: &[u32]) -> Figures {
        let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
        for (&error, &weight) in self.absolute.iter().zip(weights) {
            let weight = f64::from(weight);
            sum += weight * error;
            squares += weight * error * error;
            count += weight;
        }
        Figures {
            mae: sum / count,
            rmse: (squares / count).sqrt(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_known_case() {
        let errors = NumberErrors::new(&[1.0, 2.0, 3.0], &[1.0, 4.0, 2.0]).unwrap();
        assert_eq!(errors.mae(), 1.0);
        assert!((errors.rmse() - (5.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(errors.max(), 2.0);
    }

    #[test]
    fn refuses_what_is_no_number() {
        assert!(matches!(
            NumberErrors::new(&[1.0], &[f64::NAN]),
            Err(EvaluateError::NotFinite { row: 0, .. })
        ));
        assert!(matches!(
            NumberErrors::new(&[], &[]),
            Err(EvaluateError::Empty)
        ));
    }
}
