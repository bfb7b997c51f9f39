//! What a candidate answers to windows that it was not fitted on.

use senselm_evaluate::Fold;
use senselm_sensor::augment::{AugmentSpec, Augmenter};
use senselm_sensor::rng::Rng;
use senselm_sensor::{FrontEnd, FrontEndSpec, Labelled, Task, Truth, Window};
use serde::{Deserialize, Serialize};

use crate::SearchError;
use crate::clock::Pace;
use crate::data::{Data, off};
use crate::journal::answers;
use crate::model::Told;

const STREAM: u64 = 0x7217_a100_0000_0000;
/// Windows up to which a varied copy of each is fitted on beside it.
const FEW: usize = 600;
/// The noise of copies, as a share of a channel's range in the window.
pub(crate) const NOISE: f64 = 0.005;

/// What a projection or a simple model answers to the windows to test.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Answers(#[serde(with = "answers")] pub(crate) Vec<Option<Truth>>);

/// Answers and how far off they are, fold after fold of each repeat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trial {
    /// The mean of each fold: the share of wrong labels, or how far numbers are off.
    pub(crate) folds: Vec<f64>,
    /// For each window its answer, in the first repeat.
    pub(crate) answers: Vec<Option<Truth>>,
    /// What the projection alone answers that a model has read, where there is one.
    pub(crate) projected: Vec<Option<Truth>>,
    /// And the probability of each label, where a model said it.
    pub(crate) shares: Vec<Option<Vec<f64>>>,
    /// How long it took.
    pub(crate) seconds: f64,
    /// Where a model was trained: in so many steps each time.
    pub(crate) steps: u64,
    /// And how long the last of these trainings took.
    pub(crate) pace: Option<Pace>,
}

impl Trial {
    pub(crate) fn new(windows: usize) -> Self {
        Self {
            answers: vec![None; windows],
            projected: vec![None; windows],
            shares: vec![None; windows],
            ..Self::default()
        }
    }

    /// Of these folds, without answers.
    pub(crate) fn of(folds: &[f64]) -> Self {
        Self {
            folds: folds.to_vec(),
            ..Self::default()
        }
    }

    /// Adds the answers of a fold.
    pub(crate) fn add(&mut self, data: &Data, fold: &Fold, answers: &[Option<Truth>]) {
        let mut sum = 0.0;
        let mut count = 0.0;
        for (&at, answer) in fold.test.iter().zip(answers) {
            let truth = data
                .records
                .get(at)
                .and_then(|record| record.truth.as_ref());
            if let (Some(truth), Some(answer)) = (truth, answer) {
                sum += off(truth, answer);
                count += 1.0;
            }
            if let Some(slot) = self.answers.get_mut(at).filter(|slot| slot.is_none()) {
                slot.clone_from(answer);
            }
        }
        self.folds
            .push(if count > 0.0 { sum / count } else { f64::NAN });
    }

    /// Adds what a model answers on a fold.
    pub(crate) fn add_model(&mut self, data: &Data, fold: &Fold, told: &Told) {
        self.add(data, fold, &told.answers);
        for (&at, projected) in fold.test.iter().zip(&told.projected) {
            if let Some(slot) = self.projected.get_mut(at).filter(|slot| slot.is_none()) {
                slot.clone_from(projected);
            }
        }
        for (&at, shares) in fold.test.iter().zip(&told.shares) {
            if let Some(slot) = self.shares.get_mut(at).filter(|slot| slot.is_none()) {
                slot.clone_from(shares);
            }
        }
    }

    /// The mean over folds; NaN where none of them had an answer, which is no
    /// perfect figure.
    pub(crate) fn mean(&self) -> f64 {
        let known: Vec<f64> = self.folds.iter().copied().filter(|v| !v.is_nan()).collect();
        known.iter().sum::<f64>() / known.len() as f64
    }
}

/// What the projection of a front end answers to some windows, fitted on others.
pub(crate) fn projected(
    data: &Data,
    spec: &FrontEndSpec,
    task: &Task,
    train: &[usize],
    test: &[&Labelled],
    seed: u64,
) -> Result<Vec<Option<Truth>>, SearchError> {
    let fitted = fitted(data, spec, task, train, seed)?;
    let front_end = FrontEnd::new(fitted)?;
    let answer = |record: &&Labelled| {
        let computed = front_end.compute(&record.window)?;
        Ok(front_end.projected(&computed, task))
    };
    test.iter().map(answer).collect()
}

/// A front end fitted on some windows and varied copies of them.
fn fitted(
    data: &Data,
    spec: &FrontEndSpec,
    task: &Task,
    train: &[usize],
    seed: u64,
) -> Result<FrontEndSpec, SearchError> {
    let mut samples = data.samples(train);
    let copies = match train.len() <= FEW {
        true => copies(data, spec, task, train, seed)?,
        false => Vec::new(),
    };
    samples.extend(
        copies
            .iter()
            .map(|(window, truth, cluster)| senselm_fit::Sample {
                window,
                truth,
                cluster: *cluster,
            }),
    );
    Ok(senselm_fit::fit(spec, task, &samples, seed)?)
}

fn copies(
    data: &Data,
    spec: &FrontEndSpec,
    task: &Task,
    train: &[usize],
    seed: u64,
) -> Result<Vec<(Window, Truth, u64)>, SearchError> {
    let front_end = FrontEnd::new(senselm_fit::provisional(spec, task)?)?;
    let augment = AugmentSpec {
        noise: NOISE,
        ..AugmentSpec::default()
    };
    let augmenter = Augmenter::new(augment, &front_end)?;
    let records = train
        .iter()
        .filter_map(|&at| Some((at, data.records.get(at)?)));
    let copy = |(at, record): (usize, &Labelled)| {
        let mut rng = Rng::new(seed, STREAM ^ at as u64);
        let (window, truth) = augmenter.apply(&record.window, record.truth.as_ref(), &mut rng);
        Some((window, truth?, record.group))
    };
    Ok(records.filter_map(copy).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_without_an_answer_are_no_perfect_figure() {
        assert!(Trial::of(&[]).mean().is_nan() && Trial::of(&[f64::NAN]).mean().is_nan());
        assert!((Trial::of(&[0.1, f64::NAN, 0.3]).mean() - 0.2).abs() < 1e-12);
    }
}
