//! NEON with the dot product extension: 16 products of signed bytes an
//! instruction.

use core::arch::aarch64::*;
use core::arch::asm;

use super::codes::{self, Codes};
use super::lanes::{Lanes, neon};
use crate::LANES;
use crate::activations::TokenUnit;
use crate::codec::UNIT;
use crate::kernels::Table;
use crate::wide::{Bytes, Part, RowCodec};

pub(crate) static TABLE: Table = table!("neon-dotprod", "neon,dotprod", NeonDotprod);

#[derive(Clone, Copy)]
struct NeonDotprod;

impl Bytes for NeonDotprod {
    const TOKENS: usize = 4;

    codes::codes!();

    #[inline(always)]
    fn dots<const N: usize>(
        rows: &[[u8; 64]; 8],
        tokens: &[TokenUnit; N],
        part: Part,
    ) -> [[int32x4_t; 4]; N] {
        let (first, end) = part.groups();
        neon!({
            let mut sums = [[vdupq_n_s32(0); 4]; N];
            for g in first..end {
                let mut w = [vdupq_n_s8(0); 4];
                for i in 0..4 {
                    w[i] = vld1q_s8(rows[g].as_ptr().add(16 * i).cast());
                }
                for n in 0..N {
                    let x = vreinterpretq_s8_s32(vdupq_n_s32(tokens[n].group(g)));
                    for i in 0..4 {
                        sums[n][i] = add_products(sums[n][i], w[i], x);
                    }
                }
            }
            sums
        })
    }
}

/// `sums` and 16 products, four to a lane.
#[inline(always)]
fn add_products(sums: int32x4_t, w: int8x16_t, x: int8x16_t) -> int32x4_t {
    let sums_out: int32x4_t;
    // SAFETY: arithmetic between registers. `Bytes` may only be used in kernels
    // whose table is listed where the machine has the extension; the intrinsic
    // for it is not stable.
    unsafe {
        asm!(
            ".arch_extension dotprod",
            "sdot {sums:v}.4s, {w:v}.16b, {x:v}.16b",
            sums = inlateout(vreg) sums => sums_out, w = in(vreg) w, x = in(vreg) x,
            options(pure, nomem, nostack, preserves_flags));
    }
    sums_out
}
