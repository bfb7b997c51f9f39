//! The sizes of a GPT-2 in the numbers that files write, checked by
//! `senselm-arch`.

use senselm_arch::{ArchError, Config};
use senselm_gguf::{Metadata, keys};

use crate::ConvertError;

/// The sizes of a GPT-2 model, as [`senselm_arch::Config`] bounds them.
///
/// A value of this type is consistent: every size is within bounds and the
/// heads divide the width.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Architecture {
    /// Layers L.
    pub layers: u64,
    /// Heads H, which divide the width.
    pub heads: u64,
    /// Embedding width C.
    pub width: u64,
    /// Width of the feed-forward layer.
    pub ff_width: u64,
    /// Context length.
    pub context: u64,
    /// Vocabulary V.
    pub vocab: u64,
    /// Epsilon of every layer norm.
    pub eps: f32,
}

impl Architecture {
    /// Checks the sizes.
    ///
    /// # Errors
    /// [`ConvertError::SizeOutOfRange`] or [`ConvertError::Unsupported`].
    pub fn checked(self) -> Result<Self, ConvertError> {
        self.config(true).checked()?;
        Ok(self)
    }

    /// The same for a model whose head is the embedding, or is not.
    pub(crate) fn config(&self, tied: bool) -> Config {
        let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        let sizes = [self.layers, self.heads, self.width].map(size);
        Config {
            ff_width: size(self.ff_width),
            eps: self.eps,
            tied,
            ..Config::gpt2(sizes, size(self.context), size(self.vocab))
        }
    }
}

impl From<Config> for Architecture {
    fn from(config: Config) -> Self {
        Self {
            layers: config.layers as u64,
            heads: config.heads as u64,
            width: config.width as u64,
            ff_width: config.ff_width as u64,
            context: config.context as u64,
            vocab: config.vocab as u64,
            eps: config.eps,
        }
    }
}

/// Refuses a file of another architecture.
pub(crate) fn require_gpt2(metadata: &Metadata<'_>) -> Result<(), ConvertError> {
    Ok(senselm_arch::require_architecture(metadata)?)
}

impl From<ArchError> for ConvertError {
    fn from(error: ArchError) -> Self {
        let unsupported = |field, found, expected| Self::Unsupported {
            field,
            found,
            expected,
        };
        match error {
            ArchError::Gguf(error) => error.into(),
            ArchError::Architecture { found } => {
                unsupported(keys::GENERAL_ARCHITECTURE, found, keys::GPT2)
            }
            ArchError::Size { size, found, max } => Self::SizeOutOfRange {
                field: size,
                found,
                max,
            },
            ArchError::Heads { heads, width } => {
                let found = format!("{heads} for a width of {width}");
                unsupported("the number of heads", found, "a divisor of the width")
            }
            ArchError::Epsilon { found } => unsupported(
                "the layer norm epsilon",
                found.to_string(),
                "a number above 0 and at most 1",
            ),
            ArchError::MissingTensor { name } => Self::MissingTensor { name },
            ArchError::UnexpectedTensor { name, .. } => Self::UnexpectedTensor { name },
            ArchError::TensorShape {
                name,
                expected,
                found,
            } => Self::WrongShape {
                name,
                expected,
                found,
            },
            other => unsupported("the model", other.to_string(), "a GPT-2"),
        }
    }
}
