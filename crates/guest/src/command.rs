//! `senselm-command`: answers a recording under any WASI 0.2 host.
//!
//! CSV on standard input, one JSON object a window on standard output, what
//! went wrong on standard error. The weights are those packed into this
//! component, or a file in a preopened folder:
//!
//! ```text
//! wasmtime run --dir models senselm-command.wasm --model models/pump.gguf < examples/pump.csv
//! ```

use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;

use senselm_gguf::mapped::{Mapped, embedded};
use senselm_sensor::BadRows;
use senselm_session::{Bytes, LoadOptions, Session};

const USAGE: &str = "usage: senselm-command [--model FILE] [--kernels NAME] < recording.csv

  --model FILE    a model in a folder that the host opened (wasmtime run --dir FOLDER);
                  without it, the weights packed into this component
  --kernels NAME  the kernels to run on (scalar, simd128, relaxed-simd)
";

/// A sentence for standard error. What it answers to is standard input and the
/// command line, so there is nothing more to know.
type Failure = String;

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("senselm-command: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: impl Iterator<Item = String>) -> Result<ExitCode, Failure> {
    let arguments = match Arguments::parse(arguments) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("senselm-command: {message}\n{USAGE}");
            return Ok(ExitCode::from(2));
        }
    };
    let options = LoadOptions {
        kernels: arguments.kernels,
        ..LoadOptions::default()
    };
    let bytes = weights(arguments.model.as_deref())?;
    let mut session = Session::load(bytes, options).map_err(|e| e.to_string())?;

    let mut recording = Vec::new();
    io::stdin()
        .read_to_end(&mut recording)
        .map_err(|e| format!("standard input: {e}"))?;
    let dataset = session
        .read_csv(&recording, BadRows::Skip)
        .map_err(|e| e.to_string())?;
    for bad in &dataset.bad {
        eprintln!("skipped: {bad}");
    }
    let mut out = BufWriter::new(io::stdout().lock());
    for (index, record) in dataset.records.iter().enumerate() {
        let line = match session.answer(&record.window) {
            Ok(answer) => serde_json::json!({
                "window": index,
                "line": record.place.line,
                "answer": answer,
            }),
            Err(error) => serde_json::json!({
                "window": index,
                "line": record.place.line,
                "error": { "code": error.code(), "message": error.to_string() },
            }),
        };
        writeln!(out, "{line}").map_err(|e| format!("standard output: {e}"))?;
    }
    out.flush().map_err(|e| format!("standard output: {e}"))?;
    Ok(ExitCode::SUCCESS)
}

fn weights(model: Option<&str>) -> Result<Bytes, Failure> {
    if let Some(path) = model {
        let mapped = Mapped::open(path).map_err(|e| e.to_string())?;
        return Ok(Arc::new(mapped));
    }
    let packed =
        embedded().ok_or("no weights are packed into this component: give --model FILE")?;
    Ok(Arc::new(packed))
}

#[derive(Default)]
struct Arguments {
    model: Option<String>,
    kernels: Option<String>,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let place = match word.as_str() {
                "--model" => &mut arguments.model,
                "--kernels" => &mut arguments.kernels,
                _ => return Err(format!("unknown argument {word:?}")),
            };
            *place = Some(
                words
                    .next()
                    .ok_or_else(|| format!("{word} needs a value"))?,
            );
        }
        Ok(arguments)
    }
}
