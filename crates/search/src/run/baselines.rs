//! Simple models on the folds of the candidate that was chosen, as far as there is
//! time, and where there are many windows on some of them that the seed draws.

use senselm_evaluate::Fold;
use senselm_sensor::Task;
use senselm_sensor::rng::Rng;

use super::learning::CONVOLUTIONS;
use super::{FOR_BASELINES, Search};
use crate::SearchError;
use crate::baselines::{self, Tables};
use crate::data::Data;
use crate::figures::spread;
use crate::options::Event;
use crate::outcome::Baseline;
use crate::trial::{Answers, Trial};

/// Windows of a fold that neighbours and forest, and convolutions, learn from at most,
/// and are measured on.
const MOST: usize = 4000;
/// And that are warped: each is held against each.
const MOST_WARPED: usize = 600;
const STREAM: u64 = 0xd2a3_0000_0000_0000;

/// Simple models that are measured together: what they are called, how many windows
/// they are given, and what they answer on a fold.
struct Simple<'a> {
    names: &'a [&'static str],
    most: usize,
    answers: &'a dyn Fn(&Fold) -> Result<Vec<Answers>, SearchError>,
}

impl Search<'_> {
    /// Simple models on the folds of the first repeat.
    pub(super) fn baselines(
        &mut self,
        data: &Data,
        folds: &[Vec<Fold>],
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Baseline>, SearchError> {
        let first = folds.first().map_or(&[][..], Vec::as_slice);
        let until = self.clock.at(FOR_BASELINES);
        let measured = self.simple(data, first, until, "", listen)?;
        for baseline in &measured {
            listen(Event::Measured {
                baseline,
                seconds: self.clock.seconds(),
            });
        }
        Ok(measured)
    }

    /// Simple models that learned from everything, on the files that were kept apart.
    pub(super) fn kept_baselines(
        &mut self,
        data: &Data,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Baseline>, SearchError> {
        if data.kept.is_empty() {
            return Ok(Vec::new());
        }
        let both = Data {
            records: [data.records.as_slice(), &data.kept].concat(),
            kept: Vec::new(),
            ..data.clone()
        };
        let fold = Fold {
            train: (0..data.records.len()).collect(),
            test: (data.records.len()..both.records.len()).collect(),
        };
        let until = self.clock.at(1.0);
        self.simple(&both, &[fold], until, "on the files kept apart, ", listen)
    }

    fn simple(
        &mut self,
        data: &Data,
        folds: &[Fold],
        until: f64,
        place: &str,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Baseline>, SearchError> {
        let tables = Tables::new(data)?;
        self.measured(&format!("{place}tables"), || Ok(()))?;
        let several = data
            .records
            .iter()
            .any(|r| r.window.channels.iter().any(|c| c.len() >= 9));
        let first = match self.task {
            Task::Classify { .. } => "most frequent label",
            _ => "mean",
        };
        let (task, seed) = (self.task, self.options.seed);
        let classical = |fold: &Fold| {
            let each = tables.classical(data, task, fold, seed)?;
            Ok(each.map(Answers).to_vec())
        };
        let warped = |fold: &Fold| Ok(vec![Answers(tables.warped(data, fold))]);
        let convolutions = |fold: &Fold| {
            let answers = baselines::convolutions(data, task, fold, seed)?;
            Ok(vec![Answers(answers)])
        };
        let names = [first, "5 nearest neighbours", "random forest"];
        let mut all = vec![Simple {
            names: &names,
            most: MOST,
            answers: &classical,
        }];
        if several {
            all.push(Simple {
                names: &[CONVOLUTIONS],
                most: MOST,
                answers: &convolutions,
            });
            all.push(Simple {
                names: &["nearest under time warping"],
                most: MOST_WARPED,
                answers: &warped,
            });
        }
        let mut measured = Vec::new();
        for simple in all {
            let trials = self.on_folds(data, folds, &simple, until, place, listen)?;
            let each = simple.names.iter().zip(trials).map(|(name, trial)| {
                // The mean over windows, as the model's figure is: over folds it is
                // another one where they differ in size.
                let spread = spread(self.task, &data.records, &trial.answers);
                Baseline {
                    name,
                    figure: spread.map_or(f64::NAN, |spread| spread.mean),
                    interval: spread.and_then(|spread| spread.interval),
                    folds: trial.folds,
                }
            });
            measured.extend(each);
        }
        Ok(measured)
    }

    /// Simple models on all folds, or on none: how long the others take is known from
    /// the first.
    fn on_folds(
        &mut self,
        data: &Data,
        folds: &[Fold],
        simple: &Simple<'_>,
        until: f64,
        place: &str,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Trial>, SearchError> {
        let began = self.clock.seconds();
        let named = format!("{place}{}", simple.names.join(", "));
        let mut trials = vec![Trial::new(data.records.len()); simple.names.len()];
        let mut fewer = None;
        for (at, fold) in folds.iter().enumerate() {
            let each = (self.clock.seconds() - began) / at.max(1) as f64;
            let rest = if at == 0 {
                0.0
            } else {
                each * (folds.len() - at) as f64
            };
            if self.clock.left(until) <= rest {
                let takes = match at {
                    0 => String::new(),
                    _ => format!(": it takes about {:.0} s", each * folds.len() as f64),
                };
                self.leave_out(format!("{named}{takes}"), listen);
                return Ok(Vec::new());
            }
            let drawn = drawn(fold, simple.most, self.options.seed);
            if drawn.train.len() < fold.train.len() {
                fewer = Some((drawn.train.len(), fold.train.len()));
            }
            let what = format!("{named}, fold {at}");
            let answers = self.measured(&what, || (simple.answers)(&drawn))?;
            for (trial, answers) in trials.iter_mut().zip(&answers) {
                trial.add(data, &drawn, &answers.0);
            }
        }
        if let Some((some, all)) = fewer {
            let what = format!("{named}: of {all} windows they learned from {some}, drawn");
            self.leave_out(what, listen);
        }
        Ok(trials)
    }
}

/// At most so many windows of both sides of a fold, in their order.
fn drawn(fold: &Fold, most: usize, seed: u64) -> Fold {
    let mut rng = Rng::new(seed, STREAM);
    let mut some = |all: &[usize]| {
        let mut all = all.to_vec();
        if all.len() > most {
            for at in 0..most {
                let other = at + rng.below(all.len() - at);
                all.swap(at, other);
            }
            all.truncate(most);
            all.sort_unstable();
        }
        all
    };
    Fold {
        train: some(&fold.train),
        test: some(&fold.test),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_drawn_by_the_seed_and_few_are_all_taken() {
        let fold = Fold {
            train: (0..100).collect(),
            test: (100..110).collect(),
        };
        let some = drawn(&fold, 30, 1);
        assert_eq!((some.train.len(), &some.test), (30, &fold.test));
        assert!(some.train.is_sorted_by(|a, b| a < b), "none twice");
        assert_eq!(drawn(&fold, 30, 1), some);
        assert_ne!(drawn(&fold, 30, 2), some);
        assert_eq!(drawn(&fold, 100, 1), fold);
    }
}
