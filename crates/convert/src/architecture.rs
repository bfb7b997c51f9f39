//! The sizes of a GPT-2, checked.

use senselm_gguf::{Gguf, Metadata, keys};

use crate::ConvertError;

/// The sizes of a GPT-2 model.
///
/// A value of this type is consistent: every size is within bounds and the
/// heads divide the width.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Architecture {
    /// Layers L, 1 to 1024.
    pub layers: u64,
    /// Heads H, 1 to the width, which they divide.
    pub heads: u64,
    /// Embedding width C, 1 to 65536.
    pub width: u64,
    /// Width of the feed-forward layer, 1 to 262144.
    pub ff_width: u64,
    /// Context length, 1 to 1048576.
    pub context: u64,
    /// Vocabulary V, 1 to 1048576.
    pub vocab: u64,
    /// Epsilon of every layer norm, above 0 and below 1.
    pub eps: f32,
}

impl Architecture {
    /// Checks the sizes.
    ///
    /// # Errors
    /// [`ConvertError::SizeOutOfRange`] or [`ConvertError::Unsupported`].
    pub fn checked(self) -> Result<Self, ConvertError> {
        for (field, found, max) in [
            ("the number of layers", self.layers, 1024),
            ("the embedding width", self.width, 65_536),
            ("the number of heads", self.heads, self.width),
            ("the feed-forward width", self.ff_width, 262_144),
            ("the context length", self.context, 1 << 20),
            ("the vocabulary size", self.vocab, 1 << 20),
        ] {
            if !(1..=max).contains(&found) {
                return Err(ConvertError::SizeOutOfRange { field, found, max });
            }
        }
        if !self.width.is_multiple_of(self.heads) {
            return Err(ConvertError::Unsupported {
                field: "the number of heads",
                found: format!("{} for a width of {}", self.heads, self.width),
                expected: "a divisor of the width",
            });
        }
        if !(self.eps > 0.0 && self.eps < 1.0) {
            return Err(ConvertError::Unsupported {
                field: "the layer norm epsilon",
                found: self.eps.to_string(),
                expected: "a number above 0 and below 1",
            });
        }
        Ok(self)
    }

    /// Reads the sizes from the keys of a GPT-2 file.
    pub(crate) fn from_gguf(file: &Gguf<'_>) -> Result<Self, ConvertError> {
        let metadata = file.metadata();
        require_gpt2(metadata)?;
        let size = |key| metadata.u32(key).map(u64::from);
        let width = size(keys::GPT2_EMBEDDING_LENGTH)?;
        let vocab = file
            .tensor("token_embd.weight")
            .and_then(|tensor| tensor.dims.as_slice().get(1))
            .ok_or_else(|| ConvertError::MissingTensor {
                name: "token_embd.weight".to_owned(),
            })?;
        Self {
            layers: size(keys::GPT2_BLOCK_COUNT)?,
            heads: size(keys::GPT2_HEAD_COUNT)?,
            width,
            ff_width: match metadata.get(keys::GPT2_FEED_FORWARD_LENGTH) {
                Some(_) => size(keys::GPT2_FEED_FORWARD_LENGTH)?,
                None => 4 * width,
            },
            context: size(keys::GPT2_CONTEXT_LENGTH)?,
            vocab: *vocab,
            eps: metadata.f32(keys::GPT2_LAYER_NORM_EPSILON)?,
        }
        .checked()
    }
}

/// Refuses a file of another architecture.
pub(crate) fn require_gpt2(metadata: &Metadata<'_>) -> Result<(), ConvertError> {
    match metadata.str(keys::GENERAL_ARCHITECTURE)? {
        keys::GPT2 => Ok(()),
        other => Err(ConvertError::Unsupported {
            field: keys::GENERAL_ARCHITECTURE,
            found: other.to_owned(),
            expected: keys::GPT2,
        }),
    }
}
