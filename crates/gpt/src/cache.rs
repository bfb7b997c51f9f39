//! The keys and values of a sequence so far.
//!
//! One pair of growing `f32` arrays a layer, `[len, C]` each. Other storage
//! types (F16, Q8_0) belong behind the same four operations: append, attend,
//! truncate, clone.

use senselm_kernels::{AttentionShape, Kernels, KvRows, Scratch};

use crate::Config;

/// Keys and values of one layer, `[len, C]` each.
#[derive(Clone, Debug, Default)]
struct Layer {
    keys: Vec<f32>,
    values: Vec<f32>,
}

/// The KV cache of one sequence. It grows with the tokens it holds, never
/// beyond the context, so that a context promised by a file costs nothing.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    width: usize,
    heads: usize,
    context: usize,
    len: usize,
    layers: Vec<Layer>,
}

impl Cache {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            width: config.width,
            heads: config.heads,
            context: config.context,
            len: 0,
            layers: vec![Layer::default(); config.layers],
        }
    }

    /// Tokens held.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether this cache was made for a model of these sizes.
    pub(crate) fn fits(&self, config: &Config) -> bool {
        (self.width, self.heads, self.context, self.layers.len())
            == (config.width, config.heads, config.context, config.layers)
    }

    /// Forgets everything from the token at `len` on.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Writes the keys and values of new rows behind those of `layer`. They
    /// count only after [`Cache::commit`], once every layer has its own.
    ///
    /// # Shapes
    /// `qkv`: `[T, 3 C]`.
    pub(crate) fn append(&mut self, layer: usize, qkv: &[f32]) {
        let width = self.width;
        let rows = qkv.len() / (3 * width);
        let held = self.len * width;
        let wanted = grown(self.len + rows, self.context) * width;
        let layer = &mut self.layers[layer];
        for (part, cached) in [(1, &mut layer.keys), (2, &mut layer.values)] {
            cached.truncate(held);
            if cached.capacity() < held + rows * width {
                cached.reserve_exact(wanted - held);
            }
            for row in qkv.chunks_exact(3 * width) {
                cached.extend_from_slice(&row[part * width..][..width]);
            }
        }
    }

    /// Lets a query gather from the first `positions` rows of `layer`, some of
    /// which may be appended but not committed.
    ///
    /// # Shapes
    /// `query`, `gathered`: `[C]`.
    pub(crate) fn attend(
        &self,
        kernels: Kernels,
        layer: usize,
        positions: usize,
        query: &[f32],
        gathered: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let past = [self.rows(layer, positions)];
        kernels.attention(self.shape(), query, &past, gathered, scratch);
    }

    /// Lets a query gather from all cached rows of `layer` and then from those
    /// of its own branch.
    ///
    /// # Shapes
    /// `query`, `gathered`: `[C]`.
    pub(crate) fn attend_with(
        &self,
        kernels: Kernels,
        layer: usize,
        branch: KvRows<'_>,
        query: &[f32],
        gathered: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let past = [self.rows(layer, self.len), branch];
        kernels.attention(self.shape(), query, &past, gathered, scratch);
    }

    fn rows(&self, layer: usize, positions: usize) -> KvRows<'_> {
        let layer = &self.layers[layer];
        KvRows {
            keys: &layer.keys,
            values: &layer.values,
            positions,
        }
    }

    fn shape(&self) -> AttentionShape {
        AttentionShape {
            heads: self.heads,
            head_width: self.width / self.heads,
            stride: self.width,
        }
    }

    /// Counts `rows` appended rows in.
    pub(crate) fn commit(&mut self, rows: usize) {
        self.len += rows;
    }
}

/// Room for `needed` tokens and as many again, at most the context.
fn grown(needed: usize, context: usize) -> usize {
    (2 * needed)
        .next_multiple_of(64)
        .clamp(needed, context.max(needed))
}
