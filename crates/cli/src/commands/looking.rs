//! What the commands that look at recordings nobody described have in common.

use anyhow::Result;
use clap::{Args, ValueEnum};
use senselm_look::{Goal, LookError, Options, RowKind, Seen, look};

use std::path::PathBuf;

use super::recording::ToldArgs;
use crate::diagnostics::{self, note};
use crate::input::InputError;

/// Recordings, and what somebody says about them.
#[derive(Args)]
pub(super) struct LookArgs {
    /// Recordings, or folders of them
    #[arg(value_name = "DATA", required = true)]
    pub(super) data: Vec<PathBuf>,
    /// The column of the right answers; folder: the folders are the labels
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
    /// The column that says whose a row is; or file, folder or none
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,
    /// What is to be learned
    #[arg(long, value_name = "TASK", value_enum)]
    task: Option<Task>,
    /// What a row is
    #[arg(long, value_name = "KIND", value_enum)]
    rows: Option<Rows>,
    /// A column to leave out; may be given several times
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
    /// A number that stands for a missing sample, such as -999; may be given several
    /// times
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, value_parser = code)]
    missing: Vec<f64>,
    #[command(flatten)]
    told: ToldArgs,
}

/// A number that stands for a missing sample.
fn code(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(code) if f64::is_finite(code) => Ok(code),
        _ => Err("must be a number".to_owned()),
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Task {
    /// One of a few labels
    Classify,
    /// A number
    Number,
    /// What is normal: no answers are learned
    Anomaly,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rows {
    /// A reading of a stream
    Stream,
    /// A reading that has nothing to do with the row above it
    Reading,
    /// A whole window
    Window,
}

impl LookArgs {
    /// Looks, and says on standard error what is seen.
    pub(super) fn look(&self) -> Result<Seen> {
        let seen = look(&self.data, &self.options()).map_err(undecided)?;
        for line in seen.to_string().lines() {
            diagnostics::raw(format_args!("{line}\n"));
        }
        for said in &seen.notes {
            note!("{said}");
        }
        Ok(seen)
    }

    /// Whether what is normal may be learned where there are no right answers.
    #[cfg(feature = "train")]
    pub(super) fn wants_normal(&self) -> bool {
        matches!(self.task, None | Some(Task::Anomaly))
    }

    fn options(&self) -> Options {
        Options {
            label: self.label.clone(),
            group: self.group.clone(),
            task: self.task.map(|task| match task {
                Task::Classify => Goal::Classify,
                Task::Number => Goal::Number,
                Task::Anomaly => Goal::Anomaly,
            }),
            rows: self.rows.map(|rows| match rows {
                Rows::Stream => RowKind::Stream,
                Rows::Reading => RowKind::Reading,
                Rows::Window => RowKind::Window,
            }),
            ignore: self.ignore.clone(),
            missing: self.missing.clone(),
            told: self.told.told(),
            encoding: self.told.encoding(),
        }
    }
}

/// The error of recordings, with the options that would decide.
fn undecided(error: LookError) -> anyhow::Error {
    let option = |(option, value): &(&str, String)| {
        let value = match value
            .contains(|letter: char| !letter.is_ascii_alphanumeric() && !"_-.".contains(letter))
        {
            true => format!("{value:?}"),
            false => value.clone(),
        };
        format!("--{} {value}", option.replace('_', "-"))
    };
    let options: Vec<String> = error.choices().iter().map(option).collect();
    if options.is_empty() {
        return error.into();
    }
    InputError::Useless(format!("{error}; say {}", options.join(" or "))).into()
}
