//! Simple models on the folds of the candidate that was chosen.

use senselm_evaluate::Fold;
use senselm_sensor::Task;

use super::Search;
use crate::SearchError;
use crate::baselines::{self, MOST_OF_FOREST, MOST_WARPED, Tables};
use crate::data::Data;
use crate::figures::spread;
use crate::options::Event;
use crate::outcome::Baseline;
use crate::trial::Trial;

impl Search<'_> {
    pub(super) fn baselines(
        &mut self,
        data: &Data,
        folds: &[Vec<Fold>],
        listen: &mut dyn FnMut(Event<'_>),
    ) -> Result<Vec<Baseline>, SearchError> {
        let tables = Tables::new(data)?;
        let several = data
            .records
            .iter()
            .any(|r| r.window.channels.iter().any(|c| c.len() >= 9));
        let labels = matches!(self.task, Task::Classify { .. });
        let mut all: Vec<(&'static str, Trial)> = Vec::new();
        let mut left: Vec<&str> = Vec::new();
        let names = [
            if labels {
                "most frequent label"
            } else {
                "mean"
            },
            "5 nearest neighbours",
            "random forest",
        ];
        let mut classical: Vec<Trial> = names
            .iter()
            .map(|_| Trial::new(data.records.len()))
            .collect();
        if data.records.len() <= MOST_OF_FOREST {
            for fold in folds.iter().take(1).flatten() {
                let answers = tables.classical(data, self.task, fold, self.options.seed)?;
                for (trial, answers) in classical.iter_mut().zip(&answers) {
                    trial.add(data, fold, answers);
                }
            }
            all.extend(names.into_iter().zip(classical));
        } else {
            left.push("neighbours and forest: too many windows");
        }
        if several && data.records.len() <= MOST_WARPED {
            let mut trial = Trial::new(data.records.len());
            for fold in folds.iter().take(1).flatten() {
                trial.add(data, fold, &tables.warped(data, fold));
            }
            all.push(("nearest under time warping", trial));
        } else if several {
            left.push("nearest under time warping: too many windows");
        }
        if several {
            let mut trial = Trial::new(data.records.len());
            for fold in folds.iter().take(1).flatten() {
                let answers = baselines::convolutions(data, self.task, fold, self.options.seed)?;
                trial.add(data, fold, &answers);
            }
            all.push(("random convolutions, ridge", trial));
        }
        for what in left {
            listen(Event::LeftOut { what: what.into() });
            self.left_out.push(what.into());
        }
        // The mean over windows, as the model's figure is: over folds it is another
        // one where they differ in size.
        let measured = all.into_iter().map(|(name, trial)| {
            let spread = spread(self.task, &data.records, &trial.answers);
            Baseline {
                name,
                figure: spread.map_or(f64::NAN, |spread| spread.mean),
                interval: spread.and_then(|spread| spread.interval),
                folds: trial.folds,
            }
        });
        let measured: Vec<Baseline> = measured.collect();
        for baseline in &measured {
            listen(Event::Measured {
                baseline,
                seconds: self.seconds(),
            });
        }
        Ok(measured)
    }
}
