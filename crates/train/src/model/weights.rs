//! Parameters seen as a GPT: the tensors of each block by name, with their
//! shapes, inside a gradient graph or outside it.

use burn::Tensor;

use super::config::{ModelConfig, SLOTS_BEFORE, SLOTS_PER_LAYER};
use super::lora::Adapter;

/// Gain and bias of a layer norm, both `[C]`.
#[derive(Debug, Clone)]
pub(crate) struct Norm {
    pub(crate) gain: Tensor<1>,
    pub(crate) bias: Tensor<1>,
}

/// A linear layer: `weight` is `[out, in]`, as in a GGUF file.
#[derive(Debug, Clone)]
pub(crate) struct Linear {
    pub(crate) weight: Tensor<2>,
    pub(crate) bias: Tensor<1>,
    pub(crate) adapter: Option<Adapter>,
}

/// One block.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) attention_norm: Norm,
    pub(crate) qkv: Linear,
    pub(crate) attention_output: Linear,
    pub(crate) ffn_norm: Norm,
    pub(crate) ffn_up: Linear,
    pub(crate) ffn_down: Linear,
}

/// A whole model.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    /// `[V, C]`
    pub(crate) tokens: Tensor<2>,
    /// `[context, C]`
    pub(crate) positions: Tensor<2>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) norm: Norm,
    /// `[V, C]`
    pub(crate) head: Tensor<2>,
}

impl Weights {
    /// Views `values`, which are in the order of [`ModelConfig::slots`].
    pub(crate) fn view(config: &ModelConfig, values: &[Tensor<1>]) -> Self {
        let (c, f) = (config.width, config.ff_width);
        let vector = |at: usize| values[at].clone();
        let matrix = |at: usize, rows: usize, columns: usize| -> Tensor<2> {
            values[at].clone().reshape([rows, columns])
        };
        let norm = |at: usize| Norm {
            gain: vector(at),
            bias: vector(at + 1),
        };
        let linear = |at: usize, rows: usize, columns: usize| Linear {
            weight: matrix(at, rows, columns),
            bias: vector(at + 1),
            adapter: None,
        };
        let layers = (0..config.layers)
            .map(|layer| SLOTS_BEFORE + layer * SLOTS_PER_LAYER)
            .map(|at| Layer {
                attention_norm: norm(at),
                qkv: linear(at + 2, 3 * c, c),
                attention_output: linear(at + 4, c, c),
                ffn_norm: norm(at + 6),
                ffn_up: linear(at + 8, f, c),
                ffn_down: linear(at + 10, c, f),
            })
            .collect();
        let last = SLOTS_BEFORE + config.layers * SLOTS_PER_LAYER;
        let tokens = matrix(0, config.vocab, c);
        Self {
            positions: matrix(1, config.context, c),
            layers,
            norm: norm(last),
            head: if config.tied {
                tokens.clone()
            } else {
                matrix(last + 2, config.vocab, c)
            },
            tokens,
        }
    }
}
