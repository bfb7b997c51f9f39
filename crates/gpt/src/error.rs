//! Everything that can go wrong while a model is loaded or run.

use senselm_arch::ArchError;
use senselm_gguf::GgufError;
use senselm_kernels::{KernelError, KvType};
use senselm_quant::QuantError;

/// Why a model was refused, or why a pass over it could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GptError {
    /// The file is not a readable GGUF, or a key is missing or of another type.
    #[error(transparent)]
    Gguf(#[from] GgufError),

    /// The file holds another model than is run here: its sizes or tensors.
    #[error(transparent)]
    Arch(#[from] ArchError),

    /// A tensor's type has no kernel, or its bytes do not make up its shape.
    #[error("tensor `{name}`: {source}")]
    Kernel {
        /// The tensor's name in the file.
        name: String,
        /// What the kernels said.
        source: KernelError,
    },

    /// A norm's or a bias's values could not be read.
    #[error("tensor `{name}`: {source}")]
    Quant {
        /// The tensor's name in the file.
        name: String,
        /// What the block codec said.
        source: QuantError,
    },

    /// The heads are not whole blocks of the type that keys and values are to
    /// be kept as.
    #[error(
        "keys and values of heads of {head_width} cannot be kept as {}: keep them as F16 or F32",
        kv.name()
    )]
    KvType {
        /// What was asked for.
        kv: KvType,
        /// Head width, D.
        head_width: usize,
    },

    /// The shared bytes gave another slice than when the model was loaded.
    #[error(
        "the bytes of the model changed after it was loaded: keep the file unchanged while it is in use"
    )]
    BytesChanged,

    /// The sequence would grow past the context length.
    #[error(
        "{cached} tokens are cached and {adding} more do not fit into a context of {context}: shorten the prompt"
    )]
    ContextOverflow {
        /// Tokens already in the KV cache.
        cached: usize,
        /// Tokens of this call, or of the longest branch.
        adding: usize,
        /// The model's context length.
        context: usize,
    },

    /// A token id is not in the vocabulary.
    #[error(
        "token id {id} is outside the vocabulary of {vocab}: encode the text with this model's tokenizer"
    )]
    TokenId {
        /// The id.
        id: u32,
        /// Vocabulary size, V.
        vocab: usize,
    },

    /// There is nothing to predict from.
    #[error("no tokens: a forward pass needs at least one")]
    NoTokens,

    /// The state was made by a model of other sizes.
    #[error("this state belongs to another model: make one with `Model::new_state`")]
    ForeignState,

    /// A sampling setting makes no sense.
    #[error("sampler setting `{setting}` is {found}, expected {expected}")]
    SamplerSetting {
        /// The field of `SamplerSpec`.
        setting: &'static str,
        /// What was asked for.
        found: f32,
        /// What is accepted.
        expected: &'static str,
    },

    /// Every token is masked out, or no logit is a number.
    #[error("no token can be sampled: all {vocab} logits are masked out or not numbers")]
    NothingToSample {
        /// Number of logits.
        vocab: usize,
    },
}
