//! Classical models on the raw numbers, to compare with.
//!
//! Each is fitted on one table and answers for another. Missing readings
//! become the median that the column has in the training table.

mod forest;
mod majority;
mod nearest;
mod prepare;

use crate::error::same_length;
use crate::{EvaluateError, Table};

pub use forest::TREES;
pub use nearest::NEIGHBOURS;

/// The answers of every baseline, for the rows of the test table.
#[derive(Clone, Debug, PartialEq)]
pub struct Baselines<T> {
    /// The most frequent label, or the mean, of the training table.
    pub majority: Vec<T>,
    /// The vote, or the mean, of the [`NEIGHBOURS`] nearest rows, columns
    /// standardised.
    pub knn: Vec<T>,
    /// A random forest of [`TREES`] trees.
    pub random_forest: Vec<T>,
}

/// Fits the baselines on labelled rows and answers for `test`.
///
/// # Errors
/// [`EvaluateError::LengthMismatch`], [`EvaluateError::Ragged`] when the tables
/// differ in width, [`EvaluateError::LabelOutOfRange`] and
/// [`EvaluateError::Baseline`].
pub fn classify(
    train: &Table,
    truths: &[usize],
    labels: usize,
    test: &Table,
    seed: u64,
) -> Result<Baselines<usize>, EvaluateError> {
    same_length("labels", train.rows().len(), truths.len())?;
    if let Some(row) = truths.iter().position(|&label| label >= labels) {
        return Err(EvaluateError::LabelOutOfRange {
            row,
            found: truths[row],
            labels,
        });
    }
    let (train, test) = prepare::together(train, test)?;
    let majority = majority::label(truths, labels);
    Ok(Baselines {
        majority: vec![majority; test.rows().len()],
        knn: nearest::classify(&train, truths, labels, &test),
        random_forest: forest::classify(&train, truths, &test, seed)?,
    })
}

/// Fits the baselines on rows with numbers and answers for `test`.
///
/// # Errors
/// As for [`classify`], and [`EvaluateError::NotFinite`].
pub fn estimate(
    train: &Table,
    truths: &[f64],
    test: &Table,
    seed: u64,
) -> Result<Baselines<f64>, EvaluateError> {
    same_length("numbers", train.rows().len(), truths.len())?;
    if let Some(row) = truths.iter().position(|number| !number.is_finite()) {
        return Err(EvaluateError::NotFinite {
            row,
            what: "the truth",
            found: truths[row],
        });
    }
    let (train, test) = prepare::together(train, test)?;
    Ok(Baselines {
        majority: vec![majority::mean(truths); test.rows().len()],
        knn: nearest::estimate(&train, truths, &test),
        random_forest: forest::estimate(&train, truths, &test, seed)?,
    })
}
