//! What a decoded token reads, from the plan.
//!
//! Counted is what each dispatch has to fetch at least once. That a row of
//! activations is read again by every workgroup is a cache's business.

use senselm_shaders::{CacheType, padded};

use super::weights::GpuWeights;
use crate::plan::Op;
use crate::{Config, Model};

/// Bytes that decoding one token reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// Weights, biases and gains, as they are kept on the device.
    pub weights: u64,
    /// Activations and logits.
    pub activations: u64,
    /// Keys and values of one cached token.
    pub cached_token: u64,
    /// Dispatches.
    pub dispatches: u64,
}

impl Traffic {
    pub(super) fn new(model: &Model, weights: &GpuWeights, cache: CacheType) -> Self {
        let config = model.config();
        let mut traffic = Self {
            weights: weights.vector_bytes,
            activations: 0,
            cached_token: (2 * config.layers * config.kv_width() * cache.bytes()) as u64,
            dispatches: 0,
        };
        for op in &model.plan().ops {
            traffic.op(op, config, weights);
        }
        let head = weights.matrix(model.plan().head);
        traffic.weights += head.bytes;
        traffic.dispatches += head.shards.len() as u64;
        // Choosing one reads the logits.
        traffic.read(config.vocab);
        traffic.dispatches += 1;
        traffic
    }

    fn op(&mut self, op: &Op, config: &Config, weights: &GpuWeights) {
        match *op {
            Op::Embed {
                tokens, positions, ..
            } => {
                for table in [Some(tokens), positions].into_iter().flatten() {
                    let table = weights.matrix(table);
                    self.weights += table.bytes / table.rows as u64;
                }
                self.dispatches += weights.matrix(tokens).shards.len() as u64;
            }
            Op::Qkv { linear, input, .. } | Op::NormGelu { linear, input, .. } => {
                self.linear(weights, linear.weight);
                self.read(input.width(config));
            }
            Op::Attention { .. } => {
                self.read(config.width);
                self.dispatches += 1;
            }
            Op::LinearAdd {
                linear, input, out, ..
            } => {
                self.linear(weights, linear.weight);
                self.read(input.width(config));
                self.read(out.width(config));
            }
            Op::FinalNorm { input, .. } => self.read(input.width(config)),
            Op::Llama(_) => {}
        }
    }

    fn linear(&mut self, weights: &GpuWeights, id: crate::MatrixId) {
        let matrix = weights.matrix(id);
        self.weights += matrix.bytes;
        self.dispatches += matrix.shards.len() as u64;
    }

    fn read(&mut self, width: usize) {
        self.activations += 4 * padded(width) as u64;
    }

    /// Bytes for a token that sees `seen` tokens, itself included.
    #[must_use]
    pub fn bytes(&self, seen: usize) -> u64 {
        self.least(seen) + self.activations
    }

    /// Weights, keys and values alone: less cannot be read.
    #[must_use]
    pub fn least(&self, seen: usize) -> u64 {
        self.weights + self.cached_token * seen as u64
    }
}
