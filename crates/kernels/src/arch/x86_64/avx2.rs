//! AVX2 without VNNI: products of unsigned and signed bytes, added in pairs to
//! 16 bits and once more to 32.
//!
//! The pairs must not saturate, so the unsigned side is the activations'
//! magnitude (up to 127) and the weights take over the sign. Negating -128 would
//! wrap; inverting its bits does not, and is off by one per magnitude, which the
//! sum takes back by starting at the sum of the negative ones' magnitudes.

use core::arch::x86_64::*;

use super::ymm::Ymm2;
use super::ymm_codes::{self, avx2};
use crate::LANES;
use crate::activations::TokenUnit;
use crate::codec::UNIT;
use crate::kernels::Table;
use crate::wide::{Bytes, Part, RowCodec};

pub(crate) static TABLE: Table = table!("avx2", "avx2,f16c", Avx2);

#[derive(Clone, Copy)]
struct Avx2;

impl Bytes for Avx2 {
    type Floats = Ymm2;
    type Ints = [__m256i; 2];
    type Codes = __m256i;

    const TOKENS: usize = 4;

    ymm_codes::ymm_codes!();

    /// The magnitudes of the negative codes: half of what all magnitudes exceed
    /// the sum by.
    #[inline(always)]
    fn half_starts(codes: &[i8; UNIT], sums: [i32; 2]) -> [i32; 2] {
        avx2!({
            let magnitudes = _mm256_abs_epi8(ymm_codes::load_signed(codes));
            let [first, second] = ymm_codes::unsigned_half_sums(magnitudes);
            [(first - sums[0]) / 2, (second - sums[1]) / 2]
        })
    }

    #[inline(always)]
    fn centre(codes: __m256i, less: u8) -> __m256i {
        avx2!(_mm256_sub_epi8(codes, _mm256_set1_epi8(less as i8)))
    }

    #[inline(always)]
    fn floats(ints: [__m256i; 2]) -> Ymm2 {
        avx2!(Ymm2(
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
        avx2!({
            let mut sums = [[_mm256_setzero_si256(); 2]; N];
            for n in 0..N {
                sums[n] = [_mm256_set1_epi32(tokens[n].starts[part as usize]); 2];
            }
            for g in first..end {
                let start = rows[g].as_ptr().cast::<__m256i>();
                let w = [_mm256_loadu_si256(start), _mm256_loadu_si256(start.add(1))];
                for n in 0..N {
                    let x = Activations::new(_mm256_set1_epi32(tokens[n].group(g)));
                    for h in 0..2 {
                        sums[n][h] = _mm256_add_epi32(sums[n][h], x.times(w[h]));
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
        avx2!({
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
        avx2!({
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
    avx2!({
        let x = Activations::new(ymm_codes::load_signed(&token.codes));
        let mut sums = [[_mm256_setzero_si256(); LANES / 2]; 2];
        for r in 0..LANES {
            let codes = C::codes::<Avx2>(rows[r], unit);
            sums[r / 8][r % 8] = x.times(codes);
        }
        sums
    })
}

/// 32 activations as magnitudes and signs.
#[derive(Clone, Copy)]
struct Activations {
    magnitudes: __m256i,
    /// All bits where the activation is negative.
    negative: __m256i,
}

impl Activations {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(codes: __m256i) -> Self {
        Self {
            magnitudes: _mm256_abs_epi8(codes),
            negative: _mm256_cmpgt_epi8(_mm256_setzero_si256(), codes),
        }
    }

    /// The products with 32 weights, four to a lane, short of the start.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn times(self, weights: __m256i) -> __m256i {
        let signed = _mm256_xor_si256(weights, self.negative);
        let pairs = _mm256_maddubs_epi16(self.magnitudes, signed);
        _mm256_madd_epi16(pairs, _mm256_set1_epi16(1))
    }
}
