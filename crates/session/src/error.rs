//! Everything that an embedder can be told.

use senselm_ask::AskError;
use senselm_gguf::GgufError;
use senselm_gpt::GptError;
#[cfg(feature = "gpu")]
use senselm_gpt::gpu::GpuModelError;
use senselm_sensor::SensorError;
use senselm_tokenize::TokenizeError;

/// Why a model was refused or an answer could not be given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The file, its weights, or a pass over them.
    #[error(transparent)]
    Model(#[from] GptError),

    /// The tokenizer that the file holds.
    #[error(transparent)]
    Tokenizer(#[from] TokenizeError),

    /// The front end, the task, a window or a recording.
    #[error(transparent)]
    Sensor(#[from] SensorError),

    /// A question that cannot be asked, or whose answer cannot be read.
    #[error(transparent)]
    Ask(AskError),

    /// A `senselm.*` key does not hold what it should.
    #[error("`{key}` cannot be used: {reason}; write the file again with this version of senselm")]
    Key {
        /// The metadata key.
        key: &'static str,
        /// What is wrong with its value.
        reason: String,
    },

    /// The `senselm.*` keys follow a later schema.
    #[error(
        "the file follows schema {found} of the senselm keys, this runtime knows up to {known}: update senselm"
    )]
    Schema {
        /// What `senselm.schema_version` says.
        found: u32,
        /// The latest schema that this runtime reads.
        known: u32,
    },

    /// The file has only some of the keys of a sensor model.
    #[error("the file has `{present}` but not `{missing}`: a sensor model needs both")]
    HalfATask {
        /// The key that is there.
        present: &'static str,
        /// The key that is not.
        missing: &'static str,
    },

    /// The tokenizer and the weights are of different sizes.
    #[error(
        "the tokenizer has {tokens} tokens, the weights are for {vocab}: they belong to different models"
    )]
    Vocabulary {
        /// Tokens of the tokenizer.
        tokens: usize,
        /// Vocabulary size of the weights, V.
        vocab: usize,
    },

    /// No such kernels here.
    #[error("kernels `{asked}` do not run here; these do: {available}")]
    Kernels {
        /// What was asked for.
        asked: String,
        /// The names that can be asked for.
        available: String,
    },

    /// The GPU, or this model on it.
    #[cfg(feature = "gpu")]
    #[error(transparent)]
    Gpu(#[from] GpuModelError),

    /// There is no code for GPUs in this build.
    #[error(
        "this build of senselm runs on the CPU only: build it with the feature `gpu`, or leave the backend out"
    )]
    WithoutGpu,

    /// A window was given to a model without a front end.
    #[error("this model is a plain language model without a sensor task: use `generate`")]
    NoTask,

    /// The model answers another kind of question.
    #[error(
        "this model's task is `{task}`, not `{asked}`: call `answer`, which picks the right one"
    )]
    OtherTask {
        /// What was asked for.
        asked: &'static str,
        /// What the model was trained for.
        task: &'static str,
    },

    /// The prompt and what must follow it do not fit into the context.
    #[error(
        "the prompt has {tokens} tokens and its answer needs {reserved} more, but the context holds {context}: {advice}"
    )]
    PromptTooLong {
        /// Tokens of the prompt.
        tokens: usize,
        /// Tokens that must fit behind it.
        reserved: usize,
        /// The model's context length in tokens.
        context: usize,
        /// What can be done about it.
        advice: &'static str,
    },

    /// An option of a call makes no sense.
    #[error("option `{option}`: {reason}")]
    Option {
        /// The option's name.
        option: &'static str,
        /// What is wrong with it and what would be right.
        reason: String,
    },
}

impl From<AskError> for SessionError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Sensor(error) => Self::Sensor(error),
            error => Self::Ask(error),
        }
    }
}

impl From<GgufError> for SessionError {
    fn from(error: GgufError) -> Self {
        Self::Model(error.into())
    }
}

impl SessionError {
    /// A stable name for programs to act on; the message is for people and may
    /// change.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Model(GptError::ContextOverflow { .. }) | Self::PromptTooLong { .. } => {
                "prompt_too_long"
            }
            Self::Model(GptError::TokenId { .. }) => "token_out_of_range",
            Self::Model(GptError::NoTokens) | Self::Ask(AskError::EmptyPrompt) => "empty_prompt",
            Self::Model(GptError::SamplerSetting { .. }) | Self::Option { .. } => "bad_option",
            Self::Model(GptError::NothingToSample { .. }) | Self::Ask(AskError::NotFinite) => {
                "not_finite"
            }
            Self::Model(_) => "bad_model",
            Self::Tokenizer(_) | Self::Vocabulary { .. } | Self::Ask(AskError::NoEnd) => {
                "bad_tokenizer"
            }
            Self::Ask(AskError::Unspellable { .. }) => "unspellable",
            Self::Sensor(_) | Self::Ask(_) => "bad_input",
            Self::Key { .. } | Self::Schema { .. } | Self::HalfATask { .. } => "bad_keys",
            Self::Kernels { .. } => "no_such_kernels",
            #[cfg(feature = "gpu")]
            Self::Gpu(_) => "no_gpu",
            Self::WithoutGpu => "no_gpu",
            Self::NoTask => "no_task",
            Self::OtherTask { .. } => "other_task",
        }
    }
}
