//! `senselm-command`: answers a recording under any WASI 0.2 host.
//!
//! CSV on standard input, on standard output the lines of `senselm answer
//! --json`, what went wrong on standard error. The weights are those packed
//! into this component, or a file in a preopened folder:
//!
//! ```text
//! wasmtime run --dir models senselm-command.wasm --model models/pump.gguf < examples/pump.csv
//! ```

use std::fmt;
use std::io::{self, BufWriter, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;

use senselm_gguf::mapped::{Mapped, embedded};
use senselm_sensor::{AlarmState, BadRows, CsvOptions, Labelled, Task, Truths};
use senselm_session::{AnswerLine, Bytes, LoadOptions, Session};

const USAGE: &str = "usage: senselm-command [--model FILE] [--kernels NAME] < recording.csv

  --model FILE    a model in a folder that the host opened (wasmtime run --dir FOLDER);
                  without it, the weights packed into this component
  --kernels NAME  the kernels to run on (relaxed-simd, scalar)
";

/// A sentence for standard error: WASI 0.2 knows no exit codes but 0 and 1.
type Failure = String;

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            note(&message);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: impl Iterator<Item = String>) -> Result<(), Failure> {
    let arguments = Arguments::parse(arguments)?;
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
    let options = CsvOptions {
        bad_rows: BadRows::Skip,
        truths: Truths::Optional,
        ..CsvOptions::default()
    };
    let dataset = session
        .read_csv_with(&recording, &options)
        .map_err(|e| e.to_string())?;
    for warning in &dataset.warnings {
        note(warning);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut bad = dataset.bad.iter().peekable();
    let mut alarms = session.task().and_then(Task::alarms);
    for record in &dataset.records {
        while let Some(row) = bad.next_if(|row| row.line < record.place.line) {
            say(&mut out, &AnswerLine::bad_row(row))?;
        }
        answer(&mut session, alarms.as_mut(), record, &mut out)?;
    }
    for row in bad {
        say(&mut out, &AnswerLine::bad_row(row))?;
    }
    out.flush().map_err(|e| format!("standard output: {e}"))
}

fn answer(
    session: &mut Session,
    alarms: Option<&mut AlarmState>,
    record: &Labelled,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let truth = record.truth.as_ref().zip(session.task());
    let truth = truth.map(|(truth, task)| AnswerLine::truth_text(task, truth));
    let place = record.place;
    match session.answer(&record.window) {
        Ok(answer) => {
            let line = AnswerLine::answered(place, truth, &answer).in_stream(alarms);
            say(out, &line)
        }
        Err(error) => {
            let message = error.to_string();
            say(
                out,
                &AnswerLine::refused(place, truth, error.code(), message),
            )
        }
    }
}

fn say(out: &mut impl Write, line: &AnswerLine<'_>) -> Result<(), Failure> {
    let line = serde_json::to_string(line).map_err(|e| e.to_string())?;
    writeln!(out, "{line}").map_err(|e| format!("standard output: {e}"))
}

/// A line on standard error; one that cannot be written is no reason to end.
fn note(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "senselm-command: {text}");
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
                _ => return Err(format!("unknown argument {word:?}\n{USAGE}")),
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
