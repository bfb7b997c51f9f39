//! `senselm fit`, with the cargo feature `train`.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use senselm_look::Seen;
use senselm_save::SaveError;
use senselm_search::{
    AnomalyOptions, AnomalyOutcome, Begin, Event, Journal, Options, Outcome, SearchError, anomaly,
    every_candidate, search,
};
use senselm_train::{Device, TrainError};

use crate::commands::looking::LookArgs;
use crate::diagnostics::note;
use crate::exit::Exit;
use crate::input::InputError;
use crate::output::Output;

/// Arguments of `senselm fit`.
#[derive(Args)]
#[command(after_help = "\
Looks at the recordings, tries ways to write their windows on the same folds,
trains the best and writes model.gguf, recipe.toml, report.html and report.json
into the folder. Folds never split a group, a recording or equal windows. One that was
stopped goes on with --resume.

Examples:
  senselm fit recordings.csv -o out
  senselm fit walking/ running/ -o out --budget 2m
  senselm fit people.csv --label activity --group person -o out --seed 1
  senselm fit walking/ running/ -o out --reject 0.02
  senselm fit normal.csv --task anomaly --false-alarm-rate 0.001 -o out")]
pub(crate) struct Fit {
    #[command(flatten)]
    recordings: LookArgs,
    /// The folder for the results
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// How long it may take, such as 90s, 10m or 1h
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    budget: Duration,
    /// The seed of everything random
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Of a model of the normal: the share of normal windows that may be an alarm
    #[arg(long, value_name = "SHARE", default_value_t = 0.01, value_parser = rate, allow_negative_numbers = true)]
    false_alarm_rate: f64,
    /// Of a model of the normal: the largest share of windows that may be left out
    /// because they are not
    #[arg(long, value_name = "SHARE", default_value_t = 0.05, value_parser = share, allow_negative_numbers = true)]
    contamination: f64,
    /// Of labels: let the model say "none of these", and of about this share of known
    /// windows, too, such as 0.02
    #[arg(long, value_name = "SHARE", value_parser = rate, allow_negative_numbers = true)]
    reject: Option<f64>,
    /// Also measure every candidate on the files kept apart, whatever time that takes:
    /// what the choice has cost
    #[arg(long)]
    every_candidate: bool,
    /// Go on with a fit that was stopped, from what it had measured
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// Write over a model that is there, or begin an unfinished fit again
    #[arg(long)]
    force: bool,
    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,
}

/// A share of false alarms.
fn rate(text: &str) -> Result<f64, String> {
    match share(text) {
        Ok(rate) if rate > 0.0 => Ok(rate),
        _ => Err("must be above 0 and at most 0.5".to_owned()),
    }
}

/// A share of windows that are not normal.
fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=0.5).contains(&share) => Ok(share),
        _ => Err("must be from 0 to 0.5".to_owned()),
    }
}

/// A time with its unit.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "must be a time such as 90s, 10m or 1h".to_owned();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text.get(digits.len()..) {
        Some("s") => 1,
        Some("m") => 60,
        Some("h") => 3600,
        _ => return Err(wrong()),
    };
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    match count.checked_mul(factor) {
        Some(seconds @ 1..=604_800) => Ok(Duration::from_secs(seconds)),
        _ => Err("must be from a second to a week".to_owned()),
    }
}

impl Fit {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let begin = match (self.resume, self.force) {
            (true, _) => Begin::Resume,
            (false, true) => Begin::Over,
            (false, false) => Begin::Anew,
        };
        // What cannot be written to is told before any work.
        let journal = Journal::open(&self.out, begin)?;
        let model = self.out.join("model.gguf");
        if begin == Begin::Anew && std::fs::symlink_metadata(&model).is_ok() {
            let words = format!(
                "{} is there already: name another folder, or say --force to replace it",
                model.display()
            );
            return Err(InputError::Useless(words).into());
        }
        let seen = self.recordings.look()?;
        let options = Options {
            budget: self.budget,
            seed: self.seed,
            device: Device::Cpu,
            few_models: true,
            reject: self.reject,
            name: name(&self.out),
            source: sources(&self.recordings.data),
        };
        if seen.task.is_none() && self.recordings.wants_normal() {
            if self.reject.is_some() {
                let words = "--reject is for labels, and none are learned here: a model of the \
                             normal tells what is new by its alarms";
                return Err(InputError::Useless(words.to_owned()).into());
            }
            return self.normal(&seen, &options, &journal, out);
        }
        let mut outcome = search(&seen, &options, &journal, &mut |event| say(&event))?;
        if self.every_candidate {
            outcome.kept_candidates = every_candidate(&seen, &options)?;
        }
        if self.json {
            out.json(&outcome)?;
        } else {
            out.text(&summary(&outcome, &self.out))?;
        }
        Ok(Exit::Done)
    }
}

impl Fit {
    /// Without right answers what is normal is learned.
    fn normal(
        &self,
        seen: &Seen,
        options: &Options,
        journal: &Journal,
        out: &mut Output,
    ) -> Result<Exit> {
        let wanted = AnomalyOptions {
            false_alarm_rate: self.false_alarm_rate,
            contamination: self.contamination,
        };
        let outcome = anomaly(seen, options, &wanted, journal, &mut |event| say(&event))?;
        if self.json {
            out.json(&outcome)?;
        } else {
            out.text(&summary_of_normal(&outcome, &self.out))?;
        }
        Ok(Exit::Done)
    }
}

/// The model is called as its folder.
fn name(out: &std::path::Path) -> String {
    let last = out
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    last.unwrap_or_else(|| "model".to_owned())
}

fn sources(data: &[PathBuf]) -> String {
    let names = data.iter().filter_map(|path| path.file_name());
    let names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.join(", ")
}

/// Says on standard error what happens.
fn say(event: &Event<'_>) {
    match event {
        Event::Plan {
            candidates,
            windows,
            distinct,
            clusters,
        } => {
            note!(
                "{windows} windows, {distinct} distinct, in {clusters} parts that are never split"
            );
            note!("{} candidates:", candidates.len());
            for (name, what) in candidates {
                note!("  {name}: {what}");
            }
        }
        Event::GoesOn { measured, seconds } => {
            note!("going on: measured so far: {measured}, in {seconds:.0} s, which count");
        }
        Event::Tried { outcome, seconds } => {
            let figure = outcome
                .figure
                .map_or("-".to_owned(), |figure| format!("{figure:.4}"));
            let against = outcome.difference.map_or(String::new(), |difference| {
                format!(
                    "  {:+.4} (standard error {:.4})",
                    difference.mean, difference.standard_error
                )
            });
            note!("[{seconds:5.0} s] {:<32} {figure}{against}", outcome.name);
        }
        Event::Measured { baseline, seconds } => {
            note!(
                "[{seconds:5.0} s] baseline {:<23} {:.4}",
                baseline.name,
                baseline.figure
            );
        }
        Event::Training {
            fold: 0, seconds, ..
        } => {
            note!("[{seconds:5.0} s] training on everything");
        }
        Event::Training { fold, of, seconds } => {
            note!("[{seconds:5.0} s] training, fold {fold} of {of}");
        }
        Event::LeftOut { what } => note!("left out: {what}"),
    }
}

/// What came out, in a few lines.
fn summary(outcome: &Outcome, out: &std::path::Path) -> String {
    let mut text = String::new();
    for verdict in &outcome.verdicts {
        text += verdict;
        text.push('\n');
    }
    let chosen = outcome.candidates.get(outcome.chosen);
    text += &format!(
        "chosen     {}\n",
        chosen.map_or("", |candidate| candidate.name.as_str())
    );
    for (name, spread) in [
        ("model", outcome.model),
        ("projection", outcome.projection),
        ("kept", outcome.kept),
    ] {
        let Some(spread) = spread else { continue };
        let interval = spread.interval.map_or(String::new(), |interval| {
            format!(" [{:.4}, {:.4}]", interval.low, interval.high)
        });
        text += &format!(
            "{name:<11}{} {:.4}{interval} of {} windows\n",
            outcome.figure, spread.mean, spread.windows
        );
    }
    if let Some(rejection) = &outcome.rejection {
        text += &format!(
            "none of these: said of {} of {} known windows",
            rejection.refused, rejection.windows
        );
        if let Some(found) = rejection.found() {
            text += &format!(
                ", and of {:.1} % of a label that was left out",
                100.0 * found
            );
        }
        text.push('\n');
        if rejection.kept_windows > 0 {
            text += &format!(
                "           and of {} of {} known windows kept apart\n",
                rejection.kept_refused, rejection.kept_windows
            );
        }
    }
    for one in &outcome.kept_candidates {
        text += &format!(
            "on kept    {} {:.4} by {:?}\n",
            outcome.figure, one.figure, one.name
        );
    }
    text += &format!(
        "wrote      {} ({} bytes), recipe.toml, report.html and report.json in {:.0} s\n",
        out.join("model.gguf").display(),
        outcome.bytes,
        outcome.seconds
    );
    text
}

/// What came of learning the normal, in a few lines.
fn summary_of_normal(outcome: &AnomalyOutcome, out: &std::path::Path) -> String {
    let mut text = String::new();
    for verdict in &outcome.verdicts {
        text += verdict;
        text.push('\n');
    }
    if let Some(chosen) = outcome.candidates.get(outcome.chosen) {
        let figure = chosen.figure.unwrap_or(f64::NAN);
        text += &format!(
            "chosen    {}, AUROC {figure:.4} on made-up anomalies\n",
            chosen.name
        );
    }
    let alarm = &outcome.alarm;
    if let (Some(threshold), Some([low, high])) = (alarm.threshold, alarm.threshold_interval) {
        text += &format!("threshold {threshold:.4} nats [{low:.4}, {high:.4}]\n");
    }
    if let Some(kept) = outcome.kept {
        text += &format!(
            "kept      {} of {} windows are an alarm, {} where the normal has drifted\n",
            kept.alarms, kept.windows, kept.drifted
        );
    }
    text += &format!(
        "wrote     {} ({} bytes), recipe.toml, report.html and report.json in {:.0} s\n",
        out.join("model.gguf").display(),
        outcome.bytes,
        outcome.seconds
    );
    text
}

/// The exit code for an error of searching.
pub(crate) fn fit_exit(cause: &(dyn Error + 'static)) -> Option<Exit> {
    Some(match cause.downcast_ref::<SearchError>()? {
        SearchError::Save(SaveError::Locked { .. }) => Exit::Refused,
        SearchError::Save(_) | SearchError::Train(TrainError::Diverged { .. }) => Exit::Failed,
        _ => Exit::Refused,
    })
}
