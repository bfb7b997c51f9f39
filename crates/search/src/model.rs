//! The model of a candidate: in folds, and the one that is written.

use std::path::Path;

use senselm_evaluate::Fold;
use senselm_sensor::{Labelled, Task, Truth};
use senselm_train::{Answer, Device, Trained, Windows, train_on};

use crate::SearchError;
use crate::candidate::Candidate;
use crate::data::Data;
use crate::recipe::{About, text};

/// What is trained with, whatever the fold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Model<'a> {
    pub(crate) data: &'a Data,
    pub(crate) candidate: &'a Candidate,
    pub(crate) task: &'a Task,
    pub(crate) about: About<'a>,
    pub(crate) device: Device,
}

impl Model<'_> {
    /// The recipe.
    pub(crate) fn recipe(&self) -> String {
        text(self.candidate, self.task, &self.about)
    }

    /// What the model answers on a fold, and what its projection alone does.
    pub(crate) fn fold(&self, fold: &Fold) -> Result<[Vec<Option<Truth>>; 2], SearchError> {
        let of = |which: &[usize]| -> Vec<Labelled> {
            let records = which.iter().filter_map(|&at| self.data.records.get(at));
            records.cloned().collect()
        };
        let trained = self.train(&of(&fold.train), &of(&fold.test), None)?;
        Ok([answers(&trained), trained.projected])
    }

    /// Trains on some windows and measures on others; with `out` the model is
    /// written there.
    pub(crate) fn train(
        &self,
        train: &[Labelled],
        test: &[Labelled],
        out: Option<&Path>,
    ) -> Result<Trained, SearchError> {
        let windows = Windows {
            train,
            test,
            stated: &self.data.stated,
        };
        let (recipe, seed) = (self.recipe(), self.about.seed);
        Ok(train_on(
            &recipe,
            windows,
            out,
            self.device,
            seed,
            &mut |_| {},
        )?)
    }
}

/// The answers of a trained model.
pub(crate) fn answers(trained: &Trained) -> Vec<Option<Truth>> {
    let truth = |answer: &Answer| match answer {
        Answer::Labels(shares) => Some(Truth::Label(shares.best)),
        Answer::Number(number) => Some(Truth::Number(*number)),
    };
    trained.answers.iter().map(truth).collect()
}
