//! The forward pass of GPT-2: pre-norm blocks, learned positions, one fused
//! projection for queries, keys and values, GELU in its tanh form.
//!
//! Rows of all sequences lie one under another, `[B*T, C]`, wherever positions
//! do not matter, so that each linear layer is one matrix product.

use burn::Tensor;
use burn::tensor::Int;

use super::ModelConfig;
use super::dropout::Dropout;
use super::lora::Adapter;
use super::weights::{Layer, Linear, Norm, Weights};
use crate::fused;

/// The hidden states after the last layer norm.
///
/// # Shapes
/// `ids` is `[B, T]` with `T <= context`; the result is `[B*T, C]`.
pub(crate) fn hidden(
    config: &ModelConfig,
    weights: &Weights,
    ids: Tensor<2, Int>,
    dropout: &mut Dropout,
) -> Tensor<2> {
    let [b, t] = ids.dims();
    let c = config.width;
    let tokens = weights.tokens.clone().select(0, ids.reshape([b * t]));
    let positions = weights.positions.clone().slice([0..t, 0..c]);
    let x = tokens.reshape([b, t, c]) + positions.unsqueeze::<3>();
    let mut x = dropout.apply(x.reshape([b * t, c]));
    for layer in &weights.layers {
        let normed = norm(config, &layer.attention_norm, x.clone());
        let attended = attention(config, layer, normed, [b, t], dropout);
        x = x + dropout.apply(attended);
        let normed = norm(config, &layer.ffn_norm, x.clone());
        let inner = linear(&layer.ffn_up, normed, dropout);
        let outer = linear(&layer.ffn_down, fused::gelu(inner), dropout);
        x = x + dropout.apply(outer);
    }
    norm(config, &weights.norm, x)
}

/// The logits of the given rows of hidden states.
///
/// # Shapes
/// `rows` is `[N, C]`, the result `[N, V]`.
pub(crate) fn logits(weights: &Weights, rows: Tensor<2>) -> Tensor<2> {
    rows.matmul(weights.head.clone().transpose())
}

fn norm(config: &ModelConfig, norm: &Norm, x: Tensor<2>) -> Tensor<2> {
    let (gain, bias) = (norm.gain.clone(), norm.bias.clone());
    fused::layer_norm(x, gain, bias, config.eps.into())
}

fn linear(layer: &Linear, x: Tensor<2>, dropout: &mut Dropout) -> Tensor<2> {
    let y =
        x.clone().matmul(layer.weight.clone().transpose()) + layer.bias.clone().unsqueeze::<2>();
    match &layer.adapter {
        None => y,
        Some(Adapter {
            a,
            b,
            scale,
            dropout: rate,
        }) => {
            let low = dropout.at(*rate, x).matmul(a.clone().transpose());
            y + low.matmul(b.clone().transpose()) * *scale
        }
    }
}

/// Causal self-attention over `x`, `[B*T, C]`.
fn attention(
    config: &ModelConfig,
    layer: &Layer,
    x: Tensor<2>,
    [b, t]: [usize; 2],
    dropout: &mut Dropout,
) -> Tensor<2> {
    let (c, h) = (config.width, config.heads);
    let d = c / h;
    let qkv = linear(&layer.qkv, x, dropout)
        .reshape([b, t, 3, h, d])
        .permute([2, 0, 3, 1, 4]);
    let part = |index: usize| -> Tensor<4> {
        qkv.clone()
            .slice([index..index + 1, 0..b, 0..h, 0..t, 0..d])
            .reshape([b, h, t, d])
    };
    let scores = part(0).matmul(part(1).transpose());
    let share = fused::causal_softmax(scores, 1.0 / (d as f64).sqrt());
    let mixed = share
        .matmul(part(2))
        .permute([0, 2, 1, 3])
        .reshape([b * t, c]);
    linear(&layer.attention_output, mixed, dropout)
}
