use crate::GgmlType;

/// Why blocks could not be encoded or decoded.
#[derive(Clone, Copy, PartialEq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QuantError {
    /// The number of weights is not a multiple of the type's block length.
    #[error(
        "{elements} weights are not a whole number of {} blocks of {}; use a type whose block divides the row",
        ty.name(), ty.block_len()
    )]
    NotWholeBlocks {
        /// The type asked for.
        ty: GgmlType,
        /// The number of weights given.
        elements: usize,
    },
    /// The byte slice does not hold exactly the blocks of that many weights.
    #[error(
        "{elements} weights of {} take {expected} bytes, but the slice has {found}; pass exactly one tensor or row",
        ty.name()
    )]
    Length {
        /// The type asked for.
        ty: GgmlType,
        /// The number of weights given.
        elements: usize,
        /// The bytes they take.
        expected: usize,
        /// The bytes given.
        found: usize,
    },
    /// A weight is not finite, or larger than the type can hold.
    #[error(
        "weight {index} is {value}, and {} holds finite values up to {largest}; repair the weights or store this tensor as F32",
        ty.name()
    )]
    OutOfRange {
        /// The type asked for.
        ty: GgmlType,
        /// The index of the first such weight.
        index: usize,
        /// Its value.
        value: f32,
        /// The largest magnitude the type takes.
        largest: f32,
    },
}
