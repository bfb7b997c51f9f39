//! A matrix of weights as it lies in a file: checked once, then trusted.

use core::ops::Range;

use senselm_quant::GgmlType;

use crate::KernelError;

/// A borrowed weight matrix in one of ggml's block types.
///
/// Rows are output features and lie one after another; the columns of a row
/// (input features) are contiguous. That is a GGUF tensor of dimensions
/// `[cols, rows]`. The bytes need no alignment.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a> {
    ty: GgmlType,
    rows: usize,
    cols: usize,
    row_bytes: usize,
    bytes: &'a [u8],
}

impl<'a> Weights<'a> {
    /// Takes `bytes` for a `rows` x `cols` matrix of `ty`.
    ///
    /// # Errors
    /// [`KernelError::Shape`] where a side is 0 or the size overflows,
    /// [`KernelError::Columns`] where a row is not whole blocks,
    /// [`KernelError::Bytes`] where `bytes` has another length than the shape takes.
    ///
    /// ```
    /// use senselm_kernels::{GgmlType, Weights};
    /// assert!(Weights::new(GgmlType::Q8_0, 2, 64, &[0; 2 * 2 * 34]).is_ok());
    /// assert!(Weights::new(GgmlType::Q8_0, 2, 50, &[0; 2 * 2 * 34]).is_err());
    /// ```
    pub fn new(
        ty: GgmlType,
        rows: usize,
        cols: usize,
        bytes: &'a [u8],
    ) -> Result<Self, KernelError> {
        let shape = KernelError::Shape { ty, rows, cols };
        if rows == 0 || cols == 0 {
            return Err(shape);
        }
        let block_len = ty.block_len();
        if !cols.is_multiple_of(block_len) {
            return Err(KernelError::Columns {
                ty,
                cols,
                block_len,
            });
        }
        let Some((row_bytes, expected)) = ty
            .bytes_for(cols)
            .and_then(|row| Some((row, row.checked_mul(rows)?)))
        else {
            return Err(shape);
        };
        if bytes.len() != expected {
            return Err(KernelError::Bytes {
                ty,
                rows,
                cols,
                expected,
                found: bytes.len(),
            });
        }
        Ok(Self {
            ty,
            rows,
            cols,
            row_bytes,
            bytes,
        })
    }

    /// How the weights are stored.
    #[must_use]
    pub const fn ty(&self) -> GgmlType {
        self.ty
    }

    /// Output features.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Input features.
    #[must_use]
    pub const fn cols(&self) -> usize {
        self.cols
    }

    /// All rows, one after another.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Bytes from one row to the next.
    #[must_use]
    pub const fn row_bytes(&self) -> usize {
        self.row_bytes
    }

    /// Some of the rows, as a matrix.
    pub(crate) fn part(&self, rows: Range<usize>) -> Self {
        Self {
            rows: rows.len(),
            bytes: &self.bytes[rows.start * self.row_bytes..rows.end * self.row_bytes],
            ..*self
        }
    }

    /// The blocks of one row, or `None` beyond the last.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<&'a [u8]> {
        let start = row.checked_mul(self.row_bytes)?;
        self.bytes.get(start..)?.get(..self.row_bytes)
    }
}
