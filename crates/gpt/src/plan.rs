//! A model as a short list of fused operations over named buffers.
//!
//! A plan is data: it knows shapes and tensors, not how anything is computed.
//! `cpu` walks it for every chunk of tokens; `gpu` records it once and replays
//! that.
//!
//! GPT-2 takes five operations a layer:
//!
//! | operation | reads | writes |
//! |---|---|---|
//! | [`Op::Qkv`] | residual | queries, keys and values |
//! | [`Op::Attention`] | those, and the layer's cache | mixed values |
//! | [`Op::LinearAdd`] | mixed values | residual, added to it |
//! | [`Op::NormGelu`] | residual | hidden |
//! | [`Op::LinearAdd`] | hidden | residual, added to it |
//!
//! Another architecture is another plan, and the operations that it alone has.
//! The tests prove it: `llama` plans and runs a model of Llama's shape beside
//! GPT-2, with the same cache, attention, residual maps and head. A build has
//! nothing of it.

use crate::Config;
use crate::llama;
use crate::tensors::{MatrixId, VectorId};

/// The activations that operations hand to each other. T is the number of rows
/// in flight, one a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Buffer {
    /// The residual stream. `[T, C]`
    Residual,
    /// Queries, keys and values side by side: of every head, and of every head
    /// of keys and values. `[T, C + 2 Ckv]`, in GPT-2 `[T, 3 C]`
    Qkv,
    /// What attention gathered. `[T, C]`
    Mixed,
    /// The wide part of the feed-forward. `[T, F]`
    Hidden,
    /// The final norm's result. `[T, C]`
    Normed,
    /// Scores of the vocabulary. `[T, V]`
    Logits,
}

impl Buffer {
    /// Every buffer, in the order of [`Buffer::index`].
    pub const ALL: [Self; 6] = [
        Self::Residual,
        Self::Qkv,
        Self::Mixed,
        Self::Hidden,
        Self::Normed,
        Self::Logits,
    ];

    /// This buffer's place in [`Buffer::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// How many values a row of this buffer has.
    #[must_use]
    pub const fn width(self, config: &Config) -> usize {
        match self {
            Self::Residual | Self::Mixed | Self::Normed => config.width,
            Self::Qkv => config.qkv_width(),
            Self::Hidden => config.ff_width,
            Self::Logits => config.vocab,
        }
    }
}

/// A layer norm's learned parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Norm {
    /// The gain. `[C]`
    pub gain: VectorId,
    /// The bias, if any. `[C]`
    pub bias: Option<VectorId>,
}

/// A matrix, and its bias if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    /// The weights, `[outputs, inputs]`.
    pub weight: MatrixId,
    /// The bias, `[outputs]`.
    pub bias: Option<VectorId>,
}

/// Which rows go on from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Every row of the pass.
    All,
    /// Only the rows whose logits or final states are asked for: the last
    /// layer's keys and values are needed of every row, the rest is not.
    Wanted,
}

impl Rows {
    /// Those that go on behind the attention of a layer.
    pub(crate) const fn of(layer: usize, layers: usize) -> Self {
        if layer + 1 == layers {
            Self::Wanted
        } else {
            Self::All
        }
    }
}

/// One fused operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    /// `out = tokens[id] + positions[position]` for every row.
    Embed {
        /// Token embedding, `[V, C]`.
        tokens: MatrixId,
        /// Position embedding, `[context, C]`, where positions are learned.
        positions: Option<MatrixId>,
        /// Where the sum goes.
        out: Buffer,
    },
    /// `out = linear(norm(input))`: the queries, keys and values of a layer.
    Qkv {
        /// The layer whose cache the keys and values are for.
        layer: usize,
        /// The norm in front.
        norm: Norm,
        /// The map.
        linear: Linear,
        /// What is read.
        input: Buffer,
        /// What is written; on a GPU only the queries stand there, and the rest
        /// in the cache already.
        out: Buffer,
    },
    /// `out = gelu(linear(norm(input)))`, GELU in its tanh form.
    NormGelu {
        /// The norm in front.
        norm: Norm,
        /// The map.
        linear: Linear,
        /// What is read.
        input: Buffer,
        /// What is written.
        out: Buffer,
    },
    /// Appends the keys and values of all rows to the cache of `layer`, then
    /// lets `rows` attend to everything up to their own position. Rows that do
    /// not go on are dropped from `residual` too.
    Attention {
        /// The layer whose cache this is.
        layer: usize,
        /// Queries, keys and values.
        qkv: Buffer,
        /// The stream to which this layer adds.
        residual: Buffer,
        /// What attention gathered.
        out: Buffer,
        /// Which rows go on.
        rows: Rows,
    },
    /// `out += linear(input)`.
    LinearAdd {
        /// The map.
        linear: Linear,
        /// What is read.
        input: Buffer,
        /// What is added to.
        out: Buffer,
    },
    /// `out = norm(input)`, the last thing before the head.
    FinalNorm {
        /// The norm.
        norm: Norm,
        /// What is read.
        input: Buffer,
        /// What is written.
        out: Buffer,
    },
    /// What only a model of Llama's shape has, which nothing but the tests
    /// builds.
    Llama(llama::Op),
}

/// The whole of a model: its operations, then its head.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// From token ids to the final norm.
    pub ops: Vec<Op>,
    /// From the final norm to logits, `[V, C]`; the token embedding where the
    /// file has no head of its own.
    pub head: MatrixId,
}

/// The tensors of one layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerTensors {
    pub(crate) attention_norm: Norm,
    pub(crate) qkv: Linear,
    pub(crate) attention_output: Linear,
    pub(crate) ff_norm: Norm,
    pub(crate) ff_up: Linear,
    pub(crate) ff_down: Linear,
}

impl LayerTensors {
    fn ops(&self, layer: usize, rows: Rows) -> [Op; 5] {
        [
            Op::Qkv {
                layer,
                norm: self.attention_norm,
                linear: self.qkv,
                input: Buffer::Residual,
                out: Buffer::Qkv,
            },
            Op::Attention {
                layer,
                qkv: Buffer::Qkv,
                residual: Buffer::Residual,
                out: Buffer::Mixed,
                rows,
            },
            Op::LinearAdd {
                linear: self.attention_output,
                input: Buffer::Mixed,
                out: Buffer::Residual,
            },
            Op::NormGelu {
                norm: self.ff_norm,
                linear: self.ff_up,
                input: Buffer::Residual,
                out: Buffer::Hidden,
            },
            Op::LinearAdd {
                linear: self.ff_down,
                input: Buffer::Hidden,
                out: Buffer::Residual,
            },
        ]
    }
}

/// The tensors around the layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OuterTensors {
    pub(crate) tokens: MatrixId,
    pub(crate) positions: MatrixId,
    pub(crate) final_norm: Norm,
    pub(crate) head: MatrixId,
}

impl Plan {
    /// Lays out a GPT-2 over its tensors.
    pub(crate) fn gpt2(outer: OuterTensors, layers: &[LayerTensors]) -> Self {
        let mut ops = vec![Op::Embed {
            tokens: outer.tokens,
            positions: Some(outer.positions),
            out: Buffer::Residual,
        }];
        for (layer, tensors) in layers.iter().enumerate() {
            ops.extend(tensors.ops(layer, Rows::of(layer, layers.len())));
        }
        ops.push(Op::FinalNorm {
            norm: outer.final_norm,
            input: Buffer::Residual,
            out: Buffer::Normed,
        });
        Self {
            ops,
            head: outer.head,
        }
    }
}
