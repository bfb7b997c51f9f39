//! What a pass writes down, in buffers that are kept from step to step.

use super::product::Products;
use crate::model::ModelConfig;

/// What a pass writes down for its way back, and the gradients.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(super) products: Products,
    /// What goes into each layer, and what comes out of the last, `[B*T, C]`.
    pub(super) streams: Vec<Vec<f32>>,
    pub(super) layers: Vec<Saved>,
    pub(super) embedding_mask: Vec<f32>,
    /// What is added to the stream next, or its gradient, `[B*T, C]`.
    pub(super) change: Vec<f32>,
    /// The rows that count, before and behind the last norm, `[N, C]`.
    pub(super) rows: Vec<f32>,
    pub(super) rows_normed: Vec<f32>,
    /// `[N, V]`
    pub(super) logits: Vec<f32>,
    /// Gradients of the stream, of what attention mixed and of what it mixed it
    /// from, and of the scores of one head.
    pub(super) stream_grad: Vec<f32>,
    pub(super) mixed_grad: Vec<f32>,
    pub(super) qkv_grad: Vec<f32>,
    pub(super) scores_grad: Vec<f32>,
    /// The gradient inside the feed-forward part, `[ROWS, F]`.
    pub(super) inner_grad: Vec<f32>,
    /// The gradient of each parameter; passes add to it.
    pub(crate) gradient: Vec<Vec<f32>>,
}

/// What one layer has to remember.
#[derive(Debug, Default)]
pub(super) struct Saved {
    pub(super) normed: Vec<f32>,
    pub(super) qkv: Vec<f32>,
    pub(super) share: Vec<f32>,
    pub(super) mixed: Vec<f32>,
    pub(super) attended_mask: Vec<f32>,
    /// The stream between attention and feed-forward part.
    pub(super) middle: Vec<f32>,
    pub(super) ffn_normed: Vec<f32>,
    /// GELU of the feed-forward part, and its slope.
    pub(super) bent: Vec<f32>,
    pub(super) slope: Vec<f32>,
    pub(super) outer_mask: Vec<f32>,
}

impl Workspace {
    pub(crate) fn new(config: &ModelConfig) -> Self {
        let empty = Vec::new;
        Self {
            products: Products::new(),
            streams: vec![empty(); config.layers + 1],
            layers: (0..config.layers).map(|_| Saved::default()).collect(),
            embedding_mask: empty(),
            change: empty(),
            rows: empty(),
            rows_normed: empty(),
            logits: empty(),
            stream_grad: empty(),
            mixed_grad: empty(),
            qkv_grad: empty(),
            scores_grad: empty(),
            inner_grad: empty(),
            gradient: Vec::new(),
        }
    }

    /// Sets the gradients to zero.
    pub(crate) fn clear(&mut self, values: &[&[f32]]) {
        self.gradient.resize_with(values.len(), Vec::new);
        for (gradient, value) in self.gradient.iter_mut().zip(values) {
            gradient.clear();
            gradient.resize(value.len(), 0.0);
        }
    }
}

/// The buffer with that length; what it holds is of no account.
pub(super) fn sized(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    buffer.resize(length, 0.0);
    buffer
}
