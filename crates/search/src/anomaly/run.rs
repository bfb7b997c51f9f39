//! The course of a search: compare ways to write windows, hold parts back, find the
//! threshold, train the model and write what was found.

use senselm_evaluate::Fold;
use senselm_sensor::{AlarmSpec, Labelled};
use senselm_train::{Trained, Windows, train_on};

use super::baselines::Baselines;
use super::candidate::{self, Candidate};
use super::made_up::{KINDS, MadeUp};
use super::outcome::{self, AnomalyOutcome, Contaminated, ScoreBin};
use super::pace::steps_within;
use super::resume::Scores;
use super::threshold::{self, Calibrated, Held};
use super::{PARTS, Search, mean, recipe};
use crate::data::{distinct, longest};
use crate::options::Event;
use crate::outcome::{Baseline, CandidateOutcome};
use crate::{SearchError, choice, html};

/// Steps of a training that compares, and of one that counts: the fewest, and as
/// many as there are where the time suffices.
const COMPARING: [usize; 2] = [50, 800];
pub(super) const STEPS: [usize; 2] = [100, 1600];
/// With fewer steps than this it is said first that time was short.
const ENOUGH: usize = 400;
/// Samples of which the most surprising stretch is the score of a window: 4 told
/// more than 8, 16 or all of them, as docs/experiments.md has it.
const RUN: Option<usize> = Some(4);
/// The share of the time after which no further candidate is tried.
const FOR_CANDIDATES: f64 = 0.4;

/// What came of comparing.
struct Compared {
    outcomes: Vec<CandidateOutcome>,
    chosen: usize,
    baselines: Vec<Baseline>,
    /// Seconds of a step of training.
    step_s: f64,
}

/// What the windows that were held back in turn say.
struct HeldBack {
    /// The windows that are left out as not normal, with their scores.
    strange: Vec<(usize, f64)>,
    /// How many are as far beyond the others.
    beyond: usize,
    /// The scores of the others.
    scores: Vec<f64>,
    found: Calibrated,
}

impl Search<'_> {
    pub(super) fn run(
        &self,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<AnomalyOutcome, SearchError> {
        let candidates = {
            let longest = longest(self.records);
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
        let mut left_out = Vec::new();
        let compared = self.compare_all(&candidates, &folds, &mut left_out, listen)?;
        let candidate = candidates
            .get(compared.chosen)
            .ok_or_else(|| SearchError::Data("there is no way to write these windows".into()))?;

        // Each part is held back once, and then there is the model.
        let budget_s = self.options.budget.as_secs_f64();
        let left_s = (budget_s - self.seconds()) / (PARTS + 1) as f64;
        let (steps, most) = (steps_within(left_s, compared.step_s, STEPS), STEPS[1]);
        if steps < most {
            let what = format!("{} of {most} steps of training", most - steps);
            listen(Event::LeftOut { what: what.clone() });
            left_out.push(what);
        }
        let held_back = self.hold_back(candidate, &folds, steps, listen)?;

        listen(Event::Training {
            fold: 0,
            of: 0,
            seconds: self.seconds(),
        });
        let folder = self.journal.folder_for_model()?;
        let recipe = self.recipe(candidate, &held_back.found.spec, steps);
        let strange: Vec<usize> = held_back.strange.iter().map(|(at, _)| *at).collect();
        let windows = Windows {
            train: &self.take(&self.grid.without(&strange, self.stretch)),
            test: self.kept,
            stated: self.stated,
        };
        let out = Some(folder.path());
        let (device, seed) = (self.options.device, self.options.seed);
        let trained = train_on(&recipe, windows, out, device, seed, &mut |_| {})?;
        let mut outcome = self.outcome(compared, held_back, &trained, left_out);
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
        outcome.seconds = self.clock.running();
        let report = serde_json::to_string_pretty(&outcome).unwrap_or_default() + "\n";
        folder.save_all(&[
            ("recipe.toml", recipe.as_bytes()),
            ("report.html", html::page_of_normal(&outcome).as_bytes()),
            ("report.json", report.as_bytes()),
        ])?;
        Ok(outcome)
    }

    /// Tries candidates while there is time for it, and chooses one.
    fn compare_all(
        &self,
        candidates: &[Candidate],
        folds: &[Fold],
        left_out: &mut Vec<String>,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Compared, SearchError> {
        let made_up = MadeUp::new(self.seen, self.records, folds, self.options.seed);
        let mut outcomes: Vec<CandidateOutcome> = Vec::new();
        let step_s = match candidates.first() {
            Some(first) => {
                let found = self.measured("a step", || {
                    Ok(Scores(vec![self.step_seconds(first, &made_up)?]))
                })?;
                found.0.first().copied().unwrap_or_default()
            }
            None => 0.0,
        };
        let for_candidates_s = FOR_CANDIDATES * self.options.budget.as_secs_f64();
        let each_s = for_candidates_s / candidates.len().max(1) as f64;
        let comparing = steps_within(each_s, step_s, COMPARING);
        for candidate in candidates {
            let began = self.seconds();
            if began > for_candidates_s && !outcomes.is_empty() {
                let what = format!("candidate {:?}", candidate.name);
                listen(Event::LeftOut { what: what.clone() });
                left_out.push(what);
                continue;
            }
            let what = format!("candidate {}", candidate.name);
            let compare = || self.compare(candidate, &made_up, comparing).map(Scores);
            let Scores(found) = self.measured(&what, compare)?;
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
        let baselines = Baselines::new(self.records, &made_up, self.options.seed)?;
        let baselines = baselines.measure(&made_up);
        self.measured("the simple ways", || Ok(()))?;
        for baseline in &baselines {
            listen(Event::Measured {
                baseline,
                seconds: self.seconds(),
            });
        }
        Ok(Compared {
            outcomes,
            chosen,
            baselines,
            step_s,
        })
    }

    /// Scores each part by a model that learned the others.
    fn hold_back(
        &self,
        candidate: &Candidate,
        folds: &[Fold],
        steps: usize,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<HeldBack, SearchError> {
        // Of each window that is answered: its place, its part and its score.
        let mut all: Vec<(usize, usize, f64)> = Vec::new();
        for (part, fold) in folds.iter().enumerate() {
            listen(Event::Training {
                fold: part + 1,
                of: folds.len(),
                seconds: self.seconds(),
            });
            let test = self.take(&fold.test);
            let Scores(found) = self.measured(&format!("fold {part}"), || {
                let trained = self.train(candidate, &self.take(&fold.train), &test, steps)?;
                Ok(Scores(trained.surprise))
            })?;
            let scored = fold.test.iter().zip(&found);
            all.extend(scored.map(|(at, score)| (*at, part, *score)));
        }
        all.sort_by_key(|(at, ..)| *at);
        let scores: Vec<f64> = all.iter().map(|(.., score)| *score).collect();
        let mut out = threshold::beyond(&scores);
        let beyond = out.len();
        out.truncate((self.wanted.contamination * scores.len() as f64) as usize);
        out.sort_unstable();
        let (mut strange, mut normal) = (Vec::new(), Vec::new());
        for (index, (at, part, score)) in all.into_iter().enumerate() {
            match out.binary_search(&index) {
                Ok(_) => strange.push((at, score)),
                Err(_) => normal.push((at, part, score)),
            }
        }
        let mut groups: Vec<usize> = normal.iter().map(|(at, ..)| self.group[*at]).collect();
        groups.sort_unstable();
        groups.dedup();
        let held = Held {
            scores: normal.iter().map(|(.., score)| *score).collect(),
            stretch: normal.iter().map(|(at, ..)| self.stretch[*at]).collect(),
            part: normal.iter().map(|(_, part, _)| *part).collect(),
            overlap: self.grid.overlap,
            groups: (self.is_grouped && groups.len() > 1).then_some(groups.len()),
        };
        Ok(HeldBack {
            strange,
            beyond,
            found: threshold::calibrate(&held, self.wanted.false_alarm_rate, RUN),
            scores: held.scores,
        })
    }

    fn outcome(
        &self,
        compared: Compared,
        held_back: HeldBack,
        trained: &Trained,
        left_out: Vec<String>,
    ) -> AnomalyOutcome {
        let prompt = trained.front_end.as_ref().zip(self.records.first());
        let prompt = prompt.and_then(|(made, record)| made.render(&record.window).ok());
        let strange = held_back.strange.iter().filter_map(|(at, score)| {
            Some(Contaminated {
                line: self.records.get(*at)?.place.line,
                score: *score,
            })
        });
        let found = held_back.found;
        let mut outcome = AnomalyOutcome {
            name: self.options.name.clone(),
            task: "anomaly",
            figure: "AUROC on made-up anomalies",
            windows: self.records.len(),
            distinct: distinct(self.records),
            made_up: KINDS.map(|kind| kind.name()).to_vec(),
            candidates: compared.outcomes,
            chosen: compared.chosen,
            baselines: compared.baselines,
            false_alarms: found.rate,
            alarm: found.spec,
            scores: ScoreBin::of(&held_back.scores),
            simulated: self.seen.is_simulated(),
            contaminated: strange.collect(),
            beyond: held_back.beyond,
            kept: threshold::kept(&trained.surprise, &found.spec),
            verdicts: Vec::new(),
            prompt: prompt.map_or_else(String::new, |rendered| rendered.prompt),
            bytes: 0,
            left_out,
            notes: self.seen.notes.iter().map(ToString::to_string).collect(),
            seed: self.options.seed,
            seconds: 0.0,
        };
        outcome.verdicts = outcome::verdicts(&outcome);
        outcome.verdicts.splice(0..0, self.seen.said_first());
        outcome
    }

    pub(super) fn seconds(&self) -> f64 {
        self.clock.seconds()
    }

    pub(super) fn take(&self, which: &[usize]) -> Vec<Labelled> {
        which
            .iter()
            .filter_map(|&at| self.records.get(at).cloned())
            .collect()
    }

    pub(super) fn recipe(&self, candidate: &Candidate, alarm: &AlarmSpec, steps: usize) -> String {
        recipe::text(
            self.seen,
            self.options,
            candidate,
            alarm,
            steps,
            self.learned_stride,
        )
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
