//! 16 float lanes in one 512-bit register.

use core::arch::x86_64::*;

use crate::LANES;
use crate::wide::Floats;

#[derive(Clone, Copy)]
pub(super) struct Zmm(pub(super) __m512);

/// A method body that is nothing but intrinsics.
macro_rules! avx512 {
    ($body:expr) => {{
        // SAFETY: `Floats` may only be used in kernels whose table is listed
        // where the machine has AVX-512 F, BW, DQ and VL; any reference that
        // the body reads or writes through is to as many bytes as it moves.
        unsafe { $body }
    }};
}

impl Floats for Zmm {
    const TILE: usize = 4;

    #[inline(always)]
    fn splat(x: f32) -> Self {
        avx512!(Self(_mm512_set1_ps(x)))
    }

    #[inline(always)]
    fn load(x: &[f32; LANES]) -> Self {
        avx512!(Self(_mm512_loadu_ps(x.as_ptr())))
    }

    #[inline(always)]
    fn store(self, out: &mut [f32; LANES]) {
        avx512!(_mm512_storeu_ps(out.as_mut_ptr(), self.0));
    }

    #[inline(always)]
    fn load_f32(bytes: &[u8; 4 * LANES]) -> Self {
        avx512!(Self(_mm512_loadu_ps(bytes.as_ptr().cast())))
    }

    #[inline(always)]
    fn load_f16(bytes: &[u8; 2 * LANES]) -> Self {
        avx512!(Self(_mm512_cvtph_ps(_mm256_loadu_si256(
            bytes.as_ptr().cast()
        ))))
    }

    #[inline(always)]
    fn from_f16(words: [u16; LANES]) -> Self {
        avx512!(Self(_mm512_cvtph_ps(_mm256_loadu_si256(
            words.as_ptr().cast()
        ))))
    }

    #[inline(always)]
    fn load_bf16(bytes: &[u8; 2 * LANES]) -> Self {
        avx512!({
            let wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(bytes.as_ptr().cast()));
            Self(_mm512_castsi512_ps(_mm512_slli_epi32::<16>(wide)))
        })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        avx512!(Self(_mm512_add_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        avx512!(Self(_mm512_sub_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        avx512!(Self(_mm512_mul_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        avx512!(Self(_mm512_div_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        avx512!(Self(_mm512_max_ps(self.0, other.0)))
    }

    #[inline(always)]
    fn if_less(self, bound: Self, then: Self, otherwise: Self) -> Self {
        avx512!({
            let less = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(self.0, bound.0);
            Self(_mm512_mask_blend_ps(less, otherwise.0, then.0))
        })
    }

    #[inline(always)]
    fn round_ties_even(self) -> Self {
        avx512!(Self(_mm512_roundscale_ps::<_MM_FROUND_NO_EXC>(self.0)))
    }

    #[inline(always)]
    fn power_of_two(self) -> Self {
        avx512!({
            let biased = _mm512_add_epi32(_mm512_cvtps_epi32(self.0), _mm512_set1_epi32(127));
            Self(_mm512_castsi512_ps(_mm512_slli_epi32::<23>(biased)))
        })
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        avx512!({
            let low = _mm512_castps512_ps256(self.0);
            super::ymm::sum(_mm256_add_ps(low, _mm512_extractf32x8_ps::<1>(self.0)))
        })
    }

    #[inline(always)]
    fn sum_each(rows: &[Self; LANES]) -> Self {
        // Each step halves the lanes of two vectors and joins them; the pairs
        // are chosen so that row `i` ends up in lane `i`.
        avx512!({
            let mut eighths = [_mm512_setzero_ps(); 8];
            for i in 0..8 {
                let i0 = i % 4 + i / 4 * 8;
                let (a, b) = (rows[i0].0, rows[i0 + 4].0);
                eighths[i] = _mm512_add_ps(
                    _mm512_shuffle_f32x4::<0x44>(a, b),
                    _mm512_shuffle_f32x4::<0xee>(a, b),
                );
            }
            let mut quarters = [_mm512_setzero_ps(); 4];
            for i in 0..4 {
                let (a, b) = (eighths[i], eighths[i + 4]);
                quarters[i] = _mm512_add_ps(
                    _mm512_shuffle_f32x4::<0x88>(a, b),
                    _mm512_shuffle_f32x4::<0xdd>(a, b),
                );
            }
            let mut halves = [_mm512_setzero_ps(); 2];
            for i in 0..2 {
                let (a, b) = (quarters[2 * i], quarters[2 * i + 1]);
                halves[i] = _mm512_add_ps(
                    _mm512_shuffle_ps::<0x44>(a, b),
                    _mm512_shuffle_ps::<0xee>(a, b),
                );
            }
            Self(_mm512_add_ps(
                _mm512_shuffle_ps::<0x88>(halves[0], halves[1]),
                _mm512_shuffle_ps::<0xdd>(halves[0], halves[1]),
            ))
        })
    }

    #[inline(always)]
    fn largest_magnitude(self, other: Self) -> u32 {
        avx512!({
            let magnitude = _mm512_set1_epi32(i32::MAX);
            let a = _mm512_and_si512(_mm512_castps_si512(self.0), magnitude);
            let b = _mm512_and_si512(_mm512_castps_si512(other.0), magnitude);
            _mm512_reduce_max_epu32(_mm512_max_epu32(a, b))
        })
    }

    #[inline(always)]
    fn to_bytes(self, other: Self) -> [i8; 2 * LANES] {
        avx512!({
            let first = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(self.0));
            let second = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(other.0));
            // One store: the sums read it back as a whole.
            let mut bytes = [0_i8; 2 * LANES];
            _mm256_storeu_si256(bytes.as_mut_ptr().cast(), _mm256_set_m128i(second, first));
            bytes
        })
    }
}
