//! The keys and values of a sequence so far.
//!
//! One pair of growing arrays a layer, `[len, Ckv]` each, in one of the types
//! that [`KvType`] names.

use senselm_kernels::{KvRows, KvType, KvVec};

use crate::{Compute, Config};

/// Keys and values of one layer, `[len, Ckv]` each.
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
    /// `qkv`: `[T, C + 2 Ckv]`.
    pub(crate) fn write(&mut self, held: usize, wanted: usize, qkv: &[f32], config: &Config) {
        let (width, kv_width) = (config.width, config.kv_width());
        let rows = qkv.chunks_exact(config.qkv_width());
        let needed = held + rows.len() * kv_width;
        let parts = [
            (width, &mut self.keys),
            (width + kv_width, &mut self.values),
        ];
        for (first, cached) in parts {
            cached.truncate(held);
            cached.grow(needed, wanted);
            for row in rows.clone() {
                cached.push(&row[first..][..kv_width]);
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
    /// Elements of a row, Ckv.
    width: usize,
    kv_heads: usize,
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
            width: config.kv_width(),
            kv_heads: config.kv_heads,
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
        let rows = (config.kv_width(), config.kv_heads, config.context);
        rows == (self.width, self.kv_heads, self.context)
            && (config.layers, compute.kv) == (self.layers.len(), self.kv)
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
    /// `qkv`: `[T, C + 2 Ckv]`.
    pub(crate) fn append(&mut self, layer: usize, qkv: &[f32], config: &Config) {
        let width = self.width;
        let rows = qkv.len() / config.qkv_width();
        let needed = self.expected.max(self.len + rows);
        let wanted = grown(needed, self.context) * width;
        self.layers[layer].write(self.len * width, wanted, qkv, config);
    }

    /// The first `positions` rows of `layer`, some of which may be appended
    /// but not committed.
    pub(crate) fn rows(&self, layer: usize, positions: usize) -> KvRows<'_> {
        self.layers[layer].rows(0, positions)
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
