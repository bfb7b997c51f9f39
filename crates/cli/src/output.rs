//! Writing results: lines of text or of JSON, and whole files.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::Result;
use senselm_save::{is_stdout, save};
use serde::{Serialize, Serializer};

use crate::diagnostics;

/// Where the file of a command goes: `-` is standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Stdout,
    File(PathBuf),
}

impl From<OsString> for Destination {
    fn from(argument: OsString) -> Self {
        if argument == "-" {
            Self::Stdout
        } else {
            Self::File(argument.into())
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("standard output"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

impl Serialize for Destination {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Stdout => to.serialize_str("-"),
            Self::File(path) => to.collect_str(&path.display()),
        }
    }
}

/// Standard output, locked and buffered for as long as the program runs.
pub(crate) struct Output {
    out: BufWriter<io::StdoutLock<'static>>,
    /// Whether a file was written there: it holds nothing but that file then,
    /// and what there is to say goes to standard error.
    taken: bool,
}

impl Output {
    pub(crate) fn stdout() -> Self {
        Self {
            out: BufWriter::new(io::stdout().lock()),
            taken: false,
        }
    }

    /// One object of JSON on a line of its own.
    pub(crate) fn json(&mut self, object: &impl Serialize) -> Result<()> {
        if self.taken {
            return self.line(serde_json::to_string(object)?);
        }
        serde_json::to_writer(&mut self.out, object)
            .map_err(io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"))
            .map_err(unwritten)
    }

    /// One line of text.
    pub(crate) fn line(&mut self, text: impl fmt::Display) -> Result<()> {
        if self.taken {
            diagnostics::raw(format_args!("{text}\n"));
            return Ok(());
        }
        writeln!(self.out, "{text}").map_err(unwritten)
    }

    /// Text without a line end.
    pub(crate) fn text(&mut self, text: &str) -> Result<()> {
        self.out.write_all(text.as_bytes()).map_err(unwritten)
    }

    /// A whole file, to where the command line says.
    pub(crate) fn file(&mut self, to: &Destination, bytes: &[u8]) -> Result<()> {
        match to {
            Destination::Stdout => {
                self.out.write_all(bytes).map_err(unwritten)?;
                self.flush()?;
                self.taken = true;
            }
            Destination::File(path) => {
                self.taken |= is_stdout(path);
                save(path, bytes)?;
            }
        }
        Ok(())
    }

    /// Hands over everything written so far.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.out.flush().map_err(unwritten)
    }
}

/// The error of a result that standard output did not take.
pub(crate) fn unwritten(error: io::Error) -> anyhow::Error {
    anyhow::Error::new(error).context("standard output cannot be written")
}

/// Says on standard error what a library assumed or left out.
pub(crate) fn warn(warnings: impl IntoIterator<Item = impl fmt::Display>) {
    for warning in warnings {
        diagnostics::line(format_args!("{warning}"));
    }
}

/// What a command that writes a file says in JSON.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    /// The file or folder.
    pub(crate) path: &'a Destination,
    /// Its size; absent for a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bytes: Option<u64>,
}

impl Written<'_> {
    /// Says it, as JSON or in words.
    pub(crate) fn say(&self, out: &mut Output, json: bool) -> Result<()> {
        if json {
            return out.json(self);
        }
        match self.bytes {
            Some(bytes) => out.line(format_args!("wrote {} ({bytes} bytes)", self.path)),
            None => out.line(format_args!("wrote {}", self.path)),
        }
    }
}
