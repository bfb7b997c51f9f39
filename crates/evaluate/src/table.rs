//! Rows of raw numbers, all of one width.

use crate::EvaluateError;

/// A checked table: at least one row, every row of the same width. A missing
/// reading is NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    rows: Vec<Vec<f64>>,
    width: usize,
}

impl Table {
    /// Checks `rows`.
    ///
    /// # Errors
    /// [`EvaluateError::Empty`] and [`EvaluateError::Ragged`].
    pub fn new(rows: Vec<Vec<f64>>) -> Result<Self, EvaluateError> {
        let width = rows.first().ok_or(EvaluateError::Empty)?.len();
        if width == 0 {
            return Err(EvaluateError::Empty);
        }
        for (row, numbers) in rows.iter().enumerate() {
            if numbers.len() != width {
                return Err(EvaluateError::Ragged {
                    row,
                    expected: width,
                    found: numbers.len(),
                });
            }
        }
        Ok(Self { rows, width })
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }

    /// Numbers per row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The rows of the given indices; indices beyond the end are left out.
    ///
    /// # Errors
    /// [`EvaluateError::Empty`] when none is left.
    pub fn select(&self, indices: &[usize]) -> Result<Self, EvaluateError> {
        Self::new(
            indices
                .iter()
                .filter_map(|&index| self.rows.get(index).cloned())
                .collect(),
        )
    }
}
