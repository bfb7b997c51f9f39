//! Plain NEON: byte products added in pairs to 16 bits, those pairwise to 32.
//!
//! Two products of signed bytes fit 16 bits, since activations are at least
//! -127.

use core::arch::aarch64::*;

use super::codes::{self, Codes};
use super::lanes::{Lanes, neon};
use crate::LANES;
use crate::activations::TokenUnit;
use crate::codec::UNIT;
use crate::kernels::Table;
use crate::wide::{Bytes, Part, RowCodec};

pub(crate) static TABLE: Table = table!("neon", "neon", Neon);

#[derive(Clone, Copy)]
struct Neon;

impl Bytes for Neon {
    const TOKENS: usize = 2;

    codes::codes!();

    #[inline(always)]
    fn dots<const N: usize>(
        rows: &[[u8; 64]; 8],
        tokens: &[TokenUnit; N],
        part: Part,
    ) -> [[int32x4_t; 4]; N] {
        let (first, end) = part.groups();
        neon!({
            // Lane pairs hold the halves of a row's group: rows 0 and 1 of four
            // in the lower sums, rows 2 and 3 in the upper ones.
            let mut lower = [[vdupq_n_s32(0); 4]; N];
            let mut upper = lower;
            for g in (first..end).step_by(2) {
                for i in 0..4 {
                    let w = vld1q_s8(rows[g].as_ptr().add(16 * i).cast());
                    let next = vld1q_s8(rows[g + 1].as_ptr().add(16 * i).cast());
                    for n in 0..N {
                        let x = vreinterpretq_s8_s32(vdupq_n_s32(tokens[n].group(g)));
                        let next_x = vreinterpretq_s8_s32(vdupq_n_s32(tokens[n].group(g + 1)));
                        let low = vmull_s8(vget_low_s8(w), vget_low_s8(x));
                        let low = vmlal_s8(low, vget_low_s8(next), vget_low_s8(next_x));
                        lower[n][i] = vpadalq_s16(lower[n][i], low);
                        let high = vmlal_high_s8(vmull_high_s8(w, x), next, next_x);
                        upper[n][i] = vpadalq_s16(upper[n][i], high);
                    }
                }
            }
            for n in 0..N {
                for i in 0..4 {
                    lower[n][i] = vpaddq_s32(lower[n][i], upper[n][i]);
                }
            }
            lower
        })
    }
}

/// `sums` and 16 products, four to a lane.
#[inline(always)]
fn add_products(sums: int32x4_t, w: int8x16_t, x: int8x16_t) -> int32x4_t {
    neon!({
        let pairs = vmull_s8(vget_low_s8(w), vget_low_s8(x));
        vpadalq_s16(sums, vmlal_high_s8(pairs, w, x))
    })
}
