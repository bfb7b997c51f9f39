//! Low-rank adapters: a frozen weight W gets the trainable update `s B A`,
//! computed on the activation side as `s (x Aᵀ) Bᵀ`, so that neither the dense
//! product nor its gradient ever exists.
//!
//! # Source
//! Hu et al., "LoRA: low-rank adaptation of large language models", 2021.

use burn::Tensor;
use burn::tensor::Device;
use senselm_arch::{TensorId, TensorKind, spec};
use serde::{Deserialize, Serialize};

use super::ModelConfig;
use super::parameters::{Parameter, Parameters, normal};
use super::weights::{Layer, Linear, Weights};
use crate::TrainError;

/// Which linear layers of each block get an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoraTarget {
    /// Queries, keys and values.
    AttnQkv,
    /// The output of the attention.
    AttnOutput,
    /// The first layer of the feed-forward part.
    FfnUp,
    /// The second one.
    FfnDown,
}

impl LoraTarget {
    /// The weight that is adapted.
    fn weight(self, layer: usize) -> TensorId {
        let kind = match self {
            Self::AttnQkv => TensorKind::Qkv,
            Self::AttnOutput => TensorKind::AttentionOutput,
            Self::FfnUp => TensorKind::FfUp,
            Self::FfnDown => TensorKind::FfDown,
        };
        TensorId::weight_in(layer, kind)
    }

    /// Outputs and inputs.
    fn shape(self, config: &ModelConfig) -> [usize; 2] {
        let weight = spec(config, self.weight(0));
        [weight.outputs, weight.inputs.unwrap_or(1)]
    }

    fn of(self, layer: &mut Layer) -> &mut Linear {
        match self {
            Self::AttnQkv => &mut layer.qkv,
            Self::AttnOutput => &mut layer.attention_output,
            Self::FfnUp => &mut layer.ffn_up,
            Self::FfnDown => &mut layer.ffn_down,
        }
    }
}

/// How adapters are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoraSpec {
    /// The rank r.
    pub rank: usize,
    /// The update is scaled by `alpha / rank`.
    pub alpha: f64,
    /// Dropout on the input of an adapter.
    #[serde(default)]
    pub dropout: f64,
    /// Which layers get one.
    #[serde(default = "all_targets")]
    pub targets: Vec<LoraTarget>,
}

fn all_targets() -> Vec<LoraTarget> {
    use LoraTarget::{AttnOutput, AttnQkv, FfnDown, FfnUp};
    vec![AttnQkv, AttnOutput, FfnUp, FfnDown]
}

/// One adapter: `a` is `[r, in]`, `b` is `[out, r]`.
#[derive(Debug, Clone)]
pub(crate) struct Adapter {
    pub(crate) a: Tensor<2>,
    pub(crate) b: Tensor<2>,
    pub(crate) scale: f64,
    pub(crate) dropout: f64,
}

impl LoraSpec {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`TrainError::Recipe`].
    pub fn check(&self) -> Result<(), TrainError> {
        if self.rank == 0 || self.targets.is_empty() {
            return Err(TrainError::recipe(
                "lora",
                "needs a rank of at least 1 and a target",
            ));
        }
        if !(0.0..1.0).contains(&self.dropout) || !self.alpha.is_finite() {
            return Err(TrainError::recipe(
                "lora",
                "dropout must be in 0..1 and alpha finite",
            ));
        }
        Ok(())
    }

    /// Adapters that change nothing yet: A is normal, B is zero.
    #[must_use]
    pub fn initial(&self, config: &ModelConfig, seed: u64, device: &Device) -> Parameters {
        let mut list = Vec::new();
        for layer in 0..config.layers {
            for &target in &self.targets {
                let [outputs, inputs] = target.shape(config);
                let std = 1.0 / (inputs as f64).sqrt();
                let a = normal(self.rank * inputs, std, seed, 0x10_0000 + list.len());
                let name = target.weight(layer).gguf();
                let name = name.strip_suffix(".weight").unwrap_or(&name);
                list.push(Parameter::new(
                    format!("{name}.lora_a"),
                    vec![self.rank, inputs],
                    a,
                    device,
                ));
                list.push(Parameter::new(
                    format!("{name}.lora_b"),
                    vec![outputs, self.rank],
                    vec![0.0; outputs * self.rank],
                    device,
                ));
            }
        }
        Parameters(list)
    }

    /// Hangs the adapters, in the order of [`Self::initial`], into `weights`.
    pub(crate) fn attach(&self, config: &ModelConfig, weights: &mut Weights, values: &[Tensor<1>]) {
        let mut pairs = values.chunks_exact(2);
        for layer in &mut weights.layers {
            for target in &self.targets {
                let [outputs, inputs] = target.shape(config);
                if let Some([a, b]) = pairs.next() {
                    target.of(layer).adapter = Some(Adapter {
                        a: a.clone().reshape([self.rank, inputs]),
                        b: b.clone().reshape([outputs, self.rank]),
                        scale: self.alpha / self.rank as f64,
                        dropout: self.dropout,
                    });
                }
            }
        }
    }

    /// The dense weights with the adapters added: `W + s B A`.
    #[must_use]
    pub fn merge(
        &self,
        config: &ModelConfig,
        base: &Parameters,
        adapters: &Parameters,
    ) -> Parameters {
        let mut merged = base.clone();
        let scale = self.alpha / self.rank as f64;
        let mut pairs = adapters.0.chunks_exact(2);
        for layer in 0..config.layers {
            for target in &self.targets {
                let [outputs, inputs] = target.shape(config);
                let Some([a, b]) = pairs.next() else { continue };
                let name = target.weight(layer).gguf();
                let a: Tensor<2> = a.value.clone().reshape([self.rank, inputs]);
                let b: Tensor<2> = b.value.clone().reshape([outputs, self.rank]);
                let update = (b.matmul(a) * scale).reshape([outputs * inputs]);
                if let Some(weight) = merged.0.iter_mut().find(|weight| weight.name == name) {
                    weight.value = weight.value.clone() + update;
                }
            }
        }
        merged
    }
}
