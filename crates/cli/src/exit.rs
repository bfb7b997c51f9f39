//! Exit codes: what a script can tell from how the program ended.

use std::io;
use std::process::ExitCode;

use senselm_convert::ConvertError;
use senselm_gguf::GgufError;
use senselm_look::LookError;
use senselm_sensor::SensorError;
use senselm_session::SessionError;
use senselm_tokenize::TokenizeError;

use crate::input::InputError;
use crate::runtime::guest_exit;

/// How the program ends; the numbers are documented and stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All done.
    Done = 0,
    /// The work itself failed.
    Failed = 1,
    /// The command line makes no sense; clap uses the same number.
    Usage = 2,
    /// A file or an input is missing or was refused, or a recording does not fit.
    Refused = 3,
    /// Done, but rows of the recording were bad and left out, or nobody can be sure
    /// that it fits.
    Partial = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The end of `senselm --help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  the work failed, or what came out could not be written
  2  the command line makes no sense
  3  an input is missing or was refused; check: a recording does not fit
  4  done, but rows of the recording were bad and left out; check: unsure

Example:
  senselm answer --model pump.gguf --input recording.csv";

/// An argument that clap accepted and that makes no sense all the same.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UsageError(pub(crate) String);

/// The exit code for an error.
pub(crate) fn of(error: &anyhow::Error) -> Exit {
    error.chain().find_map(known).unwrap_or(Exit::Failed)
}

/// Why the work ended: what each error in the chain says, said once.
pub(crate) fn reason(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain().map(ToString::to_string) {
        // Many an error repeats its cause.
        if words.contains(&cause) {
            continue;
        }
        if !words.is_empty() {
            words += ": ";
        }
        words += &cause;
    }
    words
}

/// Whether the reader of our output is gone.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// The exit code of one error type, where it is one of ours.
fn known(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    if cause.is::<UsageError>() {
        return Some(Exit::Usage);
    }
    if cause.is::<LookError>()
        || cause.is::<InputError>()
        || cause.is::<SensorError>()
        || cause.is::<TokenizeError>()
    {
        return Some(Exit::Refused);
    }
    if let Some(error) = cause.downcast_ref::<SessionError>() {
        return Some(of_session_code(error.code()));
    }
    if let Some(error) = cause.downcast_ref::<GgufError>() {
        return Some(match error {
            GgufError::Write(_) => Exit::Failed,
            _ => Exit::Refused,
        });
    }
    if let Some(error) = cause.downcast_ref::<ConvertError>() {
        return Some(match error {
            ConvertError::Write(_) => Exit::Failed,
            ConvertError::UnknownTarget { .. }
            | ConvertError::UnknownPreset { .. }
            | ConvertError::UnknownVocab { .. } => Exit::Usage,
            _ => Exit::Refused,
        });
    }
    crate::commands::train_exit(cause)
        .or_else(|| crate::commands::fit_exit(cause))
        .or_else(|| guest_exit(cause))
}

/// The exit code for what a session says, natively or in a guest.
pub(crate) fn of_session_code(code: &str) -> Exit {
    match code {
        "bad_option" | "no_such_kernels" => Exit::Usage,
        "not_finite" | "timed_out" | "cancelled" | "guest_failed" => Exit::Failed,
        _ => Exit::Refused,
    }
}
