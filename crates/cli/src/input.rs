//! Reading what the command line names: models, recordings, standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use senselm_gguf::Whole;
use senselm_session::Bytes;

/// The most bytes of a recording or a text that are read.
const MAX_INPUT_BYTES: u64 = 1 << 30;

/// An input that could not be read, or holds nothing to work with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    /// The system refused.
    #[error("cannot read {path}; check the path and its permissions")]
    Read {
        path: String,
        #[source]
        source: io::Error,
    },
    /// It never ends.
    #[error("{path} has more than {MAX_INPUT_BYTES} bytes; split it")]
    TooLarge { path: String },
    /// It can be read in two ways, and options say which one is right.
    #[error("{path}: {problem}{ask}")]
    Undecided {
        path: String,
        problem: String,
        ask: String,
    },
    /// It can be read and is of no use for this command.
    #[error("{0}")]
    Useless(String),
}

/// A file, or standard input where the argument is `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

impl From<std::ffi::OsString> for Input {
    fn from(argument: std::ffi::OsString) -> Self {
        if argument == "-" {
            Self::Stdin
        } else {
            Self::File(argument.into())
        }
    }
}

impl std::fmt::Display for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

impl Input {
    /// A reader of it.
    pub(crate) fn open(&self) -> Result<Box<dyn Read>, InputError> {
        match self {
            Self::Stdin => Ok(Box::new(io::stdin().lock())),
            Self::File(path) => match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(source) => Err(self.failed(source)),
            },
        }
    }

    /// All of it.
    pub(crate) fn read(&self) -> Result<Vec<u8>, InputError> {
        let mut bytes = Vec::new();
        let mut limited = self.open()?.take(MAX_INPUT_BYTES + 1);
        match limited.read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > MAX_INPUT_BYTES => Err(InputError::TooLarge {
                path: self.to_string(),
            }),
            Ok(_) => Ok(bytes),
            Err(source) => Err(self.failed(source)),
        }
    }

    pub(crate) fn failed(&self, source: io::Error) -> InputError {
        InputError::Read {
            path: self.to_string(),
            source,
        }
    }
}

/// The bytes of a model file, mapped; those of all its shards where it is one
/// of several.
pub(crate) fn model(path: &Path) -> Result<Bytes> {
    Ok(Arc::new(Whole::open(path)?))
}
