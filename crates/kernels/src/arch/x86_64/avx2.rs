//! AVX2 without VNNI: products of unsigned and signed bytes, added in pairs to
//! 16 bits and once more to 32.
//!
//! The pairs must not saturate, so the unsigned side is the activations'
//! magnitude (up to 127) and the weights take over the sign. Negating -128 would
//! wrap; inverting its bits does not, and is off by one per magnitude, which the
//! sum takes back by starting at the sum of the negative ones' magnitudes.

use core::arch::x86_64::*;

use super::ymm::Ymm2;
use super::ymm_codes;
use crate::LANES;
use crate::activations::TokenUnit;
use crate::codec::UNIT;
use crate::kernels::Table;
use crate::wide::{Bytes, Part, RowCodec};

pub(crate) static TABLE: Table = table!("avx2", "avx2,f16c", Avx2);

#[derive(Clone, Copy)]
struct Avx2;

/// A method body that is nothing but intrinsics.
macro_rules! avx2 {
    ($body:expr) => {{
        // SAFETY: `Bytes` may only be used in kernels whose table is listed
        // where the machine has AVX2; any reference that the body reads through
        // is to as many bytes as it moves.
        unsafe { $body }
    }};
}

impl Bytes for Avx2 {
    type Floats = Ymm2;
    type Ints = [__m256i; 2];
    type Codes = __m256i;

    const FLIP: u8 = 0;
    const TOKENS: usize = 4;

    #[inline(always)]
    fn start(_: i32, below: i32) -> i32 {
        below
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
            let x = Activations::new(_mm256_loadu_si256(token.codes.as_ptr().cast()));
            let start = _mm256_set1_epi32(token.starts[Part::Both as usize]);
            let mut folded = [start; 2];
            for h in 0..2 {
                let mut sums = [start; LANES / 2];
                for i in 0..LANES / 2 {
                    sums[i] = x.times(C::codes::<Self>(rows[8 * h + i], unit));
                }
                folded[h] = _mm256_add_epi32(start, ymm_codes::fold(&sums));
            }
            folded
        })
    }

    #[inline(always)]
    fn signed(bytes: &[u8; UNIT]) -> __m256i {
        avx2!(ymm_codes::load(bytes))
    }

    #[inline(always)]
    fn nibbles(bytes: &[u8; UNIT / 2]) -> __m256i {
        avx2!(_mm256_sub_epi8(
            ymm_codes::nibbles(bytes),
            _mm256_set1_epi8(8)
        ))
    }

    #[inline(always)]
    fn low_nibbles(bytes: &[u8; UNIT]) -> __m256i {
        avx2!(ymm_codes::low_nibbles(bytes))
    }

    #[inline(always)]
    fn high_nibbles(bytes: &[u8; UNIT]) -> __m256i {
        avx2!(ymm_codes::high_nibbles(bytes))
    }
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
