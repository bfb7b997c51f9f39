//! Everything that can go wrong while training.

use std::path::PathBuf;

use senselm_ask::AskError;
use thiserror::Error;

/// An error of this crate. Its message says what to do next.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A setting of the recipe cannot work.
    #[error("recipe, {place}: {reason}")]
    Recipe {
        /// The table or the setting.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The recipe is not TOML of the documented shape.
    #[error(
        "the recipe {path} cannot be read: {message}; docs/training.md lists every setting, docs/front-end.md those of [front_end]"
    )]
    RecipeSyntax {
        /// The recipe.
        path: PathBuf,
        /// Where and why.
        message: String,
    },
    /// A file could not be read.
    #[error("{path}: {source}; {hint}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
        /// What to do about it.
        hint: &'static str,
    },
    /// A file of the results could not be written.
    #[error(transparent)]
    Write(#[from] senselm_save::SaveError),
    /// The front end refused data.
    #[error("{path}: {source}")]
    Sensor {
        /// The file, or `recipe`.
        path: String,
        /// Why.
        #[source]
        source: senselm_sensor::SensorError,
    },
    /// What the front end leaves out cannot be fitted.
    #[error("the front end cannot be fitted: {0}")]
    Fit(#[from] senselm_fit::FitError),
    /// A file can be read in two ways, and a setting says which one is right.
    #[error("{path}: {problem}; say {told} in [data] of the recipe")]
    Undecided {
        /// The file.
        path: String,
        /// The two ways.
        problem: String,
        /// The settings that would decide.
        told: String,
    },
    /// A question cannot be asked, or its answer not be read.
    #[error("{path}: {source}")]
    Ask {
        /// The file, or `recipe`.
        path: String,
        /// Why.
        #[source]
        source: AskError,
    },
    /// There is nothing to train or to evaluate on.
    #[error("{reason}")]
    Data {
        /// What is missing and what to do about it.
        reason: String,
    },
    /// A sequence does not fit the model.
    #[error(
        "a window needs {tokens} tokens with its answer, the context is {context}; raise `context` \
         in [model] (that of a base cannot be raised: give the base a longer one when it is \
         trained), or make the front end write less"
    )]
    TooLong {
        /// Tokens of the longest sequence.
        tokens: usize,
        /// What fits.
        context: usize,
    },
    /// The tokenizer could not be made.
    #[error("tokenizer: {0}")]
    Tokenizer(String),
    /// A model file does not fit.
    #[error("model: {reason}")]
    Model {
        /// Why.
        reason: String,
    },
    /// A GGUF file could not be read or written.
    #[error("GGUF: {0}")]
    Gguf(#[from] senselm_gguf::GgufError),

    /// Sizes or tensors are not those of a model that can be trained.
    #[error(transparent)]
    Arch(#[from] senselm_arch::ArchError),
    /// Weights could not be packed or unpacked.
    #[error("weights: {0}")]
    Quant(#[from] senselm_quant::QuantError),
    /// A checkpoint cannot be continued.
    #[error("{path}: {reason}; start again without --resume, or with another --out")]
    Checkpoint {
        /// The checkpoint.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// There is nothing that a run could go on with.
    #[error("{path}: {reason}; leave --resume out to start a new run there, or give another --out")]
    Resume {
        /// The folder.
        path: PathBuf,
        /// What is there instead.
        reason: String,
    },
    /// The loss is not a number any more.
    #[error(
        "the loss became {loss} at step {step} of {phase}; lower learning_rate or raise warmup in \
         the recipe"
    )]
    Diverged {
        /// The phase.
        phase: &'static str,
        /// The step.
        step: u64,
        /// The loss.
        loss: f64,
    },
    /// The device failed or is not there.
    #[error("device: {reason}")]
    Device {
        /// Why.
        reason: String,
    },
    /// Whoever listens ended the training: there is no model of it, because one that
    /// is trained half is none.
    #[error("ended at step {step} of {phase} by who asked for it, without a model")]
    Ended {
        /// The phase.
        phase: &'static str,
        /// Steps done in it.
        step: u64,
    },
    /// The caller asked to stop.
    #[error("stopped at step {step} of {phase}; continue with --resume")]
    Stopped {
        /// The phase.
        phase: &'static str,
        /// Steps done in it.
        step: u64,
    },
}

impl From<AskError> for TrainError {
    fn from(error: AskError) -> Self {
        Self::ask("a window", error)
    }
}

impl TrainError {
    /// What was asked of something at `path` cannot be.
    pub(crate) fn ask(path: impl Into<String>, error: AskError) -> Self {
        let path = path.into();
        match error {
            AskError::Sensor(source) => Self::Sensor { path, source },
            source => Self::Ask { path, source },
        }
    }

    pub(crate) fn recipe(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Recipe {
            place: place.into(),
            reason: reason.into(),
        }
    }

    pub(crate) fn model(reason: impl Into<String>) -> Self {
        Self::Model {
            reason: reason.into(),
        }
    }

    pub(crate) fn device(reason: impl Into<String>) -> Self {
        Self::Device {
            reason: reason.into(),
        }
    }

    pub(crate) fn data(reason: impl Into<String>) -> Self {
        Self::Data {
            reason: reason.into(),
        }
    }

    pub(crate) fn read(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File {
            path: path.into(),
            source,
            hint: "check the path, --data and the recipe's [data]",
        }
    }

    pub(crate) fn named(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File {
            path: path.into(),
            source,
            hint: "check [tokenizer] and [model] of the recipe, whose files are relative to it",
        }
    }

    pub(crate) fn recipe_file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File {
            path: path.into(),
            source,
            hint: "check the path behind --recipe",
        }
    }

    pub(crate) fn write(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        let path = path.into();
        Self::Write(senselm_save::SaveError::Write { path, source })
    }
}
