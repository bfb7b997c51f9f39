//! The sizes of a model, read from a file's keys and bounded.
//!
//! Nothing is allocated by what a key says: a size is accepted here only when
//! it is plausible, and every tensor is checked against it afterwards, so that
//! the file must really hold what it promises.

use senselm_gguf::{Gguf, Metadata, OwnedValue, Shard, keys};

use crate::{ARCHITECTURE, ArchError, TensorId, TensorKind};

/// The largest accepted number of layers; GPT-2 XL has 48.
pub const MAX_LAYERS: usize = 1024;
/// The largest accepted context length; GPT-2 has 1024.
pub const MAX_CONTEXT: usize = 1 << 20;
/// The largest accepted embedding width; GPT-2 XL has 1600.
pub const MAX_WIDTH: usize = 1 << 16;
/// The largest accepted feed-forward width; GPT-2 XL has 6400.
pub const MAX_FF_WIDTH: usize = 1 << 18;
/// The largest accepted vocabulary; GPT-2 has 50257.
pub const MAX_VOCAB: usize = 1 << 22;

/// The epsilon of layer norms in GPT-2, and in every model that begins here.
pub const EPSILON: f32 = 1e-5;

/// Written by other programs only; a GPT-2 has as many as heads.
const KV_HEADS_KEY: &str = "gpt2.attention.head_count_kv";

/// The sizes of one model.
///
/// Queries have [`Config::heads`] heads, keys and values [`Config::kv_heads`]
/// of the same width; in GPT-2 these are as many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// Number of layers, L: 1 to [`MAX_LAYERS`].
    pub layers: usize,
    /// Number of attention heads, H: they divide the width.
    pub heads: usize,
    /// Heads of keys and values: they divide the heads.
    pub kv_heads: usize,
    /// Embedding width, C: 1 to [`MAX_WIDTH`].
    pub width: usize,
    /// Width of the feed-forward part, F: 1 to [`MAX_FF_WIDTH`].
    pub ff_width: usize,
    /// Longest sequence in tokens, T: 1 to [`MAX_CONTEXT`]. GPT-2 has as many
    /// learned positions.
    pub context: usize,
    /// Vocabulary size, V: 1 to [`MAX_VOCAB`].
    pub vocab: usize,
    /// The epsilon under the root of every norm: above 0, at most 1.
    pub eps: f32,
    /// Whether the head is the token embedding.
    pub tied: bool,
}

impl Config {
    /// The sizes of a GPT-2 whose feed-forward part is as wide as usual, with
    /// the usual epsilon and a tied head; not checked yet.
    #[must_use]
    pub const fn gpt2([layers, heads, width]: [usize; 3], context: usize, vocab: usize) -> Self {
        Self {
            layers,
            heads,
            kv_heads: heads,
            width,
            ff_width: Self::usual_ff_width(width),
            context,
            vocab,
            eps: EPSILON,
            tied: true,
        }
    }

    /// What the width of the feed-forward part is where nothing says otherwise:
    /// 4 C.
    #[must_use]
    pub const fn usual_ff_width(width: usize) -> usize {
        width.saturating_mul(4)
    }

    /// Checks the sizes of a GPT-2.
    ///
    /// # Errors
    /// [`ArchError::Size`], [`ArchError::Heads`], [`ArchError::KeyValueHeads`]
    /// or [`ArchError::Epsilon`].
    pub fn checked(self) -> Result<Self, ArchError> {
        for (size, found, max) in [
            ("the number of layers", self.layers, MAX_LAYERS),
            ("the embedding width", self.width, MAX_WIDTH),
            ("the number of heads", self.heads, self.width),
            ("the feed-forward width", self.ff_width, MAX_FF_WIDTH),
            ("the context length", self.context, MAX_CONTEXT),
            ("the vocabulary size", self.vocab, MAX_VOCAB),
        ] {
            if !(1..=max).contains(&found) {
                let (found, max) = (found as u64, max as u64);
                return Err(ArchError::Size { size, found, max });
            }
        }
        let (heads, width) = (self.heads, self.width);
        if !width.is_multiple_of(heads) {
            return Err(ArchError::Heads { heads, width });
        }
        if self.kv_heads != heads {
            let found = self.kv_heads;
            return Err(ArchError::KeyValueHeads { found, heads });
        }
        if !(self.eps > 0.0 && self.eps <= 1.0) {
            return Err(ArchError::Epsilon { found: self.eps });
        }
        Ok(self)
    }

    /// Reads and checks the sizes that a file's keys give.
    ///
    /// The vocabulary size comes from the token embedding's shape, which is
    /// where llama.cpp takes it from. Without a width of the feed-forward part
    /// it is 4 C.
    ///
    /// # Errors
    /// [`GgufError::Shard`](senselm_gguf::GgufError::Shard) for a part of a
    /// model, [`ArchError::Architecture`] for another family of models,
    /// [`ArchError::Gguf`] and [`ArchError::MissingTensor`] for what is
    /// missing, and those of [`Config::checked`].
    pub fn from_gguf(file: &Gguf<'_>) -> Result<Self, ArchError> {
        let metadata = file.metadata();
        if let Some(shard) = Shard::of(metadata)? {
            return Err(shard.alone().into());
        }
        require_architecture(metadata)?;
        let size = |key| metadata.u32(key).map(|size| size as usize);
        let or_else = |key, usual| match metadata.get(key) {
            Some(_) => size(key),
            None => Ok(usual),
        };
        let width = size(keys::GPT2_EMBEDDING_LENGTH)?;
        let heads = size(keys::GPT2_HEAD_COUNT)?;
        let ff_width = Self::usual_ff_width(width);
        Self {
            layers: size(keys::GPT2_BLOCK_COUNT)?,
            heads,
            kv_heads: or_else(KV_HEADS_KEY, heads)?,
            width,
            ff_width: or_else(keys::GPT2_FEED_FORWARD_LENGTH, ff_width)?,
            context: size(keys::GPT2_CONTEXT_LENGTH)?,
            vocab: vocab(file)?,
            eps: metadata.f32(keys::GPT2_LAYER_NORM_EPSILON)?,
            tied: file
                .tensor(&TensorId::weight(TensorKind::Head).gguf())
                .is_none(),
        }
        .checked()
    }

    /// The keys that say all this in a file, in llama.cpp's order; the
    /// vocabulary and a head of its own show in the tensors.
    #[must_use]
    pub fn keys(&self) -> [(&'static str, OwnedValue); 6] {
        let size = |size: usize| OwnedValue::U32(u32::try_from(size).unwrap_or(u32::MAX));
        [
            (keys::GPT2_BLOCK_COUNT, size(self.layers)),
            (keys::GPT2_CONTEXT_LENGTH, size(self.context)),
            (keys::GPT2_EMBEDDING_LENGTH, size(self.width)),
            (keys::GPT2_FEED_FORWARD_LENGTH, size(self.ff_width)),
            (keys::GPT2_HEAD_COUNT, size(self.heads)),
            (keys::GPT2_LAYER_NORM_EPSILON, OwnedValue::F32(self.eps)),
        ]
    }

    /// Width of one head, D = C / H.
    #[must_use]
    pub const fn head_width(&self) -> usize {
        self.width / self.heads
    }

    /// Width of a row of keys, and of one of values.
    #[must_use]
    pub const fn kv_width(&self) -> usize {
        self.kv_heads * self.head_width()
    }

    /// Width of a row of queries, keys and values side by side.
    #[must_use]
    pub const fn qkv_width(&self) -> usize {
        self.width + 2 * self.kv_width()
    }

    /// The number of weights in all.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        let tensors = crate::tensors(self);
        tensors.iter().map(crate::TensorSpec::elements).sum()
    }
}

/// Refuses a file of another architecture.
///
/// # Errors
/// [`ArchError::Architecture`], and [`ArchError::Gguf`] where the key is
/// missing.
pub fn require_architecture(metadata: &Metadata<'_>) -> Result<(), ArchError> {
    match metadata.str(keys::GENERAL_ARCHITECTURE)? {
        ARCHITECTURE => Ok(()),
        other => Err(ArchError::Architecture {
            found: other.chars().take(64).collect(),
        }),
    }
}

fn vocab(file: &Gguf<'_>) -> Result<usize, ArchError> {
    let name = TensorId::weight(TensorKind::TokenEmbedding).gguf();
    match file.tensor(&name) {
        Some(tensor) => Ok(tensor.dims.rows()),
        None => Err(ArchError::MissingTensor { name }),
    }
}
