//! 32 codes in two 128-bit registers: unpacking them, interleaving rows of
//! them, and folding the sums of rows.

use core::arch::aarch64::*;

use super::lanes::neon;
use crate::codec::UNIT;

pub(super) type Codes = [int8x16_t; 2];

#[inline(always)]
pub(super) fn load(bytes: &[u8; UNIT]) -> Codes {
    let start = bytes.as_ptr().cast::<i8>();
    neon!([vld1q_s8(start), vld1q_s8(start.add(16))])
}

#[inline(always)]
pub(super) fn load_signed(bytes: &[i8; UNIT]) -> Codes {
    let start = bytes.as_ptr();
    neon!([vld1q_s8(start), vld1q_s8(start.add(16))])
}

/// Low nibbles to bytes 0..16, high nibbles to bytes 16..32.
#[inline(always)]
pub(super) fn nibbles(bytes: &[u8; UNIT / 2]) -> Codes {
    neon!({
        let packed = vld1q_u8(bytes.as_ptr());
        [
            vreinterpretq_s8_u8(vandq_u8(packed, vdupq_n_u8(15))),
            vreinterpretq_s8_u8(vshrq_n_u8::<4>(packed)),
        ]
    })
}

/// `(byte >> shift) & mask`.
#[inline(always)]
pub(super) fn bits(bytes: &[u8; UNIT], shift: u32, mask: u8) -> Codes {
    neon!({
        let shift = vdupq_n_s8(-(shift as i8));
        let mut codes = load(bytes);
        for half in &mut codes {
            let shifted = vshlq_u8(vreinterpretq_u8_s8(*half), shift);
            *half = vreinterpretq_s8_u8(vandq_u8(shifted, vdupq_n_u8(mask)));
        }
        codes
    })
}

/// Byte `i` is bit `i` of the word.
#[inline(always)]
pub(super) fn word_bits(word: u32) -> Codes {
    neon!({
        let [a, b, c, d] = word.to_le_bytes();
        let bit = vreinterpretq_u8_u64(vdupq_n_u64(0x8040_2010_0804_0201));
        let low = vcombine_u8(vdup_n_u8(a), vdup_n_u8(b));
        let high = vcombine_u8(vdup_n_u8(c), vdup_n_u8(d));
        let one = vdupq_n_u8(1);
        [
            vreinterpretq_s8_u8(vandq_u8(vtstq_u8(low, bit), one)),
            vreinterpretq_s8_u8(vandq_u8(vtstq_u8(high, bit), one)),
        ]
    })
}

/// `low + 16 high`, for `high` below 16.
#[inline(always)]
pub(super) fn join(low: Codes, high: Codes) -> Codes {
    neon!([
        vorrq_s8(low[0], vshlq_n_s8::<4>(high[0])),
        vorrq_s8(low[1], vshlq_n_s8::<4>(high[1])),
    ])
}

#[inline(always)]
pub(super) fn centre(codes: Codes, less: u8) -> Codes {
    neon!({
        let less = vdupq_n_s8(less as i8);
        [vsubq_s8(codes[0], less), vsubq_s8(codes[1], less)]
    })
}

/// The lanes of each of four vectors added up, those of row `i` in lane `i`.
#[inline(always)]
pub(super) fn fold(rows: [int32x4_t; 4]) -> int32x4_t {
    let [a, b, c, d] = rows;
    neon!(vpaddq_s32(vpaddq_s32(a, b), vpaddq_s32(c, d)))
}

/// Four rows of four four-byte groups to four groups of four rows.
#[inline(always)]
pub(super) fn transpose(rows: [int8x16_t; 4]) -> [int8x16_t; 4] {
    neon!({
        let [a, b, c, d] = rows.map(|row| vreinterpretq_s32_s8(row));
        let ab_low = vreinterpretq_s64_s32(vzip1q_s32(a, b));
        let ab_high = vreinterpretq_s64_s32(vzip2q_s32(a, b));
        let cd_low = vreinterpretq_s64_s32(vzip1q_s32(c, d));
        let cd_high = vreinterpretq_s64_s32(vzip2q_s32(c, d));
        [
            vreinterpretq_s8_s64(vzip1q_s64(ab_low, cd_low)),
            vreinterpretq_s8_s64(vzip2q_s64(ab_low, cd_low)),
            vreinterpretq_s8_s64(vzip1q_s64(ab_high, cd_high)),
            vreinterpretq_s8_s64(vzip2q_s64(ab_high, cd_high)),
        ]
    })
}

/// The methods of `Bytes` that do not depend on how products are formed.
macro_rules! codes {
    () => {
        type Floats = Lanes;
        type Ints = [int32x4_t; 4];
        type Codes = Codes;

        #[inline(always)]
        fn floats(ints: [int32x4_t; 4]) -> Lanes {
            neon!(Lanes(ints.map(|x| vcvtq_f32_s32(x))))
        }

        #[inline(always)]
        fn half_sums(codes: &[i8; UNIT]) -> [i32; 2] {
            neon!(codes::load_signed(codes).map(|half| i32::from(vaddlvq_s8(half))))
        }

        /// Signed products need no correction.
        #[inline(always)]
        fn half_starts(_: &[i8; UNIT], _: [i32; 2]) -> [i32; 2] {
            [0; 2]
        }

        #[inline(always)]
        fn row_dots<C: RowCodec>(
            rows: &[&C::Block; LANES],
            unit: usize,
            token: &TokenUnit,
        ) -> [int32x4_t; 4] {
            let x = codes::load_signed(&token.codes);
            let zero = neon!(vdupq_n_s32(0));
            let mut dots = [zero; 4];
            for i in 0..4 {
                let mut sums = [zero; 4];
                for r in 0..4 {
                    let w = C::codes::<Self>(rows[4 * i + r], unit);
                    sums[r] = add_products(add_products(zero, w[0], x[0]), w[1], x[1]);
                }
                dots[i] = codes::fold(sums);
            }
            dots
        }

        #[inline(always)]
        fn row_half_dots<C: RowCodec>(
            rows: &[&C::Block; LANES],
            unit: usize,
            token: &TokenUnit,
        ) -> [[int32x4_t; 4]; 2] {
            let x = codes::load_signed(&token.codes);
            let zero = neon!(vdupq_n_s32(0));
            let mut dots = [[zero; 4]; 2];
            for i in 0..4 {
                let mut first = [zero; 4];
                let mut second = [zero; 4];
                for r in 0..4 {
                    let w = C::codes::<Self>(rows[4 * i + r], unit);
                    first[r] = add_products(zero, w[0], x[0]);
                    second[r] = add_products(zero, w[1], x[1]);
                }
                dots[0][i] = codes::fold(first);
                dots[1][i] = codes::fold(second);
            }
            dots
        }

        #[inline(always)]
        fn interleave<C: RowCodec>(
            rows: &[&C::Block; LANES],
            unit: usize,
            out: &mut [[u8; 64]; 8],
        ) {
            for i in 0..4 {
                let mut halves = [[neon!(vdupq_n_s8(0)); 4]; 2];
                for r in 0..4 {
                    let [a, b] = C::codes::<Self>(rows[4 * i + r], unit);
                    halves[0][r] = a;
                    halves[1][r] = b;
                }
                for (h, half) in halves.into_iter().enumerate() {
                    for (g, codes) in codes::transpose(half).into_iter().enumerate() {
                        let four = &mut out[4 * h + g].as_chunks_mut::<16>().0[i];
                        neon!(vst1q_s8(four.as_mut_ptr().cast(), codes));
                    }
                }
            }
        }

        #[inline(always)]
        fn load(bytes: &[u8; UNIT]) -> Codes {
            codes::load(bytes)
        }

        #[inline(always)]
        fn nibbles(bytes: &[u8; UNIT / 2]) -> Codes {
            codes::nibbles(bytes)
        }

        #[inline(always)]
        fn bits(bytes: &[u8; UNIT], shift: u32, mask: u8) -> Codes {
            codes::bits(bytes, shift, mask)
        }

        #[inline(always)]
        fn word_bits(word: u32) -> Codes {
            codes::word_bits(word)
        }

        #[inline(always)]
        fn join(low: Codes, high: Codes) -> Codes {
            codes::join(low, high)
        }

        #[inline(always)]
        fn centre(codes: Codes, less: u8) -> Codes {
            codes::centre(codes, less)
        }

        #[inline(always)]
        fn prefetch(address: *const u8) {
            // SAFETY: a hint about an address reads nothing.
            unsafe {
                core::arch::asm!("prfm pldl1keep, [{}]", in(reg) address,
                    options(readonly, nostack, preserves_flags));
            }
        }
    };
}

pub(super) use codes;
