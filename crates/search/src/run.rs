//! The search from recordings to report.

use std::path::PathBuf;
use std::time::Instant;

use senselm_evaluate::{Clusters, Confusion, Fold, Interval, bootstrap};
use senselm_look::{Note, Role, Seen, Why};
use senselm_save::Folder;
use senselm_sensor::{FrontEnd, Labelled, Task, Truth};

use crate::baselines::{self, MOST_OF_FOREST, MOST_WARPED, Tables};
use crate::candidate::{By, Candidate, candidates};
use crate::choice::{Difference, choose};
use crate::data::{Data, figure, label, off};
use crate::model::{Model, answers};
use crate::options::{Event, Options};
use crate::outcome::{
    Answered, Baseline, CandidateOutcome, GroupFigure, Learned, Mistake, Outcome, Spread,
};
use crate::recipe::About;
use crate::trial::{Trial, projected};
use crate::{SearchError, html, split};

/// The share of the time after which no further candidate is tried.
const FOR_CANDIDATES: f64 = 0.4;
/// And after which the model is no longer measured in folds.
const FOR_FOLDS: f64 = 0.75;
/// Wrong answers that are shown with their windows.
const MOST_MISTAKES: usize = 24;
/// Points of a channel that are shown.
const SHOWN: usize = 200;
/// Numbers that are shown beside the right ones.
const MOST_ANSWERED: usize = 1000;
/// Resamplings of an interval.
const RESAMPLES: usize = 2000;

/// Searches, trains and writes `model.gguf`, `recipe.toml`, `report.html` and
/// `report.json`.
///
/// # Errors
/// [`SearchError::Data`] where there is nothing to learn from, and what reading,
/// fitting, training and writing say.
pub fn search(
    seen: &Seen,
    options: &Options,
    listen: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome, SearchError> {
    let task = seen.task.clone().ok_or_else(|| {
        SearchError::Data(
            "there is no column of right answers to learn from; name it with --label".into(),
        )
    })?;
    let sizes: Vec<Data> = match seen.sizes.as_slice() {
        [] => vec![Data::read(seen, None)?],
        sizes => {
            let read = sizes.iter().map(|size| Data::read(seen, Some(*size)));
            read.collect::<Result<_, _>>()?
        }
    };
    let Some(data) = sizes.first() else {
        return Err(SearchError::Data("there is no window".into()));
    };
    check(data, &task)?;
    Search {
        seen,
        options,
        task: &task,
        candidates: candidates(&sizes, &task),
        sizes: &sizes,
        started: Instant::now(),
        left_out: Vec::new(),
    }
    .run(listen)
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
    started: Instant,
    left_out: Vec<String>,
}

impl Search<'_> {
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
        let candidate =
            self.candidates.get(chosen).cloned().ok_or_else(|| {
                SearchError::Data("there is no way to write these windows".into())
            })?;
        let data = self.data(candidate.size).clone();
        let folds = split::repeats(&data, seed)?;
        let baselines = self.baselines(&data, &folds, listen)?;
        let source = self.options.source.clone();
        let simulated = self.seen.notes.iter().any(says_simulated);
        let train = self.paths(Role::Train);
        let validation = [self.paths(Role::Validation), self.paths(Role::Test)].concat();
        let model = Model {
            data: &data,
            candidate: &candidate,
            task: self.task,
            about: About {
                name: &self.options.name,
                source: &source,
                train: &train,
                validation: &validation,
                windows: data.records.len(),
                seed,
                simulated,
            },
            device: self.options.device,
        };
        let in_folds = self.folds_of_model(&model, &folds, listen)?;
        let of_model = in_folds.as_ref().map(|trial| trial.answers.clone());
        listen(Event::Training {
            fold: 0,
            of: 0,
            seconds: self.seconds(),
        });
        let folder = Folder::create(&self.options.out)?;
        let trained = model.train(&data.records, &data.kept, Some(folder.path()))?;
        let recipe = model.recipe();
        let trial = trials.get(chosen);
        let projection = trial.filter(|_| candidate.by == By::Projection);
        let by_projection = projection.map(|trial| trial.answers.clone());
        let shown = of_model
            .clone()
            .or(by_projection.clone())
            .or_else(|| trial.map(|trial| trial.answers.clone()));
        let shown = shown.unwrap_or_default();
        let kept_answers = answers(&trained);
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
            label_counts: counts(&data, self.task),
            candidates: outcomes,
            chosen,
            baselines,
            model: of_model
                .as_ref()
                .and_then(|all| self.spread(&data.records, all)),
            projection: by_projection
                .as_ref()
                .and_then(|all| self.spread(&data.records, all)),
            simulated,
            verdicts: Vec::new(),
            confusion: self.confusion(&data, &shown),
            answered: answered(&data, &shown),
            calibration: None,
            groups: self.groups(&data, &shown),
            learning: self.learning(&candidate, &data, &folds)?,
            errors: self.mistakes(&data, &shown),
            prompt: prompt(trained.front_end.as_ref(), data.records.first()),
            kept: self.spread(&data.kept, &kept_answers),
            kept_projection: self.spread(&data.kept, &trained.projected),
            bytes: 0,
            windows_per_s: speed(trained.front_end.as_ref(), &data.records),
            left_out: std::mem::take(&mut self.left_out),
            notes: self.seen.notes.iter().map(ToString::to_string).collect(),
            seed,
            seconds: 0.0,
        };
        let own = in_folds
            .as_ref()
            .or(trial)
            .map_or(&[][..], |trial| trial.folds.as_slice());
        outcome.verdicts = verdicts(&outcome, candidate.by, own);
        let model_path = folder.path().join("model.gguf");
        outcome.bytes = std::fs::metadata(model_path).map_or(0, |about| about.len());
        outcome.seconds = self.seconds();
        let report = serde_json::to_string_pretty(&outcome).unwrap_or_default() + "\n";
        folder.save_all(&[
            ("recipe.toml", recipe.as_bytes()),
            ("report.html", html::page(&outcome).as_bytes()),
            ("report.json", report.as_bytes()),
        ])?;
        Ok(outcome)
    }

    fn data(&self, size: usize) -> &Data {
        // Candidates are made of these sizes.
        self.sizes.get(size).unwrap_or(&self.sizes[0])
    }

    fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Whether this share of the time is over.
    fn is_late(&self, share: f64) -> bool {
        self.seconds() > share * self.options.budget.as_secs_f64()
    }

    fn paths(&self, role: Role) -> Vec<PathBuf> {
        let files = self.seen.files.iter().filter(|file| file.role == role);
        files.map(|file| file.path.clone()).collect()
    }

    /// Every candidate on its folds. One for which there is no time has none.
    fn trials(&mut self, listen: &mut dyn FnMut(Event<'_>)) -> Result<Vec<Trial>, SearchError> {
        let mut trials = vec![Trial::default(); self.candidates.len()];
        // Projections first: they take a fraction of what a model takes.
        let mut order: Vec<usize> = (0..self.candidates.len()).collect();
        order.sort_by_key(|&at| self.candidates.get(at).map(|one| one.by == By::Model));
        for at in order {
            let began = self.seconds();
            let Some(candidate) = self.candidates.get(at).cloned() else {
                break;
            };
            let data = self.data(candidate.size).clone();
            let mut trial = Trial::new(data.records.len());
            // The default is always tried.
            if at > 0 && self.is_late(FOR_CANDIDATES) {
                let what = format!("candidate {:?}", candidate.name);
                listen(Event::LeftOut { what: what.clone() });
                self.left_out.push(what);
                continue;
            }
            let folds = split::repeats(&data, self.options.seed)?;
            match candidate.by {
                By::Projection => {
                    for fold in folds.iter().flatten() {
                        let answers = self.project(&candidate, &data, fold)?;
                        trial.add(&data, fold, &answers);
                    }
                }
                By::Model => {
                    for fold in folds.iter().take(1).flatten() {
                        if !trial.folds.is_empty() && self.is_late(FOR_CANDIDATES) {
                            let what = format!("some folds of candidate {:?}", candidate.name);
                            listen(Event::LeftOut { what: what.clone() });
                            self.left_out.push(what);
                            break;
                        }
                        let train = self.paths(Role::Train);
                        let model = Model {
                            data: &data,
                            candidate: &candidate,
                            task: self.task,
                            about: About {
                                name: &self.options.name,
                                source: "",
                                train: &train,
                                validation: &[],
                                windows: data.records.len(),
                                seed: self.options.seed,
                                simulated: false,
                            },
                            device: self.options.device,
                        };
                        let [answers, _] = model.fold(fold)?;
                        trial.add(&data, fold, &answers);
                    }
                }
            }
            let seconds = self.seconds() - began;
            let default = trials.first().filter(|first| !first.folds.is_empty());
            let default = default.map(|first| first.folds.as_slice());
            let outcome = self.outcome(&candidate, &trial, default, seconds);
            listen(Event::Tried {
                outcome: &outcome,
                seconds: self.seconds(),
            });
            if let Some(slot) = trials.get_mut(at) {
                *slot = trial;
            }
        }
        Ok(trials)
    }

    fn project(
        &self,
        candidate: &Candidate,
        data: &Data,
        fold: &Fold,
    ) -> Result<Vec<Option<Truth>>, SearchError> {
        let test: Vec<&Labelled> = fold
            .test
            .iter()
            .filter_map(|&at| data.records.get(at))
            .collect();
        let seed = self.options.seed;
        projected(data, &candidate.spec, self.task, &fold.train, &test, seed)
    }

    /// The figure of a mean error.
    fn figure(&self, error: f64) -> f64 {
        match self.task {
            Task::Number { .. } => error,
            _ => 1.0 - error,
        }
    }

    fn outcomes(&self, trials: &[Trial]) -> Vec<CandidateOutcome> {
        let default = trials.first().map(|first| first.folds.as_slice());
        let each = self.candidates.iter().zip(trials);
        each.map(|(candidate, trial)| self.outcome(candidate, trial, default, 0.0))
            .collect()
    }

    fn outcome(
        &self,
        candidate: &Candidate,
        trial: &Trial,
        default: Option<&[f64]>,
        seconds: f64,
    ) -> CandidateOutcome {
        let tried = !trial.folds.is_empty();
        CandidateOutcome {
            name: candidate.name.clone(),
            what: candidate.what.clone(),
            by: match candidate.by {
                By::Projection => "projection",
                By::Model => "model",
            },
            figure: tried.then(|| self.figure(trial.mean())),
            folds: trial.folds.clone(),
            difference: default.and_then(|default| Difference::between(default, &trial.folds)),
            seconds,
        }
    }

    fn baselines(
        &mut self,
        data: &Data,
        folds: &[Vec<Fold>],
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Baseline>, SearchError> {
        let tables = Tables::new(data)?;
        let several = data
            .records
            .iter()
            .any(|r| r.window.channels.iter().any(|c| c.len() >= 9));
        let labels = matches!(self.task, Task::Classify { .. });
        let mut all: Vec<(&'static str, Trial)> = Vec::new();
        let mut left: Vec<&str> = Vec::new();
        let names = [
            if labels {
                "most frequent label"
            } else {
                "mean"
            },
            "5 nearest neighbours",
            "random forest",
        ];
        let mut classical: Vec<Trial> = names
            .iter()
            .map(|_| Trial::new(data.records.len()))
            .collect();
        if data.records.len() <= MOST_OF_FOREST {
            for fold in folds.iter().take(1).flatten() {
                let answers = tables.classical(data, self.task, fold, self.options.seed)?;
                for (trial, answers) in classical.iter_mut().zip(&answers) {
                    trial.add(data, fold, answers);
                }
            }
            all.extend(names.into_iter().zip(classical));
        } else {
            left.push("neighbours and forest: too many windows");
        }
        if several && data.records.len() <= MOST_WARPED {
            let mut trial = Trial::new(data.records.len());
            for fold in folds.iter().take(1).flatten() {
                trial.add(data, fold, &tables.warped(data, fold));
            }
            all.push(("nearest under time warping", trial));
        } else if several {
            left.push("nearest under time warping: too many windows");
        }
        if several {
            let mut trial = Trial::new(data.records.len());
            for fold in folds.iter().take(1).flatten() {
                let answers = baselines::convolutions(data, self.task, fold, self.options.seed)?;
                trial.add(data, fold, &answers);
            }
            all.push(("random convolutions, ridge", trial));
        }
        for what in left {
            listen(Event::LeftOut { what: what.into() });
            self.left_out.push(what.into());
        }
        // The mean over windows, as the model's figure is: over folds it is another
        // one where they differ in size.
        let measured = all.into_iter().map(|(name, trial)| {
            let spread = self.spread(&data.records, &trial.answers);
            Baseline {
                name,
                figure: spread.map_or(f64::NAN, |spread| spread.mean),
                interval: spread.and_then(|spread| spread.interval),
                folds: trial.folds,
            }
        });
        let measured: Vec<Baseline> = measured.collect();
        for baseline in &measured {
            listen(Event::Measured {
                baseline,
                seconds: self.seconds(),
            });
        }
        Ok(measured)
    }

    /// What the model answers in the folds of the first repeat.
    fn folds_of_model(
        &mut self,
        model: &Model<'_>,
        folds: &[Vec<Fold>],
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Option<Trial>, SearchError> {
        let mut trial = Trial::new(model.data.records.len());
        let Some(first) = folds.first() else {
            return Ok(None);
        };
        for (at, fold) in first.iter().enumerate() {
            if self.is_late(FOR_FOLDS) {
                let what = "the model in folds: the figures are those of the projection";
                listen(Event::LeftOut { what: what.into() });
                self.left_out.push(what.into());
                return Ok(None);
            }
            listen(Event::Training {
                fold: at + 1,
                of: first.len(),
                seconds: self.seconds(),
            });
            let [answers, _] = model.fold(fold)?;
            trial.add(model.data, fold, &answers);
        }
        Ok(Some(trial))
    }

    /// The figure of answers with its interval over clusters.
    fn spread(&self, records: &[Labelled], answers: &[Option<Truth>]) -> Option<Spread> {
        let pairs: Vec<(u64, f64)> = records
            .iter()
            .zip(answers)
            .filter_map(|(record, answer)| {
                let truth = record.truth.as_ref()?;
                Some((record.group, self.figure(off(truth, answer.as_ref()?))))
            })
            .collect();
        if pairs.is_empty() {
            return None;
        }
        let clusters = Clusters::of_keys(pairs.iter().map(|(cluster, _)| *cluster));
        let values: Vec<f64> = pairs.iter().map(|(_, value)| *value).collect();
        let mean_of = |weights: &[u32]| {
            let each = weights.iter().map(|weight| f64::from(*weight)).zip(&values);
            let (sum, count) = each.fold((0.0, 0.0), |(sum, count), (weight, value)| {
                (sum + weight * value, count + weight)
            });
            sum / f64::max(count, 1.0)
        };
        let interval: Option<Interval> = bootstrap(&clusters, RESAMPLES, 0, mean_of);
        Some(Spread {
            mean: values.iter().sum::<f64>() / values.len() as f64,
            interval,
            windows: values.len(),
        })
    }

    fn confusion(&self, data: &Data, answers: &[Option<Truth>]) -> Option<Confusion> {
        let labels = self.task.labels().len();
        let (mut truths, mut found) = (Vec::new(), Vec::new());
        for (record, answer) in data.records.iter().zip(answers) {
            if let (Some(Truth::Label(truth)), Some(Truth::Label(answer))) = (&record.truth, answer)
            {
                truths.push(*truth);
                found.push(*answer);
            }
        }
        (labels > 0)
            .then(|| Confusion::new(labels, &truths, &found).ok())
            .flatten()
    }

    fn groups(&self, data: &Data, answers: &[Option<Truth>]) -> Vec<GroupFigure> {
        let of_group = |at: usize| {
            let each = data.records.iter().zip(&data.group).zip(answers);
            let errors: Vec<f64> = each
                .filter(|((_, group), _)| **group == at)
                .filter_map(|((record, _), answer)| {
                    Some(off(record.truth.as_ref()?, answer.as_ref()?))
                })
                .collect();
            let mean = errors.iter().sum::<f64>() / errors.len().max(1) as f64;
            (errors.len(), self.figure(mean))
        };
        // Where each window is a group of its own there is nothing to say of it.
        if data.groups.len() > 60 {
            return Vec::new();
        }
        let named = data.groups.iter().enumerate();
        named
            .map(|(at, name)| {
                let (windows, figure) = of_group(at);
                GroupFigure {
                    name: name.clone(),
                    windows,
                    figure,
                }
            })
            .filter(|group| group.windows > 0)
            .collect()
    }

    /// The figure with a quarter and half of the windows to learn from.
    fn learning(
        &self,
        candidate: &Candidate,
        data: &Data,
        folds: &[Vec<Fold>],
    ) -> Result<Vec<Learned>, SearchError> {
        let mut learned = Vec::new();
        if candidate.by != By::Projection {
            return Ok(learned);
        }
        for share in [8, 4, 2, 1] {
            let mut trial = Trial::new(data.records.len());
            let mut windows = 0;
            let first = folds.first().map_or(&[][..], Vec::as_slice);
            for fold in first {
                // Every share-th window, which keeps the shares of labels about.
                let train: Vec<usize> = fold.train.iter().copied().step_by(share).collect();
                windows += train.len();
                let less = Fold {
                    train,
                    test: fold.test.clone(),
                };
                match self.project(candidate, data, &less) {
                    Ok(answers) => trial.add(data, &less, &answers),
                    Err(SearchError::Fit(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            if trial.folds.len() == first.len() && !first.is_empty() {
                learned.push(Learned {
                    windows: windows / first.len(),
                    figure: self.figure(trial.mean()),
                });
            }
        }
        Ok(learned)
    }

    fn mistakes(&self, data: &Data, answers: &[Option<Truth>]) -> Vec<Mistake> {
        let mut all: Vec<(f64, usize, &Labelled, &Truth, &Truth)> = data
            .records
            .iter()
            .zip(answers)
            .enumerate()
            .filter_map(|(at, (record, answer))| {
                let (truth, answer) = (record.truth.as_ref()?, answer.as_ref()?);
                let error = off(truth, answer);
                (error > 0.0).then_some((error, at, record, truth, answer))
            })
            .collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        let text = |truth: &Truth| self.task.answer_text(truth).trim().to_owned();
        all.into_iter()
            .take(MOST_MISTAKES)
            .map(|(_, at, record, truth, answer)| Mistake {
                line: record.place.line,
                group: data.group_of(at).map(str::to_owned),
                truth: text(truth),
                answer: text(answer),
                samples: record.window.channels.iter().map(|c| thinned(c)).collect(),
            })
            .collect()
    }
}

/// Numbers that were answered; nothing of labels.
fn answered(data: &Data, answers: &[Option<Truth>]) -> Vec<Answered> {
    let each = data.records.iter().zip(answers);
    let all: Vec<Answered> = each
        .filter_map(
            |(record, answer)| match (record.truth.as_ref()?, answer.as_ref()?) {
                (Truth::Number(truth), Truth::Number(answer)) => Some(Answered {
                    truth: *truth,
                    answer: *answer,
                }),
                _ => None,
            },
        )
        .collect();
    let step = all.len().div_ceil(MOST_ANSWERED).max(1);
    all.into_iter().step_by(step).collect()
}

/// Whether a column says of every row that it is simulated: then the model says so
/// of itself.
fn says_simulated(note: &Note) -> bool {
    let Note::LeftOut {
        why: Why::Constant { text },
        ..
    } = note
    else {
        return false;
    };
    text.eq_ignore_ascii_case("simulated")
}

/// At most [`SHOWN`] of the samples.
fn thinned(samples: &[f64]) -> Vec<f64> {
    let step = samples.len().div_ceil(SHOWN).max(1);
    samples.iter().copied().step_by(step).collect()
}

fn counts(data: &Data, task: &Task) -> Vec<usize> {
    let mut counts = vec![0; task.labels().len()];
    for record in &data.records {
        if let Some(count) = counts.get_mut(label(record.truth.as_ref())) {
            *count += 1;
        }
    }
    counts
}

fn prompt(front_end: Option<&FrontEnd>, record: Option<&Labelled>) -> String {
    let rendered = front_end
        .zip(record)
        .map(|(front_end, record)| front_end.render(&record.window));
    rendered
        .and_then(Result::ok)
        .map_or_else(String::new, |rendered| rendered.prompt)
}

/// Windows a second that are written.
fn speed(front_end: Option<&FrontEnd>, records: &[Labelled]) -> f64 {
    let Some(front_end) = front_end else {
        return 0.0;
    };
    let began = Instant::now();
    let written = records
        .iter()
        .take(200)
        .filter(|record| front_end.render(&record.window).is_ok());
    written.count() as f64 / began.elapsed().as_secs_f64().max(1e-9)
}

/// What has to be said first: where something simpler is better, and what the
/// model adds. `own` are the errors of what was measured, fold by fold.
fn verdicts(outcome: &Outcome, by: By, own: &[f64]) -> Vec<String> {
    let is_number = outcome.task == "number";
    let better = |a: f64, b: f64| if is_number { a < b } else { a > b };
    let show = |value: f64| match is_number {
        true => format!("{value:.3}"),
        false => format!("{:.1} %", 100.0 * value),
    };
    let mut all = Vec::new();
    // Baselines are measured on the first folds alone.
    let of_own = |folds: usize| {
        let first = own.get(..folds).unwrap_or(own);
        let mean = first.iter().sum::<f64>() / first.len().max(1) as f64;
        if is_number { mean } else { 1.0 - mean }
    };
    let ahead = outcome.baselines.iter().filter_map(|one| {
        let figure = of_own(one.folds.len());
        let difference = Difference::between(own, &one.folds)?;
        better(one.figure, figure).then_some((one, figure, difference))
    });
    let best = ahead.max_by(|(a, ..), (b, ..)| match is_number {
        true => b.figure.total_cmp(&a.figure),
        false => a.figure.total_cmp(&b.figure),
    });
    if let Some((best, figure, difference)) = best {
        let (name, other, figure) = (best.name, show(best.figure), show(figure));
        all.push(match difference.is_clear() {
            true => format!(
                "A simpler model is better on these recordings: {name} reaches {other}, this \
                 model {figure}. Use that where you can."
            ),
            false => format!(
                "A simpler model is as good on these recordings: {name} reaches {other}, this \
                 model {figure}, and there are too few windows to tell which is better."
            ),
        });
    }
    if by == By::Projection {
        all.push(match (outcome.model, outcome.projection) {
            (Some(model), Some(projection)) if better(model.mean, projection.mean) => format!(
                "A linear projection in the front end answers {} right alone; with the model that \
                 reads its verdict it is {}.",
                show(projection.mean),
                show(model.mean)
            ),
            (Some(model), Some(projection)) => format!(
                "A linear projection in the front end decides here ({} alone), and the language \
                 model reads its verdict ({}): it adds nothing, so it is as small as it can be.",
                show(projection.mean),
                show(model.mean)
            ),
            _ => "A linear projection in the front end decides here; the language model reads its \
                  verdict."
                .to_owned(),
        });
    }
    if outcome.never_split == "block of a stretch" {
        all.push(
            "Each label was recorded once or nearly so: windows to measure on are neighbours of \
             windows that were learned from, and the figures are better than those of a new \
             recording will be."
                .to_owned(),
        );
    }
    all
}
