//! Every block type unpacked in registers, a unit of 32 codes at a time.
//!
//! The same units as `codec` has, which is what the tests compare with.

use senselm_quant::{q4_k, q5_k, q6_k};

use super::{Bytes, Floats, unrolled};
use crate::LANES;
use crate::codec::{self, Codec, UNIT};

/// Units per block at most.
pub(crate) const MAX_UNITS: usize = 8;

/// The scales and minima of one unit of 16 rows.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct LaneScales {
    /// For both halves of the unit; only the first where they do not differ.
    pub(crate) scales: [[f32; LANES]; 2],
    /// Only where the type has minima.
    pub(crate) minima: [f32; LANES],
}

impl LaneScales {
    pub(crate) const ZERO: Self = Self {
        scales: [[0.0; LANES]; 2],
        minima: [0.0; LANES],
    };
}

/// A block type whose codes can be unpacked in registers.
pub(crate) trait RowCodec: Codec {
    /// Units per block.
    const UNITS: usize;

    /// The codes of one unit.
    fn codes<B: Bytes>(block: &Self::Block, unit: usize) -> B::Codes;

    /// The scales and minima of all units of 16 rows' blocks.
    fn scales<F: Floats>(rows: &[&Self::Block; LANES], lanes: &mut [LaneScales; MAX_UNITS]);
}

/// Implements [`RowCodec`] for a type of one unit per block that begins with
/// its scale, and its minimum where there is one, in binary16.
macro_rules! simple {
    ($name:ident, |$block:ident, $bytes:ident| $codes:expr) => {
        impl RowCodec for codec::$name {
            const UNITS: usize = 1;

            #[inline(always)]
            fn codes<$bytes: Bytes>($block: &Self::Block, _: usize) -> $bytes::Codes {
                $codes
            }

            #[inline(always)]
            fn scales<F: Floats>(
                rows: &[&Self::Block; LANES],
                lanes: &mut [LaneScales; MAX_UNITS],
            ) {
                f16_at::<F, _>(rows, 0).store(&mut lanes[0].scales[0]);
                if Self::HAS_MINIMUM {
                    f16_at::<F, _>(rows, 2).store(&mut lanes[0].minima);
                }
            }
        }
    };
}

simple!(Q8_0, |block, B| {
    let [_, _, codes @ ..] = block;
    B::centre(B::load(codes), 0)
});

simple!(Q4_0, |block, B| {
    let [_, _, codes @ ..] = block;
    B::centre(B::nibbles(codes), 8)
});

simple!(Q4_1, |block, B| {
    let [_, _, _, _, codes @ ..] = block;
    B::centre(B::nibbles(codes), 0)
});

simple!(Q5_0, |block, B| {
    let [_, _, h0, h1, h2, h3, codes @ ..] = block;
    let fifth = B::word_bits(u32::from_le_bytes([*h0, *h1, *h2, *h3]));
    B::centre(B::join(B::nibbles(codes), fifth), 16)
});

simple!(Q5_1, |block, B| {
    let [_, _, _, _, h0, h1, h2, h3, codes @ ..] = block;
    let fifth = B::word_bits(u32::from_le_bytes([*h0, *h1, *h2, *h3]));
    B::centre(B::join(B::nibbles(codes), fifth), 0)
});

impl RowCodec for codec::Q4K {
    const UNITS: usize = 8;

    #[inline(always)]
    fn codes<B: Bytes>(block: &Self::Block, unit: usize) -> B::Codes {
        B::centre(k_nibbles::<B>(&block[q4_k::QUANTS..], unit), 0)
    }

    #[inline(always)]
    fn scales<F: Floats>(rows: &[&Self::Block; LANES], lanes: &mut [LaneScales; MAX_UNITS]) {
        k_scales::<F>(headers(rows), lanes);
    }
}

impl RowCodec for codec::Q5K {
    const UNITS: usize = 8;

    #[inline(always)]
    fn codes<B: Bytes>(block: &Self::Block, unit: usize) -> B::Codes {
        let low = k_nibbles::<B>(&block[q5_k::QUANTS..], unit);
        let fifth = run(&block[q5_k::HIGH_BITS..], 0);
        B::centre(B::join(low, B::bits(fifth, unit as u32, 1)), 0)
    }

    #[inline(always)]
    fn scales<F: Floats>(rows: &[&Self::Block; LANES], lanes: &mut [LaneScales; MAX_UNITS]) {
        k_scales::<F>(headers(rows), lanes);
    }
}

impl RowCodec for codec::Q6K {
    const UNITS: usize = 8;

    #[inline(always)]
    fn codes<B: Bytes>(block: &Self::Block, unit: usize) -> B::Codes {
        let (half, quarter) = (unit / 4, unit % 4);
        let low = run(block, 2 * half + quarter % 2);
        let low = B::bits(low, 4 * (quarter as u32 / 2), 15);
        let high = run(&block[q6_k::HIGH_BITS..], half);
        let high = B::bits(high, 2 * quarter as u32, 3);
        B::centre(B::join(low, high), 32)
    }

    #[inline(always)]
    fn scales<F: Floats>(rows: &[&Self::Block; LANES], lanes: &mut [LaneScales; MAX_UNITS]) {
        let d = f16_at::<F, _>(rows, q6_k::D);
        for u in 0..MAX_UNITS {
            for half in 0..2 {
                let mut scales = [0.0; LANES];
                for r in 0..LANES {
                    scales[r] = f32::from(rows[r][q6_k::SCALES + 2 * u + half] as i8);
                }
                d.mul(F::load(&scales)).store(&mut lanes[u].scales[half]);
            }
        }
    }
}

/// Run `index` of 32 bytes.
#[inline(always)]
fn run(bytes: &[u8], index: usize) -> &[u8; UNIT] {
    &bytes.as_chunks().0[index]
}

/// The nibbles of unit `unit` where two units share a run of 32 bytes.
#[inline(always)]
fn k_nibbles<B: Bytes>(quants: &[u8], unit: usize) -> B::Codes {
    B::bits(run(quants, unit / 2), 4 * (unit as u32 % 2), 15)
}

/// The first 16 bytes of each block.
#[inline(always)]
fn headers<'a, const BYTES: usize>(rows: &[&'a [u8; BYTES]; LANES]) -> [&'a [u8; 16]; LANES] {
    unrolled!(16, r => &rows[r].as_chunks().0[0])
}

/// The scales and minima of Q4_K and Q5_K blocks, given their first 16 bytes.
///
/// The layout is that of `senselm_quant::k_scales`; here a lane is a row, so that
/// 16 rows are unpacked at once. The loops over lanes become single instructions.
#[inline(always)]
fn k_scales<F: Floats>(headers: [&[u8; 16]; LANES], lanes: &mut [LaneScales; MAX_UNITS]) {
    let mut words = [[0_u32; LANES]; 4];
    for r in 0..LANES {
        let header = headers[r].as_chunks::<4>().0;
        for i in 0..4 {
            words[i][r] = u32::from_le_bytes(header[i]);
        }
    }
    let [d, first, second, third] = words;
    let mut halves = [[0_u16; LANES]; 2];
    for r in 0..LANES {
        halves[0][r] = d[r] as u16;
        halves[1][r] = (d[r] >> 16) as u16;
    }
    let d = F::from_f16(halves[0]);
    let minus_d_min = F::from_f16(halves[1]).mul(F::splat(-1.0));
    for u in 0..MAX_UNITS {
        let (mut scales, mut minima) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        for r in 0..LANES {
            let shift = 8 * (u as u32 % 4);
            let (scale, minimum) = if u < 4 {
                (first[r] >> shift & 63, second[r] >> shift & 63)
            } else {
                let low = third[r] >> shift;
                (
                    low & 15 | (first[r] >> shift >> 2) & 48,
                    low >> 4 & 15 | (second[r] >> shift >> 2) & 48,
                )
            };
            scales[r] = scale as f32;
            minima[r] = minimum as f32;
        }
        d.mul(F::load(&scales)).store(&mut lanes[u].scales[0]);
        let minima = minus_d_min.mul(F::load(&minima));
        minima.store(&mut lanes[u].minima);
    }
}

/// The binary16 at byte `offset` of each of 16 blocks.
#[inline(always)]
fn f16_at<F: Floats, const BYTES: usize>(rows: &[&[u8; BYTES]; LANES], offset: usize) -> F {
    let word = |r: usize| u16::from_le_bytes([rows[r][offset], rows[r][offset + 1]]);
    F::from_f16(unrolled!(16, r => word(r)))
}
