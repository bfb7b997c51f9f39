//! 32 codes in a 256-bit register: unpacking, and folding sums of rows.

use core::arch::x86_64::*;

use crate::LANES;
use crate::codec::UNIT;

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(bytes: &[u8; UNIT]) -> __m256i {
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

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn low_nibbles(bytes: &[u8; UNIT]) -> __m256i {
    _mm256_and_si256(load(bytes), _mm256_set1_epi8(15))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn high_nibbles(bytes: &[u8; UNIT]) -> __m256i {
    let shifted = _mm256_srli_epi16::<4>(load(bytes));
    _mm256_and_si256(shifted, _mm256_set1_epi8(15))
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
    let mut halves = [_mm256_setzero_si256(); 2];
    for i in 0..2 {
        let (a, b) = (quarters[2 * i], quarters[2 * i + 1]);
        halves[i] = _mm256_add_epi32(_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b));
    }
    let [a, b] = halves.map(|v| _mm256_castsi256_ps(v));
    _mm256_add_epi32(
        _mm256_castps_si256(_mm256_shuffle_ps::<0x88>(a, b)),
        _mm256_castps_si256(_mm256_shuffle_ps::<0xdd>(a, b)),
    )
}
