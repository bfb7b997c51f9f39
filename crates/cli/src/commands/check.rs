//! `senselm check`: whether recordings are of the kind that a model was trained on.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use senselm_sensor::{BadRows, CsvOptions, Fits, Reason, Told, Truths, Verdict, fits};
use senselm_session::{LoadOptions, Session, SessionError};
use serde::Serialize;

use super::recording::{ToldArgs, undecided};
use crate::diagnostics::note;
use crate::exit::Exit;
use crate::input::{self, Input, InputError};
use crate::output::Output;

/// Arguments of `senselm check`.
#[derive(Args)]
#[command(after_help = "\
Compares the scale, the rate and the order of a recording's channels with what the
model was trained on, and says what differs and what to do about it. What is new in
shape is for the anomaly score of `answer` to say. Exit code 0: it fits, 4: unsure,
3: it does not.

Examples:
  senselm check --model pump.gguf --data recording.csv
  senselm check --model pump.gguf --data monday.csv tuesday.csv --json")]
pub(crate) struct Check {
    /// A GGUF file with a sensor task
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Recordings, or standard input: -
    #[arg(long, value_name = "FILE|-", num_args = 1.., required = true)]
    data: Vec<Input>,
    #[command(flatten)]
    told: ToldArgs,
    /// Print one JSON object for each recording
    #[arg(long)]
    json: bool,
}

/// What is said of one recording.
#[derive(Serialize)]
struct Line<'a> {
    model: &'a std::path::Path,
    data: String,
    fits: Verdict,
    windows: u64,
    reasons: Vec<Told<'a>>,
}

impl Check {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let session = Session::load(input::model(&self.model)?, LoadOptions::default())
            .with_context(|| self.model.display().to_string())?;
        let mut worst = Verdict::Yes;
        for input in &self.data {
            let found = self.look(&session, input)?;
            worst = worst.max(found.verdict);
            self.say(input, &found, out)?;
        }
        Ok(match worst {
            Verdict::Yes => Exit::Done,
            Verdict::Unsure => Exit::Partial,
            Verdict::No => Exit::Refused,
        })
    }

    fn look(&self, session: &Session, input: &Input) -> Result<Fits> {
        let front_end = session.front_end().ok_or(SessionError::NoTask)?;
        let options = CsvOptions {
            bad_rows: BadRows::Skip,
            truths: Truths::Optional,
            told: self.told.told(),
        };
        let text = self.told.text(input)?;
        let dataset = match session.read_csv_with(&text, &options) {
            Ok(dataset) => dataset,
            Err(error) => {
                let refused = match &error {
                    SessionError::Sensor(error) => Fits::of_refused(error),
                    _ => None,
                };
                return refused.ok_or_else(|| undecided(input, error));
            }
        };
        for warning in &dataset.warnings {
            note!("{input}: {warning}");
        }
        for bad in &dataset.bad {
            note!("{input}: left out: {bad}");
        }
        if dataset.records.is_empty()
            && dataset.stated.refused.is_empty()
            && !dataset.bad.is_empty()
        {
            return Err(InputError::Useless(format!(
                "{input} holds no whole window; see `senselm inspect` for what this model takes"
            ))
            .into());
        }
        let windows = dataset.records.iter().map(|record| &record.window);
        Ok(match session.profile()? {
            Some(profile) => fits(front_end, &profile, windows, &dataset.stated),
            None => Fits::unknown(windows.len() as u64),
        })
    }

    fn say(&self, input: &Input, found: &Fits, out: &mut Output) -> Result<()> {
        if self.json {
            return out.json(&Line {
                model: &self.model,
                data: match input {
                    Input::Stdin => "-".to_owned(),
                    Input::File(path) => path.display().to_string(),
                },
                fits: found.verdict,
                windows: found.windows,
                reasons: found.reasons.iter().map(Reason::told).collect(),
            });
        }
        for reason in &found.reasons {
            out.line(reason)?;
        }
        let name = found.verdict.name();
        let windows = match found.windows {
            1 => "1 window".to_owned(),
            windows => format!("{windows} windows"),
        };
        out.line(format_args!("{input}: fits: {name} ({windows})"))
    }
}
