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

    const FLIP: u8 = 0x80;
    const TOKENS: usize = 8;

    #[inline(always)]
    fn start(sum: i32, _: i32) -> i32 {
        -128 * sum
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
            let x = _mm256_loadu_si256(token.codes.as_ptr().cast());
            let mut joined = [_mm512_setzero_si512(); LANES / 2];
            for i in 0..LANES / 2 {
                // Row pairs chosen so that the folds put row `i` into lane `i`.
                let r = i % 4 + i / 4 * 8;
                let zero = _mm256_setzero_si256();
                let a = _mm256_dpbusd_epi32(zero, C::codes::<Self>(rows[r], unit), x);
                let b = _mm256_dpbusd_epi32(zero, C::codes::<Self>(rows[r + 4], unit), x);
                joined[i] = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(a), b);
            }
            let start = _mm512_set1_epi32(token.starts[Part::Both as usize]);
            _mm512_add_epi32(fold(&joined), start)
        })
    }

    #[inline(always)]
    fn signed(bytes: &[u8; UNIT]) -> __m256i {
        avx512!(_mm256_xor_si256(
            ymm_codes::load(bytes),
            _mm256_set1_epi8(i8::MIN)
        ))
    }

    #[inline(always)]
    fn nibbles(bytes: &[u8; UNIT / 2]) -> __m256i {
        avx512!(_mm256_add_epi8(
            ymm_codes::nibbles(bytes),
            _mm256_set1_epi8(120)
        ))
    }

    #[inline(always)]
    fn low_nibbles(bytes: &[u8; UNIT]) -> __m256i {
        avx512!(_mm256_or_si256(
            ymm_codes::low_nibbles(bytes),
            _mm256_set1_epi8(i8::MIN)
        ))
    }

    #[inline(always)]
    fn high_nibbles(bytes: &[u8; UNIT]) -> __m256i {
        avx512!(_mm256_or_si256(
            ymm_codes::high_nibbles(bytes),
            _mm256_set1_epi8(i8::MIN)
        ))
    }
}

/// The eight lanes of each of 16 rows added up. Vector `i` holds rows
/// `i % 4 + 8 (i / 4)` and the fourth after it.
#[inline]
#[target_feature(enable = "avx512f")]
fn fold(rows: &[__m512i; LANES / 2]) -> __m512i {
    let mut quarters = [_mm512_setzero_si512(); 4];
    for i in 0..4 {
        let (a, b) = (rows[i], rows[i + 4]);
        quarters[i] = _mm512_add_epi32(
            _mm512_shuffle_i32x4::<0x88>(a, b),
            _mm512_shuffle_i32x4::<0xdd>(a, b),
        );
    }
    let mut halves = [_mm512_setzero_si512(); 2];
    for i in 0..2 {
        let (a, b) = (quarters[2 * i], quarters[2 * i + 1]);
        halves[i] = _mm512_add_epi32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    }
    let [a, b] = halves.map(|v| _mm512_castsi512_ps(v));
    _mm512_add_epi32(
        _mm512_castps_si512(_mm512_shuffle_ps::<0x88>(a, b)),
        _mm512_castps_si512(_mm512_shuffle_ps::<0xdd>(a, b)),
    )
}
