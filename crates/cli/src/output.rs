//! Writing results: lines of text or of JSON, and whole files.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

/// Standard output, locked and buffered for as long as the program runs.
pub(crate) struct Output {
    out: BufWriter<io::StdoutLock<'static>>,
}

impl Output {
    pub(crate) fn stdout() -> Self {
        Self {
            out: BufWriter::new(io::stdout().lock()),
        }
    }

    /// One object of JSON on a line of its own.
    pub(crate) fn json(&mut self, object: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.out, object).map_err(io::Error::from)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }

    /// One line of text.
    pub(crate) fn line(&mut self, text: impl fmt::Display) -> Result<()> {
        writeln!(self.out, "{text}")?;
        Ok(())
    }

    /// Text without a line end.
    pub(crate) fn text(&mut self, text: &str) -> Result<()> {
        self.out.write_all(text.as_bytes())?;
        Ok(())
    }

    /// Hands over everything written so far.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.out.flush()?;
        Ok(())
    }
}

/// Writes a file whole or not at all: under another name first.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    std::fs::write(partial, bytes)
        .and_then(|()| std::fs::rename(partial, path))
        .with_context(|| {
            // Nothing more can be done about a half-written file.
            let _ = std::fs::remove_file(partial);
            format!(
                "cannot write {}; is there a folder and room for it?",
                path.display()
            )
        })
}

/// Says on standard error what a library assumed or left out. Where nobody
/// reads that, the work goes on all the same.
pub(crate) fn warn(warnings: impl IntoIterator<Item = impl fmt::Display>) {
    for warning in warnings {
        let _ = writeln!(io::stderr(), "senselm: {warning}");
    }
}

/// What a command that writes a file says in JSON.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    /// The file or folder.
    pub(crate) path: &'a Path,
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
            Some(bytes) => out.line(format_args!(
                "wrote {} ({bytes} bytes)",
                self.path.display()
            )),
            None => out.line(format_args!("wrote {}", self.path.display())),
        }
    }
}
