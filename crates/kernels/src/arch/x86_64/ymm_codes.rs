//! 32 codes in a 256-bit register: unpacking them, summing them, interleaving
//! rows of them, and folding the sums of rows.

use core::arch::x86_64::*;

use crate::LANES;
use crate::codec::UNIT;

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(bytes: &[u8; UNIT]) -> __m256i {
    // SAFETY: the reference is to 32 bytes.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load_signed(bytes: &[i8; UNIT]) -> __m256i {
    // SAFETY: the reference is to 32 bytes.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// Low nibbles to bytes 0..16, high nibbles to bytes 16..32.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn nibbles(bytes: &[u8; UNIT / 2]) -> __m256i {
    // SAFETY: the reference is to 16 bytes.
    let packed = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
    let both = _mm256_set_m128i(_mm_srli_epi16::<4>(packed), packed);
    _mm256_and_si256(both, _mm256_set1_epi8(15))
}

/// `(byte >> shift) & mask`.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn bits(bytes: &[u8; UNIT], shift: u32, mask: u8) -> __m256i {
    let shifted = _mm256_srl_epi16(load(bytes), _mm_cvtsi32_si128(shift as i32));
    _mm256_and_si256(shifted, _mm256_set1_epi8(mask as i8))
}

/// Byte `i` is bit `i` of the word.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn word_bits(word: u32) -> __m256i {
    let eighth = |byte: i64| byte * 0x0101_0101_0101_0101;
    let spread = _mm256_set_epi64x(eighth(3), eighth(2), eighth(1), eighth(0));
    let bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(word as i32), spread);
    let bit = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
    let set = _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit), bit);
    _mm256_and_si256(set, _mm256_set1_epi8(1))
}

/// `low + 16 high`, for `high` below 16.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn join(low: __m256i, high: __m256i) -> __m256i {
    _mm256_or_si256(low, _mm256_slli_epi16::<4>(high))
}

/// The sums of signed bytes 0..16 and 16..32.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn half_sums(codes: &[i8; UNIT]) -> [i32; 2] {
    let unsigned = _mm256_xor_si256(load_signed(codes), _mm256_set1_epi8(i8::MIN));
    unsigned_half_sums(unsigned).map(|sum| sum - 16 * 128)
}

/// The sums of unsigned bytes 0..16 and 16..32.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn unsigned_half_sums(bytes: __m256i) -> [i32; 2] {
    let eights = _mm256_sad_epu8(bytes, _mm256_setzero_si256());
    let sums = _mm256_add_epi32(eights, _mm256_shuffle_epi32::<0b01_00_11_10>(eights));
    let first = _mm_cvtsi128_si32(_mm256_castsi256_si128(sums));
    let second = _mm_cvtsi128_si32(_mm256_extracti128_si256::<1>(sums));
    [first, second]
}

/// The lanes of each of eight vectors added up, those of row `i` in lane `i`;
/// the lower and the upper four lanes apart.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn fold_halves(rows: &[__m256i; LANES / 2]) -> [__m256i; 2] {
    let mut lower = [_mm256_setzero_si256(); 4];
    let mut upper = lower;
    for i in 0..4 {
        let (a, b) = (rows[i], rows[i + 4]);
        lower[i] = _mm256_permute2x128_si256::<0x20>(a, b);
        upper[i] = _mm256_permute2x128_si256::<0x31>(a, b);
    }
    [fold_quarters(lower), fold_quarters(upper)]
}

/// The lanes of each of eight vectors added up, those of row `i` in lane `i`.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn fold(rows: &[__m256i; LANES / 2]) -> __m256i {
    let mut quarters = [_mm256_setzero_si256(); 4];
    for i in 0..4 {
        let (a, b) = (rows[i], rows[i + 4]);
        quarters[i] = _mm256_add_epi32(
            _mm256_permute2x128_si256::<0x20>(a, b),
            _mm256_permute2x128_si256::<0x31>(a, b),
        );
    }
    fold_quarters(quarters)
}

/// The four lanes of each half added up, in lane `i` and `i + 4` those of `rows[i]`.
#[inline]
#[target_feature(enable = "avx2")]
fn fold_quarters(rows: [__m256i; 4]) -> __m256i {
    let mut halves = [_mm256_setzero_si256(); 2];
    for i in 0..2 {
        let (a, b) = (rows[2 * i], rows[2 * i + 1]);
        halves[i] = _mm256_add_epi32(_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b));
    }
    let [a, b] = halves.map(|v| _mm256_castsi256_ps(v));
    _mm256_add_epi32(
        _mm256_castps_si256(_mm256_shuffle_ps::<0x88>(a, b)),
        _mm256_castps_si256(_mm256_shuffle_ps::<0xdd>(a, b)),
    )
}

/// Eight rows of eight four-byte groups to eight groups of eight rows.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn transpose(rows: &[__m256i; 8]) -> [__m256i; 8] {
    let mut pairs = [_mm256_setzero_si256(); 8];
    for i in 0..4 {
        let (a, b) = (rows[2 * i], rows[2 * i + 1]);
        pairs[2 * i] = _mm256_unpacklo_epi32(a, b);
        pairs[2 * i + 1] = _mm256_unpackhi_epi32(a, b);
    }
    let mut fours = [_mm256_setzero_si256(); 8];
    for i in 0..4 {
        let (a, b) = (pairs[i / 2 * 4 + i % 2], pairs[i / 2 * 4 + i % 2 + 2]);
        fours[2 * i] = _mm256_unpacklo_epi64(a, b);
        fours[2 * i + 1] = _mm256_unpackhi_epi64(a, b);
    }
    let mut groups = [_mm256_setzero_si256(); 8];
    for i in 0..4 {
        groups[i] = _mm256_permute2x128_si256::<0x20>(fours[i], fours[i + 4]);
        groups[i + 4] = _mm256_permute2x128_si256::<0x31>(fours[i], fours[i + 4]);
    }
    groups
}

/// The methods of `Bytes` that do not depend on how products are formed, where
/// 32 codes are one 256-bit register.
macro_rules! ymm_codes {
    () => {
        #[inline(always)]
        fn half_sums(codes: &[i8; UNIT]) -> [i32; 2] {
            ymm_codes::avx2!(ymm_codes::half_sums(codes))
        }

        #[inline(always)]
        fn interleave<C: RowCodec>(
            rows: &[&C::Block; LANES],
            unit: usize,
            out: &mut [[u8; 64]; 8],
        ) {
            ymm_codes::avx2!({
                for h in 0..2 {
                    let mut codes = [_mm256_setzero_si256(); 8];
                    for r in 0..8 {
                        codes[r] = C::codes::<Self>(rows[8 * h + r], unit);
                    }
                    for (group, codes) in out.iter_mut().zip(ymm_codes::transpose(&codes)) {
                        let half = group.as_chunks_mut::<32>().0[h].as_mut_ptr();
                        _mm256_storeu_si256(half.cast(), codes);
                    }
                }
            })
        }

        #[inline(always)]
        fn load(bytes: &[u8; UNIT]) -> __m256i {
            ymm_codes::avx2!(ymm_codes::load(bytes))
        }

        #[inline(always)]
        fn nibbles(bytes: &[u8; UNIT / 2]) -> __m256i {
            ymm_codes::avx2!(ymm_codes::nibbles(bytes))
        }

        #[inline(always)]
        fn bits(bytes: &[u8; UNIT], shift: u32, mask: u8) -> __m256i {
            ymm_codes::avx2!(ymm_codes::bits(bytes, shift, mask))
        }

        #[inline(always)]
        fn word_bits(word: u32) -> __m256i {
            ymm_codes::avx2!(ymm_codes::word_bits(word))
        }

        #[inline(always)]
        fn join(low: __m256i, high: __m256i) -> __m256i {
            ymm_codes::avx2!(ymm_codes::join(low, high))
        }

        #[inline(always)]
        fn prefetch(address: *const u8) {
            ymm_codes::avx2!(_mm_prefetch::<_MM_HINT_T0>(address.cast()));
        }
    };
}

/// A method body that is nothing but intrinsics of AVX2.
macro_rules! avx2 {
    ($body:expr) => {{
        // SAFETY: `Bytes` may only be used in kernels whose table is listed
        // where the machine has AVX2; any reference that the body reads or
        // writes through is to as many bytes as it moves.
        unsafe { $body }
    }};
}

pub(super) use {avx2, ymm_codes};
