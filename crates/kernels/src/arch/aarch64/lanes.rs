//! 16 float lanes in four 128-bit registers, in order.

use core::arch::aarch64::*;
use core::arch::asm;

use crate::LANES;
use crate::wide::Floats;

#[derive(Clone, Copy)]
pub(super) struct Lanes(pub(super) [float32x4_t; 4]);

/// A method body that is nothing but intrinsics.
macro_rules! neon {
    ($body:expr) => {{
        // SAFETY: every AArch64 machine that this is built for has NEON; any
        // reference that the body reads or writes through is to as many bytes
        // as it moves.
        #[allow(unused_unsafe, reason = "some bodies have no pointers in them")]
        unsafe {
            $body
        }
    }};
}

pub(super) use neon;

/// Methods that do the same to all four registers.
macro_rules! all {
    ($($name:ident => $intrinsic:ident),* $(,)?) => {$(
        #[inline(always)]
        fn $name(self, other: Self) -> Self {
            let mut all = self.0;
            for i in 0..4 {
                all[i] = neon!($intrinsic(all[i], other.0[i]));
            }
            Self(all)
        }
    )*};
}

impl Floats for Lanes {
    const TILE: usize = 2;

    all!(
        add => vaddq_f32,
        sub => vsubq_f32,
        mul => vmulq_f32,
        div => vdivq_f32,
        larger => larger,
    );

    #[inline(always)]
    fn splat(x: f32) -> Self {
        neon!(Self([vdupq_n_f32(x); 4]))
    }

    #[inline(always)]
    fn load(x: &[f32; LANES]) -> Self {
        neon!({
            let mut all = [vdupq_n_f32(0.0); 4];
            for i in 0..4 {
                all[i] = vld1q_f32(x.as_ptr().add(4 * i));
            }
            Self(all)
        })
    }

    #[inline(always)]
    fn store(self, out: &mut [f32; LANES]) {
        for i in 0..4 {
            neon!(vst1q_f32(out.as_mut_ptr().add(4 * i), self.0[i]));
        }
    }

    #[inline(always)]
    fn load_f32(bytes: &[u8; 4 * LANES]) -> Self {
        neon!({
            let mut all = [vdupq_n_f32(0.0); 4];
            for i in 0..4 {
                all[i] = vreinterpretq_f32_u8(vld1q_u8(bytes.as_ptr().add(16 * i)));
            }
            Self(all)
        })
    }

    #[inline(always)]
    fn load_f16(bytes: &[u8; 2 * LANES]) -> Self {
        neon!({
            let mut all = [vdupq_n_f32(0.0); 4];
            for i in 0..4 {
                all[i] = from_f16(vld1_u8(bytes.as_ptr().add(8 * i)));
            }
            Self(all)
        })
    }

    #[inline(always)]
    fn from_f16(words: [u16; LANES]) -> Self {
        neon!({
            let mut all = [vdupq_n_f32(0.0); 4];
            for i in 0..4 {
                all[i] = from_f16(vld1_u8(words.as_ptr().add(4 * i).cast()));
            }
            Self(all)
        })
    }

    #[inline(always)]
    fn load_bf16(bytes: &[u8; 2 * LANES]) -> Self {
        neon!({
            let mut all = [vdupq_n_f32(0.0); 4];
            for i in 0..4 {
                let words = vreinterpret_u16_u8(vld1_u8(bytes.as_ptr().add(8 * i)));
                all[i] = vreinterpretq_f32_u32(vshlq_n_u32::<16>(vmovl_u16(words)));
            }
            Self(all)
        })
    }

    #[inline(always)]
    fn if_less(self, bound: Self, then: Self, otherwise: Self) -> Self {
        neon!({
            let mut all = otherwise.0;
            for i in 0..4 {
                let less = vcltq_f32(self.0[i], bound.0[i]);
                all[i] = vbslq_f32(less, then.0[i], all[i]);
            }
            Self(all)
        })
    }

    #[inline(always)]
    fn round_ties_even(self) -> Self {
        neon!(Self(self.0.map(|x| vrndnq_f32(x))))
    }

    #[inline(always)]
    fn power_of_two(self) -> Self {
        neon!({
            let mut all = self.0;
            for x in &mut all {
                let biased = vaddq_s32(vcvtq_s32_f32(*x), vdupq_n_s32(127));
                *x = vreinterpretq_f32_s32(vshlq_n_s32::<23>(biased));
            }
            Self(all)
        })
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        neon!({
            let x = fold_registers(self);
            let x = vadd_f32(vget_low_f32(x), vget_high_f32(x));
            vget_lane_f32::<0>(x) + vget_lane_f32::<1>(x)
        })
    }

    #[inline(always)]
    fn sum_each(rows: &[Self; LANES]) -> Self {
        neon!({
            let mut sums = [vdupq_n_f32(0.0); 4];
            for i in 0..4 {
                let mut halves = [vdupq_n_f32(0.0); 2];
                for h in 0..2 {
                    let a = fold_registers(rows[4 * i + 2 * h]);
                    let b = fold_registers(rows[4 * i + 2 * h + 1]);
                    let low = vcombine_f32(vget_low_f32(a), vget_low_f32(b));
                    halves[h] = vaddq_f32(low, vcombine_f32(vget_high_f32(a), vget_high_f32(b)));
                }
                sums[i] = vpaddq_f32(halves[0], halves[1]);
            }
            Self(sums)
        })
    }

    #[inline(always)]
    fn largest_magnitude(self, other: Self) -> u32 {
        neon!({
            let mut largest = vdupq_n_u32(0);
            for x in self.0.into_iter().chain(other.0) {
                let magnitude = vandq_u32(vreinterpretq_u32_f32(x), vdupq_n_u32(!(1 << 31)));
                largest = vmaxq_u32(largest, magnitude);
            }
            vmaxvq_u32(largest)
        })
    }

    #[inline(always)]
    fn to_bytes(self, other: Self) -> [i8; 2 * LANES] {
        neon!({
            let mut bytes = [0_i8; 2 * LANES];
            for (i, half) in [self, other].into_iter().enumerate() {
                let [a, b, c, d] = half.0.map(|x| vqmovn_s32(vcvtq_s32_f32(x)));
                let low = vqmovn_s16(vcombine_s16(a, b));
                let high = vqmovn_s16(vcombine_s16(c, d));
                vst1q_s8(bytes.as_mut_ptr().add(16 * i), vcombine_s8(low, high));
            }
            bytes
        })
    }
}

/// `if a > b { a } else { b }`.
#[inline(always)]
fn larger(a: float32x4_t, b: float32x4_t) -> float32x4_t {
    neon!(vbslq_f32(vcgtq_f32(a, b), a, b))
}

/// Four binary16 to `f32`.
#[inline(always)]
fn from_f16(words: uint8x8_t) -> float32x4_t {
    let x: float32x4_t;
    // SAFETY: a conversion between registers; the intrinsic for it is not stable.
    unsafe {
        asm!("fcvtl {x:v}.4s, {words:v}.4h", x = out(vreg) x, words = in(vreg) words,
            options(pure, nomem, nostack, preserves_flags));
    }
    x
}

/// 16 lanes to four: lane `i` takes in `i + 8`, then `i + 4`.
#[inline(always)]
fn fold_registers(x: Lanes) -> float32x4_t {
    let [a, b, c, d] = x.0;
    neon!(vaddq_f32(vaddq_f32(a, c), vaddq_f32(b, d)))
}
