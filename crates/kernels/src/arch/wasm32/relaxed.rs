//! Relaxed SIMD: 16 products of signed bytes and bytes of seven bits an
//! instruction.
//!
//! Engines agree on the result only where the second operand is in 0..=127, so
//! that is the activations' magnitude, and the weights take over the sign.
//! Negating -128 would wrap; inverting its bits does not, and is off by one per
//! magnitude, which the sum takes back by starting at the sum of the negative
//! activations' magnitudes.

use core::arch::wasm32::*;

use super::codes::{self, Codes};
use super::lanes::Lanes;
use crate::LANES;
use crate::activations::TokenUnit;
use crate::codec::UNIT;
use crate::kernels::Table;
use crate::wide::{Bytes, Part, RowCodec, unrolled};

pub(crate) static TABLE: Table = table!("relaxed-simd", "simd128,relaxed-simd", Relaxed);

#[derive(Clone, Copy)]
struct Relaxed;

impl Bytes for Relaxed {
    const TOKENS: usize = 2;

    codes::codes!(centre);

    /// The magnitudes of the negative codes: half of what all magnitudes exceed
    /// the sum by.
    #[inline(always)]
    fn half_starts(codes: &[i8; UNIT], sums: [i32; 2]) -> [i32; 2] {
        let [first, second] = codes::half_sums(&codes.map(i8::abs));
        [(first - sums[0]) / 2, (second - sums[1]) / 2]
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
        let zero = zero();
        for g in first..end {
            let mut x = [Signed::new(zero, zero); N];
            for n in 0..N {
                x[n] = Signed::new(i32x4_splat(tokens[n].group(g)), zero);
            }
            for i in 0..4 {
                let start = rows[g].as_chunks::<16>().0[i].as_ptr();
                // SAFETY: the pointer is to 16 bytes.
                let w = unsafe { v128_load(start.cast()) };
                for n in 0..N {
                    sums[n][i] = x[n].add_products(sums[n][i], w);
                }
            }
        }
        sums
    }
}

/// 16 activations as magnitudes and signs.
#[derive(Clone, Copy)]
struct Signed {
    magnitudes: v128,
    /// All bits where the activation is negative.
    negative: v128,
}

/// Zeros that the compiler takes for anything. It would turn a comparison with
/// known zeros into a shift of bytes, which x86 does not have: five
/// instructions instead of one.
#[inline(always)]
fn zero() -> v128 {
    core::hint::black_box(i8x16_splat(0))
}

impl Signed {
    #[inline(always)]
    fn new(codes: v128, zero: v128) -> Self {
        Self {
            magnitudes: i8x16_abs(codes),
            negative: i8x16_lt(codes, zero),
        }
    }

    /// `sums` and the products with 16 weights, four to a lane, short of the start.
    #[inline(always)]
    fn add_products(self, sums: v128, w: v128) -> v128 {
        let signed = v128_xor(w, self.negative);
        i32x4_relaxed_dot_i8x16_i7x16_add(signed, self.magnitudes, sums)
    }
}

/// 32 activations.
#[derive(Clone, Copy)]
struct Activations([Signed; 2]);

impl Activations {
    #[inline(always)]
    fn new(codes: Codes) -> Self {
        let zero = zero();
        Self(codes.map(|codes| Signed::new(codes, zero)))
    }

    #[inline(always)]
    fn add_first(self, sums: v128, w: v128) -> v128 {
        self.0[0].add_products(sums, w)
    }

    #[inline(always)]
    fn add_second(self, sums: v128, w: v128) -> v128 {
        self.0[1].add_products(sums, w)
    }
}
