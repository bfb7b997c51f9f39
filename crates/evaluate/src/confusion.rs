//! The confusion matrix and the figures that follow from it.

use serde::Serialize;

use crate::EvaluateError;
use crate::error::same_length;

/// How often each true label was given each answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Confusion {
    /// `counts[truth][answer]`.
    counts: Vec<Vec<u64>>,
}

/// The figures of one label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ClassFigures {
    /// Of the answers with this label, the share that is right; 0 without any.
    pub precision: f64,
    /// Of the windows with this label, the share that is found; 0 without any.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// Windows with this label.
    pub support: u64,
}

impl Confusion {
    /// Counts `answers` against `truths`, both indices into `labels` labels.
    ///
    /// # Errors
    /// [`EvaluateError::LengthMismatch`] and [`EvaluateError::LabelOutOfRange`].
    pub fn new(labels: usize, truths: &[usize], answers: &[usize]) -> Result<Self, EvaluateError> {
        same_length("answers", truths.len(), answers.len())?;
        for list in [truths, answers] {
            if let Some(row) = list.iter().position(|&label| label >= labels) {
                return Err(EvaluateError::LabelOutOfRange {
                    row,
                    found: list[row],
                    labels,
                });
            }
        }
        let mut confusion = Self {
            counts: vec![vec![0; labels]; labels],
        };
        for (&truth, &answer) in truths.iter().zip(answers) {
            confusion.counts[truth][answer] += 1;
        }
        Ok(confusion)
    }

    /// The same with row i counted `weights[i]` times; for checked labels.
    pub(crate) fn weighted(
        labels: usize,
        truths: &[usize],
        answers: &[usize],
        weights: &[u32],
    ) -> Self {
        let mut counts = vec![vec![0; labels]; labels];
        for ((&truth, &answer), &weight) in truths.iter().zip(answers).zip(weights) {
            counts[truth][answer] += u64::from(weight);
        }
        Self { counts }
    }

    /// `counts[truth][answer]`.
    #[must_use]
    pub fn counts(&self) -> &[Vec<u64>] {
        &self.counts
    }

    /// The share of right answers; 0 without any.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.counts.len()).map(|i| self.counts[i][i]).sum();
        ratio(right, self.counts.iter().flatten().sum())
    }

    /// The figures of each label.
    #[must_use]
    pub fn classes(&self) -> Vec<ClassFigures> {
        (0..self.counts.len())
            .map(|label| {
                let right = self.counts[label][label];
                let support = self.counts[label].iter().sum();
                let answered = self.counts.iter().map(|row| row[label]).sum();
                ClassFigures {
                    precision: ratio(right, answered),
                    recall: ratio(right, support),
                    f1: ratio(2 * right, support + answered),
                    support,
                }
            })
            .collect()
    }

    /// The mean F1 of the labels that occur, as truth or as answer. A label
    /// that is neither cannot be judged and does not count.
    #[must_use]
    pub fn macro_f1(&self) -> f64 {
        let mut sum = 0.0;
        let mut occurring = 0_u32;
        for (label, figures) in self.classes().iter().enumerate() {
            if figures.support > 0 || self.counts.iter().any(|row| row[label] > 0) {
                sum += figures.f1;
                occurring += 1;
            }
        }
        if occurring == 0 {
            0.0
        } else {
            sum / f64::from(occurring)
        }
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures of scikit-learn 1.5 for the same lists.
    #[test]
    fn figures_of_a_known_case() {
        let truths = [0, 0, 0, 1, 1, 2, 2, 2, 2];
        let answers = [0, 0, 1, 1, 2, 2, 2, 2, 0];
        let confusion = Confusion::new(4, &truths, &answers).unwrap();
        assert_eq!(confusion.counts()[0], [2, 1, 0, 0]);
        assert!((confusion.accuracy() - 6.0 / 9.0).abs() < 1e-12);
        let f1 = [2.0 / 3.0, 0.5, 0.75];
        assert!((confusion.macro_f1() - f1.iter().sum::<f64>() / 3.0).abs() < 1e-12);
        let class = confusion.classes()[2];
        assert_eq!(
            (class.precision, class.recall, class.support),
            (0.75, 0.75, 4)
        );
    }

    #[test]
    fn refuses_what_does_not_fit() {
        assert!(matches!(
            Confusion::new(2, &[0, 1], &[0]),
            Err(EvaluateError::LengthMismatch { .. })
        ));
        assert!(matches!(
            Confusion::new(2, &[0, 1], &[0, 2]),
            Err(EvaluateError::LabelOutOfRange {
                row: 1,
                found: 2,
                ..
            })
        ));
    }
}
