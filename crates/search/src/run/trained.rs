//! The model that is written, then what it is worth in folds and with fewer windows,
//! as far as there is time.

use std::path::Path;

use senselm_evaluate::Fold;
use senselm_train::Trained;

use super::{FOR_MODEL, Search};
use crate::SearchError;
use crate::candidate::{By, Candidate};
use crate::clock::Pace;
use crate::data::Data;
use crate::figures::figure_of;
use crate::model::{Model, Timed};
use crate::options::Event;
use crate::outcome::Learned;
use crate::recipe::{About, least_steps};
use crate::trial::Trial;

impl Search<'_> {
    /// Trains the model that is written, with as many steps as there is time for, and
    /// gives it with what it was trained by. Where there is time for none, the fewest
    /// steps that make a model are taken all the same.
    pub(super) fn train_whole<'m>(
        &mut self,
        model: Model<'m>,
        known: Option<Pace>,
        out: &Path,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<(Trained, Model<'m>, Pace), SearchError> {
        let data = model.data;
        let (usual, least) = (model.about.steps, least_steps(model.candidate));
        let end = self.clock.at(1.0);
        let within = |pace: Pace| pace.steps_within(FOR_MODEL * self.clock.left(end));
        // What is known is of folds, which have fewer windows.
        let mut steps = known
            .and_then(within)
            .map_or(usual, |steps| steps.min(usual));
        let mut until = self.clock.seconds() + FOR_MODEL * self.clock.left(end);
        let mut trained = None;
        while trained.is_none() {
            let in_time = steps > least && until > self.clock.seconds();
            steps = if in_time { steps } else { least };
            if !in_time {
                until = f64::INFINITY;
            }
            listen(Event::Training {
                fold: 0,
                of: 0,
                seconds: self.clock.seconds(),
            });
            let now = model.in_steps(steps);
            match now.train(&data.records, &data.kept, Some(out), until)? {
                Timed::Done((done, seed), pace) => {
                    let about = About { seed, ..now.about };
                    trained = Some((done, Model { about, ..now }, pace));
                }
                Timed::TooLong(pace) => {
                    let fit = pace.steps_within(FOR_MODEL * self.clock.left(end));
                    // A look costs a few steps, and each is at fewer.
                    steps = fit.unwrap_or(0).min(9 * steps / 10);
                    until = self.clock.seconds() + self.clock.left(end);
                }
            }
        }
        let Some(trained) = trained else {
            return Err(SearchError::Data("no model was trained".into()));
        };
        if steps < usual {
            let what = format!("{} of {usual} steps of the model's training", usual - steps);
            self.leave_out(what, listen);
        }
        Ok(trained)
    }

    /// What the model answers in the folds of the first repeat; `pace` is that of the
    /// one on all windows.
    pub(super) fn folds_of_model(
        &mut self,
        model: &Model<'_>,
        pace: Pace,
        folds: &[Vec<Fold>],
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Option<Trial>, SearchError> {
        let mut trial = Trial::new(model.data.records.len());
        let Some(first) = folds.first() else {
            return Ok(None);
        };
        let end = self.clock.at(1.0);
        let each = pace.of(model.about.steps);
        for (at, fold) in first.iter().enumerate() {
            let rest = each * (first.len() - at) as f64;
            let late = rest > self.clock.left(end);
            if !late {
                listen(Event::Training {
                    fold: at + 1,
                    of: first.len(),
                    seconds: self.clock.seconds(),
                });
                if let Timed::Done(trained, _) = model.fold(fold, end)? {
                    trial.add_model(model.data, fold, &trained);
                    continue;
                }
            }
            let figures = match model.candidate.by {
                By::Projection => "the projection",
                By::Model => "the comparison of candidates",
            };
            let what = format!(
                "the model in folds: it takes about {:.0} s, and the figures are those of {figures}",
                each * first.len() as f64
            );
            self.leave_out(what, listen);
            return Ok(None);
        }
        Ok(Some(trial))
    }

    /// The figure with an eighth, a quarter and half of the windows to learn from,
    /// and that of `whole`, which is the candidate on its folds.
    pub(super) fn learning(
        &mut self,
        candidate: &Candidate,
        data: &Data,
        folds: &[Vec<Fold>],
        whole: &Trial,
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Learned>, SearchError> {
        let mut learned = Vec::new();
        let first = folds.first().map_or(&[][..], Vec::as_slice);
        if candidate.by != By::Projection || first.is_empty() {
            return Ok(learned);
        }
        let each = whole.seconds / whole.folds.len().max(1) as f64;
        let end = self.clock.at(1.0);
        for share in [8, 4, 2] {
            if each * first.len() as f64 / share as f64 > self.clock.left(end) {
                let part = format!("the figure with {share} times fewer windows to learn from");
                self.leave_out(part, listen);
                continue;
            }
            let mut trial = Trial::new(data.records.len());
            let mut windows = 0;
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
            if trial.folds.len() == first.len() {
                learned.push(Learned {
                    windows: windows / first.len(),
                    figure: figure_of(self.task, trial.mean()),
                });
            }
        }
        let of_whole = whole.folds.get(..first.len()).unwrap_or(&whole.folds);
        let windows: usize = first.iter().map(|fold| fold.train.len()).sum();
        learned.push(Learned {
            windows: windows / first.len(),
            figure: figure_of(self.task, Trial::of(of_whole).mean()),
        });
        Ok(learned)
    }
}
