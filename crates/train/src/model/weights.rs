//! Parameters seen as a GPT: the tensors of each block by name, with their
//! shapes, inside a gradient graph or outside it.

use burn::Tensor;
use senselm_arch::{TensorSpec, tensors};

use super::ModelConfig;
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
    /// Views `values`, which are in the order of [`tensors`].
    pub(crate) fn view(config: &ModelConfig, values: &[Tensor<1>]) -> Self {
        let mut next = Reader {
            specs: tensors(config).into_iter(),
            values: values.iter(),
        };
        // Fields are read in the order in which they stand here.
        let tokens = next.matrix();
        Self {
            positions: next.matrix(),
            layers: (0..config.layers)
                .map(|_| Layer {
                    attention_norm: next.norm(),
                    qkv: next.linear(),
                    attention_output: next.linear(),
                    ffn_norm: next.norm(),
                    ffn_up: next.linear(),
                    ffn_down: next.linear(),
                })
                .collect(),
            norm: next.norm(),
            head: match config.tied {
                true => tokens.clone(),
                false => next.matrix(),
            },
            tokens,
        }
    }
}

/// Takes one tensor after the other.
struct Reader<'a> {
    specs: std::vec::IntoIter<TensorSpec>,
    values: std::slice::Iter<'a, Tensor<1>>,
}

impl Reader<'_> {
    fn next(&mut self) -> (TensorSpec, Tensor<1>) {
        let pair = self.specs.next().zip(self.values.next());
        let (spec, value) = pair.expect("a value for every tensor of the model");
        (spec, value.clone())
    }

    fn vector(&mut self) -> Tensor<1> {
        self.next().1
    }

    fn matrix(&mut self) -> Tensor<2> {
        let (spec, value) = self.next();
        value.reshape([spec.outputs, spec.inputs.unwrap_or(1)])
    }

    fn norm(&mut self) -> Norm {
        Norm {
            gain: self.vector(),
            bias: self.vector(),
        }
    }

    fn linear(&mut self) -> Linear {
        Linear {
            weight: self.matrix(),
            bias: self.vector(),
            adapter: None,
        }
    }
}
