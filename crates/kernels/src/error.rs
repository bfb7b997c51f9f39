//! What can be wrong with weights before anything is computed.

use senselm_quant::{GgmlType, QuantError};

/// Why weights were refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// A matrix without rows or columns, or larger than memory can be.
    #[error(
        "a {rows} x {cols} matrix of {ty} cannot be: both sides must be at least 1 \
         and its size must fit in memory"
    )]
    Shape {
        /// The type of the weights.
        ty: GgmlType,
        /// Output features.
        rows: usize,
        /// Input features.
        cols: usize,
    },
    /// Rows that are not whole blocks.
    #[error(
        "{cols} columns are not whole {ty} blocks of {block_len}: \
         store this tensor in another type"
    )]
    Columns {
        /// The type of the weights.
        ty: GgmlType,
        /// Input features.
        cols: usize,
        /// Weights per block of that type.
        block_len: usize,
    },
    /// More or fewer bytes than the shape takes.
    #[error("{rows} x {cols} weights of {ty} take {expected} bytes, here are {found}")]
    Bytes {
        /// The type of the weights.
        ty: GgmlType,
        /// Output features.
        rows: usize,
        /// Input features.
        cols: usize,
        /// The bytes that such a matrix takes.
        expected: usize,
        /// The bytes that were given.
        found: usize,
    },
    /// A row beyond the last one, as of a token id outside the vocabulary.
    #[error("row {row} was asked for, the matrix has {rows}: check the token ids")]
    Row {
        /// The row asked for, from 0.
        row: usize,
        /// How many rows there are.
        rows: usize,
    },
    /// A type this build has no decoder for, or an output of the wrong length.
    #[error(transparent)]
    Decode(#[from] QuantError),
}
