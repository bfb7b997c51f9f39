//! Integer dot products of signed bytes, and the unpacking that feeds them.

use super::Floats;
use super::panel::{GROUP, GROUPS};
use super::unpack::RowCodec;
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
    /// 32 codes.
    type Codes: Copy;

    /// Tokens whose sums fit the registers at once, a power of two up to 8.
    const TOKENS: usize;

    /// The sums of codes 0..16 and 16..32 of an activation unit.
    fn half_sums(codes: &[i8; UNIT]) -> [i32; 2];
    /// Where sums over either half must start to end at the dot product.
    fn half_starts(codes: &[i8; UNIT], sums: [i32; 2]) -> [i32; 2];

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

    /// [`Self::row_dots`] of either half of the unit.
    fn row_half_dots<C: RowCodec>(
        rows: &[&C::Block; LANES],
        unit: usize,
        token: &TokenUnit,
    ) -> [Self::Ints; 2];

    /// The codes of 16 rows as [`Self::dots`] wants them.
    fn interleave<C: RowCodec>(
        rows: &[&C::Block; LANES],
        unit: usize,
        out: &mut [[u8; GROUP * LANES]; GROUPS],
    );

    /// Bytes as they are.
    fn load(bytes: &[u8; UNIT]) -> Self::Codes;
    /// The low nibbles, then the high ones.
    fn nibbles(bytes: &[u8; UNIT / 2]) -> Self::Codes;
    /// `(byte >> shift) & mask`.
    fn bits(bytes: &[u8; UNIT], shift: u32, mask: u8) -> Self::Codes;
    /// Code `i` is bit `i` of the word.
    fn word_bits(word: u32) -> Self::Codes;
    /// `low + 16 high`.
    fn join(low: Self::Codes, high: Self::Codes) -> Self::Codes;
    /// `codes - less`, in the representation that the products want.
    fn centre(codes: Self::Codes, less: u8) -> Self::Codes;

    /// Tells the machine that what is there will be read soon. Any address will do.
    fn prefetch(address: *const u8);
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
