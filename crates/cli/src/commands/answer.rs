//! `senselm answer`: the answers for a recording, window by window.

use std::io::{BufRead, BufReader};

use anyhow::Result;
use clap::{Args, ValueEnum};
use senselm_sensor::{BadRow, Labelled, Place, Window};
use senselm_session::{Answer as Given, SessionError};
use serde::Serialize;

use super::recording::{self, Policy, truth_text};
use crate::exit::Exit;
use crate::input::{Input, InputError};
use crate::output::Output;
use crate::runtime::{Runtime, RuntimeArgs, guest_code};

/// The longest line of JSON that is read as a window.
const MAX_WINDOW_BYTES: u64 = 16 << 20;

/// Arguments of `senselm answer`.
#[derive(Args)]
#[command(after_help = "\
A recording is a CSV file as the model's front end lays it out (senselm inspect
shows how). With --format windows each line is {\"channels\": [[1.2, null], ...]}
and is answered as soon as it is read.

Examples:
  senselm answer --model pump.gguf --input recording.csv
  senselm answer --model pump.gguf --input - --json < recording.csv")]
pub(crate) struct Answer {
    #[command(flatten)]
    runtime: RuntimeArgs,
    /// The recording, or standard input: -
    #[arg(long, value_name = "FILE|-")]
    input: Input,
    /// How the input is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// What to do with a row that cannot be used
    #[arg(long, value_enum, default_value_t)]
    bad_rows: Policy,
    /// Print one JSON object for each window and each bad row
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A CSV file
    #[default]
    Csv,
    /// One window of JSON a line
    Windows,
}

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    line: u64,
    row: u64,
    truth: Option<String>,
    answer: Option<&'a Given>,
    error: Option<Refusal>,
}

#[derive(Serialize)]
struct Refusal {
    code: String,
    message: String,
    /// Where in the line a bad row is bad, in bytes from 1.
    column: Option<u64>,
}

impl Answer {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let mut runtime = Runtime::open(&self.runtime)?;
        if runtime.info().task.is_none() {
            return Err(SessionError::NoTask.into());
        }
        match self.format {
            Format::Csv => self.csv(&mut runtime, out),
            Format::Windows => self.windows(&mut runtime, out),
        }
    }

    fn csv(&self, runtime: &mut Runtime, out: &mut Output) -> Result<Exit> {
        let dataset = recording::read(runtime, &self.input, self.bad_rows)?;
        let mut exit = recording::exit(&dataset.bad);
        let mut bad = dataset.bad.iter().peekable();
        for record in &dataset.records {
            while let Some(row) = bad.next_if(|row| row.line < record.place.line) {
                self.say_bad(row, out)?;
            }
            if !self.answer(runtime, record, out)? {
                exit = Exit::Partial;
            }
        }
        for row in bad {
            self.say_bad(row, out)?;
        }
        if dataset.records.is_empty() {
            return Err(InputError::Useless(format!(
                "{} holds no whole window; see `senselm inspect` for what this model takes",
                self.input
            ))
            .into());
        }
        Ok(exit)
    }

    fn windows(&self, runtime: &mut Runtime, out: &mut Output) -> Result<Exit> {
        let mut reader = BufReader::new(self.input.open()?);
        let mut exit = Exit::Done;
        let mut place = Place::default();
        loop {
            let mut text = String::new();
            let mut limited = std::io::Read::take(&mut reader, MAX_WINDOW_BYTES);
            let read = limited
                .read_line(&mut text)
                .map_err(|e| self.input.failed(e))?;
            if read == 0 {
                return Ok(exit);
            }
            place.line += 1;
            if text.trim().is_empty() {
                continue;
            }
            place.row += 1;
            match Window::from_json(&text) {
                Ok(window) => {
                    let record = Labelled {
                        window,
                        truth: None,
                        place,
                        group: 0,
                    };
                    if !self.answer(runtime, &record, out)? {
                        exit = Exit::Partial;
                    }
                }
                Err(error) if self.bad_rows == Policy::Skip => {
                    exit = Exit::Partial;
                    eprintln!("senselm: line {}: left out: {error}", place.line);
                    let refusal = Refusal::new("bad_row", &error);
                    self.say(place, None, Err(refusal), out)?;
                }
                Err(error) => return Err(error.into()),
            }
            out.flush()?;
        }
    }

    /// Answers one window; `false` where it could not be answered.
    fn answer(&self, runtime: &mut Runtime, record: &Labelled, out: &mut Output) -> Result<bool> {
        let task = runtime.info().task.as_ref();
        let truth = record.truth.as_ref().zip(task);
        let truth = truth.map(|(truth, task)| truth_text(task, truth));
        match runtime.answer(&record.window) {
            Ok(answer) => {
                self.say(record.place, truth, Ok(&answer), out)?;
                Ok(true)
            }
            Err(error) => {
                // Only what is wrong with this window is passed over.
                let code = window_code(&error).filter(|_| self.bad_rows == Policy::Skip);
                let Some(code) = code else {
                    return Err(error.context(format!("line {}", record.place.line)));
                };
                eprintln!("senselm: line {}: {error:#}", record.place.line);
                let refusal = Refusal::new(&code, &error);
                self.say(record.place, truth, Err(refusal), out)?;
                Ok(false)
            }
        }
    }

    fn say_bad(&self, row: &BadRow, out: &mut Output) -> Result<()> {
        let place = Place {
            line: row.line,
            row: row.row,
        };
        let refusal = Refusal {
            code: "bad_row".into(),
            message: row.reason.clone(),
            column: Some(row.column),
        };
        self.say(place, None, Err(refusal), out)
    }

    fn say(
        &self,
        place: Place,
        truth: Option<String>,
        given: Result<&Given, Refusal>,
        out: &mut Output,
    ) -> Result<()> {
        if self.json {
            let (answer, error) = match given {
                Ok(answer) => (Some(answer), None),
                Err(refusal) => (None, Some(refusal)),
            };
            return out.json(&Line {
                line: place.line,
                row: place.row,
                truth,
                answer,
                error,
            });
        }
        let Ok(answer) = given else {
            return out.line(format_args!("line {:<6} no answer", place.line));
        };
        let mut text = format!("line {:<6} {}", place.line, in_words(answer));
        if let Some(anomaly) = answer.anomaly() {
            text += &format!("  anomaly {anomaly:.3}");
        }
        if let Some(truth) = truth {
            text += &format!("  truth {truth}");
        }
        text += &format!("  {:.1} ms", answer.timings().total_ms);
        out.line(text)
    }
}

impl Refusal {
    fn new(code: &str, message: &impl std::fmt::Display) -> Self {
        Self {
            code: code.to_owned(),
            message: message.to_string(),
            column: None,
        }
    }
}

/// The code of an error that concerns one window and not the next.
fn window_code(error: &anyhow::Error) -> Option<String> {
    let code = match error.downcast_ref::<SessionError>() {
        Some(error) => error.code().to_owned(),
        None => guest_code(error)?,
    };
    ["bad_input", "prompt_too_long"]
        .contains(&code.as_str())
        .then_some(code)
}

fn in_words(answer: &Given) -> String {
    match answer {
        Given::Classification(answer) => {
            format!("{}  probability {:.4}", answer.label, answer.probability)
        }
        Given::Number(answer) => {
            let (text, unit) = (answer.text.trim(), &answer.unit);
            format!("{text} {unit}  probability {:.4}", answer.probability)
        }
        Given::Text(answer) => answer.text.clone(),
    }
}
