//! Every operation against its scalar twin, over made-up shapes and numbers.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod attention;
mod linear;
mod sampling;
#[path = "../support/mod.rs"]
mod support;

use senselm_quant::{f16_to_f32, f32_to_f16};
use senselm_shaders::{CacheType, Packed, padded};
use support::{Check, bytes_of, floats, words_of};

/// Sums of a few hundred products in another order.
const SUMS: f32 = 2e-4;
/// One operation a number.
const EXACT: f32 = 1e-6;
/// What rounding to binary16 does to numbers up to 8.
const HALF: f32 = 2e-3;

const ROUNDS: u64 = 6;

fn main() {
    let checks: [(&str, Check); 12] = [
        ("embed", attention::embed),
        ("attention", attention::attention),
        ("layer_norm", linear::layer_norm),
        ("norm_linear", linear::norm_linear),
        ("head", linear::head),
        ("linear_add", linear::linear_add),
        ("qkv", linear::qkv),
        ("matmul", linear::matmul),
        ("matmul_logits", linear::matmul_logits),
        ("sample", sampling::sample),
        ("sample_nothing", sampling::sample_nothing),
        ("score", sampling::score),
    ];
    let named = checks.map(|(name, check)| (name.to_owned(), check));
    support::main(named.into());
}

fn planes(weights: &Packed) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("quants", words_of(&weights.quants)),
        ("scales", words_of(&weights.scales)),
    ]
}

fn zeros(rows: usize, width: usize) -> Vec<u8> {
    vec![0; 4 * rows * padded(width)]
}

fn quads(width: usize) -> u32 {
    (padded(width) / 4) as u32
}

fn kept(cache: CacheType, bytes: &[u8]) -> Vec<f32> {
    match cache {
        CacheType::F32 => floats(bytes),
        CacheType::F16 => {
            let halves = bytes.as_chunks().0.iter();
            halves.map(|b| f16_to_f32(u16::from_le_bytes(*b))).collect()
        }
    }
}

fn keep(cache: CacheType, values: &[f32]) -> Vec<u8> {
    match cache {
        CacheType::F32 => bytes_of(values),
        CacheType::F16 => {
            let halves = values.iter().map(|&x| f32_to_f16(x).to_le_bytes());
            halves.flatten().collect()
        }
    }
}
