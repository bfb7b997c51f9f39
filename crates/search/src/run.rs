//! The search from recordings to report.

use std::path::PathBuf;
use std::time::Instant;

use senselm_look::{RecipeFor, Seen};
use senselm_sensor::{FrontEndSpec, Task};
use senselm_train::calibrated;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::candidate::{By, Candidate, candidates};
use crate::choice::choose;
use crate::clock::Clock;
use crate::data::{Data, figure};
use crate::figures::{Shown, counts, spread};
use crate::journal::{Identity, Journal};
use crate::model::Model;
use crate::options::{Event, Options};
use crate::outcome::Outcome;
use crate::recipe::{About, usual_steps};
use crate::verdicts::verdicts;
use crate::{SearchError, html, reject, split};
use certainty::{certainty, with_temperature};
use trained::read_model;

mod baselines;
mod certainty;
mod learning;
#[cfg(test)]
mod tests;
mod trained;
mod trials;

/// The share of the time in which candidates are tried, and until which simple
/// models are.
const FOR_CANDIDATES: f64 = 0.4;
const FOR_BASELINES: f64 = 0.55;
/// The share of what is then left in which the model is trained; the rest is for
/// measuring it.
const FOR_MODEL: f64 = 0.8;

/// Searches, trains and writes `model.gguf`, `recipe.toml`, `report.html` and
/// `report.json`.
///
/// # Errors
/// [`SearchError::Data`] where there is nothing to learn from, and what reading,
/// fitting, training and writing say.
pub fn search(
    seen: &Seen,
    options: &Options,
    journal: &Journal,
    listen: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome, SearchError> {
    let started = Instant::now();
    let now = || started.elapsed().as_secs_f64();
    let clock = Clock::new(&now, options.budget.as_secs_f64());
    journal.finish(search_by(&clock, seen, options, journal, listen))
}

/// The same by any clock.
fn search_by(
    clock: &Clock<'_>,
    seen: &Seen,
    options: &Options,
    journal: &Journal,
    listen: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome, SearchError> {
    let task = seen.task.clone().ok_or_else(|| {
        SearchError::Data(
            "there is no column of right answers to learn from; name it with --label".into(),
        )
    })?;
    let sizes = Data::of_sizes(seen)?;
    let Some(data) = sizes.first() else {
        return Err(SearchError::Data("there is no window".into()));
    };
    check(data, &task)?;
    if options.reject.is_some() {
        reject::check(data, &task)?;
    }
    if let Some((measured, seconds)) = journal.bind(identity(seen, options, &task, &sizes))? {
        listen(Event::GoesOn { measured, seconds });
    }
    Search {
        seen,
        options,
        task: &task,
        candidates: candidates(&sizes, &task),
        sizes: &sizes,
        clock,
        journal,
        left_out: Vec::new(),
    }
    .run(listen)
}

/// Everything that decides what is measured.
fn identity(seen: &Seen, options: &Options, task: &Task, sizes: &[Data]) -> Identity {
    let mut own = Identity::new(seen, options);
    own.hashes("what is asked", task.to_json().as_bytes());
    let carriers: Vec<&FrontEndSpec> = sizes.iter().map(|data| &data.carrier).collect();
    let carriers = serde_json::to_vec(&carriers).unwrap_or_default();
    own.hashes("the channels or how windows are cut", &carriers);
    let learned = sizes.iter().flat_map(|data| &data.records);
    let kept = sizes.iter().flat_map(|data| &data.kept);
    let stated = sizes.first().map(|data| data.stated.clone());
    let stated = stated.unwrap_or_default();
    own.windows("the windows to learn from", learned, &stated);
    own.windows("the windows kept apart", kept, &stated);
    own
}

/// Whether there is anything to learn and to measure.
fn check(data: &Data, task: &Task) -> Result<(), SearchError> {
    let wrong = |reason: String| Err(SearchError::Data(reason));
    let clusters = data.clusters();
    if clusters < 2 {
        return wrong(format!(
            "{} windows of {clusters} {} leave nothing to measure on: record more, or name what \
             tells recordings apart with --group",
            data.records.len(),
            data.never_split
        ));
    }
    let mut labels: Vec<usize> = data.strata();
    labels.sort_unstable();
    labels.dedup();
    if matches!(task, Task::Classify { .. }) && labels.len() < 2 {
        return wrong(format!(
            "all {} windows have the same label: there is nothing to tell apart; what is unlike \
             them is found with --task anomaly",
            data.records.len()
        ));
    }
    Ok(())
}

struct Search<'a> {
    seen: &'a Seen,
    options: &'a Options,
    task: &'a Task,
    candidates: Vec<Candidate>,
    sizes: &'a [Data],
    clock: &'a Clock<'a>,
    journal: &'a Journal,
    left_out: Vec<String>,
}

impl<'a> Search<'a> {
    fn run(mut self, listen: &mut dyn FnMut(Event<'_>)) -> Result<Outcome, SearchError> {
        let seed = self.options.seed;
        let data = self.data(0);
        listen(Event::Plan {
            candidates: self
                .candidates
                .iter()
                .map(|one| (one.name.clone(), one.what.clone()))
                .collect(),
            windows: data.records.len(),
            distinct: data.distinct(),
            clusters: data.clusters(),
        });
        let trials = self.trials(listen)?;
        let errors: Vec<&[f64]> = trials.iter().map(|trial| trial.folds.as_slice()).collect();
        let chosen = choose(&errors);
        let mut candidate =
            self.candidates.get(chosen).cloned().ok_or_else(|| {
                SearchError::Data("there is no way to write these windows".into())
            })?;
        let data = self.data(candidate.size);
        let mut rejection = None;
        if let Some(rate) = self.options.reject {
            reject::check(data, self.task)?;
            rejection = Some(self.measured("none of these", || {
                reject::measure(&candidate.spec, data, self.task, rate, seed)
            })?);
            candidate.spec = reject::with_novelty(&candidate.spec, data, rate);
        }
        let folds = split::repeats(data, seed)?;
        let baselines = self.baselines(data, &folds, listen)?;
        let source = self.options.source.clone();
        let simulated = self.seen.is_simulated();
        let recordings = self.seen.data_section(&RecipeFor {
            name: self.options.name.clone(),
            data: PathBuf::from("."),
        });
        let trial = trials.get(chosen).cloned().unwrap_or_default();
        let usual = usual_steps(&candidate, data.records.len());
        let unnamed = self.model(&candidate, data, usual);
        let model = Model {
            about: About {
                source: &source,
                data: &recordings,
                simulated,
                ..unnamed.about
            },
            ..unnamed
        };
        let folder = self.journal.folder_for_model()?;
        let (whole, model, pace) = self.train_whole(model, trial.pace, folder.path(), listen)?;
        // The comparison of candidates has trained it in folds already.
        let in_folds = match trial.steps == model.about.steps {
            true => Some(trial.clone()),
            false => self.folds_of_model(&model, pace, &folds, listen)?,
        };
        let of_model = in_folds.as_ref().map(|trial| trial.answers.clone());
        let kept_baselines = self.kept_baselines(data, listen)?;
        let learning = self.learning(
            learning::Whole {
                candidate: &candidate,
                data,
                folds: folds.first().map_or(&[][..], Vec::as_slice),
                trial: &trial,
                model: &model,
                pace,
                in_folds: in_folds.as_ref(),
                baselines: &baselines,
            },
            listen,
        )?;
        let found = in_folds.as_ref().and_then(|trial| certainty(data, trial));
        let (calibration, taken) = found.unzip();
        let task = match &calibration {
            Some(found) => with_temperature(self.task, found.temperature),
            None => self.task.clone(),
        };
        let recipe = Model {
            task: &task,
            ..model
        }
        .recipe();
        let projects = candidate.by == By::Projection;
        // Beside the model stands the projection that it has read.
        let by_projection = projects.then(|| match &in_folds {
            Some(trial) => trial.projected.clone(),
            None => trial.answers.clone(),
        });
        let answers_shown = of_model.clone().unwrap_or_else(|| trial.answers.clone());
        let shown = Shown {
            task: self.task,
            data,
            answers: &answers_shown,
        };
        let outcomes = self.outcomes(&trials);
        let mut outcome = Outcome {
            name: self.options.name.clone(),
            task: match self.task {
                Task::Number { .. } => "number",
                _ => "classify",
            },
            figure: figure(self.task),
            unit: match self.task {
                Task::Number { unit, .. } => unit.clone(),
                _ => String::new(),
            },
            channels: data
                .carrier
                .channels
                .iter()
                .map(|one| one.name.clone())
                .collect(),
            labels: self.task.labels().to_vec(),
            windows: data.records.len(),
            distinct: data.distinct(),
            never_split: data.never_split,
            clusters: data.clusters(),
            label_counts: counts(data, self.task),
            candidates: outcomes,
            chosen,
            baselines,
            model: of_model
                .as_ref()
                .and_then(|all| spread(self.task, &data.records, all)),
            projection: by_projection
                .as_ref()
                .and_then(|all| spread(self.task, &data.records, all)),
            simulated,
            verdicts: Vec::new(),
            confusion: shown.confusion(),
            answered: shown.answered(),
            calibration,
            rejection,
            groups: shown.groups(),
            learning,
            errors: shown.mistakes(),
            prompt: whole.prompt,
            kept: spread(self.task, &data.kept, &whole.kept.answers),
            kept_projection: spread(self.task, &data.kept, &whole.kept.projected),
            kept_baselines,
            kept_candidates: Vec::new(),
            bytes: 0,
            windows_per_s: whole.windows_per_s,
            left_out: std::mem::take(&mut self.left_out),
            notes: self.seen.notes.iter().map(ToString::to_string).collect(),
            seed,
            seconds: 0.0,
        };
        let own = in_folds
            .as_ref()
            .map_or(trial.folds.as_slice(), |trial| trial.folds.as_slice());
        let mut file = read_model(&folder.path().join("model.gguf"))?;
        if let Some(taken) = taken {
            file = calibrated(&file, &recipe, taken)?;
        }
        outcome.verdicts = data.warnings.clone();
        let found = verdicts(&outcome, candidate.by, own);
        outcome.verdicts.extend(found);
        let found = outcome.rejection.iter().flat_map(reject::verdicts);
        outcome.verdicts.extend(found.collect::<Vec<String>>());
        outcome.bytes = file.len() as u64;
        outcome.seconds = self.clock.running();
        let report = serde_json::to_string_pretty(&outcome).unwrap_or_default() + "\n";
        folder.save_all(&[
            ("model.gguf", &file),
            ("recipe.toml", recipe.as_bytes()),
            ("report.html", html::page(&outcome).as_bytes()),
            ("report.json", report.as_bytes()),
        ])?;
        Ok(outcome)
    }

    fn data(&self, size: usize) -> &'a Data {
        // Candidates are made of these sizes.
        self.sizes.get(size).unwrap_or(&self.sizes[0])
    }

    /// A candidate's model, of which no file says anything yet.
    fn model<'m>(&self, candidate: &'m Candidate, data: &'m Data, steps: u64) -> Model<'m>
    where
        'a: 'm,
    {
        Model {
            data,
            candidate,
            task: self.task,
            about: About {
                name: &self.options.name,
                source: "",
                data: "[data]\n",
                steps,
                seed: self.options.seed,
                simulated: false,
            },
            device: self.options.device,
            clock: self.clock,
        }
    }

    /// What was measured under this name, or is now.
    fn measured<T: Serialize + DeserializeOwned>(
        &self,
        what: &str,
        measure: impl FnOnce() -> Result<T, SearchError>,
    ) -> Result<T, SearchError> {
        self.journal.measured(self.clock, what, measure)
    }

    /// Names what there is no time for.
    fn leave_out(&mut self, what: String, listen: &mut dyn FnMut(Event<'_>)) {
        listen(Event::LeftOut { what: what.clone() });
        self.left_out.push(what);
    }
}
