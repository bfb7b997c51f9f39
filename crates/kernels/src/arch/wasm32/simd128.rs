//! Plain 128-bit SIMD: products of 16-bit words, added in pairs.
//!
//! Bytes become words by shifts: those at even places and those at odd ones, so
//! that a pair's sum stays in the lane of its four bytes.

use core::arch::wasm32::*;

use super::codes::{self, Codes};
use super::lanes::Lanes;
use crate::LANES;
use crate::activations::TokenUnit;
use crate::codec::UNIT;
use crate::kernels::Table;
use crate::wide::{Bytes, Part, RowCodec, unrolled};

pub(crate) static TABLE: Table = table!("simd128", "simd128", Simd128);

#[derive(Clone, Copy)]
struct Simd128;

impl Bytes for Simd128 {
    const TOKENS: usize = 2;

    codes::codes!(centre);

    #[inline(always)]
    fn half_starts(_: &[i8; UNIT], _: [i32; 2]) -> [i32; 2] {
        [0; 2]
    }

    #[inline(always)]
    fn dots<const N: usize>(
        rows: &[[u8; 64]; 8],
        tokens: &[TokenUnit; N],
        part: Part,
    ) -> [[v128; 4]; N] {
        let (first, end) = part.groups();
        let mut sums = [[i32x4_splat(0); 4]; N];
        for g in first..end {
            let mut x = [Words::new(i32x4_splat(0)); N];
            for n in 0..N {
                x[n] = Words::new(i32x4_splat(tokens[n].group(g)));
            }
            for i in 0..4 {
                let start = rows[g].as_chunks::<16>().0[i].as_ptr();
                // SAFETY: the pointer is to 16 bytes.
                let w = Words::new(unsafe { v128_load(start.cast()) });
                for n in 0..N {
                    sums[n][i] = x[n].add_products(sums[n][i], w);
                }
            }
        }
        sums
    }
}

/// 16 bytes as words: the even ones and the odd ones.
#[derive(Clone, Copy)]
struct Words {
    even: v128,
    odd: v128,
}

impl Words {
    #[inline(always)]
    fn new(bytes: v128) -> Self {
        Self {
            even: i16x8_shr(i16x8_shl(bytes, 8), 8),
            odd: i16x8_shr(bytes, 8),
        }
    }

    /// `sums` and the products with `w`, four to a lane.
    #[inline(always)]
    fn add_products(self, sums: v128, w: Self) -> v128 {
        let even = i32x4_dot_i16x8(self.even, w.even);
        i32x4_add(sums, i32x4_add(even, i32x4_dot_i16x8(self.odd, w.odd)))
    }
}

/// 32 activations as words.
#[derive(Clone, Copy)]
struct Activations([Words; 2]);

impl Activations {
    #[inline(always)]
    fn new(codes: Codes) -> Self {
        Self(codes.map(Words::new))
    }

    #[inline(always)]
    fn add_first(self, sums: v128, w: v128) -> v128 {
        self.0[0].add_products(sums, Words::new(w))
    }

    #[inline(always)]
    fn add_second(self, sums: v128, w: v128) -> v128 {
        self.0[1].add_products(sums, Words::new(w))
    }
}
