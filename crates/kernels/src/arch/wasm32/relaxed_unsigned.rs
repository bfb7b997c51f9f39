//! Relaxed SIMD where the engine has an instruction for products of signed and
//! unsigned bytes behind it, as on x86 with VNNI.
//!
//! What the second operand means above 127 is left to the engine, but may not
//! change while it runs. Where it is found to be an unsigned byte, and no sum
//! saturates, weights become unsigned by flipping their top bit, which adds 128;
//! sums start at -128 times the sum of the activations to take it back. That
//! saves the signs of [`relaxed`](super::relaxed) in the inner loop.

use core::arch::wasm32::*;
use core::hint::black_box;

use super::codes::{self, Codes};
use super::lanes::Lanes;
use crate::LANES;
use crate::activations::TokenUnit;
use crate::codec::UNIT;
use crate::kernels::Table;
use crate::wide::{Bytes, Part, RowCodec, unrolled};

pub(crate) static TABLE: Table = table!(
    "relaxed-simd-unsigned",
    "simd128,relaxed-simd",
    RelaxedUnsigned
);

/// Whether the second operand is unsigned here, and sums are exact: tried with
/// the largest products of either sign.
pub(super) fn runs_here() -> bool {
    [i8::MAX, i8::MIN].into_iter().all(|signed| {
        let (a, b) = black_box((i8x16_splat(signed), u8x16_splat(u8::MAX)));
        let sums = i32x4_relaxed_dot_i8x16_i7x16_add(a, b, i32x4_splat(0));
        let expected = i32x4_splat(4 * i32::from(signed) * i32::from(u8::MAX));
        i32x4_all_true(i32x4_eq(sums, expected))
    })
}

#[derive(Clone, Copy)]
struct RelaxedUnsigned;

impl Bytes for RelaxedUnsigned {
    const TOKENS: usize = 2;

    codes::codes!(centre_unsigned);

    #[inline(always)]
    fn half_starts(_: &[i8; UNIT], sums: [i32; 2]) -> [i32; 2] {
        sums.map(|sum| -128 * sum)
    }

    #[inline(always)]
    fn dots<const N: usize>(
        rows: &[[u8; 64]; 8],
        tokens: &[TokenUnit; N],
        part: Part,
    ) -> [[v128; 4]; N] {
        let (first, end) = part.groups();
        let mut sums = [[i32x4_splat(0); 4]; N];
        for n in 0..N {
            sums[n] = [i32x4_splat(tokens[n].starts[part as usize]); 4];
        }
        for g in first..end {
            let mut x = [i32x4_splat(0); N];
            for n in 0..N {
                x[n] = i32x4_splat(tokens[n].group(g));
            }
            for i in 0..4 {
                let start = rows[g].as_chunks::<16>().0[i].as_ptr();
                // SAFETY: the pointer is to 16 bytes.
                let w = unsafe { v128_load(start.cast()) };
                for n in 0..N {
                    sums[n][i] = i32x4_relaxed_dot_i8x16_i7x16_add(x[n], w, sums[n][i]);
                }
            }
        }
        sums
    }
}

/// 32 activations.
#[derive(Clone, Copy)]
struct Activations(Codes);

impl Activations {
    #[inline(always)]
    fn new(codes: Codes) -> Self {
        Self(codes)
    }

    #[inline(always)]
    fn add_first(self, sums: v128, w: v128) -> v128 {
        i32x4_relaxed_dot_i8x16_i7x16_add(self.0[0], w, sums)
    }

    #[inline(always)]
    fn add_second(self, sums: v128, w: v128) -> v128 {
        i32x4_relaxed_dot_i8x16_i7x16_add(self.0[1], w, sums)
    }
}
