//! `senselm eval`: how good a model is, and how good much simpler ones are.

mod baselines;
mod data;
mod judge;
mod show;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use senselm_sensor::{BadRow, FrontEnd, Labelled, Task, Truth, Warning, Window};
use senselm_session::{Answer, LineFits, SessionError};
use serde::Serialize;

use self::baselines::Baselines;
use self::data::Data;
use self::judge::{Figures, Refused};
use super::doubt::Doubt;
use super::inspect::is_simulated;
use super::recording::{self, Policy, ToldArgs};
use crate::exit::Exit;
use crate::input::InputError;
use crate::output::Output;
use crate::runtime::{BATCH, Runtime, RuntimeArgs};

/// Arguments of `senselm eval`.
#[derive(Args)]
#[command(after_help = "\
Intervals are 95 %, by bootstrap over distinct windows; a model without an error
has no width there, so Wilson's interval stands beside it. The baselines see the
raw numbers: the most frequent label (or the mean), the 5 nearest neighbours, a
random forest of 100 trees. Without --train they are cross-validated on the data
itself. Of a folder every recording is measured on, or those that are called test
or validation; where no column has the labels, the folder of each file is its label.

Examples:
  senselm eval --model gesture.gguf --data validation.csv --train train.csv
  senselm eval --model gesture.gguf --data validation.csv --runtime wasmtime --json
  senselm eval --model walk.gguf recordings/")]
pub(crate) struct Eval {
    #[command(flatten)]
    runtime: RuntimeArgs,
    /// The labelled recording to measure on, or a folder of them, as fit reads it
    #[arg(long, value_name = "DATA", required_unless_present = "recordings")]
    data: Option<PathBuf>,
    /// The same, without --data
    #[arg(value_name = "DATA", conflicts_with = "data")]
    recordings: Option<PathBuf>,
    /// The labelled recording to fit the baselines on, or a folder of them
    #[arg(long, value_name = "DATA")]
    train: Option<PathBuf>,
    /// Leave the baselines out
    #[arg(long, conflicts_with = "train")]
    no_baselines: bool,
    /// What the intervals and the baselines are drawn from
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// What to do with a row that cannot be used
    #[arg(long, value_enum, default_value_t)]
    bad_rows: Policy,
    #[command(flatten)]
    told: ToldArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The result, as `--json` prints it.
#[derive(Serialize)]
struct Report<'a> {
    task: &'static str,
    labels: &'a [String],
    unit: Option<&'a str>,
    #[serde(flatten)]
    figures: Figures,
    /// What the front end's projection answers without the model, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    projection: Option<Figures>,
    /// What the model said to be none of its labels, whose nearest is what counts in the
    /// figures above.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refused>,
    windows_per_s: f64,
    median_ms: f64,
    baselines: Option<Baselines>,
    runtime: &'static str,
    kernels: &'a str,
    model: &'a std::path::Path,
    /// Whether the model was trained on simulated data, by its own account.
    simulated: bool,
    data: &'a std::path::Path,
    /// Windows without a truth, which are not measured.
    unlabelled: usize,
    /// Why these windows may be of another kind than those of training.
    #[serde(skip_serializing_if = "Option::is_none")]
    fits: Option<&'a LineFits>,
    bad_rows: &'a [BadRow],
    warnings: &'a [Warning],
}

/// Windows with their truths.
struct Known {
    records: Vec<Labelled>,
    truths: Vec<Truth>,
}

impl Eval {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let mut runtime = Runtime::open(&self.runtime)?;
        let task = runtime.info().task.clone().ok_or(SessionError::NoTask)?;
        if matches!(task, Task::Anomaly(_)) {
            return Err(InputError::Useless(
                "this model looks for anomalies, of which it knows no right answer: see what it \
                 says with `senselm answer`"
                    .to_owned(),
            )
            .into());
        }
        recording::say_simulated(&runtime);
        let path = self.data.as_ref().or(self.recordings.as_ref());
        let path = path.map_or_else(PathBuf::new, Clone::clone);
        let dataset = Data::read(&runtime, &path, self.bad_rows, &self.told, true)?;
        let mut doubt = Doubt::new(runtime.session(), true)?;
        let seen = dataset.records.iter().map(|record| &record.window);
        doubt.look(runtime.session(), seen, &dataset.stated, &path.display());
        let windows = dataset.records.len();
        let known = known(dataset.records, &task, &path)?;
        let training = match &self.train {
            Some(path) => {
                let dataset = Data::read(&runtime, path, self.bad_rows, &self.told, false)?;
                Some((known_of_train(dataset.records, &task, path)?, path))
            }
            None => None,
        };
        let (answers, mut times_ms) = answer(&mut runtime, &known.records)?;
        let baselines = match self.no_baselines {
            true => None,
            false => Some(baselines::measure(
                &task,
                runtime
                    .session()
                    .front_end()
                    .is_some_and(FrontEnd::is_stream),
                &known,
                training.as_ref(),
                self.seed,
            )?),
        };
        let total_s = times_ms.iter().sum::<f64>() / 1000.0;
        times_ms.sort_unstable_by(f64::total_cmp);
        let report = Report {
            task: task_name(&task),
            labels: task.labels(),
            unit: match &task {
                Task::Number { unit, .. } => Some(unit),
                _ => None,
            },
            figures: judge::answers(&task, &known, &answers, self.seed)?,
            projection: match runtime.session().front_end() {
                Some(front_end) => judge::projection(front_end, &task, &known, self.seed)?,
                None => None,
            },
            refused: judge::refused(&known, &answers),
            windows_per_s: known.records.len() as f64 / total_s,
            median_ms: times_ms.get(times_ms.len() / 2).copied().unwrap_or(0.0),
            baselines,
            runtime: runtime.kind().name(),
            kernels: &runtime.info().kernels,
            model: &self.runtime.model,
            simulated: is_simulated(runtime.info().card.as_ref()),
            data: &path,
            unlabelled: windows - known.records.len(),
            fits: doubt.found(),
            bad_rows: &dataset.bad,
            warnings: &dataset.warnings,
        };
        if self.json {
            out.json(&report)?;
        } else {
            show::show(&report, out)?;
        }
        Ok(recording::exit(&dataset.bad))
    }
}

/// The records that have a truth.
fn known(records: Vec<Labelled>, task: &Task, path: &std::path::Path) -> Result<Known> {
    let records: Vec<Labelled> = records.into_iter().filter(|r| r.truth.is_some()).collect();
    let truths: Vec<Truth> = records.iter().filter_map(|r| r.truth.clone()).collect();
    if truths.is_empty() {
        let column = task
            .column()
            .map(|column| format!(" in the column {column}"));
        return Err(InputError::Useless(format!(
            "{} has no window with an answer{}; measure on a labelled recording",
            path.display(),
            column.unwrap_or_default()
        ))
        .into());
    }
    Ok(Known { records, truths })
}

fn known_of_train(records: Vec<Labelled>, task: &Task, path: &std::path::Path) -> Result<Known> {
    known(records, task, path).context("--train")
}

/// Answers every window, with the milliseconds that each took of its batch.
fn answer(runtime: &mut Runtime, records: &[Labelled]) -> Result<(Vec<Answer>, Vec<f64>)> {
    let mut answers = Vec::with_capacity(records.len());
    let mut times_ms = Vec::with_capacity(records.len());
    for batch in records.chunks(BATCH) {
        let windows: Vec<Window> = batch.iter().map(|record| record.window.clone()).collect();
        let start = Instant::now();
        let batch_answers = runtime.answer_all(&windows)?;
        let each_ms = start.elapsed().as_secs_f64() * 1000.0 / batch.len() as f64;
        for (record, answer) in batch.iter().zip(batch_answers) {
            times_ms.push(each_ms);
            answers.push(answer.with_context(|| format!("line {}", record.place.line))?);
        }
    }
    Ok((answers, times_ms))
}

fn task_name(task: &Task) -> &'static str {
    match task {
        Task::Classify { .. } => "classify",
        Task::Number { .. } => "number",
        Task::Generate { .. } => "generate",
        Task::Anomaly(_) => "anomaly",
    }
}
