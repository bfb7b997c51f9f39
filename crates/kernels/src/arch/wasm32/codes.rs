//! 32 codes in two 128-bit registers: unpacking them, summing them,
//! interleaving rows of them, and folding the sums of rows.

use core::arch::wasm32::*;

use crate::codec::UNIT;

pub(super) type Codes = [v128; 2];

#[inline(always)]
pub(super) fn load(bytes: &[u8; UNIT]) -> Codes {
    let start = bytes.as_ptr().cast::<v128>();
    // SAFETY: 32 bytes are two times 16.
    unsafe { [v128_load(start), v128_load(start.add(1))] }
}

#[inline(always)]
pub(super) fn load_signed(bytes: &[i8; UNIT]) -> Codes {
    let start = bytes.as_ptr().cast::<v128>();
    // SAFETY: 32 bytes are two times 16.
    unsafe { [v128_load(start), v128_load(start.add(1))] }
}

/// Low nibbles to bytes 0..16, high nibbles to bytes 16..32.
#[inline(always)]
pub(super) fn nibbles(bytes: &[u8; UNIT / 2]) -> Codes {
    // SAFETY: the reference is to 16 bytes.
    let packed = unsafe { v128_load(bytes.as_ptr().cast()) };
    let mask = u8x16_splat(15);
    [v128_and(packed, mask), v128_and(u16x8_shr(packed, 4), mask)]
}

/// `(byte >> shift) & mask`.
#[inline(always)]
pub(super) fn bits(bytes: &[u8; UNIT], shift: u32, mask: u8) -> Codes {
    let [a, b] = load(bytes);
    let mask = u8x16_splat(mask);
    [
        v128_and(u16x8_shr(a, shift), mask),
        v128_and(u16x8_shr(b, shift), mask),
    ]
}

/// Byte `i` is bit `i` of the word.
#[inline(always)]
pub(super) fn word_bits(word: u32) -> Codes {
    let word = u32x4_splat(word);
    let bit = u64x2_splat(0x8040_2010_0804_0201);
    let low = i8x16_shuffle::<0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1>(word, word);
    let high = i8x16_shuffle::<2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3>(word, word);
    let one = u8x16_splat(1);
    [
        v128_and(i8x16_eq(v128_and(low, bit), bit), one),
        v128_and(i8x16_eq(v128_and(high, bit), bit), one),
    ]
}

/// `low + 16 high`, for `high` below 16.
#[inline(always)]
pub(super) fn join(low: Codes, high: Codes) -> Codes {
    [
        v128_or(low[0], u16x8_shl(high[0], 4)),
        v128_or(low[1], u16x8_shl(high[1], 4)),
    ]
}

#[inline(always)]
pub(super) fn centre(codes: Codes, less: u8) -> Codes {
    let less = u8x16_splat(less);
    [i8x16_sub(codes[0], less), i8x16_sub(codes[1], less)]
}

/// [`centre`], and 128 too much: unsigned bytes.
#[cfg(target_feature = "relaxed-simd")]
#[inline(always)]
pub(super) fn centre_unsigned(codes: Codes, less: u8) -> Codes {
    centre(codes, less.wrapping_sub(128))
}

/// The sums of signed bytes 0..16 and 16..32.
#[inline(always)]
pub(super) fn half_sums(codes: &[i8; UNIT]) -> [i32; 2] {
    load_signed(codes).map(|half| {
        let sums = i32x4_extadd_pairwise_i16x8(i16x8_extadd_pairwise_i8x16(half));
        let sums = i32x4_add(sums, i32x4_shuffle::<2, 3, 2, 3>(sums, sums));
        i32x4_extract_lane::<0>(sums) + i32x4_extract_lane::<1>(sums)
    })
}

/// The lanes of each of four vectors added up, those of row `i` in lane `i`.
#[inline(always)]
pub(super) fn fold(rows: [v128; 4]) -> v128 {
    let mut halves = [i32x4_splat(0); 2];
    for h in 0..2 {
        let (a, b) = (rows[2 * h], rows[2 * h + 1]);
        let low = i32x4_shuffle::<0, 1, 4, 5>(a, b);
        halves[h] = i32x4_add(low, i32x4_shuffle::<2, 3, 6, 7>(a, b));
    }
    let [a, b] = halves;
    let even = i32x4_shuffle::<0, 2, 4, 6>(a, b);
    i32x4_add(even, i32x4_shuffle::<1, 3, 5, 7>(a, b))
}

/// Four rows of four four-byte groups to four groups of four rows.
#[inline(always)]
pub(super) fn transpose(rows: [v128; 4]) -> [v128; 4] {
    let [a, b, c, d] = rows;
    let ab_low = i32x4_shuffle::<0, 4, 1, 5>(a, b);
    let ab_high = i32x4_shuffle::<2, 6, 3, 7>(a, b);
    let cd_low = i32x4_shuffle::<0, 4, 1, 5>(c, d);
    let cd_high = i32x4_shuffle::<2, 6, 3, 7>(c, d);
    [
        i32x4_shuffle::<0, 1, 4, 5>(ab_low, cd_low),
        i32x4_shuffle::<2, 3, 6, 7>(ab_low, cd_low),
        i32x4_shuffle::<0, 1, 4, 5>(ab_high, cd_high),
        i32x4_shuffle::<2, 3, 6, 7>(ab_high, cd_high),
    ]
}

/// The methods of `Bytes` that do not depend on how products are formed, but
/// for how codes are `$centre`d.
macro_rules! codes {
    ($centre:ident) => {
        type Floats = Lanes;
        type Ints = [v128; 4];
        type Codes = Codes;

        #[inline(always)]
        fn floats(ints: [v128; 4]) -> Lanes {
            Lanes(ints.map(|x| f32x4_convert_i32x4(x)))
        }

        #[inline(always)]
        fn half_sums(codes: &[i8; UNIT]) -> [i32; 2] {
            codes::half_sums(codes)
        }

        #[inline(always)]
        fn row_dots<C: RowCodec>(
            rows: &[&C::Block; LANES],
            unit: usize,
            token: &TokenUnit,
        ) -> [v128; 4] {
            let x = Activations::new(codes::load_signed(&token.codes));
            let start = i32x4(token.starts[Part::Both as usize], 0, 0, 0);
            // Four rows at a time: their sums and the activations fit the registers.
            unrolled!(4, i => codes::fold(unrolled!(4, r => {
                let [a, b] = C::codes::<Self>(rows[4 * i + r], unit);
                x.add_second(x.add_first(start, a), b)
            })))
        }

        #[inline(always)]
        fn row_half_dots<C: RowCodec>(
            rows: &[&C::Block; LANES],
            unit: usize,
            token: &TokenUnit,
        ) -> [[v128; 4]; 2] {
            let x = Activations::new(codes::load_signed(&token.codes));
            let start = token.starts.map(|start| i32x4(start, 0, 0, 0));
            let first = unrolled!(4, i => codes::fold(unrolled!(4, r => {
                x.add_first(start[0], C::codes::<Self>(rows[4 * i + r], unit)[0])
            })));
            let second = unrolled!(4, i => codes::fold(unrolled!(4, r => {
                x.add_second(start[1], C::codes::<Self>(rows[4 * i + r], unit)[1])
            })));
            [first, second]
        }

        #[inline(always)]
        fn interleave<C: RowCodec>(
            rows: &[&C::Block; LANES],
            unit: usize,
            out: &mut [[u8; 64]; 8],
        ) {
            for i in 0..4 {
                let mut halves = [[i32x4_splat(0); 4]; 2];
                for r in 0..4 {
                    let [a, b] = C::codes::<Self>(rows[4 * i + r], unit);
                    halves[0][r] = a;
                    halves[1][r] = b;
                }
                for (h, half) in halves.into_iter().enumerate() {
                    for (g, codes) in codes::transpose(half).into_iter().enumerate() {
                        let four = &mut out[4 * h + g].as_chunks_mut::<16>().0[i];
                        // SAFETY: the reference is to 16 bytes.
                        unsafe { v128_store(four.as_mut_ptr().cast(), codes) };
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
            codes::$centre(codes, less)
        }

        #[inline(always)]
        fn prefetch(_: *const u8) {}
    };
}

pub(super) use codes;
