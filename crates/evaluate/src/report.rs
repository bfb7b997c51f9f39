//! The figures of one evaluation, as they are reported.

use serde::Serialize;

use crate::error::same_length;
use crate::{
    ClassFigures, Clusters, Confusion, EvaluateError, Interval, NumberErrors, bootstrap, wilson,
};

/// Resamples behind every bootstrap interval.
pub const RESAMPLES: usize = 2000;

/// The figures of a classification.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassificationReport {
    /// Windows judged.
    pub n: usize,
    /// Distinct windows among them.
    pub distinct: usize,
    /// Share of right answers.
    pub accuracy: f64,
    /// Its bootstrap interval over distinct windows; `None` with one window.
    /// Without an error it has no width: look at `wilson95` instead.
    pub ci95: Option<Interval>,
    /// Wilson's interval of the accuracy, taken over distinct windows.
    pub wilson95: Option<Interval>,
    /// Mean F1 over the labels that occur.
    pub macro_f1: f64,
    /// Its bootstrap interval.
    pub macro_f1_ci95: Option<Interval>,
    /// `confusion[truth][answer]`.
    pub confusion: Confusion,
    /// Precision, recall and F1 of each label.
    pub classes: Vec<ClassFigures>,
}

impl ClassificationReport {
    /// Judges `answers` against `truths`, indices into `labels` labels.
    ///
    /// # Errors
    /// [`EvaluateError::Empty`], [`EvaluateError::LengthMismatch`] and
    /// [`EvaluateError::LabelOutOfRange`].
    pub fn new(
        labels: usize,
        truths: &[usize],
        answers: &[usize],
        clusters: &Clusters,
        seed: u64,
    ) -> Result<Self, EvaluateError> {
        same_length("windows", truths.len(), clusters.len())?;
        if truths.is_empty() {
            return Err(EvaluateError::Empty);
        }
        let confusion = Confusion::new(labels, truths, answers)?;
        let resampled = |figure: fn(&Confusion) -> f64| {
            bootstrap(clusters, RESAMPLES, seed, |weights| {
                figure(&Confusion::weighted(labels, truths, answers, weights))
            })
        };
        let accuracy = confusion.accuracy();
        Ok(Self {
            n: truths.len(),
            distinct: clusters.distinct(),
            accuracy,
            ci95: resampled(Confusion::accuracy),
            wilson95: wilson(accuracy, clusters.distinct()),
            macro_f1: confusion.macro_f1(),
            macro_f1_ci95: resampled(Confusion::macro_f1),
            classes: confusion.classes(),
            confusion,
        })
    }
}

/// The figures of numeric answers, in their unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NumberReport {
    /// Windows judged.
    pub n: usize,
    /// Distinct windows among them.
    pub distinct: usize,
    /// Mean absolute error.
    pub mae: f64,
    /// Its bootstrap interval over distinct windows; `None` with one window.
    pub ci95: Option<Interval>,
    /// Root of the mean squared error.
    pub rmse: f64,
    /// Its bootstrap interval.
    pub rmse_ci95: Option<Interval>,
    /// The largest absolute error.
    pub max_error: f64,
}

impl NumberReport {
    /// Judges `answers` against `truths`.
    ///
    /// # Errors
    /// As for [`NumberErrors::new`].
    pub fn new(
        truths: &[f64],
        answers: &[f64],
        clusters: &Clusters,
        seed: u64,
    ) -> Result<Self, EvaluateError> {
        same_length("windows", truths.len(), clusters.len())?;
        let errors = NumberErrors::new(truths, answers)?;
        Ok(Self {
            n: truths.len(),
            distinct: clusters.distinct(),
            mae: errors.mae(),
            ci95: bootstrap(clusters, RESAMPLES, seed, |w| errors.figures(w).mae),
            rmse: errors.rmse(),
            rmse_ci95: bootstrap(clusters, RESAMPLES, seed, |w| errors.figures(w).rmse),
            max_error: errors.max(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_errors_only_wilson_has_a_width() {
        let truths: Vec<usize> = (0..90).map(|i| i % 3).collect();
        let clusters = Clusters::singletons(90);
        let report = ClassificationReport::new(3, &truths, &truths, &clusters, 0).unwrap();
        assert_eq!(
            report.ci95,
            Some(Interval {
                low: 1.0,
                high: 1.0
            })
        );
        assert!(
            report
                .wilson95
                .is_some_and(|i| i.low > 0.95 && i.low < 0.97)
        );
        assert_eq!((report.accuracy, report.macro_f1), (1.0, 1.0));
    }

    #[test]
    fn numbers() {
        let truths = [10.0, 12.0, 14.0, 16.0];
        let answers = [10.1, 11.8, 14.0, 16.5];
        let report = NumberReport::new(&truths, &answers, &Clusters::singletons(4), 0).unwrap();
        assert!((report.mae - 0.2).abs() < 1e-9);
        let interval = report.ci95.unwrap();
        assert!(interval.low < 0.2 && interval.high > 0.2 && interval.high <= 0.5);
    }
}
