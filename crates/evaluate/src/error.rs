//! What can be wrong with the numbers to be judged.

use thiserror::Error;

/// Why no figure could be given.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// There is nothing to judge.
    #[error("there is no row to evaluate: give data with at least one labelled window")]
    Empty,
    /// Two lists that belong together differ in length.
    #[error("{what}: {found} given for {expected} rows")]
    LengthMismatch {
        /// What was counted.
        what: &'static str,
        /// Number of rows.
        expected: usize,
        /// Number given.
        found: usize,
    },
    /// A row has more or fewer numbers than the first.
    #[error(
        "row {row} has {found} numbers, the first has {expected}: all windows must have the same shape"
    )]
    Ragged {
        /// 0-based row.
        row: usize,
        /// Numbers in the first row.
        expected: usize,
        /// Numbers in this one.
        found: usize,
    },
    /// A label index beyond the list of labels.
    #[error("row {row} has label {found}, but there are {labels} labels")]
    LabelOutOfRange {
        /// 0-based row.
        row: usize,
        /// The index found.
        found: usize,
        /// Number of labels.
        labels: usize,
    },
    /// A true or predicted value that is not a finite number.
    #[error("row {row}: {what} is {found}, a finite number is needed")]
    NotFinite {
        /// 0-based row.
        row: usize,
        /// Which value.
        what: &'static str,
        /// The value.
        found: f64,
    },
    /// More folds than distinct windows, or fewer than two.
    #[error("{folds} folds of {distinct} distinct windows: between 2 and {distinct} are possible")]
    BadFoldCount {
        /// Folds asked for.
        folds: usize,
        /// Distinct windows.
        distinct: usize,
    },
    /// The baseline library refused the data.
    #[error("the {baseline} baseline could not be fitted: {reason}")]
    Baseline {
        /// Which one.
        baseline: &'static str,
        /// What the library said.
        reason: String,
    },
}

/// Checks that `found` things belong to `expected` rows.
pub(crate) fn same_length(
    what: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), EvaluateError> {
    if expected == found {
        Ok(())
    } else {
        Err(EvaluateError::LengthMismatch {
            what,
            expected,
            found,
        })
    }
}
