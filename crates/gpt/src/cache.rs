//! The keys and values of a sequence so far.
//!
//! One pair of growing arrays a layer, `[len, C]` each, in one of the types
//! that [`KvType`] names.

use senselm_kernels::{AttentionShape, KvRows, KvType, KvVec};

use crate::{Compute, Config};

/// Keys and values of one layer, `[len, C]` each.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    keys: KvVec,
    values: KvVec,
}

impl Layer {
    pub(crate) fn new(kv: KvType) -> Self {
        Self {
            keys: KvVec::new(kv),
            values: KvVec::new(kv),
        }
    }

    /// Writes keys and values behind the first `held` elements. Where there is
    /// no room for them, it is made for `wanted` elements.
    ///
    /// # Shapes
    /// `qkv`: `[T, 3 C]`.
    pub(crate) fn write(&mut self, held: usize, wanted: usize, qkv: &[f32], width: usize) {
        let needed = held + qkv.len() / 3;
        for (part, cached) in [(1, &mut self.keys), (2, &mut self.values)] {
            cached.truncate(held);
            cached.grow(needed, wanted);
            for row in qkv.chunks_exact(3 * width) {
                cached.push(&row[part * width..][..width]);
            }
        }
    }

    /// `positions` rows from the element at `start` on.
    pub(crate) fn rows(&self, start: usize, positions: usize) -> KvRows<'_> {
        KvRows {
            keys: self.keys.from(start),
            values: self.values.from(start),
            positions,
        }
    }
}

/// The KV cache of one sequence. It grows with the tokens it holds, never
/// beyond the context, so that a context promised by a file costs nothing.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    width: usize,
    heads: usize,
    context: usize,
    kv: KvType,
    len: usize,
    /// Tokens that it will hold soon.
    expected: usize,
    layers: Vec<Layer>,
}

impl Cache {
    pub(crate) fn new(config: &Config, kv: KvType) -> Self {
        Self {
            width: config.width,
            heads: config.heads,
            context: config.context,
            kv,
            len: 0,
            expected: 0,
            layers: vec![Layer::new(kv); config.layers],
        }
    }

    /// Tokens held.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether this cache was made for a model of these sizes.
    pub(crate) fn fits(&self, config: &Config, compute: &Compute) -> bool {
        let sizes = (config.width, config.heads, config.context, config.layers);
        sizes == (self.width, self.heads, self.context, self.layers.len()) && self.kv == compute.kv
    }

    /// Forgets everything from the token at `len` on.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Tells how many tokens will be appended, in however many steps: arrays
    /// that grow twice leave holes in memory that cannot be given back.
    pub(crate) fn expect(&mut self, tokens: usize) {
        self.expected = self.len + tokens;
    }

    /// Writes the keys and values of new rows behind those of `layer`. They
    /// count only after [`Cache::commit`], once every layer has its own.
    ///
    /// # Shapes
    /// `qkv`: `[T, 3 C]`.
    pub(crate) fn append(&mut self, layer: usize, qkv: &[f32]) {
        let width = self.width;
        let rows = qkv.len() / (3 * width);
        let needed = self.expected.max(self.len + rows);
        let wanted = grown(needed, self.context) * width;
        self.layers[layer].write(self.len * width, wanted, qkv, width);
    }

    /// The first `positions` rows of `layer`, some of which may be appended
    /// but not committed.
    pub(crate) fn rows(&self, layer: usize, positions: usize) -> KvRows<'_> {
        self.layers[layer].rows(0, positions)
    }

    pub(crate) fn shape(&self) -> AttentionShape {
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
