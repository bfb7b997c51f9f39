//! The figures with few windows to learn from, on the same folds: what labels are worth.

use std::collections::BTreeMap;

use senselm_evaluate::Fold;
use senselm_sensor::rng::Rng;
use senselm_sensor::{Labelled, Task};

use super::Search;
use crate::SearchError;
use crate::baselines::{self, Tables};
use crate::candidate::{By, Candidate};
use crate::clock::Pace;
use crate::data::{Data, label};
use crate::figures::figure_of;
use crate::model::{Model, Timed};
use crate::options::Event;
use crate::outcome::{Baseline, Learned, LearnedBaseline};
use crate::trial::{Answers, Trial};

/// Windows of each label that are learned from; of numbers, twice as many altogether.
const FEW: [usize; 5] = [2, 4, 8, 16, 32];
const STREAM: u64 = 0x1ea2_0000_0000_0000;

/// What is known with all windows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole<'a> {
    pub(super) candidate: &'a Candidate,
    pub(super) data: &'a Data,
    /// Those of the first repeat.
    pub(super) folds: &'a [Fold],
    /// The candidate on all folds.
    pub(super) trial: &'a Trial,
    /// The model, how long it takes, and what it says on these folds, where there was
    /// time.
    pub(super) model: &'a Model<'a>,
    pub(super) pace: Pace,
    pub(super) in_folds: Option<&'a Trial>,
    pub(super) baselines: &'a [Baseline],
}

/// Folds with few windows to learn from.
struct Few {
    of_each: usize,
    folds: Vec<Fold>,
}

impl Search<'_> {
    /// The projection, simple models and, where there is time, the model with 2, 4, 8,
    /// 16 and 32 windows of each label to learn from, and with all.
    pub(super) fn learning(
        &mut self,
        whole: Whole<'_>,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Learned>, SearchError> {
        let few = self.few(whole);
        let projections = self.few_projections(whole, &few, listen)?;
        let simple = self.few_simple(whole, &few, listen)?;
        let models = self.few_models(whole, &few, listen)?;
        let windows = |folds: &[Fold]| {
            let all: usize = folds.iter().map(|fold| fold.train.len()).sum();
            all / folds.len().max(1)
        };
        let mut learned: Vec<Learned> = Vec::new();
        for (at, few) in few.iter().enumerate() {
            learned.push(Learned {
                of_each: Some(few.of_each),
                windows: windows(&few.folds),
                projection: projections.get(at).copied().flatten(),
                model: models.get(at).copied().flatten(),
                baselines: simple.get(at).cloned().unwrap_or_default(),
            });
        }
        let of_first = |trial: &Trial| {
            let folds = trial.folds.get(..whole.folds.len()).unwrap_or(&trial.folds);
            figure_of(self.task, Trial::of(folds).mean())
        };
        let projects = whole.candidate.by == By::Projection;
        learned.push(Learned {
            of_each: None,
            windows: windows(whole.folds),
            projection: projects.then(|| of_first(whole.trial)),
            model: whole.in_folds.map(of_first),
            baselines: (whole.baselines.iter())
                .filter(|one| simple.iter().flatten().any(|few| few.name == one.name))
                .map(|one| LearnedBaseline {
                    name: one.name,
                    figure: one.figure,
                })
                .collect(),
        });
        learned.retain(|one| {
            one.projection.is_some() || one.model.is_some() || !one.baselines.is_empty()
        });
        Ok(learned)
    }

    /// As many windows of each label as [`FEW`] says, as long as all folds have more.
    fn few(&self, whole: Whole<'_>) -> Vec<Few> {
        let times = match self.task {
            Task::Number { .. } => 2,
            _ => 1,
        };
        let each = FEW.into_iter().map(|count| {
            let of_each = count * times;
            let folds = whole.folds.iter().enumerate();
            let folds = folds
                .map(|(at, fold)| fewer(&whole.data.records, fold, of_each, self.options.seed, at));
            Few {
                of_each,
                folds: folds.collect(),
            }
        });
        let is_fewer = |few: &Few| {
            let mut pairs = few.folds.iter().zip(whole.folds);
            pairs.all(|(few, all)| few.train.len() < all.train.len())
        };
        each.take_while(is_fewer).collect()
    }

    fn few_projections(
        &mut self,
        whole: Whole<'_>,
        few: &[Few],
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Option<f64>>, SearchError> {
        if whole.candidate.by != By::Projection {
            return Ok(Vec::new());
        }
        let each = whole.trial.seconds / whole.trial.folds.len().max(1) as f64;
        let mut figures = Vec::new();
        for few in few {
            // Windows to test cost what they did; it is less for those to learn from.
            if each * few.folds.len() as f64 > self.clock.left(self.clock.at(1.0)) {
                self.leave_out(
                    "the projection with fewer windows to learn from".into(),
                    listen,
                );
                return Ok(figures);
            }
            let mut trial = Trial::new(whole.data.records.len());
            for (at, fold) in few.folds.iter().enumerate() {
                let what = format!("the projection of {} windows, fold {at}", few.of_each);
                let found = self.measured(&what, || {
                    perhaps(self.project(whole.candidate, whole.data, fold))
                })?;
                if let Some(answers) = found {
                    trial.add(whole.data, fold, &answers.0);
                }
            }
            figures.push(self.figure(&trial, few));
        }
        Ok(figures)
    }

    fn few_simple(
        &mut self,
        whole: Whole<'_>,
        few: &[Few],
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Vec<LearnedBaseline>>, SearchError> {
        let (data, task, seed) = (whole.data, self.task, self.options.seed);
        // What there was no time for with all windows is not begun with few.
        let was = |name: &str| whole.baselines.iter().any(|one| one.name == name);
        let names = ["5 nearest neighbours", "random forest"];
        let mut figures = Vec::new();
        if few.is_empty() || !names.iter().all(|name| was(name)) {
            return Ok(figures);
        }
        let convolutions = was(CONVOLUTIONS);
        let tables = Tables::new(data)?;
        self.measured("tables for few windows", || Ok(()))?;
        let mut took = 0.0;
        for few in few {
            let began = self.clock.seconds();
            if took > self.clock.left(self.clock.at(1.0)) {
                let what = "simple models with fewer windows to learn from";
                self.leave_out(what.into(), listen);
                return Ok(figures);
            }
            let mut trials = vec![Trial::new(data.records.len()); 2 + usize::from(convolutions)];
            for (at, fold) in few.folds.iter().enumerate() {
                let what = format!("simple models of {} windows, fold {at}", few.of_each);
                let found = self.measured(&what, || {
                    let [_, near, forest] = tables.classical(data, task, fold, seed)?;
                    let mut all = vec![Some(Answers(near)), Some(Answers(forest))];
                    if convolutions {
                        let answers = baselines::convolutions(data, task, fold, seed);
                        all.push(perhaps(answers.map(Answers))?);
                    }
                    Ok(all)
                })?;
                for (trial, answers) in trials.iter_mut().zip(found) {
                    if let Some(answers) = answers {
                        trial.add(data, fold, &answers.0);
                    }
                }
            }
            let named = names.into_iter().chain([CONVOLUTIONS]).zip(&trials);
            let known = named.filter_map(|(name, trial)| {
                let figure = self.figure(trial, few)?;
                Some(LearnedBaseline { name, figure })
            });
            figures.push(known.collect());
            took = self.clock.seconds() - began;
        }
        Ok(figures)
    }

    fn few_models(
        &mut self,
        whole: Whole<'_>,
        few: &[Few],
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Option<f64>>, SearchError> {
        let mut figures = Vec::new();
        if !self.options.few_models {
            return Ok(figures);
        }
        // As many steps each: it takes about what it took with all windows.
        let takes = whole.pace.of(whole.model.about.steps) * whole.folds.len() as f64;
        let end = self.clock.at(1.0);
        for few in few {
            let mut trial = Trial::new(whole.data.records.len());
            let mut late = takes > self.clock.left(end);
            for (at, fold) in few.folds.iter().enumerate() {
                if late {
                    break;
                }
                let what = format!("the model of {} windows, fold {at}", few.of_each);
                let found = self.measured(&what, || perhaps(whole.model.fold(fold, end)))?;
                match found {
                    Some(Timed::Done(told, _)) => trial.add_model(whole.data, fold, &told),
                    Some(Timed::TooLong(_)) => late = true,
                    None => {}
                }
            }
            if late {
                let what = format!(
                    "the model with fewer windows to learn from: it takes about {takes:.0} s for each number of them"
                );
                self.leave_out(what, listen);
                return Ok(figures);
            }
            figures.push(self.figure(&trial, few));
        }
        Ok(figures)
    }

    /// The figure of all folds; none where one of them could not be learned.
    fn figure(&self, trial: &Trial, few: &Few) -> Option<f64> {
        let whole = trial.folds.len() == few.folds.len();
        whole.then(|| figure_of(self.task, trial.mean()))
    }
}

/// The name of the simple model that costs most.
pub(super) const CONVOLUTIONS: &str = "random convolutions, ridge";

/// Nothing where so few windows are too few to fit or to train on.
fn perhaps<T>(found: Result<T, SearchError>) -> Result<Option<T>, SearchError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(SearchError::Fit(_)) => Ok(None),
        Err(SearchError::Train(error)) if !matches!(error, senselm_train::TrainError::Write(_)) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// At most so many windows of each label to learn from, drawn by the seed: of all
/// recordings in turn, and more of them have all that fewer have.
fn fewer(records: &[Labelled], fold: &Fold, of_each: usize, seed: u64, at: usize) -> Fold {
    let mut rng = Rng::new(seed, STREAM ^ at as u64);
    let mut shuffled = fold.train.clone();
    for at in (1..shuffled.len()).rev() {
        shuffled.swap(at, rng.below(at + 1));
    }
    let mut turns: BTreeMap<(usize, u64), usize> = BTreeMap::new();
    let mut in_turn: Vec<(usize, usize, usize)> = Vec::new();
    for at in shuffled {
        let Some(record) = records.get(at) else {
            continue;
        };
        let label = label(record.truth.as_ref());
        let turn = turns.entry((label, record.group)).or_default();
        in_turn.push((*turn, label, at));
        *turn += 1;
    }
    in_turn.sort_by_key(|(turn, _, _)| *turn);
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let some = in_turn.into_iter().filter_map(|(_, label, at)| {
        let taken = taken.entry(label).or_default();
        *taken += 1;
        (*taken <= of_each).then_some(at)
    });
    let mut train: Vec<usize> = some.collect();
    train.sort_unstable();
    Fold {
        train,
        test: fold.test.clone(),
    }
}

#[cfg(test)]
mod tests {
    use senselm_evaluate::Fold;
    use senselm_sensor::{Labelled, Position, Truth, Window};

    use super::fewer;

    /// Windows of two labels in turn, each recording with ten of them.
    fn records(windows: usize) -> Vec<Labelled> {
        let record = |at: usize| Labelled {
            window: Window {
                channels: vec![vec![at as f64]],
            },
            truth: Some(Truth::Label(at % 2)),
            place: Position::default(),
            group: (at / 10) as u64,
        };
        (0..windows).map(record).collect()
    }

    #[test]
    fn few_windows_are_of_every_label_and_of_all_recordings_in_turn() {
        let data = records(100);
        let fold = Fold {
            train: (0..80).collect(),
            test: (80..100).collect(),
        };
        let few = fewer(&data, &fold, 8, 1, 0);
        assert_eq!((few.train.len(), &few.test), (16, &fold.test));
        for label in 0..2 {
            let mut recordings: Vec<usize> = (few.train.iter())
                .filter(|at| *at % 2 == label)
                .map(|at| at / 10)
                .collect();
            recordings.dedup();
            assert_eq!(recordings, (0..8).collect::<Vec<_>>());
        }
        // More have what fewer have, another seed has others, and no more than there
        // are can be had.
        let more = fewer(&data, &fold, 16, 1, 0);
        assert!(few.train.iter().all(|at| more.train.contains(at)));
        assert_ne!(fewer(&data, &fold, 8, 2, 0), few);
        assert_eq!(fewer(&data, &fold, 41, 1, 0), fold);
    }
}
