//! From recordings of what is normal to a model that says what is not.
//!
//! Nothing is labelled, so ways to write windows are compared by how well they tell
//! windows that were held back from anomalies made of these. The threshold comes
//! from scores of windows that the scoring model never saw, and what stands out
//! among them far too much is taken for contamination and left out.

use std::time::Instant;

use senselm_look::{Role, Seen, WindowSize};
use senselm_save::Folder;
use senselm_sensor::{AlarmSpec, FrontEnd, FrontEndSpec, Labelled, Stated};
use senselm_train::{Trained, Windows, train_on};

use crate::data::distinct;
use crate::options::{Event, Options};
use crate::outcome::CandidateOutcome;
use crate::{SearchError, choice, html};

mod baselines;
mod candidate;
mod folds;
mod made_up;
mod outcome;
mod pace;
mod recipe;
mod threshold;

use baselines::Baselines;
use candidate::Candidate;
use made_up::{KINDS, MadeUp};
pub use outcome::{AnomalyOutcome, Contaminated, KeptApart, Rate, ScoreBin};
use pace::steps_within;
use threshold::Held;

/// Parts of the windows, each of which is held back once.
const PARTS: usize = 3;
/// Fewer windows than this say nothing about the normal.
const FEWEST: usize = 24;
/// The most windows, so that their stride becomes longer in long recordings.
const MOST: u64 = 20_000;
/// Readings of a window of what is slow or of an unknown rate.
const LENGTH: usize = 64;
/// From this rate on a window is a stretch of seconds.
const FAST_HZ: f64 = 4.0;
/// Steps of a training that compares, and of one that counts: the fewest, and as
/// many as there are where the time suffices.
const COMPARING: [usize; 2] = [50, 300];
const STEPS: [usize; 2] = [100, 1600];
/// With fewer steps than this it is said first that time was short.
const ENOUGH: usize = 400;
/// Samples of which the most surprising stretch is the score of a window: 4 told
/// more than 8, 16 or all of them, as docs/experiments.md has it.
const RUN: Option<usize> = Some(4);
/// The share of the time after which no further candidate is tried.
const FOR_CANDIDATES: f64 = 0.4;

/// What somebody wants of a model of the normal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnomalyOptions {
    /// The share of normal windows that may be an alarm.
    pub false_alarm_rate: f64,
    /// The largest share of windows that may be left out as not normal.
    pub contamination: f64,
}

impl Default for AnomalyOptions {
    fn default() -> Self {
        Self {
            false_alarm_rate: 0.01,
            contamination: 0.05,
        }
    }
}

/// Searches, trains and writes `model.gguf`, `recipe.toml`, `report.html` and
/// `report.json`.
///
/// # Errors
/// [`SearchError::Data`] where there is too little that is normal, or a share is
/// none; and what reading, training and writing say.
pub fn anomaly(
    seen: &Seen,
    options: &Options,
    wanted: &AnomalyOptions,
    listen: &mut dyn FnMut(Event<'_>),
) -> Result<AnomalyOutcome, SearchError> {
    let wrong = |reason: String| Err(SearchError::Data(reason));
    if !(wanted.false_alarm_rate > 0.0 && wanted.false_alarm_rate <= 0.5) {
        return wrong("the rate of false alarms must be above 0 and at most 0.5".into());
    }
    if !(0.0..=0.5).contains(&wanted.contamination) {
        return wrong("the share of contaminated windows must be 0 to 0.5".into());
    }
    let size = size(seen);
    let carrier = seen.carrier(size);
    let front_end = FrontEnd::of_numbers(carrier.clone())?;
    let train = seen.windows(&front_end, Role::Train)?;
    if train.records.len() < FEWEST {
        return wrong(format!(
            "{} windows say too little about what is normal: {FEWEST} are the least",
            train.records.len()
        ));
    }
    let mut kept = seen.windows(&front_end, Role::Validation)?.records;
    kept.extend(seen.windows(&front_end, Role::Test)?.records);
    // Windows of a stream that follow each other share readings.
    let overlap = size.map_or(1, |size| size.length.div_ceil(size.stride.max(1)).max(1));
    let search = Search {
        seen,
        options,
        wanted: *wanted,
        carrier,
        records: &train.records,
        stretch: &train.stretch,
        group: &train.group,
        is_grouped: seen.group.is_named(),
        kept: &kept,
        stated: &train.stated,
        overlap,
        started: Instant::now(),
    };
    search.run(listen)
}

/// How a stream is cut; nothing where a row is a window.
fn size(seen: &Seen) -> Option<WindowSize> {
    let longest = seen.sizes.iter().map(|size| size.length).max()?;
    let length = match seen.rate_hz {
        Some(rate) if rate >= FAST_HZ => seen.sizes.first()?.length,
        _ => LENGTH.min(longest),
    };
    let often = seen.rows.div_ceil(MOST) as usize;
    Some(WindowSize {
        length,
        stride: (length / 8).max(1).max(often),
    })
}

struct Search<'a> {
    seen: &'a Seen,
    options: &'a Options,
    wanted: AnomalyOptions,
    carrier: FrontEndSpec,
    records: &'a [Labelled],
    stretch: &'a [usize],
    /// Whose each window is, and whether the recordings say so.
    group: &'a [usize],
    is_grouped: bool,
    kept: &'a [Labelled],
    stated: &'a Stated,
    /// How many windows a reading is in.
    overlap: usize,
    started: Instant,
}

impl Search<'_> {
    fn run(&self, listen: &mut dyn FnMut(Event<'_>)) -> Result<AnomalyOutcome, SearchError> {
        let candidates = {
            let longest = self.longest();
            candidate::candidates(self.seen, &self.carrier, self.records, longest)
        };
        listen(Event::Plan {
            candidates: candidates
                .iter()
                .map(|one| (one.name.to_owned(), one.what.to_owned()))
                .collect(),
            windows: self.records.len(),
            distinct: distinct(self.records),
            clusters: PARTS,
        });
        let folds = self.folds()?;
        let made_up = MadeUp::new(self.seen, self.records, &folds, self.options.seed);
        let mut left_out = Vec::new();
        let mut outcomes: Vec<CandidateOutcome> = Vec::new();
        let mut step_s = 0.0;
        if let Some(first) = candidates.first() {
            step_s = self.step_seconds(first, &made_up)?;
        }
        let budget_s = self.options.budget.as_secs_f64();
        let each_s = FOR_CANDIDATES * budget_s / candidates.len().max(1) as f64;
        let comparing = steps_within(each_s, step_s, COMPARING);
        for candidate in &candidates {
            let began = self.seconds();
            let late = began > FOR_CANDIDATES * self.options.budget.as_secs_f64();
            if late && !outcomes.is_empty() {
                let what = format!("candidate {:?}", candidate.name);
                listen(Event::LeftOut { what: what.clone() });
                left_out.push(what);
                continue;
            }
            let found = self.compare(candidate, &made_up, comparing)?;
            let errors: Vec<f64> = found.iter().map(|auroc| 1.0 - auroc).collect();
            let default = outcomes.first().map(|first| first.folds.as_slice());
            let outcome = CandidateOutcome {
                name: candidate.name.to_owned(),
                what: candidate.what.to_owned(),
                by: "model",
                figure: Some(mean(&found)),
                difference: default
                    .and_then(|default| choice::Difference::between(default, &errors)),
                folds: errors,
                seconds: self.seconds() - began,
            };
            listen(Event::Tried {
                outcome: &outcome,
                seconds: self.seconds(),
            });
            outcomes.push(outcome);
        }
        let errors: Vec<&[f64]> = outcomes.iter().map(|one| one.folds.as_slice()).collect();
        let chosen = choice::choose(&errors);
        let candidate = candidates
            .get(chosen)
            .ok_or_else(|| SearchError::Data("there is no way to write these windows".into()))?;
        let baselines = Baselines::new(self.records, &made_up, self.options.seed)?;
        let baselines = baselines.measure(&made_up);
        for baseline in &baselines {
            listen(Event::Measured {
                baseline,
                seconds: self.seconds(),
            });
        }

        // Each part is held back once, and then there is the model.
        let left_s = (budget_s - self.seconds()) / (PARTS + 1) as f64;
        let (steps, most) = (steps_within(left_s, step_s, STEPS), STEPS[1]);
        if steps < most {
            let what = format!("{} of {most} steps of training", most - steps);
            listen(Event::LeftOut { what: what.clone() });
            left_out.push(what);
        }
        let mut scores = vec![f64::NAN; self.records.len()];
        for (at, fold) in folds.iter().enumerate() {
            listen(Event::Training {
                fold: at + 1,
                of: folds.len(),
                seconds: self.seconds(),
            });
            let test = self.take(&fold.test);
            let trained = self.train(candidate, &self.take(&fold.train), &test, steps)?;
            for (&at, score) in fold.test.iter().zip(&trained.surprise) {
                scores[at] = *score;
            }
        }
        let strange = threshold::contaminated(&scores, self.wanted.contamination);
        let normal: Vec<usize> = (0..scores.len())
            .filter(|at| !strange.contains(at))
            .collect();
        let of_normal: Vec<f64> = normal.iter().map(|&at| scores[at]).collect();
        let rate = self.wanted.false_alarm_rate;
        let mut groups: Vec<usize> = normal.iter().map(|&at| self.group[at]).collect();
        groups.sort_unstable();
        groups.dedup();
        let groups = (self.is_grouped && groups.len() > 1).then_some(groups.len());
        let mut part_of = vec![0; self.records.len()];
        for (part, fold) in folds.iter().enumerate() {
            fold.test.iter().for_each(|&at| part_of[at] = part);
        }
        let held = Held {
            scores: of_normal.clone(),
            stretch: normal.iter().map(|&at| self.stretch[at]).collect(),
            part: normal.iter().map(|&at| part_of[at]).collect(),
            overlap: self.overlap,
            groups,
        };
        let found = threshold::calibrate(&held, rate, RUN);

        listen(Event::Training {
            fold: 0,
            of: 0,
            seconds: self.seconds(),
        });
        let folder = Folder::create(&self.options.out)?;
        let recipe = self.recipe(candidate, &found.spec, steps);
        let windows = Windows {
            train: &self.take(&normal),
            test: self.kept,
            stated: self.stated,
        };
        let out = Some(folder.path());
        let (device, seed) = (self.options.device, self.options.seed);
        let trained = train_on(&recipe, windows, out, device, seed, &mut |_| {})?;
        let first = self.records.first();
        let prompt = trained.front_end.as_ref().zip(first);
        let prompt = prompt.and_then(|(made, record)| made.render(&record.window).ok());
        let mut outcome = AnomalyOutcome {
            name: self.options.name.clone(),
            task: "anomaly",
            figure: "AUROC on made-up anomalies",
            windows: self.records.len(),
            distinct: distinct(self.records),
            made_up: KINDS.map(|kind| kind.name()).to_vec(),
            candidates: outcomes,
            chosen,
            baselines,
            false_alarms: found.rate,
            alarm: found.spec,
            scores: ScoreBin::of(&of_normal),
            simulated: self.seen.is_simulated(),
            contaminated: strange
                .iter()
                .filter_map(|&at| {
                    let record = self.records.get(at)?;
                    Some(Contaminated {
                        line: record.place.line,
                        score: scores[at],
                    })
                })
                .collect(),
            kept: threshold::kept(&trained.surprise, &found.spec),
            verdicts: Vec::new(),
            prompt: prompt.map_or_else(String::new, |rendered| rendered.prompt),
            bytes: 0,
            left_out,
            notes: self.seen.notes.iter().map(ToString::to_string).collect(),
            seed,
            seconds: 0.0,
        };
        outcome.verdicts = outcome::verdicts(&outcome);
        if steps < ENOUGH {
            outcome.verdicts.insert(
                0,
                format!(
                    "The time was short: the model was trained in {steps} steps of {most}, and is worse \
                     than it could be. Give it a longer --budget."
                ),
            );
        }
        let written = std::fs::metadata(folder.path().join("model.gguf"));
        outcome.bytes = written.map_or(0, |about| about.len());
        outcome.seconds = self.seconds();
        let report = serde_json::to_string_pretty(&outcome).unwrap_or_default() + "\n";
        folder.save_all(&[
            ("recipe.toml", recipe.as_bytes()),
            ("report.html", html::page_of_normal(&outcome).as_bytes()),
            ("report.json", report.as_bytes()),
        ])?;
        Ok(outcome)
    }

    fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    fn longest(&self) -> usize {
        let lengths = self
            .records
            .iter()
            .flat_map(|record| &record.window.channels);
        lengths.map(Vec::len).max().unwrap_or(1)
    }

    fn take(&self, which: &[usize]) -> Vec<Labelled> {
        which
            .iter()
            .filter_map(|&at| self.records.get(at).cloned())
            .collect()
    }

    fn recipe(&self, candidate: &Candidate, alarm: &AlarmSpec, steps: usize) -> String {
        recipe::text(self.seen, self.options, candidate, alarm, steps)
    }

    fn train(
        &self,
        candidate: &Candidate,
        train: &[Labelled],
        test: &[Labelled],
        steps: usize,
    ) -> Result<Trained, SearchError> {
        let alarm = AlarmSpec {
            run: RUN,
            ..AlarmSpec::default()
        };
        let recipe = self.recipe(candidate, &alarm, steps);
        let windows = Windows {
            train,
            test,
            stated: self.stated,
        };
        let (device, seed) = (self.options.device, self.options.seed);
        Ok(train_on(&recipe, windows, None, device, seed, &mut |_| {})?)
    }

    /// How well a candidate tells each kind of made-up anomaly from what was held
    /// back.
    fn compare(
        &self,
        candidate: &Candidate,
        made_up: &MadeUp,
        steps: usize,
    ) -> Result<Vec<f64>, SearchError> {
        let test = made_up.all(self.records);
        let train = self.take(&made_up.train);
        let trained = self.train(candidate, &train, &test, steps)?;
        Ok(made_up.aurocs(&trained.surprise))
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
