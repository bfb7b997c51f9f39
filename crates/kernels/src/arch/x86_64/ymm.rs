//! 16 float lanes in two 256-bit registers: lanes 0..8 and 8..16.

use core::arch::x86_64::*;

use crate::LANES;
use crate::wide::Floats;

#[derive(Clone, Copy)]
pub(super) struct Ymm2(pub(super) __m256, pub(super) __m256);

/// A method body that is nothing but intrinsics.
macro_rules! avx2 {
    ($body:expr) => {{
        // SAFETY: `Floats` may only be used in kernels whose table is listed
        // where the machine has AVX2 and F16C; any reference that the body reads
        // or writes through is to as many bytes as it moves.
        unsafe { $body }
    }};
}

/// Methods that do the same to both registers.
macro_rules! both {
    ($($name:ident => $intrinsic:ident),* $(,)?) => {$(
        #[inline(always)]
        fn $name(self, other: Self) -> Self {
            avx2!(Self($intrinsic(self.0, other.0), $intrinsic(self.1, other.1)))
        }
    )*};
}

impl Floats for Ymm2 {
    const TILE: usize = 2;

    both!(
        add => _mm256_add_ps,
        sub => _mm256_sub_ps,
        mul => _mm256_mul_ps,
        div => _mm256_div_ps,
        larger => _mm256_max_ps,
    );

    #[inline(always)]
    fn splat(x: f32) -> Self {
        avx2!(Self(_mm256_set1_ps(x), _mm256_set1_ps(x)))
    }

    #[inline(always)]
    fn load(x: &[f32; LANES]) -> Self {
        let start = x.as_ptr();
        avx2!(Self(_mm256_loadu_ps(start), _mm256_loadu_ps(start.add(8))))
    }

    #[inline(always)]
    fn store(self, out: &mut [f32; LANES]) {
        let start = out.as_mut_ptr();
        avx2!({
            _mm256_storeu_ps(start, self.0);
            _mm256_storeu_ps(start.add(8), self.1);
        });
    }

    #[inline(always)]
    fn load_f32(bytes: &[u8; 4 * LANES]) -> Self {
        let start = bytes.as_ptr().cast::<f32>();
        avx2!(Self(_mm256_loadu_ps(start), _mm256_loadu_ps(start.add(8))))
    }

    #[inline(always)]
    fn load_f16(bytes: &[u8; 2 * LANES]) -> Self {
        let start = bytes.as_ptr().cast::<__m128i>();
        avx2!(Self(
            _mm256_cvtph_ps(_mm_loadu_si128(start)),
            _mm256_cvtph_ps(_mm_loadu_si128(start.add(1))),
        ))
    }

    #[inline(always)]
    fn from_f16(words: [u16; LANES]) -> Self {
        let start = words.as_ptr().cast::<__m128i>();
        avx2!(Self(
            _mm256_cvtph_ps(_mm_loadu_si128(start)),
            _mm256_cvtph_ps(_mm_loadu_si128(start.add(1))),
        ))
    }

    #[inline(always)]
    fn load_bf16(bytes: &[u8; 2 * LANES]) -> Self {
        let start = bytes.as_ptr().cast::<__m128i>();
        avx2!({
            let low = _mm256_cvtepu16_epi32(_mm_loadu_si128(start));
            let high = _mm256_cvtepu16_epi32(_mm_loadu_si128(start.add(1)));
            Self(
                _mm256_castsi256_ps(_mm256_slli_epi32::<16>(low)),
                _mm256_castsi256_ps(_mm256_slli_epi32::<16>(high)),
            )
        })
    }

    #[inline(always)]
    fn if_less(self, bound: Self, then: Self, otherwise: Self) -> Self {
        avx2!({
            let low = _mm256_cmp_ps::<_CMP_LT_OQ>(self.0, bound.0);
            let high = _mm256_cmp_ps::<_CMP_LT_OQ>(self.1, bound.1);
            Self(
                _mm256_blendv_ps(otherwise.0, then.0, low),
                _mm256_blendv_ps(otherwise.1, then.1, high),
            )
        })
    }

    #[inline(always)]
    fn round_ties_even(self) -> Self {
        avx2!(Self(
            _mm256_round_ps::<_MM_FROUND_NO_EXC>(self.0),
            _mm256_round_ps::<_MM_FROUND_NO_EXC>(self.1),
        ))
    }

    #[inline(always)]
    fn power_of_two(self) -> Self {
        avx2!({
            let bias = _mm256_set1_epi32(127);
            let low = _mm256_add_epi32(_mm256_cvtps_epi32(self.0), bias);
            let high = _mm256_add_epi32(_mm256_cvtps_epi32(self.1), bias);
            Self(
                _mm256_castsi256_ps(_mm256_slli_epi32::<23>(low)),
                _mm256_castsi256_ps(_mm256_slli_epi32::<23>(high)),
            )
        })
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        avx2!(sum(_mm256_add_ps(self.0, self.1)))
    }

    #[inline(always)]
    fn sum_each(rows: &[Self; LANES]) -> Self {
        avx2!({
            let mut folded = [_mm256_setzero_ps(); LANES];
            for (folded, row) in folded.iter_mut().zip(rows) {
                *folded = _mm256_add_ps(row.0, row.1);
            }
            let (low, high) = folded.split_at(8);
            Self(sum_each_of_8(low), sum_each_of_8(high))
        })
    }

    #[inline(always)]
    fn largest_magnitude(self, other: Self) -> u32 {
        avx2!(largest(_mm256_max_epu32(magnitude(self), magnitude(other))))
    }

    #[inline(always)]
    fn to_bytes(self, other: Self) -> [i8; 2 * LANES] {
        avx2!({
            let packed = _mm256_packs_epi16(to_words(self), to_words(other));
            let packed = _mm256_permute4x64_epi64::<0b11_01_10_00>(packed);
            let mut bytes = [0_i8; 2 * LANES];
            _mm256_storeu_si256(bytes.as_mut_ptr().cast(), packed);
            bytes
        })
    }
}

/// The larger of the two magnitudes' bits in each of eight lanes.
#[inline]
#[target_feature(enable = "avx2")]
fn magnitude(x: Ymm2) -> __m256i {
    let magnitude = _mm256_set1_epi32(i32::MAX);
    let low = _mm256_and_si256(_mm256_castps_si256(x.0), magnitude);
    let high = _mm256_and_si256(_mm256_castps_si256(x.1), magnitude);
    _mm256_max_epu32(low, high)
}

/// The largest of eight lanes.
#[inline]
#[target_feature(enable = "avx2")]
fn largest(x: __m256i) -> u32 {
    let x = _mm_max_epu32(_mm256_castsi256_si128(x), _mm256_extracti128_si256::<1>(x));
    let x = _mm_max_epu32(x, _mm_shuffle_epi32::<0b00_00_11_10>(x));
    let x = _mm_max_epu32(x, _mm_shuffle_epi32::<0b00_00_00_01>(x));
    _mm_cvtsi128_si32(x) as u32
}

/// 16 whole numbers as `i16`, in order.
#[inline]
#[target_feature(enable = "avx2")]
fn to_words(x: Ymm2) -> __m256i {
    // Packing interleaves the 128-bit halves; the permutation undoes it.
    let words = _mm256_packs_epi32(_mm256_cvtps_epi32(x.0), _mm256_cvtps_epi32(x.1));
    _mm256_permute4x64_epi64::<0b11_01_10_00>(words)
}

/// Eight lanes into one, as `scalar::sum` folds them.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn sum(x: __m256) -> f32 {
    let x = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
    let x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    _mm_cvtss_f32(_mm_add_ss(x, _mm_shuffle_ps::<1>(x, x)))
}

/// [`sum`] of each of eight vectors, of row `i` in lane `i`.
#[inline]
#[target_feature(enable = "avx2")]
fn sum_each_of_8(rows: &[__m256]) -> __m256 {
    let mut quarters = [_mm256_setzero_ps(); 4];
    for i in 0..4 {
        let (a, b) = (rows[i], rows[i + 4]);
        quarters[i] = _mm256_add_ps(
            _mm256_permute2f128_ps::<0x20>(a, b),
            _mm256_permute2f128_ps::<0x31>(a, b),
        );
    }
    let mut halves = [_mm256_setzero_ps(); 2];
    for i in 0..2 {
        let (a, b) = (quarters[2 * i], quarters[2 * i + 1]);
        halves[i] = _mm256_add_ps(
            _mm256_shuffle_ps::<0x44>(a, b),
            _mm256_shuffle_ps::<0xee>(a, b),
        );
    }
    _mm256_add_ps(
        _mm256_shuffle_ps::<0x88>(halves[0], halves[1]),
        _mm256_shuffle_ps::<0xdd>(halves[0], halves[1]),
    )
}
