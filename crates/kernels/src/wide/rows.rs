//! Sixteen rows in their file layout times one token: the inner loop of decode.
//!
//! Each weight is used once, so nothing is unpacked to memory: the sums of 16
//! rows' units are formed in registers and folded together, one lane per row.

use senselm_quant::{q4_0, q4_k, q8_0};

use super::{Bytes, Floats};
use crate::LANES;
use crate::activations::{Tile, TokenUnit};
use crate::codec::{self, Codec, sub_scales};

/// Units per block at most.
const MAX_UNITS: usize = 8;

/// The scales and minima of one block of 16 rows, for each unit.
pub(crate) struct LaneScales {
    scales: [[f32; LANES]; MAX_UNITS],
    minima: [[f32; LANES]; MAX_UNITS],
}

/// A block type whose codes can be unpacked in registers.
pub(crate) trait RowCodec: Codec {
    /// Units per block.
    const UNITS: usize;

    /// The codes of one unit.
    fn codes<B: Bytes>(block: &Self::Block, unit: usize) -> B::Codes;

    /// The scales and minima of all units of 16 rows' blocks.
    fn scales<F: Floats>(rows: &[&Self::Block; LANES], lanes: &mut LaneScales);
}

/// Multiplies up to 16 rows with one token.
#[inline(always)]
pub(super) fn multiply<B: Bytes, C: RowCodec>(
    rows: &[u8],
    row_bytes: usize,
    token: Tile<'_>,
) -> [f32; LANES] {
    let blocks = C::blocks(rows);
    let row_blocks = C::blocks(&rows[..row_bytes]).len();
    let last = rows.len() / row_bytes - 1;
    let mut starts = [0; LANES];
    for (r, start) in starts.iter_mut().enumerate() {
        *start = r.min(last) * row_blocks;
    }
    let mut lanes = LaneScales {
        scales: [[0.0; LANES]; MAX_UNITS],
        minima: [[0.0; LANES]; MAX_UNITS],
    };
    let mut sums = B::Floats::splat(0.0);
    for (b, tokens) in token.units.chunks_exact(C::UNITS).enumerate() {
        let mut these = [&blocks[b]; LANES];
        for r in 1..LANES {
            these[r] = &blocks[starts[r] + b];
        }
        C::scales::<B::Floats>(&these, &mut lanes);
        for (u, x) in tokens.iter().enumerate() {
            sums = sums.add(unit::<B, C>(&these, u, &lanes, x));
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
    let dots = B::row_dots::<C>(rows, u, x);
    let mut product = B::Floats::load(&lanes.scales[u]).mul(B::floats(dots));
    if C::HAS_MINIMUM {
        let sum = B::Floats::splat((x.sums[0] + x.sums[1]) as f32);
        product = product.add(B::Floats::load(&lanes.minima[u]).mul(sum));
    }
    product.mul(B::Floats::splat(x.scale))
}

impl RowCodec for codec::Q8_0 {
    const UNITS: usize = 1;

    #[inline(always)]
    fn codes<B: Bytes>(block: &Self::Block, _: usize) -> B::Codes {
        let [_, _, codes @ ..] = block;
        B::signed(codes)
    }

    #[inline(always)]
    fn scales<F: Floats>(rows: &[&[u8; q8_0::BLOCK_BYTES]; LANES], lanes: &mut LaneScales) {
        leading_f16::<F, _>(rows).store(&mut lanes.scales[0]);
    }
}

impl RowCodec for codec::Q4_0 {
    const UNITS: usize = 1;

    #[inline(always)]
    fn codes<B: Bytes>(block: &Self::Block, _: usize) -> B::Codes {
        let [_, _, codes @ ..] = block;
        B::nibbles(codes)
    }

    #[inline(always)]
    fn scales<F: Floats>(rows: &[&[u8; q4_0::BLOCK_BYTES]; LANES], lanes: &mut LaneScales) {
        leading_f16::<F, _>(rows).store(&mut lanes.scales[0]);
    }
}

impl RowCodec for codec::Q4K {
    const UNITS: usize = 8;

    #[inline(always)]
    fn codes<B: Bytes>(block: &Self::Block, unit: usize) -> B::Codes {
        let runs = block[q4_k::QUANTS..].as_chunks().0;
        if unit.is_multiple_of(2) {
            B::low_nibbles(&runs[unit / 2])
        } else {
            B::high_nibbles(&runs[unit / 2])
        }
    }

    #[inline(always)]
    fn scales<F: Floats>(rows: &[&[u8; q4_k::BLOCK_BYTES]; LANES], lanes: &mut LaneScales) {
        for (r, block) in rows.iter().enumerate() {
            for (u, (scale, minimum)) in sub_scales(&block[..q4_k::QUANTS]).into_iter().enumerate()
            {
                lanes.scales[u][r] = scale;
                lanes.minima[u][r] = minimum;
            }
        }
    }
}

/// The binary16 that each of 16 blocks begins with.
#[inline(always)]
fn leading_f16<F: Floats, const BYTES: usize>(rows: &[&[u8; BYTES]; LANES]) -> F {
    let mut bytes = [0; 2 * LANES];
    for r in 0..LANES {
        bytes[2 * r] = rows[r][0];
        bytes[2 * r + 1] = rows[r][1];
    }
    F::load_f16(&bytes)
}
