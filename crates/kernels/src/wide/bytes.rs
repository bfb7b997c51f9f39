//! Integer dot products of signed bytes, and the unpacking that feeds them.

use super::Floats;
use super::panel::{GROUP, GROUPS};
use super::rows::RowCodec;
use crate::LANES;
use crate::activations::TokenUnit;
use crate::codec::UNIT;

/// Which codes of a unit a dot product is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    First,
    Second,
    Both,
}

/// What an instruction set offers for products of signed bytes.
///
/// The same promise as [`Floats`] binds the callers.
pub(crate) trait Bytes: Copy {
    /// The float lanes that go with it.
    type Floats: Floats;
    /// 16 lanes of `i32`.
    type Ints: Copy;
    /// 32 codes, each combined with [`Self::FLIP`] by exclusive or.
    type Codes: Copy;

    /// 0x80 where the instruction wants unsigned weights, else 0.
    const FLIP: u8;
    /// Tokens whose sums fit the registers at once, a power of two up to 8.
    const TOKENS: usize;

    /// Where a sum must start to end at the dot product, given the sum of the
    /// activations' codes and that of the magnitudes of the negative ones.
    fn start(sum: i32, below: i32) -> i32;

    fn floats(ints: Self::Ints) -> Self::Floats;

    /// The dot products of 16 interleaved rows with `N` tokens, over one part
    /// of a unit.
    fn dots<const N: usize>(
        rows: &[[u8; GROUP * LANES]; GROUPS],
        tokens: &[TokenUnit; N],
        part: Part,
    ) -> [Self::Ints; N];

    /// The dot products of 16 rows, each in its own block, with one token.
    fn row_dots<C: RowCodec>(
        rows: &[&C::Block; LANES],
        unit: usize,
        token: &TokenUnit,
    ) -> Self::Ints;

    /// Signed bytes as they are.
    fn signed(bytes: &[u8; UNIT]) -> Self::Codes;
    /// The low nibbles, then the high ones, both less 8.
    fn nibbles(bytes: &[u8; UNIT / 2]) -> Self::Codes;
    /// The low nibbles.
    fn low_nibbles(bytes: &[u8; UNIT]) -> Self::Codes;
    /// The high nibbles.
    fn high_nibbles(bytes: &[u8; UNIT]) -> Self::Codes;
}

impl Part {
    /// The groups it spans.
    #[inline(always)]
    pub(crate) const fn groups(self) -> (usize, usize) {
        match self {
            Self::First => (0, GROUPS / 2),
            Self::Second => (GROUPS / 2, GROUPS),
            Self::Both => (0, GROUPS),
        }
    }
}
