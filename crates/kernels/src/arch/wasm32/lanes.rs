//! 16 float lanes in four 128-bit registers, in order.

use core::arch::wasm32::*;

use crate::LANES;
use crate::wide::Floats;

#[derive(Clone, Copy)]
pub(super) struct Lanes(pub(super) [v128; 4]);

/// Methods that do the same to all four registers.
macro_rules! all {
    ($($name:ident => $intrinsic:ident),* $(,)?) => {$(
        #[inline(always)]
        fn $name(self, other: Self) -> Self {
            let mut all = self.0;
            for i in 0..4 {
                all[i] = $intrinsic(all[i], other.0[i]);
            }
            Self(all)
        }
    )*};
}

impl Floats for Lanes {
    const TILE: usize = 1;

    all!(
        add => f32x4_add,
        sub => f32x4_sub,
        mul => f32x4_mul,
        div => f32x4_div,
        larger => larger,
    );

    #[inline(always)]
    fn splat(x: f32) -> Self {
        Self([f32x4_splat(x); 4])
    }

    #[inline(always)]
    fn load(x: &[f32; LANES]) -> Self {
        let mut all = [f32x4_splat(0.0); 4];
        for i in 0..4 {
            // SAFETY: 16 floats are four times four.
            all[i] = unsafe { v128_load(x.as_ptr().add(4 * i).cast()) };
        }
        Self(all)
    }

    #[inline(always)]
    fn store(self, out: &mut [f32; LANES]) {
        for i in 0..4 {
            // SAFETY: 16 floats are four times four.
            unsafe { v128_store(out.as_mut_ptr().add(4 * i).cast(), self.0[i]) };
        }
    }

    #[inline(always)]
    fn load_f32(bytes: &[u8; 4 * LANES]) -> Self {
        let mut all = [f32x4_splat(0.0); 4];
        for i in 0..4 {
            // SAFETY: 64 bytes are four times 16.
            all[i] = unsafe { v128_load(bytes.as_ptr().add(16 * i).cast()) };
        }
        Self(all)
    }

    #[inline(always)]
    fn load_f16(bytes: &[u8; 2 * LANES]) -> Self {
        let mut all = [f32x4_splat(0.0); 4];
        for i in 0..4 {
            // SAFETY: 32 bytes are four times eight.
            all[i] = from_f16(unsafe { i32x4_load_extend_i16x4(bytes.as_ptr().add(8 * i).cast()) });
        }
        Self(all)
    }

    #[inline(always)]
    fn from_f16(words: [u16; LANES]) -> Self {
        // Placed lane by lane: an array on its way through memory would be read
        // back in wider pieces than it was written in, which stalls.
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = words.map(u16::cast_signed);
        let low = i16x8(a, b, c, d, e, f, g, h);
        let high = i16x8(i, j, k, l, m, n, o, p);
        Self([
            from_f16(i32x4_extend_low_i16x8(low)),
            from_f16(i32x4_extend_high_i16x8(low)),
            from_f16(i32x4_extend_low_i16x8(high)),
            from_f16(i32x4_extend_high_i16x8(high)),
        ])
    }

    #[inline(always)]
    fn load_bf16(bytes: &[u8; 2 * LANES]) -> Self {
        let mut all = [f32x4_splat(0.0); 4];
        for i in 0..4 {
            // SAFETY: 32 bytes are four times eight.
            let words = unsafe { u32x4_load_extend_u16x4(bytes.as_ptr().add(8 * i).cast()) };
            all[i] = u32x4_shl(words, 16);
        }
        Self(all)
    }

    #[inline(always)]
    fn if_less(self, bound: Self, then: Self, otherwise: Self) -> Self {
        let mut all = otherwise.0;
        for i in 0..4 {
            all[i] = v128_bitselect(then.0[i], all[i], f32x4_lt(self.0[i], bound.0[i]));
        }
        Self(all)
    }

    #[inline(always)]
    fn round_ties_even(self) -> Self {
        Self(self.0.map(|x| f32x4_nearest(x)))
    }

    #[inline(always)]
    fn power_of_two(self) -> Self {
        let mut all = self.0;
        for x in &mut all {
            let biased = i32x4_add(i32x4_trunc_sat_f32x4(*x), i32x4_splat(127));
            *x = i32x4_shl(biased, 23);
        }
        Self(all)
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        let x = fold_registers(self);
        let x = f32x4_add(x, i32x4_shuffle::<2, 3, 2, 3>(x, x));
        f32x4_extract_lane::<0>(x) + f32x4_extract_lane::<1>(x)
    }

    #[inline(always)]
    fn sum_each(rows: &[Self; LANES]) -> Self {
        let mut sums = [f32x4_splat(0.0); 4];
        for i in 0..4 {
            let mut four = [f32x4_splat(0.0); 4];
            for r in 0..4 {
                four[r] = fold_registers(rows[4 * i + r]);
            }
            let mut halves = [f32x4_splat(0.0); 2];
            for h in 0..2 {
                let (a, b) = (four[2 * h], four[2 * h + 1]);
                let low = i32x4_shuffle::<0, 1, 4, 5>(a, b);
                halves[h] = f32x4_add(low, i32x4_shuffle::<2, 3, 6, 7>(a, b));
            }
            let [a, b] = halves;
            let even = i32x4_shuffle::<0, 2, 4, 6>(a, b);
            sums[i] = f32x4_add(even, i32x4_shuffle::<1, 3, 5, 7>(a, b));
        }
        Self(sums)
    }

    #[inline(always)]
    fn largest_magnitude(self, other: Self) -> u32 {
        let mut largest = u32x4_splat(0);
        for x in self.0.into_iter().chain(other.0) {
            largest = u32x4_max(largest, v128_and(x, i32x4_splat(i32::MAX)));
        }
        let x = u32x4_max(largest, i32x4_shuffle::<2, 3, 2, 3>(largest, largest));
        u32x4_extract_lane::<0>(x).max(u32x4_extract_lane::<1>(x))
    }

    #[inline(always)]
    fn to_bytes(self, other: Self) -> [i8; 2 * LANES] {
        let mut bytes = [0_i8; 2 * LANES];
        for (i, half) in [self, other].into_iter().enumerate() {
            let [a, b, c, d] = half.0.map(|x| i32x4_trunc_sat_f32x4(x));
            let packed = i8x16_narrow_i16x8(i16x8_narrow_i32x4(a, b), i16x8_narrow_i32x4(c, d));
            // SAFETY: 32 bytes are two times 16.
            unsafe { v128_store(bytes.as_mut_ptr().add(16 * i).cast(), packed) };
        }
        bytes
    }
}

/// `if a > b { a } else { b }`.
#[inline(always)]
fn larger(a: v128, b: v128) -> v128 {
    f32x4_pmax(b, a)
}

/// Four binary16, their signs extended, to `f32`, as `half::f16_to_f32` does it.
#[inline(always)]
fn from_f16(words: v128) -> v128 {
    /// Where the sign, and the magnitude 13 bits further up, belong.
    const PLACES: u32 = 0x8fff_e000;
    let shifted = v128_and(i32x4_shl(words, 13), u32x4_splat(PLACES));
    let finite = f32x4_mul(shifted, u32x4_splat((127 + 112) << 23));
    let special = f32x4_ge(f32x4_abs(finite), f32x4_splat(65536.0));
    v128_or(finite, v128_and(special, u32x4_splat(0x7f80_0000)))
}

/// 16 lanes to four: lane `i` takes in `i + 8`, then `i + 4`.
#[inline(always)]
fn fold_registers(x: Lanes) -> v128 {
    let [a, b, c, d] = x.0;
    f32x4_add(f32x4_add(a, c), f32x4_add(b, d))
}
