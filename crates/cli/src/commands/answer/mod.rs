//! `senselm answer`: the answers for a recording, window by window.

mod speaker;

use std::io::{BufRead, BufReader, Read};

use anyhow::Result;
use clap::{Args, ValueEnum};
use senselm_sensor::{Labelled, Position, Task, Window};
use senselm_session::{self as session, SessionError};

use self::speaker::Speaker;
use super::doubt::Doubt;
use super::recording::{self, Policy, ToldArgs, truth_text};
use crate::exit::Exit;
use crate::input::{Input, InputError};
use crate::output::Output;
use crate::runtime::{BATCH, Runtime, RuntimeArgs, guest_code};

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
    #[command(flatten)]
    told: ToldArgs,
    /// Do not say whether the recording is of the kind that the model was trained on
    #[arg(long)]
    no_check: bool,
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

impl Answer {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let rate_hz = match self.format {
            Format::Csv => None,
            Format::Windows => self.told.rate_of_windows()?,
        };
        let mut runtime = Runtime::open(&self.runtime)?;
        let task = runtime.info().task.clone().ok_or(SessionError::NoTask)?;
        recording::say_simulated(&runtime);
        let work = Work {
            doubt: Doubt::new(runtime.session(), !self.no_check)?,
            speaker: Speaker::new(self.json, &task, out),
            runtime: &mut runtime,
            skip: self.bad_rows == Policy::Skip,
            exit: Exit::Done,
            task,
        };
        match self.format {
            Format::Csv => work.csv(&self.input, self.bad_rows, &self.told),
            Format::Windows => {
                recording::check_rate(work.runtime, &self.input, rate_hz)?;
                work.windows(&self.input)
            }
        }
    }
}

/// A recording being answered.
struct Work<'a> {
    runtime: &'a mut Runtime,
    task: Task,
    speaker: Speaker<'a>,
    /// Whether the recording fits the model.
    doubt: Doubt,
    /// Whether what cannot be answered is left out.
    skip: bool,
    exit: Exit,
}

impl Work<'_> {
    fn csv(mut self, input: &Input, policy: Policy, told: &ToldArgs) -> Result<Exit> {
        let dataset = recording::read(self.runtime, input, policy, told)?;
        self.exit = recording::exit(&dataset.bad);
        let windows = dataset.records.iter().map(|record| &record.window);
        let session = self.runtime.session();
        self.doubt.look(session, windows, &dataset.stated, input);
        let mut bad = dataset.bad.iter().peekable();
        for batch in dataset.records.chunks(BATCH) {
            let windows: Vec<Window> = batch.iter().map(|record| record.window.clone()).collect();
            let answers = self.runtime.answer_all(&windows)?;
            for (record, answer) in batch.iter().zip(answers) {
                while let Some(row) = bad.next_if(|row| row.line < record.place.line) {
                    self.speaker.bad_row(row)?;
                }
                self.answered(record, answer)?;
            }
        }
        for row in bad {
            self.speaker.bad_row(row)?;
        }
        if dataset.records.is_empty() {
            return Err(InputError::Useless(format!(
                "{input} holds no whole window; see `senselm inspect` for what this model takes"
            ))
            .into());
        }
        Ok(self.exit)
    }

    /// Answers each line as soon as it is read.
    fn windows(mut self, input: &Input) -> Result<Exit> {
        let mut reader = BufReader::new(input.open()?);
        let mut place = Position::default();
        let mut line = Vec::new();
        loop {
            line.clear();
            let mut limited = Read::take(&mut reader, MAX_WINDOW_BYTES + 1);
            let read = limited.read_until(b'\n', &mut line);
            match read.map_err(|error| input.failed(error))? as u64 {
                0 => {
                    self.doubt.end(self.runtime.session(), input);
                    return Ok(self.exit);
                }
                1..=MAX_WINDOW_BYTES => {}
                _ => {
                    return Err(InputError::Useless(format!(
                        "line {} of {input} is longer than {MAX_WINDOW_BYTES} bytes",
                        place.line + 1
                    ))
                    .into());
                }
            }
            place.line += 1;
            if line.contains(&0) {
                return Err(InputError::Useless(format!(
                    "{input} is UTF-16 or no text; windows of JSON are UTF-8"
                ))
                .into());
            }
            let text = String::from_utf8_lossy(&line);
            if text.trim().is_empty() {
                continue;
            }
            place.row += 1;
            match Window::from_json(&text) {
                Ok(window) => {
                    let answer = self.runtime.answer(&window);
                    self.doubt.push(self.runtime.session(), &window, input);
                    let record = Labelled {
                        group: window.fingerprint(),
                        window,
                        truth: None,
                        place,
                    };
                    self.answered(&record, answer)?;
                }
                Err(error) if self.skip => {
                    self.exit = Exit::Partial;
                    self.speaker.refused(place, None, "bad_row", &error)?;
                }
                Err(error) => return Err(error.into()),
            }
            self.speaker.flush()?;
        }
    }

    /// Says what a window was answered.
    fn answered(&mut self, record: &Labelled, answer: Result<session::Answer>) -> Result<()> {
        let truth = record.truth.as_ref();
        let truth = truth.map(|truth| truth_text(&self.task, truth));
        let error = match answer {
            Ok(answer) => {
                let fits = self.doubt.found();
                return self.speaker.answered(record.place, truth, &answer, fits);
            }
            Err(error) => error,
        };
        // Only what is wrong with this window alone is passed over.
        match window_code(&error).filter(|_| self.skip) {
            Some(code) => {
                self.exit = Exit::Partial;
                self.speaker.refused(record.place, truth, &code, &error)
            }
            None => Err(error.context(format!("line {}", record.place.line))),
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
