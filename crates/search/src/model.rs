//! The model of a candidate: in folds, and the one that is written.

use std::path::Path;

use senselm_evaluate::Fold;
use senselm_sensor::{Labelled, Task, Truth};
use senselm_train::{Answer, Device, TrainError, Trained, Windows, train_while};
use serde::{Deserialize, Serialize};

use crate::SearchError;
use crate::candidate::{By, Candidate};
use crate::clock::{Clock, Pace, Watch};
use crate::data::Data;
use crate::journal::{answers, shares};
use crate::recipe::{About, text};

/// Trainings of one model, with other seeds, until it reads the verdict.
const ATTEMPTS: u64 = 3;
const OTHER_SEED: u64 = 1_000_003;
/// What a model that reads a verdict loses at most, in nats: where the verdict errs,
/// and a share of what guessing loses.
const NOISE: f64 = 0.15;
const GUESSING: f64 = 0.1;

/// What is trained with, whatever the fold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Model<'a> {
    pub(crate) data: &'a Data,
    pub(crate) candidate: &'a Candidate,
    pub(crate) task: &'a Task,
    pub(crate) about: About<'a>,
    pub(crate) device: Device,
    pub(crate) clock: &'a Clock<'a>,
}

/// A training that has a time to be done by.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Timed<T> {
    /// It is done, and took so long.
    Done(T, Pace),
    /// It would not have been, and there is nothing of it: this is how long it takes.
    TooLong(Pace),
}

impl<'a> Model<'a> {
    /// The recipe.
    pub(crate) fn recipe(&self) -> String {
        text(self.candidate, self.task, &self.about)
    }

    /// The same in another number of steps.
    pub(crate) fn in_steps(&self, steps: u64) -> Self {
        let about = About {
            steps,
            ..self.about
        };
        Self { about, ..*self }
    }

    /// What the model answers on a fold, where it is trained `until` then.
    pub(crate) fn fold(&self, fold: &Fold, until: f64) -> Result<Timed<Told>, SearchError> {
        let of = |which: &[usize]| -> Vec<Labelled> {
            let records = which.iter().filter_map(|&at| self.data.records.get(at));
            records.cloned().collect()
        };
        let done = self.train(&of(&fold.train), &of(&fold.test), None, until)?;
        Ok(match done {
            Timed::Done((trained, _), pace) => Timed::Done(Told::of(&trained), pace),
            Timed::TooLong(pace) => Timed::TooLong(pace),
        })
    }

    /// Trains on some windows and measures on others; with `out` the model is
    /// written there. It is ended as soon as it is foreseen to take longer than
    /// `until`, in seconds since the search began. The seed is the one that it was
    /// trained with: another one than asked for where with that it did not learn to
    /// read the verdict.
    pub(crate) fn train(
        &self,
        train: &[Labelled],
        test: &[Labelled],
        out: Option<&Path>,
        until: f64,
    ) -> Result<Timed<(Trained, u64)>, SearchError> {
        let windows = Windows {
            train,
            test,
            stated: &self.data.stated,
        };
        let recipe = self.recipe();
        let mut attempt = 1;
        loop {
            let seed = self.about.seed.wrapping_add((attempt - 1) * OTHER_SEED);
            let mut watch = Watch::new(self.clock, until);
            let mut hear = |event: senselm_train::Event<'_>| watch.hear(event);
            let trained = match train_while(&recipe, windows, out, self.device, seed, &mut hear) {
                Ok(trained) => trained,
                Err(TrainError::Ended { .. }) => return Ok(Timed::TooLong(watch.pace())),
                Err(error) => return Err(error.into()),
            };
            let pace = watch.pace();
            let again_s = pace.of(self.about.steps);
            let late = self.clock.running() + again_s > until;
            if self.reads(watch.loss()) || attempt == ATTEMPTS || late {
                return Ok(Timed::Done((trained, seed), pace));
            }
            attempt += 1;
        }
    }

    /// Whether a model that is to read a verdict has learned to: some seeds never
    /// begin, and what they lose is what guessing loses.
    fn reads(&self, loss: Option<f64>) -> bool {
        let labels = self.task.labels().len();
        let unread = NOISE + GUESSING * (labels as f64).ln();
        self.candidate.by != By::Projection || labels < 2 || loss.is_none_or(|loss| loss < unread)
    }
}

/// What was told of each window that was measured on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// The model's answer.
    #[serde(with = "answers")]
    pub(crate) answers: Vec<Option<Truth>>,
    /// The probability of each label, where labels are asked for.
    #[serde(with = "shares")]
    pub(crate) shares: Vec<Option<Vec<f64>>>,
    /// What the projection alone answers that the model has read, where there is one.
    #[serde(with = "answers")]
    pub(crate) projected: Vec<Option<Truth>>,
}

impl Told {
    pub(crate) fn of(trained: &Trained) -> Self {
        let truth = |answer: &Answer| match answer {
            Answer::Labels(shares) => Some(Truth::Label(shares.best)),
            Answer::Number(number) => Some(Truth::Number(*number)),
        };
        let shares = |answer: &Answer| match answer {
            Answer::Labels(shares) => Some(shares.probabilities.clone()),
            Answer::Number(_) => None,
        };
        Self {
            answers: trained.answers.iter().map(truth).collect(),
            shares: trained.answers.iter().map(shares).collect(),
            projected: trained.projected.clone(),
        }
    }
}
