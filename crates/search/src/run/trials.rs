//! Candidates on the folds, as far as there is time.

use senselm_evaluate::Fold;
use senselm_sensor::Labelled;

use super::{FOR_CANDIDATES, Search};
use crate::candidate::{By, Candidate};
use crate::choice::{Difference, reference};
use crate::data::Data;
use crate::figures::figure_of;
use crate::model::{Model, Timed, Told};
use crate::options::Event;
use crate::outcome::CandidateOutcome;
use crate::recipe::{least_steps, usual_steps};
use crate::trial::{Answers, Trial, projected};
use crate::{SearchError, split};

/// What the time of candidates said.
enum Tried {
    Whole,
    /// Only so many folds of so many.
    Folds(usize, usize),
    /// With so many steps of training, of so many.
    Steps(u64, u64),
    /// Not at all: it would take so many seconds, where that is known.
    Nothing(Option<f64>),
}

impl Search<'_> {
    /// Every candidate on its folds. One for which there is no time has none; the
    /// first that is tried has those of one repeat at least.
    pub(super) fn trials(
        &mut self,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Trial>, SearchError> {
        let mut trials = vec![Trial::default(); self.candidates.len()];
        // Projections first: they take a fraction of what a model takes.
        let mut order: Vec<usize> = (0..self.candidates.len()).collect();
        order.sort_by_key(|&at| self.candidates.get(at).map(|one| one.by == By::Model));
        for (turn, at) in order.into_iter().enumerate() {
            let began = self.clock.seconds();
            let Some(candidate) = self.candidates.get(at).cloned() else {
                break;
            };
            let data = self.data(candidate.size);
            let mut trial = Trial::new(data.records.len());
            let folds = split::repeats(data, self.options.seed)?;
            let tried = match candidate.by {
                By::Projection => self.project_all(&candidate, data, &folds, turn == 0, &mut trial),
                By::Model => self.train_all(&candidate, data, &folds, &mut trial),
            }?;
            let name = &candidate.name;
            match tried {
                Tried::Whole => {}
                Tried::Folds(done, all) => {
                    self.leave_out(
                        format!("{} of {all} folds of candidate {name:?}", all - done),
                        listen,
                    );
                }
                Tried::Steps(done, all) => {
                    let what = format!("{} of {all} steps of candidate {name:?}", all - done);
                    self.leave_out(what, listen);
                }
                Tried::Nothing(seconds) => {
                    let takes = seconds.map_or(String::new(), |seconds| {
                        format!(": it takes about {seconds:.0} s")
                    });
                    self.leave_out(format!("candidate {name:?}{takes}"), listen);
                    continue;
                }
            }
            trial.seconds = self.clock.seconds() - began;
            let default = trials.first().filter(|first| !first.folds.is_empty());
            let default = default.map(|first| first.folds.as_slice());
            let outcome = self.outcome(&candidate, &trial, default);
            listen(Event::Tried {
                outcome: &outcome,
                seconds: self.clock.seconds(),
            });
            if let Some(slot) = trials.get_mut(at) {
                *slot = trial;
            }
        }
        Ok(trials)
    }

    /// Projections on the folds of each repeat: how long one takes is known from
    /// those before it.
    fn project_all(
        &self,
        candidate: &Candidate,
        data: &Data,
        folds: &[Vec<Fold>],
        always: bool,
        trial: &mut Trial,
    ) -> Result<Tried, SearchError> {
        let until = self.clock.at(FOR_CANDIDATES);
        let began = self.clock.seconds();
        if !always && began >= until {
            return Ok(Tried::Nothing(None));
        }
        let all: usize = folds.iter().map(Vec::len).sum();
        for (repeat, folds) in folds.iter().enumerate() {
            for (at, fold) in folds.iter().enumerate() {
                let done = trial.folds.len();
                if done > 0 && !(always && repeat == 0) {
                    let each = (self.clock.seconds() - began) / done as f64;
                    let rest = each * (folds.len() - at) as f64;
                    if rest > self.clock.left(until) {
                        return Ok(match repeat {
                            0 => Tried::Nothing(Some(each * folds.len() as f64)),
                            _ => Tried::Folds(done, all),
                        });
                    }
                }
                let what = format!("{}, repeat {repeat}, fold {at}", candidate.name);
                let answers = self.measured(&what, || self.project(candidate, data, fold))?;
                trial.add(data, fold, &answers.0);
            }
        }
        Ok(Tried::Whole)
    }

    /// A model on the folds of the first repeat, each with the same number of steps:
    /// those that fit, seen from the first steps of the first fold.
    fn train_all(
        &self,
        candidate: &Candidate,
        data: &Data,
        folds: &[Vec<Fold>],
        trial: &mut Trial,
    ) -> Result<Tried, SearchError> {
        let until = self.clock.at(FOR_CANDIDATES);
        let first = folds.first().map_or(&[][..], Vec::as_slice);
        let usual = usual_steps(candidate, data.records.len());
        let mut model = self.model(candidate, data, usual);
        for (at, fold) in first.iter().enumerate() {
            let share = self.clock.left(until) / (first.len() - at) as f64;
            if share <= 0.0 {
                return Ok(Tried::Nothing(None));
            }
            // A later fold may take a little longer than the first.
            let slack = if at == 0 { 1.0 } else { 1.5 };
            let in_time = self.clock.seconds() + slack * share;
            let mut tried = self.fold(&model, at, fold, in_time)?;
            if let (Timed::TooLong(pace), 0) = (&tried, at) {
                let pace = *pace;
                let share = self.clock.left(until) / first.len() as f64;
                let steps = pace.steps_within(share).unwrap_or(0).min(usual);
                if steps < least_steps(candidate) {
                    let all = pace.step.map(|_| pace.of(usual) * first.len() as f64);
                    return Ok(Tried::Nothing(all));
                }
                model = model.in_steps(steps);
                tried = self.fold(&model, at, fold, self.clock.seconds() + 1.5 * share)?;
            }
            match tried {
                Timed::Done(told, pace) => {
                    trial.add_model(data, fold, &told);
                    trial.pace = Some(pace);
                }
                Timed::TooLong(pace) => {
                    *trial = Trial::new(data.records.len());
                    return Ok(Tried::Nothing(Some(pace.of(usual) * first.len() as f64)));
                }
            }
        }
        trial.steps = model.about.steps;
        Ok(match trial.steps == usual {
            true => Tried::Whole,
            false => Tried::Steps(trial.steps, usual),
        })
    }

    /// What a model answers on a fold.
    pub(super) fn fold(
        &self,
        model: &Model<'_>,
        at: usize,
        fold: &Fold,
        until: f64,
    ) -> Result<Timed<Told>, SearchError> {
        let (name, steps) = (&model.candidate.name, model.about.steps);
        let what = format!("the model of {name} in {steps} steps, fold {at}");
        self.measured(&what, || model.fold(fold, until))
    }

    pub(super) fn project(
        &self,
        candidate: &Candidate,
        data: &Data,
        fold: &Fold,
    ) -> Result<Answers, SearchError> {
        let test: Vec<&Labelled> = fold
            .test
            .iter()
            .filter_map(|&at| data.records.get(at))
            .collect();
        let seed = self.options.seed;
        projected(data, &candidate.spec, self.task, &fold.train, &test, seed).map(Answers)
    }

    pub(super) fn outcomes(&self, trials: &[Trial]) -> Vec<CandidateOutcome> {
        let errors: Vec<&[f64]> = trials.iter().map(|trial| trial.folds.as_slice()).collect();
        let default = errors.get(reference(&errors)).copied();
        let each = self.candidates.iter().zip(trials);
        each.map(|(candidate, trial)| self.outcome(candidate, trial, default))
            .collect()
    }

    fn outcome(
        &self,
        candidate: &Candidate,
        trial: &Trial,
        default: Option<&[f64]>,
    ) -> CandidateOutcome {
        let tried = !trial.folds.is_empty();
        CandidateOutcome {
            name: candidate.name.clone(),
            what: candidate.what.clone(),
            by: match candidate.by {
                By::Projection => "projection",
                By::Model => "model",
            },
            figure: tried.then(|| figure_of(self.task, trial.mean())),
            folds: trial.folds.clone(),
            difference: default.and_then(|default| Difference::between(default, &trial.folds)),
            seconds: trial.seconds,
        }
    }
}
