//! The model that is written, then what it is worth in folds, as far as there is time.

use std::path::Path;
use std::time::Instant;

use senselm_evaluate::Fold;
use senselm_sensor::{FrontEnd, Labelled};
use serde::{Deserialize, Serialize};

use super::{FOR_MODEL, Search};
use crate::SearchError;
use crate::candidate::By;
use crate::clock::Pace;
use crate::journal::{bytes_hash, number};
use crate::model::{Model, Timed, Told};
use crate::options::Event;
use crate::recipe::{About, least_steps};
use crate::trial::Trial;

/// The model that is written, but for its file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Whole {
    /// The seed that it was trained with.
    pub(super) seed: u64,
    /// What it says of the windows that were kept apart.
    pub(super) kept: Told,
    /// A window as it reads it.
    pub(super) prompt: String,
    /// Windows a second that its front end writes here.
    #[serde(with = "number")]
    pub(super) windows_per_s: f64,
    /// Of its file.
    sha256: String,
}

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
    ) -> Result<(Whole, Model<'m>, Pace), SearchError> {
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
            match self.whole(&now, out, until)? {
                Timed::Done(done, pace) => {
                    let about = About {
                        seed: done.seed,
                        ..now.about
                    };
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

    /// The model that is written. Where it was trained before and its file is gone or
    /// is another, it is trained once more.
    fn whole(
        &self,
        model: &Model<'_>,
        out: &Path,
        until: f64,
    ) -> Result<Timed<Whole>, SearchError> {
        let data = model.data;
        let file = out.join("model.gguf");
        let train = |model: &Model<'_>, until| {
            let done = model.train(&data.records, &data.kept, Some(out), until)?;
            Ok(match done {
                Timed::Done((trained, seed), pace) => {
                    let front_end = trained.front_end.as_ref();
                    let whole = Whole {
                        seed,
                        kept: Told::of(&trained),
                        prompt: prompt(front_end, data.records.first()),
                        windows_per_s: speed(front_end, &data.records),
                        sha256: hash_of(&file)?,
                    };
                    Timed::Done(whole, pace)
                }
                Timed::TooLong(pace) => Timed::TooLong(pace),
            })
        };
        let what = format!("the model in {} steps", model.about.steps);
        let found = self.measured(&what, || train(model, until))?;
        if let Timed::Done(whole, _) = &found
            && hash_of(&file).ok().as_ref() != Some(&whole.sha256)
        {
            let about = About {
                seed: whole.seed,
                ..model.about
            };
            train(&Model { about, ..*model }, f64::INFINITY)?;
        }
        Ok(found)
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
                if let Timed::Done(told, _) = self.fold(model, at, fold, end)? {
                    trial.add_model(model.data, fold, &told);
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
}

fn prompt(front_end: Option<&FrontEnd>, record: Option<&Labelled>) -> String {
    let rendered = front_end
        .zip(record)
        .map(|(front_end, record)| front_end.render(&record.window));
    rendered
        .and_then(Result::ok)
        .map_or_else(String::new, |rendered| rendered.prompt)
}

/// Windows a second that are written.
fn speed(front_end: Option<&FrontEnd>, records: &[Labelled]) -> f64 {
    let Some(front_end) = front_end else {
        return 0.0;
    };
    let began = Instant::now();
    let written = records
        .iter()
        .take(200)
        .filter(|record| front_end.render(&record.window).is_ok());
    written.count() as f64 / began.elapsed().as_secs_f64().max(1e-9)
}

/// The SHA-256 of the model's file.
fn hash_of(file: &Path) -> Result<String, SearchError> {
    let bytes = read_model(file)?;
    Ok(bytes_hash(&bytes))
}

/// The model's file.
pub(super) fn read_model(file: &Path) -> Result<Vec<u8>, SearchError> {
    std::fs::read(file)
        .map_err(|error| SearchError::Data(format!("{} cannot be read: {error}", file.display())))
}
