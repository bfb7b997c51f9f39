//! Sixteen rows in their file layout times one token: the inner loop of decode.
//!
//! Each weight is used once, so nothing is unpacked to memory: the sums of 16
//! rows' units are formed in registers and folded together, one lane per row.

use super::unpack::{LaneScales, MAX_UNITS, RowCodec};
use super::{Bytes, Floats, unrolled};
use crate::LANES;
use crate::activations::TokenUnit;

/// 16 rows of a matrix.
pub(super) struct Group<'a, C: RowCodec> {
    /// As many blocks in each.
    rows: [&'a [C::Block]; LANES],
    /// Blocks per row.
    pub(super) len: usize,
    /// Where the rows after these begin, if there are any.
    next: *const u8,
}

impl<'a, C: RowCodec> Group<'a, C> {
    /// Takes 16 rows.
    #[inline(always)]
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let blocks = C::blocks(bytes);
        let len = blocks.len() / LANES;
        let rows = unrolled!(16, r => &blocks[r * len..][..len]);
        let next = bytes.as_ptr_range().end;
        Self { rows, len, next }
    }

    /// Block `b` of each row.
    #[inline(always)]
    pub(super) fn blocks(&self, b: usize) -> [&'a C::Block; LANES] {
        unrolled!(16, r => &self.rows[r][b])
    }

    /// Has as many bytes of the next group fetched as blocks `b` of this one are.
    #[inline(always)]
    fn prefetch<B: Bytes>(&self, b: usize) {
        let bytes = LANES * size_of::<C::Block>();
        let start = self.next.wrapping_add(b * bytes);
        for line in 0..bytes.div_ceil(CACHE_LINE) {
            B::prefetch(start.wrapping_add(line * CACHE_LINE));
        }
    }
}

/// Bytes that come from memory together.
const CACHE_LINE: usize = 64;

/// Multiplies 16 rows with one token.
///
/// 16 rows are too many streams for the machine to foresee, and short ones end
/// before it has noticed them. In memory they are one stream: the next group is
/// asked for while this one is worked on.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) fn multiply<B: Bytes, C: RowCodec>(rows: &[u8], token: &[TokenUnit]) -> [f32; LANES] {
    let group = Group::<C>::new(rows);
    let mut lanes = [LaneScales::ZERO; MAX_UNITS];
    let mut sums = B::Floats::splat(0.0);
    let tokens = token.chunks_exact(C::UNITS);
    for (b, tokens) in (0..group.len).zip(tokens) {
        group.prefetch::<B>(b);
        let rows = group.blocks(b);
        C::scales::<B::Floats>(&rows, &mut lanes);
        for u in 0..C::UNITS {
            sums = sums.add(unit::<B, C>(&rows, u, &lanes[u], &tokens[u]));
        }
    }
    sums.lanes()
}

/// The term of one unit, as `scalar::matmul` has it.
#[inline(always)]
fn unit<B: Bytes, C: RowCodec>(
    rows: &[&C::Block; LANES],
    u: usize,
    lanes: &LaneScales,
    x: &TokenUnit,
) -> B::Floats {
    let scale = B::Floats::load(&lanes.scales[0]);
    let product = if C::HAS_HALVES {
        let second_scale = B::Floats::load(&lanes.scales[1]);
        let [first, second] = B::row_half_dots::<C>(rows, u, x);
        let product = scale.mul(B::floats(first));
        product.add(second_scale.mul(B::floats(second)))
    } else {
        let product = scale.mul(B::floats(B::row_dots::<C>(rows, u, x)));
        if C::HAS_MINIMUM {
            let sum = B::Floats::splat((x.sums[0] + x.sums[1]) as f32);
            product.add(B::Floats::load(&lanes.minima).mul(sum))
        } else {
            product
        }
    };
    product.mul(B::Floats::splat(x.scale))
}
