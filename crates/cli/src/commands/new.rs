//! `senselm new`: looks at recordings, says what it sees, and writes a recipe.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use senselm_look::{Goal, LookError, Options, RecipeFor, RowKind, look};

use super::recording::ToldArgs;
use crate::diagnostics::{self, note};
use crate::exit::Exit;
use crate::input::InputError;
use crate::output::{Destination, Output, Written};

/// Arguments of `senselm new`.
#[derive(Args)]
#[command(after_help = "\
DATA are CSV files, or folders of them: a file may be a session, and a folder a
label. What is seen is said on standard error, with what is odd about it; where two
readings are possible, nothing is written and the option that decides is named.

Examples:
  senselm new DIR -o recipe.toml
  senselm new pump.csv --label condition --ignore operator > pump.toml")]
pub(crate) struct New {
    /// Recordings, or folders of them
    #[arg(value_name = "DATA", required = true)]
    data: Vec<PathBuf>,
    /// The recipe to write, or standard output: -
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    out: Destination,
    /// Write over a recipe that is there
    #[arg(long)]
    force: bool,
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
    #[command(flatten)]
    told: ToldArgs,
    /// Print one JSON object about the file that was written
    #[arg(long)]
    json: bool,
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

impl New {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        if let (Destination::File(path), false) = (&self.out, self.force)
            && std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
        {
            let words = format!(
                "{} is there already; say --force to replace it",
                path.display()
            );
            return Err(InputError::Useless(words).into());
        }
        let seen = look(&self.data, &self.options()).map_err(undecided)?;
        for line in seen.to_string().lines() {
            diagnostics::raw(format_args!("{line}\n"));
        }
        for said in &seen.notes {
            note!("{said}");
        }
        let wanted = RecipeFor::of(&seen);
        let recipe = seen.recipe(&wanted);
        out.file(&self.out, recipe.as_bytes())?;
        if let Destination::File(path) = &self.out {
            let bytes = Some(recipe.len() as u64);
            Written {
                path: &self.out,
                bytes,
            }
            .say(out, self.json)?;
            if seen.task.is_none() {
                note!("a recipe without answers is not trained yet");
            } else {
                let (path, data) = (path.display(), wanted.data.display());
                note!("next: senselm train --recipe {path} --data {data} --out OUT --folds 5");
            }
        }
        Ok(Exit::Done)
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
