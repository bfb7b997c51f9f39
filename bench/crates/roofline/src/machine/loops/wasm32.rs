//! wasm: the relaxed dot product where it is built in, else the widening one.

use std::arch::wasm32::*;
use std::hint::black_box;

/// Accumulators, enough to hide the latency of a dot product.
const CHAINS: usize = 12;

const RELAXED: bool = cfg!(target_feature = "relaxed-simd");

pub(crate) fn name() -> &'static str {
    if RELAXED { "relaxed SIMD" } else { "SIMD" }
}

/// Multiplications and additions in one round of [`int8`].
pub(crate) fn operations_a_round() -> Option<usize> {
    Some(CHAINS * if RELAXED { 16 } else { 8 } * 2)
}

/// So many rounds of [`CHAINS`] independent dot products.
pub(crate) fn int8(rounds: usize) -> i32 {
    let (a, b) = black_box((i8x16_splat(-2), i8x16_splat(3)));
    let mut chains = [i32x4_splat(0); CHAINS];
    for _ in 0..rounds {
        for chain in &mut chains {
            *chain = dot(*chain, a, b);
        }
    }
    let all = chains
        .into_iter()
        .fold(i32x4_splat(0), |x, y| i32x4_add(x, y));
    i32x4_extract_lane::<0>(all) + i32x4_extract_lane::<3>(all)
}

#[cfg(target_feature = "relaxed-simd")]
fn dot(sum: v128, a: v128, b: v128) -> v128 {
    i32x4_relaxed_dot_i8x16_i7x16_add(a, b, sum)
}

#[cfg(not(target_feature = "relaxed-simd"))]
fn dot(sum: v128, a: v128, b: v128) -> v128 {
    i32x4_add(sum, i32x4_dot_i16x8(a, b))
}

/// The sum of all words.
pub(crate) fn sum(words: &[u64]) -> u64 {
    // Independent sums, so that only memory limits.
    let (chunks, rest) = words.as_chunks::<16>();
    let mut sums = [0_u64; 16];
    for chunk in chunks {
        for (sum, &word) in sums.iter_mut().zip(chunk) {
            *sum = sum.wrapping_add(word);
        }
    }
    let all = sums.iter().chain(rest);
    all.fold(0, |sum, &word| sum.wrapping_add(word))
}
