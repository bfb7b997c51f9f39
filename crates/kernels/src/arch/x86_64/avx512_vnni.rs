//! AVX-512 with VNNI: 64 products of unsigned weights and signed activations
//! an instruction.
//!
//! Weights become unsigned by flipping their top bit, which adds 128; sums
//! start at -128 times the sum of the activations to take it back.

use core::arch::x86_64::*;

use super::ymm_codes;
use super::zmm::Zmm;
use crate::LANES;
use crate::activations::TokenUnit;
use crate::codec::UNIT;
use crate::kernels::Table;
use crate::wide::{Bytes, Part, RowCodec};

pub(crate) static TABLE: Table = table!(
    "avx512-vnni",
    "avx2,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni",
    Avx512Vnni
);

#[derive(Clone, Copy)]
struct Avx512Vnni;

/// A method body that is nothing but intrinsics.
macro_rules! avx512 {
    ($body:expr) => {{
        // SAFETY: `Bytes` may only be used in kernels whose table is listed
        // where the machine has AVX-512 F, BW, DQ, VL and VNNI; any reference
        // that the body reads through is to as many bytes as it moves.
        unsafe { $body }
    }};
}

impl Bytes for Avx512Vnni {
    type Floats = Zmm;
    type Ints = __m512i;
    type Codes = __m256i;

    const TOKENS: usize = 8;

    ymm_codes::ymm_codes!();

    #[inline(always)]
    fn half_starts(_: &[i8; UNIT], sums: [i32; 2]) -> [i32; 2] {
        sums.map(|sum| -128 * sum)
    }

    /// Adds the 128 that unsigned weights have too much.
    #[inline(always)]
    fn centre(codes: __m256i, less: u8) -> __m256i {
        avx512!(_mm256_add_epi8(
            codes,
            _mm256_set1_epi8(128_u8.wrapping_sub(less) as i8)
        ))
    }

    #[inline(always)]
    fn floats(ints: __m512i) -> Zmm {
        avx512!(Zmm(_mm512_cvtepi32_ps(ints)))
    }

    #[inline(always)]
    fn dots<const N: usize>(
        rows: &[[u8; 64]; 8],
        tokens: &[TokenUnit; N],
        part: Part,
    ) -> [__m512i; N] {
        let (first, end) = part.groups();
        avx512!({
            let mut sums = [_mm512_setzero_si512(); N];
            for n in 0..N {
                sums[n] = _mm512_set1_epi32(tokens[n].starts[part as usize]);
            }
            for g in first..end {
                let w = _mm512_loadu_si512(rows[g].as_ptr().cast());
                for n in 0..N {
                    sums[n] =
                        _mm512_dpbusd_epi32(sums[n], w, _mm512_set1_epi32(tokens[n].group(g)));
                }
            }
            sums
        })
    }

    #[inline(always)]
    fn row_dots<C: RowCodec>(rows: &[&C::Block; LANES], unit: usize, token: &TokenUnit) -> __m512i {
        avx512!({
            let [first, second] = products::<C>(rows, unit, token);
            let mut both = first;
            for i in 0..4 {
                both[i] = _mm512_add_epi32(first[i], second[i]);
            }
            let start = _mm512_set1_epi32(token.starts[Part::Both as usize]);
            _mm512_add_epi32(fold(both), start)
        })
    }

    #[inline(always)]
    fn row_half_dots<C: RowCodec>(
        rows: &[&C::Block; LANES],
        unit: usize,
        token: &TokenUnit,
    ) -> [__m512i; 2] {
        avx512!({
            let [first, second] = products::<C>(rows, unit, token);
            let [first_start, second_start, _] = token.starts;
            [
                _mm512_add_epi32(fold(first), _mm512_set1_epi32(first_start)),
                _mm512_add_epi32(fold(second), _mm512_set1_epi32(second_start)),
            ]
        })
    }
}

/// The sums of four products of 16 rows: of the first and the second halves of
/// the unit. In a quarter of vector `i` are the four of row `i` plus 4, 8, 12.
#[inline(always)]
fn products<C: RowCodec>(
    rows: &[&C::Block; LANES],
    unit: usize,
    token: &TokenUnit,
) -> [[__m512i; 4]; 2] {
    avx512!({
        let x = _mm256_loadu_si256(token.codes.as_ptr().cast());
        let mut sums = [_mm256_setzero_si256(); LANES];
        for r in 0..LANES {
            let codes = C::codes::<Avx512Vnni>(rows[r], unit);
            sums[r] = _mm256_dpbusd_epi32(sums[r], codes, x);
        }
        let mut halves = [[_mm512_setzero_si512(); 4]; 2];
        for i in 0..4 {
            let a = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(sums[i]), sums[i + 4]);
            let b = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(sums[i + 8]), sums[i + 12]);
            halves[0][i] = _mm512_shuffle_i32x4::<0x88>(a, b);
            halves[1][i] = _mm512_shuffle_i32x4::<0xdd>(a, b);
        }
        halves
    })
}

/// The four lanes of each quarter added up, in lane `i` plus 4, 8, 12 those of `rows[i]`.
#[inline]
#[target_feature(enable = "avx512f")]
fn fold(rows: [__m512i; 4]) -> __m512i {
    let mut halves = [_mm512_setzero_si512(); 2];
    for i in 0..2 {
        let (a, b) = (rows[2 * i], rows[2 * i + 1]);
        halves[i] = _mm512_add_epi32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    }
    let [a, b] = halves.map(|v| _mm512_castsi512_ps(v));
    _mm512_add_epi32(
        _mm512_castps_si512(_mm512_shuffle_ps::<0x88>(a, b)),
        _mm512_castps_si512(_mm512_shuffle_ps::<0xdd>(a, b)),
    )
}
