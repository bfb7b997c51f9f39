//! x86: VPDPBUSD in its 512-bit or 256-bit form, else VPMADDUBSW and VPMADDWD
//! as AVX2 has them. AMX tiles are left out: no kernel uses them.

use std::arch::x86_64::*;
use std::hint::black_box;

/// Accumulators, enough to hide the latency of a dot product.
const CHAINS: usize = 12;

#[derive(Clone, Copy, PartialEq)]
enum Isa {
    Avx512Vnni,
    AvxVnni,
    Avx2,
    Baseline,
}

fn isa() -> Isa {
    if is_x86_feature_detected!("avx512vnni") && is_x86_feature_detected!("avx512bw") {
        Isa::Avx512Vnni
    } else if is_x86_feature_detected!("avxvnni") {
        Isa::AvxVnni
    } else if is_x86_feature_detected!("avx2") {
        Isa::Avx2
    } else {
        Isa::Baseline
    }
}

pub(crate) fn name() -> &'static str {
    match isa() {
        Isa::Avx512Vnni => "AVX-512 VNNI",
        Isa::AvxVnni => "AVX-VNNI",
        Isa::Avx2 => "AVX2",
        Isa::Baseline => "baseline",
    }
}

/// Multiplications and additions in one round of [`int8`].
pub(crate) fn operations_a_round() -> Option<usize> {
    match isa() {
        Isa::Avx512Vnni => Some(CHAINS * 64 * 2),
        Isa::AvxVnni | Isa::Avx2 => Some(CHAINS * 32 * 2),
        Isa::Baseline => None,
    }
}

/// So many rounds of [`CHAINS`] independent dot products.
pub(crate) fn int8(rounds: usize) -> i32 {
    // SAFETY: each function is called only where `isa` has detected its features.
    unsafe {
        match isa() {
            Isa::Avx512Vnni => avx512_vnni(rounds),
            Isa::AvxVnni => avx_vnni(rounds),
            Isa::Avx2 => avx2(rounds),
            Isa::Baseline => 0,
        }
    }
}

/// The sum of all words.
pub(crate) fn sum(words: &[u64]) -> u64 {
    match isa() {
        Isa::Baseline => words.iter().fold(0, |sum, &word| sum.wrapping_add(word)),
        // SAFETY: every other variant has AVX2.
        _ => unsafe { sum_avx2(words) },
    }
}

#[target_feature(enable = "avx2")]
fn sum_avx2(words: &[u64]) -> u64 {
    // Independent sums, so that only memory limits.
    let (chunks, rest) = words.as_chunks::<32>();
    let mut sums = [0_u64; 32];
    for chunk in chunks {
        for (sum, &word) in sums.iter_mut().zip(chunk) {
            *sum = sum.wrapping_add(word);
        }
    }
    let all = sums.iter().chain(rest);
    all.fold(0, |sum, &word| sum.wrapping_add(word))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn avx512_vnni(rounds: usize) -> i32 {
    let (a, b) = black_box((_mm512_set1_epi8(3), _mm512_set1_epi8(-2)));
    let mut chains = [_mm512_setzero_si512(); CHAINS];
    for _ in 0..rounds {
        for chain in &mut chains {
            *chain = _mm512_dpbusd_epi32(*chain, a, b);
        }
    }
    let all = chains
        .into_iter()
        .fold(_mm512_setzero_si512(), |x, y| _mm512_add_epi32(x, y));
    _mm512_reduce_add_epi32(all)
}

#[target_feature(enable = "avx2,avxvnni")]
fn avx_vnni(rounds: usize) -> i32 {
    let (a, b) = black_box((_mm256_set1_epi8(3), _mm256_set1_epi8(-2)));
    let mut chains = [_mm256_setzero_si256(); CHAINS];
    for _ in 0..rounds {
        for chain in &mut chains {
            *chain = _mm256_dpbusd_avx_epi32(*chain, a, b);
        }
    }
    reduce(&chains)
}

#[target_feature(enable = "avx2")]
fn avx2(rounds: usize) -> i32 {
    let (a, ones) = black_box((_mm256_set1_epi8(3), _mm256_set1_epi16(1)));
    let mut chains = [_mm256_setzero_si256(); CHAINS];
    for _ in 0..rounds {
        for chain in &mut chains {
            // Of the sum itself, or it would be computed once, before the loop.
            let pairs = _mm256_maddubs_epi16(a, *chain);
            *chain = _mm256_add_epi32(*chain, _mm256_madd_epi16(pairs, ones));
        }
    }
    reduce(&chains)
}

#[target_feature(enable = "avx2")]
fn reduce(chains: &[__m256i; CHAINS]) -> i32 {
    let all = chains
        .iter()
        .fold(_mm256_setzero_si256(), |x, &y| _mm256_add_epi32(x, y));
    let halves = _mm_add_epi32(
        _mm256_castsi256_si128(all),
        _mm256_extracti128_si256::<1>(all),
    );
    let pairs = _mm_add_epi32(halves, _mm_shuffle_epi32::<0b01_00_11_10>(halves));
    _mm_extract_epi32::<0>(pairs) + _mm_extract_epi32::<1>(pairs)
}
