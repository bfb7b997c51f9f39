//! `senselm train`, with the cargo feature `train`.

use std::error::Error;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;
use senselm_train::{Device, Evaluation, Event, Progress, RunOptions, TrainError};

use crate::diagnostics::{self, note};
use crate::exit::{Exit, UsageError};
use crate::output::Output;

/// How often progress is shown where it is not on a terminal.
const EVERY: Duration = Duration::from_secs(5);

/// Arguments of `senselm train`.
#[derive(Args)]
#[command(after_help = "\
Writes model.gguf, metrics.json, log.jsonl and loss.svg into the folder, or with
--seeds, --folds or --leave-one-out report.json and a folder for each run.
Progress goes to standard error.

Examples:
  senselm train --recipe recipes/gesture.toml --data data --out out/gesture
  senselm train --recipe recipes/gesture.toml --data data --out out/folds --folds 5 --json")]
pub(crate) struct Train {
    /// The recipe, a TOML file
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// The folder that the recipe's paths are relative to
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder for the results
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Where to train: cpu or wgpu
    #[arg(long, value_name = "NAME", default_value = "cpu")]
    device: String,
    /// Instead of the recipe's seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Go on from the checkpoint in the folder, with the same recipe and data
    #[arg(long)]
    resume: bool,
    /// Train with that many seeds and measure each on the validation files
    #[arg(long, value_name = "N", group = "several", value_parser = clap::value_parser!(u32).range(1..))]
    seeds: Option<u32>,
    /// Train once for each of that many folds of all labelled windows
    #[arg(long, value_name = "K", group = "several", value_parser = clap::value_parser!(u32).range(2..))]
    folds: Option<u32>,
    /// Train once for each distinct window, measured on that one
    #[arg(long, group = "several")]
    leave_one_out: bool,
    /// Stop after that many steps with a checkpoint, as if interrupted
    #[arg(long, value_name = "N")]
    stop_after: Option<u64>,
    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,
}

impl Train {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        if self.out.as_os_str() == "-" {
            return Err(UsageError(
                "the results are a folder of files, which standard output cannot take: name one \
                 with --out"
                    .into(),
            )
            .into());
        }
        let options = RunOptions {
            recipe: self.recipe.clone(),
            data: self.data.clone(),
            out: self.out.clone(),
            device: self.device.parse::<Device>()?,
            seed: self.seed,
            resume: self.resume,
            evaluation: self.evaluation(),
            stop_after: self.stop_after,
        };
        let mut display = Display::new();
        let result = senselm_train::run(&options, &mut |event| match event {
            Event::Progress(progress) => display.show(progress),
            Event::Note(said) => note!("{said}"),
            _ => {}
        });
        display.end();
        let report = result?;
        if self.json {
            out.json(&report)?;
        } else {
            out.text(&report.table())?;
        }
        let complete = report.files.iter().all(|file| file.bad.is_empty());
        Ok(if complete { Exit::Done } else { Exit::Partial })
    }

    fn evaluation(&self) -> Evaluation {
        match (self.seeds, self.folds, self.leave_one_out) {
            (Some(count), _, _) => Evaluation::Seeds(count),
            (None, Some(count), _) => Evaluation::Folds(count),
            (None, None, true) => Evaluation::LeaveOneOut,
            (None, None, false) => Evaluation::Once,
        }
    }
}

/// Progress on standard error: one line that is written over on a terminal,
/// a line now and then elsewhere.
struct Display {
    terminal: bool,
    shown: Option<Instant>,
}

impl Display {
    fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            shown: None,
        }
    }

    fn show(&mut self, progress: &Progress) {
        let due = self.shown.is_none_or(|shown| shown.elapsed() >= EVERY);
        let worth_keeping = progress.evaluation.is_some() || progress.step == progress.steps;
        if self.terminal {
            let end = if worth_keeping { "\n" } else { "" };
            diagnostics::raw(format_args!("\r\x1b[2K{progress}{end}"));
        } else if due || worth_keeping {
            self.shown = Some(Instant::now());
            diagnostics::raw(format_args!("{progress}\n"));
        }
    }

    fn end(&self) {
        if self.terminal {
            diagnostics::raw(format_args!("\r\x1b[2K"));
        }
    }
}

/// The exit code for an error of training.
pub(crate) fn train_exit(cause: &(dyn Error + 'static)) -> Option<Exit> {
    Some(match cause.downcast_ref::<TrainError>()? {
        TrainError::Device { .. } => Exit::Usage,
        TrainError::Diverged { .. } | TrainError::Stopped { .. } | TrainError::Write(_) => {
            Exit::Failed
        }
        _ => Exit::Refused,
    })
}
