//! Sixteen rows in their file layout times one token: the inner loop of decode.
//!
//! Each weight is used once, so nothing is unpacked to memory: the sums of 16
//! rows' units are formed in registers and folded together, one lane per row.

use super::unpack::{LaneScales, MAX_UNITS, RowCodec};
use super::{Bytes, Floats};
use crate::LANES;
use crate::activations::TokenUnit;

/// Up to 16 rows of a matrix, and the bytes that follow them.
pub(super) struct Group<'a, C: RowCodec> {
    blocks: &'a [C::Block],
    /// Where each row's blocks begin. Lanes without a row repeat the last one.
    starts: [usize; LANES],
    /// Blocks per row.
    pub(super) len: usize,
}

impl<'a, C: RowCodec> Group<'a, C> {
    #[inline(always)]
    pub(super) fn new(rows: &'a [u8], row_bytes: usize) -> Self {
        let len = C::blocks(&rows[..row_bytes]).len();
        let last = rows.len() / row_bytes - 1;
        let mut starts = [0; LANES];
        for (r, start) in starts.iter_mut().enumerate() {
            *start = r.min(last) * len;
        }
        let blocks = C::blocks(rows);
        Self {
            blocks,
            starts,
            len,
        }
    }

    /// Block `b` of each row.
    #[inline(always)]
    pub(super) fn blocks(&self, b: usize) -> [&'a C::Block; LANES] {
        let mut these = [&self.blocks[b]; LANES];
        for r in 1..LANES {
            these[r] = &self.blocks[self.starts[r] + b];
        }
        these
    }
}

/// Multiplies up to 16 rows with one token. `next` is what will be read next.
#[inline(always)]
pub(super) fn multiply<B: Bytes, C: RowCodec>(
    group: &Group<'_, C>,
    token: &[TokenUnit],
    next: &[u8],
) -> [f32; LANES] {
    let step = LANES * size_of::<C::Block>();
    let mut next = next.chunks(step);
    let mut lanes = [LaneScales::ZERO; MAX_UNITS];
    let mut sums = B::Floats::splat(0.0);
    for (b, tokens) in token.chunks_exact(C::UNITS).enumerate() {
        if let Some(bytes) = next.next() {
            B::prefetch(bytes);
        }
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
