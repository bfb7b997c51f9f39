//! A model as a short list of fused operations over named buffers.
//!
//! A plan is data: it knows shapes and tensors, not how anything is computed.
//! `cpu` walks it for every chunk of tokens; `gpu` records it once and replays
//! that. Another architecture is another plan.
//!
//! GPT-2 takes five operations a layer:
//!
//! | operation | reads | writes |
//! |---|---|---|
//! | [`Op::NormLinear`] | residual | queries, keys and values |
//! | [`Op::Attention`] | those, and the layer's cache | mixed values |
//! | [`Op::LinearAdd`] | mixed values | residual, added to it |
//! | [`Op::NormLinear`] with GELU | residual | hidden |
//! | [`Op::LinearAdd`] | hidden | residual, added to it |

use crate::Config;
use crate::tensors::{MatrixId, VectorId};

/// The activations that operations hand to each other. T is the number of rows
/// in flight, one a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Buffer {
    /// The residual stream. `[T, C]`
    Residual,
    /// Queries, keys and values side by side. `[T, 3 C]`
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
            Self::Qkv => 3 * config.width,
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
    /// The bias. `[C]`
    pub bias: VectorId,
}

/// A matrix with its bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    /// The weights, `[outputs, inputs]`.
    pub weight: MatrixId,
    /// The bias, `[outputs]`.
    pub bias: VectorId,
}

/// What follows a linear map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    None,
    /// GELU in its tanh form, as GPT-2 has it.
    Gelu,
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

/// One fused operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `out = tokens[id] + positions[position]` for every row.
    Embed {
        /// Token embedding, `[V, C]`.
        tokens: MatrixId,
        /// Position embedding, `[context, C]`.
        positions: MatrixId,
        /// Where the sum goes.
        out: Buffer,
    },
    /// `out = activation(linear(norm(input)))`.
    NormLinear {
        /// The norm in front.
        norm: Norm,
        /// The map.
        linear: Linear,
        /// What follows.
        activation: Activation,
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
            Op::NormLinear {
                norm: self.attention_norm,
                linear: self.qkv,
                activation: Activation::None,
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
            Op::NormLinear {
                norm: self.ff_norm,
                linear: self.ff_up,
                activation: Activation::Gelu,
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
            positions: outer.positions,
            out: Buffer::Residual,
        }];
        for (layer, tensors) in layers.iter().enumerate() {
            let rows = if layer + 1 == layers.len() {
                Rows::Wanted
            } else {
                Rows::All
            };
            ops.extend(tensors.ops(layer, rows));
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
