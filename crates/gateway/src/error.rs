//! Everything that can go wrong between a host and its guest.

use std::path::PathBuf;
use std::time::Duration;

use senselm_gguf::GgufError;

/// Why a guest could not be started, or could not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// No guest in any of the usual places.
    #[error(
        "the guest component is missing; build it with `cargo xtask wasm`, or name one with --guest or SENSELM_GUEST. Looked at: {}",
        looked_at.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    NoGuest {
        /// Every path that was tried.
        looked_at: Vec<PathBuf>,
    },

    /// A file could not be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// The component is not one that a model can be put into.
    #[error("the guest component cannot be used: {reason}; build it again with `cargo xtask wasm`")]
    Guest {
        /// What is wrong with it.
        reason: String,
    },

    /// The model file is damaged or not GGUF.
    #[error(transparent)]
    Model(#[from] GgufError),

    /// The model does not fit beside the guest into 32-bit memory.
    #[error(
        "the model has {bytes} bytes, a guest can take {limit}: quantize it, or run it natively"
    )]
    ModelTooLarge {
        /// Size of the model file.
        bytes: u64,
        /// The largest that fits.
        limit: u64,
    },

    /// The guest refused; code and message are those of the native runtime.
    #[error("{message}")]
    Refused {
        /// A stable name for programs, as `SessionError::code` gives.
        code: String,
        /// A sentence for people.
        message: String,
    },

    /// The call took longer than it may.
    #[error(
        "the guest took longer than {limit:?} and was stopped; give shorter windows or raise the limit"
    )]
    TimedOut {
        /// The limit that was set.
        limit: Duration,
    },

    /// Somebody used the [`crate::Canceller`].
    #[error("the call was cancelled")]
    Cancelled,

    /// The guest trapped: a bug in it, or too little memory for this model.
    #[error("the guest stopped: {reason}")]
    Trapped {
        /// The trap, and what the guest wrote to its standard error.
        reason: String,
    },

    /// wasmtime refused to compile or to start the guest.
    #[error("wasmtime: {0}")]
    Host(String),

    /// The guest sent JSON that is not what the interface promises.
    #[error(
        "the guest's answer cannot be read ({0}): guest and host are of different versions, build both again"
    )]
    Answer(#[from] serde_json::Error),
}

impl GatewayError {
    pub(crate) fn guest(reason: impl Into<String>) -> Self {
        Self::Guest {
            reason: reason.into(),
        }
    }

    /// A stable name for programs to act on; the message is for people and may
    /// change.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::NoGuest { .. } | Self::Guest { .. } => "bad_guest",
            Self::Read { .. } => "unreadable",
            Self::Model(_) | Self::ModelTooLarge { .. } => "bad_model",
            Self::Refused { code, .. } => code,
            Self::TimedOut { .. } => "timed_out",
            Self::Cancelled => "cancelled",
            Self::Trapped { .. } | Self::Host(_) | Self::Answer(_) => "guest_failed",
        }
    }
}

impl From<wasmparser::BinaryReaderError> for GatewayError {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::guest(error.to_string())
    }
}
