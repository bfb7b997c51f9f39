//! The sizes of a model, read from the file's keys and bounded.
//!
//! Nothing is allocated by what a key says: a size is accepted here only when
//! it is plausible, and every tensor is checked against it afterwards, so that
//! the file must really hold what it promises.

use senselm_gguf::{Gguf, Metadata, Shard, keys};

use crate::GptError;

/// The only architecture this crate runs.
pub const ARCHITECTURE: &str = keys::GPT2;

/// Written by other programs only; a GPT-2 has as many as heads.
const KV_HEADS_KEY: &str = "gpt2.attention.head_count_kv";

/// The largest accepted number of layers; GPT-2 XL has 48.
pub const MAX_LAYERS: usize = 256;
/// The largest accepted context length; GPT-2 has 1024.
pub const MAX_CONTEXT: usize = 1 << 17;
/// The largest accepted embedding or feed-forward width; GPT-2 XL has 1600.
pub const MAX_WIDTH: usize = 1 << 16;
/// The largest accepted vocabulary; GPT-2 has 50257.
pub const MAX_VOCAB: usize = 1 << 22;

/// The sizes of one GPT-2.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Number of layers, L.
    pub layers: usize,
    /// Number of attention heads, H.
    pub heads: usize,
    /// Embedding width, C.
    pub width: usize,
    /// Width of one head, D = C / H.
    pub head_width: usize,
    /// Longest sequence in tokens, as many as there are learned positions.
    pub context: usize,
    /// Vocabulary size, V.
    pub vocab: usize,
    /// The epsilon under the root of every layer norm.
    pub eps: f32,
    /// Width of the feed-forward part, 4 C in GPT-2.
    pub ff_width: usize,
}

impl Config {
    /// Reads and bounds the sizes that a file's keys give.
    ///
    /// The vocabulary size comes from the token embedding's shape, which is
    /// where llama.cpp takes it from. The feed-forward width is four times the
    /// embedding's where the file does not say.
    ///
    /// # Errors
    /// `GgufError::Shard` for a part of a model, [`GptError::Architecture`] for another family of models, and one error
    /// a key for sizes that are missing, zero, implausible or contradictory.
    pub fn from_gguf(gguf: &Gguf<'_>) -> Result<Self, GptError> {
        let metadata = gguf.metadata();
        if let Some(shard) = Shard::of(metadata)? {
            return Err(shard.alone().into());
        }
        let found = metadata.str(keys::GENERAL_ARCHITECTURE)?;
        if found != ARCHITECTURE {
            return Err(GptError::Architecture {
                found: found.chars().take(64).collect(),
            });
        }
        let layers = size(metadata, keys::GPT2_BLOCK_COUNT, MAX_LAYERS)?;
        let context = size(metadata, keys::GPT2_CONTEXT_LENGTH, MAX_CONTEXT)?;
        let width = size(metadata, keys::GPT2_EMBEDDING_LENGTH, MAX_WIDTH)?;
        let ff_width = match metadata.get(keys::GPT2_FEED_FORWARD_LENGTH) {
            Some(_) => size(metadata, keys::GPT2_FEED_FORWARD_LENGTH, MAX_WIDTH)?,
            // As in GPT-2; the tensors must have this shape anyway.
            None => bounded(keys::GPT2_FEED_FORWARD_LENGTH, 4 * width as u64, MAX_WIDTH)?,
        };
        let heads = size(metadata, keys::GPT2_HEAD_COUNT, width)?;
        if width % heads != 0 {
            return Err(GptError::Heads { heads, width });
        }
        if metadata.get(KV_HEADS_KEY).is_some() {
            let found = size(metadata, KV_HEADS_KEY, width)?;
            if found != heads {
                return Err(GptError::KeyValueHeads { found, heads });
            }
        }
        let eps = metadata.f32(keys::GPT2_LAYER_NORM_EPSILON)?;
        if !(eps > 0.0 && eps <= 1.0) {
            return Err(GptError::Epsilon {
                key: keys::GPT2_LAYER_NORM_EPSILON,
                found: eps,
            });
        }
        Ok(Self {
            layers,
            heads,
            width,
            head_width: width / heads,
            context,
            vocab: vocab(gguf)?,
            eps,
            ff_width,
        })
    }

    /// Bytes of keys and values that one cached token takes, in all layers.
    #[must_use]
    pub fn cache_bytes_per_token(&self) -> usize {
        self.layers * 2 * self.width * size_of::<f32>()
    }
}

fn size(metadata: &Metadata<'_>, key: &'static str, max: usize) -> Result<usize, GptError> {
    bounded(key, u64::from(metadata.u32(key)?), max)
}

fn bounded(key: &'static str, found: u64, max: usize) -> Result<usize, GptError> {
    match usize::try_from(found) {
        Ok(size) if (1..=max).contains(&size) => Ok(size),
        _ => Err(GptError::Size {
            key,
            found,
            min: 1,
            max: max as u64,
        }),
    }
}

fn vocab(gguf: &Gguf<'_>) -> Result<usize, GptError> {
    let name = crate::names::TOKEN_EMBEDDING;
    let tensor = gguf
        .tensor(name)
        .ok_or_else(|| GptError::MissingTensor { name: name.into() })?;
    let rows = tensor.dims.as_slice().get(1).copied().unwrap_or(0);
    bounded("vocabulary size", rows, MAX_VOCAB)
}
