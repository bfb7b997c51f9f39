//! AVX-VNNI: 32 products of unsigned weights and signed activations an
//! instruction.
//!
//! Weights become unsigned by flipping their top bit, which adds 128; sums
//! start at -128 times the sum of the activations to take it back.

use core::arch::x86_64::*;

use super::ymm::Ymm2;
use super::ymm_codes;
use crate::LANES;
use crate::activations::TokenUnit;
use crate::codec::UNIT;
use crate::kernels::Table;
use crate::wide::{Bytes, Part, RowCodec};

pub(crate) static TABLE: Table = table!("avx-vnni", "avx2,f16c,avxvnni", AvxVnni);

#[derive(Clone, Copy)]
struct AvxVnni;

/// A method body that is nothing but intrinsics.
macro_rules! avx_vnni {
    ($body:expr) => {{
        // SAFETY: `Bytes` may only be used in kernels whose table is listed
        // where the machine has AVX2 and AVX-VNNI; any reference that the body
        // reads through is to as many bytes as it moves.
        unsafe { $body }
    }};
}

impl Bytes for AvxVnni {
    type Floats = Ymm2;
    type Ints = [__m256i; 2];
    type Codes = __m256i;

    const TOKENS: usize = 4;

    ymm_codes::ymm_codes!();

    #[inline(always)]
    fn half_starts(_: &[i8; UNIT], sums: [i32; 2]) -> [i32; 2] {
        sums.map(|sum| -128 * sum)
    }

    /// Adds the 128 that unsigned weights have too much.
    #[inline(always)]
    fn centre(codes: __m256i, less: u8) -> __m256i {
        avx_vnni!(_mm256_add_epi8(
            codes,
            _mm256_set1_epi8(128_u8.wrapping_sub(less) as i8)
        ))
    }

    #[inline(always)]
    fn floats(ints: [__m256i; 2]) -> Ymm2 {
        avx_vnni!(Ymm2(
            _mm256_cvtepi32_ps(ints[0]),
            _mm256_cvtepi32_ps(ints[1])
        ))
    }

    #[inline(always)]
    fn dots<const N: usize>(
        rows: &[[u8; 64]; 8],
        tokens: &[TokenUnit; N],
        part: Part,
    ) -> [[__m256i; 2]; N] {
        let (first, end) = part.groups();
        avx_vnni!({
            let mut sums = [[_mm256_setzero_si256(); 2]; N];
            for n in 0..N {
                sums[n] = [_mm256_set1_epi32(tokens[n].starts[part as usize]); 2];
            }
            for g in first..end {
                let start = rows[g].as_ptr().cast::<__m256i>();
                let w = [_mm256_loadu_si256(start), _mm256_loadu_si256(start.add(1))];
                for n in 0..N {
                    let x = _mm256_set1_epi32(tokens[n].group(g));
                    for h in 0..2 {
                        sums[n][h] = _mm256_dpbusd_avx_epi32(sums[n][h], w[h], x);
                    }
                }
            }
            sums
        })
    }

    #[inline(always)]
    fn row_dots<C: RowCodec>(
        rows: &[&C::Block; LANES],
        unit: usize,
        token: &TokenUnit,
    ) -> [__m256i; 2] {
        avx_vnni!({
            let start = _mm256_set1_epi32(token.starts[Part::Both as usize]);
            let [a, b] = products::<C>(rows, unit, token);
            [
                _mm256_add_epi32(start, ymm_codes::fold(&a)),
                _mm256_add_epi32(start, ymm_codes::fold(&b)),
            ]
        })
    }

    #[inline(always)]
    fn row_half_dots<C: RowCodec>(
        rows: &[&C::Block; LANES],
        unit: usize,
        token: &TokenUnit,
    ) -> [[__m256i; 2]; 2] {
        avx_vnni!({
            let first_start = _mm256_set1_epi32(token.starts[Part::First as usize]);
            let second_start = _mm256_set1_epi32(token.starts[Part::Second as usize]);
            let [a, b] = products::<C>(rows, unit, token);
            let ([a0, a1], [b0, b1]) = (ymm_codes::fold_halves(&a), ymm_codes::fold_halves(&b));
            [
                [
                    _mm256_add_epi32(a0, first_start),
                    _mm256_add_epi32(b0, first_start),
                ],
                [
                    _mm256_add_epi32(a1, second_start),
                    _mm256_add_epi32(b1, second_start),
                ],
            ]
        })
    }
}

/// The sums of four products of each row; rows 0..8, then 8..16.
#[inline(always)]
fn products<C: RowCodec>(
    rows: &[&C::Block; LANES],
    unit: usize,
    token: &TokenUnit,
) -> [[__m256i; LANES / 2]; 2] {
    avx_vnni!({
        let x = _mm256_loadu_si256(token.codes.as_ptr().cast());
        let mut sums = [[_mm256_setzero_si256(); LANES / 2]; 2];
        for r in 0..LANES {
            let codes = C::codes::<AvxVnni>(rows[r], unit);
            sums[r / 8][r % 8] = _mm256_dpbusd_avx_epi32(_mm256_setzero_si256(), codes, x);
        }
        sums
    })
}
