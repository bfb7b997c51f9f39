//! Candidates, and the model of the one that was chosen, on the folds.

use senselm_evaluate::Fold;
use senselm_sensor::{Labelled, Truth};

use super::{FOR_CANDIDATES, FOR_FOLDS, Search};
use crate::candidate::{By, Candidate};
use crate::choice::Difference;
use crate::data::Data;
use crate::figures::figure_of;
use crate::model::Model;
use crate::options::Event;
use crate::outcome::{CandidateOutcome, Learned};
use crate::recipe::About;
use crate::trial::{Trial, projected};
use crate::{SearchError, split};

impl Search<'_> {
    /// Every candidate on its folds. One for which there is no time has none.
    pub(super) fn trials(
        &mut self,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Trial>, SearchError> {
        let mut trials = vec![Trial::default(); self.candidates.len()];
        // Projections first: they take a fraction of what a model takes.
        let mut order: Vec<usize> = (0..self.candidates.len()).collect();
        order.sort_by_key(|&at| self.candidates.get(at).map(|one| one.by == By::Model));
        for at in order {
            let began = self.seconds();
            let Some(candidate) = self.candidates.get(at).cloned() else {
                break;
            };
            let data = self.data(candidate.size);
            let mut trial = Trial::new(data.records.len());
            // The default is always tried.
            if at > 0 && self.is_late(FOR_CANDIDATES) {
                let what = format!("candidate {:?}", candidate.name);
                listen(Event::LeftOut { what: what.clone() });
                self.left_out.push(what);
                continue;
            }
            let folds = split::repeats(data, self.options.seed)?;
            match candidate.by {
                By::Projection => {
                    for fold in folds.iter().flatten() {
                        let answers = self.project(&candidate, data, fold)?;
                        trial.add(data, fold, &answers);
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
                        let model = Model {
                            data,
                            candidate: &candidate,
                            task: self.task,
                            about: About {
                                name: &self.options.name,
                                source: "",
                                data: "[data]
",
                                windows: data.records.len(),
                                seed: self.options.seed,
                                simulated: false,
                            },
                            device: self.options.device,
                        };
                        let [answers, _] = model.fold(fold)?;
                        trial.add(data, fold, &answers);
                    }
                }
            }
            trial.seconds = self.seconds() - began;
            let default = trials.first().filter(|first| !first.folds.is_empty());
            let default = default.map(|first| first.folds.as_slice());
            let outcome = self.outcome(&candidate, &trial, default);
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

    pub(super) fn outcomes(&self, trials: &[Trial]) -> Vec<CandidateOutcome> {
        let default = trials.first().map(|first| first.folds.as_slice());
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

    /// What the model answers in the folds of the first repeat.
    pub(super) fn folds_of_model(
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

    /// The figure with a quarter and half of the windows to learn from.
    pub(super) fn learning(
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
                    figure: figure_of(self.task, trial.mean()),
                });
            }
        }
        Ok(learned)
    }
}
