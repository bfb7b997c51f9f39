//! The one table of what tensors are called.

/// What a tensor belongs to: a table, a norm or a linear map, which have a
/// weight and may have a bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TensorKind {
    /// Token embedding, and the head too where there is no [`Self::Head`].
    TokenEmbedding,
    /// Learned position embedding.
    PositionEmbedding,
    /// The norm before attention.
    AttentionNorm,
    /// Fused projection to queries, keys and values.
    Qkv,
    /// The projection after attention.
    AttentionOutput,
    /// The norm before the feed-forward part.
    FfNorm,
    /// Feed-forward, wide.
    FfUp,
    /// Feed-forward, back.
    FfDown,
    /// The norm behind the last layer.
    OutputNorm,
    /// A head of its own, absent where it is tied to the token embedding.
    Head,
}

use TensorKind::{
    AttentionNorm, AttentionOutput, FfDown, FfNorm, FfUp, Head, OutputNorm, PositionEmbedding, Qkv,
    TokenEmbedding,
};

/// The two tensors of a [`TensorKind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suffix {
    /// The matrix of a table or a linear map, the gain of a norm.
    Weight,
    /// What is added behind.
    Bias,
}

/// One tensor of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TensorId {
    /// What it belongs to.
    pub kind: TensorKind,
    /// Its layer, for a kind that every layer has.
    pub layer: Option<usize>,
    /// Which of the two tensors.
    pub suffix: Suffix,
}

impl TensorKind {
    /// Those before the layers.
    pub const BEFORE: [Self; 2] = [TokenEmbedding, PositionEmbedding];
    /// Those that every layer has, in the order in which a pass meets them.
    pub const IN_LAYER: [Self; 6] = [AttentionNorm, Qkv, AttentionOutput, FfNorm, FfUp, FfDown];
    /// Those behind the layers.
    pub const BEHIND: [Self; 2] = [OutputNorm, Head];

    /// Every kind, in the order in which a pass meets them.
    pub fn all() -> impl Iterator<Item = Self> {
        let all = Self::BEFORE.iter().chain(&Self::IN_LAYER);
        all.chain(&Self::BEHIND).copied()
    }

    /// Its name in a GGUF file, and in a layer of a Hugging Face one.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            TokenEmbedding => ("token_embd", "wte"),
            PositionEmbedding => ("position_embd", "wpe"),
            AttentionNorm => ("attn_norm", "ln_1"),
            Qkv => ("attn_qkv", "attn.c_attn"),
            AttentionOutput => ("attn_output", "attn.c_proj"),
            FfNorm => ("ffn_norm", "ln_2"),
            FfUp => ("ffn_up", "mlp.c_fc"),
            FfDown => ("ffn_down", "mlp.c_proj"),
            OutputNorm => ("output_norm", "ln_f"),
            Head => ("output", "lm_head"),
        }
    }

    /// What a GGUF file calls it, without layer and suffix.
    #[must_use]
    pub const fn gguf(self) -> &'static str {
        self.names().0
    }

    /// Whether every layer has one.
    #[must_use]
    pub fn is_in_layers(self) -> bool {
        Self::IN_LAYER.contains(&self)
    }

    /// Whether it is a linear map, which Hugging Face keeps transposed (its
    /// `Conv1D`) and which may have a bias.
    #[must_use]
    pub const fn is_linear(self) -> bool {
        matches!(self, Qkv | AttentionOutput | FfUp | FfDown)
    }

    /// Whether it is a norm.
    #[must_use]
    pub const fn is_norm(self) -> bool {
        matches!(self, AttentionNorm | FfNorm | OutputNorm)
    }
}

impl Suffix {
    const fn name(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Bias => "bias",
        }
    }
}

impl TensorId {
    /// The weight of a kind outside the layers.
    #[must_use]
    pub const fn weight(kind: TensorKind) -> Self {
        Self {
            kind,
            layer: None,
            suffix: Suffix::Weight,
        }
    }

    /// The weight of a kind in a layer.
    #[must_use]
    pub const fn weight_in(layer: usize, kind: TensorKind) -> Self {
        Self {
            kind,
            layer: Some(layer),
            suffix: Suffix::Weight,
        }
    }

    /// The bias that goes with it.
    #[must_use]
    pub const fn bias(self) -> Self {
        Self {
            suffix: Suffix::Bias,
            ..self
        }
    }

    /// Its name in a GGUF file, such as `blk.0.attn_qkv.weight`.
    #[must_use]
    pub fn gguf(self) -> String {
        let (name, suffix) = (self.kind.gguf(), self.suffix.name());
        match self.layer {
            Some(layer) => format!("blk.{layer}.{name}.{suffix}"),
            None => format!("{name}.{suffix}"),
        }
    }

    /// Its name in a Hugging Face file, such as
    /// `transformer.h.0.attn.c_attn.weight`.
    #[must_use]
    pub fn hf(self) -> String {
        let bare = self.hf_bare();
        match self.kind {
            Head => bare,
            _ => format!("transformer.{bare}"),
        }
    }

    /// The same without what a wrapper puts in front, such as
    /// `h.0.attn.c_attn.weight`.
    #[must_use]
    pub fn hf_bare(self) -> String {
        let ((_, name), suffix) = (self.kind.names(), self.suffix.name());
        match self.layer {
            Some(layer) => format!("h.{layer}.{name}.{suffix}"),
            None => format!("{name}.{suffix}"),
        }
    }

    /// The tensor that a GGUF file calls so.
    ///
    /// ```
    /// use senselm_arch::{TensorId, TensorKind};
    ///
    /// let id = TensorId::from_gguf("blk.7.ffn_up.bias");
    /// assert_eq!(id, Some(TensorId::weight_in(7, TensorKind::FfUp).bias()));
    /// assert_eq!(TensorId::from_gguf("blk.7.output.weight"), None);
    /// ```
    #[must_use]
    pub fn from_gguf(name: &str) -> Option<Self> {
        let (stem, suffix) = name.rsplit_once('.')?;
        let suffix = [Suffix::Weight, Suffix::Bias]
            .into_iter()
            .find(|known| known.name() == suffix)?;
        let (layer, stem) = match stem.strip_prefix("blk.") {
            Some(rest) => {
                let (layer, stem) = rest.split_once('.')?;
                (Some(layer.parse().ok()?), stem)
            }
            None => (None, stem),
        };
        let kind = TensorKind::all()
            .find(|kind| kind.gguf() == stem && kind.is_in_layers() == layer.is_some())?;
        let id = Self {
            kind,
            layer,
            suffix,
        };
        // One spelling each: no `blk.+7.` or `blk.07.`.
        (id.gguf() == name).then_some(id)
    }
}
