//! What the records of a recipe hold and what they lack, before a step is
//! done: answers on one side only, channels from which nothing can be learned.

use std::collections::BTreeSet;

use senselm_sensor::{FrontEnd, Labelled, Task, Truth};

use super::load::Recordings;
use crate::TrainError;
use crate::note::Note;
use crate::prepare::Source;
use crate::run::{Evaluation, RunOptions};

/// The most reasons that are listed why there is nothing to train on.
const MOST_REASONS: usize = 20;

/// Beyond this, a double does not tell neighbouring whole numbers apart.
const HUGE: f64 = 9_007_199_254_740_992.0;
/// Far below what any instrument resolves in any unit.
const TINY: f64 = 1e-30;

impl Source {
    /// What is odd about the recordings, in the order of the files.
    ///
    /// # Errors
    /// [`TrainError::Data`] where there is nothing to train on: it says why,
    /// file by file.
    pub(crate) fn survey(
        &self,
        options: &RunOptions,
        recordings: &Recordings,
    ) -> Result<Vec<Note>, TrainError> {
        let (Some(front_end), Some(task)) = (&self.front_end, &self.recipe.task) else {
            return Ok(Vec::new());
        };
        let needed = match front_end.is_stream() {
            true => *front_end.window_lengths().start(),
            false => 1,
        };
        let files = recordings.files.iter();
        let mut notes: Vec<Note> = files.flat_map(|file| file.notes(needed)).collect();
        let Recordings {
            train, validation, ..
        } = recordings;
        let together = matches!(
            options.evaluation,
            Evaluation::Folds(_) | Evaluation::LeaveOneOut
        );
        let pool: Vec<Labelled>;
        let (train, validation) = if together {
            pool = train.iter().chain(validation).cloned().collect();
            (&pool[..], &[][..])
        } else {
            (&train[..], &validation[..])
        };
        if self.recipe.train.is_some() && train.is_empty() {
            return Err(nothing(&notes));
        }
        if !together && validation.is_empty() && !self.recipe.data.validation.is_empty() {
            notes.push(Note::NothingMeasured);
        }
        notes.extend(answers(task, train, validation));
        notes.extend(channels(front_end, train, validation)?);
        Ok(notes)
    }
}

/// There is nothing to train on, and why, file by file.
fn nothing(notes: &[Note]) -> TrainError {
    if notes.is_empty() {
        return TrainError::data(
            "there is nothing to train on: name files with `train` in [data] of the recipe",
        );
    }
    let more = notes.len().saturating_sub(MOST_REASONS);
    let mut text = String::from("there is no window with a right answer to train on:");
    for note in notes.iter().take(MOST_REASONS) {
        text += &format!("\n  {note}");
    }
    if more > 0 {
        text += &format!("\n  and {more} more");
    }
    TrainError::data(text)
}

/// Which answers occur on which side.
fn answers(task: &Task, train: &[Labelled], validation: &[Labelled]) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut truths = train.iter().filter_map(|record| record.truth.as_ref());
    if let Some(first) = truths.next()
        && train.len() > 1
        && truths.all(|truth| truth == first)
    {
        let answer = match first {
            Truth::Number(value) => value.to_string(),
            other => task.answer_text(other).trim().to_owned(),
        };
        notes.push(Note::OneAnswer { answer });
    }
    let (trained, measured) = (labels(train), labels(validation));
    let named = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
        let all = task.labels().iter().enumerate();
        all.filter(|&(label, _)| wanted(label))
            .map(|(_, name)| name.clone())
            .collect()
    };
    notes.extend(not_trained(task, train, validation));
    let unmeasured = named(&|label| trained.contains(&label) && !measured.contains(&label));
    if !unmeasured.is_empty() && !measured.is_empty() {
        notes.push(Note::NotMeasured { labels: unmeasured });
    }
    let unused = named(&|label| !trained.contains(&label) && !measured.contains(&label));
    if !unused.is_empty() && !trained.is_empty() {
        notes.push(Note::Unused { labels: unused });
    }
    notes
}

/// Labels that are measured and never shown.
pub(crate) fn not_trained(task: &Task, train: &[Labelled], test: &[Labelled]) -> Option<Note> {
    let trained = labels(train);
    let missing: BTreeSet<usize> = labels(test).difference(&trained).copied().collect();
    let windows = test
        .iter()
        .filter(|record| matches!(record.truth, Some(Truth::Label(at)) if missing.contains(&at)))
        .count();
    let labels: Vec<String> = missing
        .iter()
        .filter_map(|&label| task.labels().get(label).cloned())
        .collect();
    (!labels.is_empty() && !trained.is_empty()).then_some(Note::NotTrained {
        labels,
        windows,
        runs: None,
    })
}

fn labels(records: &[Labelled]) -> BTreeSet<usize> {
    let truths = records.iter().filter_map(|record| record.truth.as_ref());
    truths
        .filter_map(|truth| match truth {
            Truth::Label(label) => Some(*label),
            _ => None,
        })
        .collect()
}

/// What the channels hold.
///
/// # Errors
/// [`TrainError::Data`] where no channel has a value in any window to train on.
fn channels(
    front_end: &FrontEnd,
    train: &[Labelled],
    validation: &[Labelled],
) -> Result<Vec<Note>, TrainError> {
    let mut notes = Vec::new();
    let names = || front_end.channels().iter().map(|channel| &channel.name);
    let ranges: Vec<Option<Range>> = names()
        .enumerate()
        .map(|(at, _)| Range::of(train, at))
        .collect();
    if !train.is_empty() && ranges.iter().all(Option::is_none) {
        let names: Vec<&str> = names().map(String::as_str).collect();
        return Err(TrainError::data(format!(
            "no window to train on has a value in any channel ({}); check the columns of the \
             training files",
            names.join(", ")
        )));
    }
    for (at, (name, range)) in names().zip(ranges).enumerate() {
        let channel = name.clone();
        match range {
            None if train.is_empty() => {}
            None => notes.push(Note::EmptyChannel {
                channel,
                windows: "train",
            }),
            Some(range) => {
                notes.extend(range.note(front_end, train, at, &channel));
                if !validation.is_empty() && Range::of(validation, at).is_none() {
                    notes.push(Note::EmptyChannel {
                        channel,
                        windows: "validation",
                    });
                }
            }
        }
    }
    Ok(notes)
}

/// The lowest and the highest value of a channel.
#[derive(Clone, Copy)]
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    /// Over all windows; `None` where there is no value.
    fn of(records: &[Labelled], channel: usize) -> Option<Self> {
        let samples = records
            .iter()
            .filter_map(|record| record.window.channels.get(channel));
        let values = samples.flatten().copied().filter(|value| value.is_finite());
        values.fold(None, |range: Option<Self>, value| {
            Some(range.map_or(
                Self {
                    low: value,
                    high: value,
                },
                |range| Self {
                    low: range.low.min(value),
                    high: range.high.max(value),
                },
            ))
        })
    }

    /// What is odd about the channel.
    fn note(
        self,
        front_end: &FrontEnd,
        train: &[Labelled],
        at: usize,
        channel: &str,
    ) -> Option<Note> {
        let channel = channel.to_owned();
        let Self { low, high } = self;
        let farthest = if high.abs() > low.abs() { high } else { low };
        let unlikely = farthest.abs() > HUGE || (farthest != 0.0 && farthest.abs() < TINY);
        if unlikely {
            return Some(Note::UnlikelyChannel {
                channel,
                value: farthest,
            });
        }
        if train.len() < 2 {
            return None;
        }
        if low == high {
            // Minus zero is zero.
            let value = low + 0.0;
            return Some(Note::ConstantChannel { channel, value });
        }
        // What operators write of a channel is fitted, and this is not yet.
        let name = channel.as_str();
        let is_written = front_end
            .spec()
            .operators
            .iter()
            .all(|one| !one.of.reads(name));
        (is_written && is_flat(front_end, train, at)).then_some(Note::FlatChannel {
            channel,
            low,
            high,
        })
    }
}

/// Whether one channel is written the same, whatever the window: the first
/// window is rendered with that channel of each other one.
fn is_flat(front_end: &FrontEnd, records: &[Labelled], channel: usize) -> bool {
    let Some(first) = records.first() else {
        return false;
    };
    let Ok(wanted) = front_end.render(&first.window) else {
        return false;
    };
    let mut window = first.window.clone();
    records.iter().all(|record| {
        let (Some(to), Some(from)) = (
            window.channels.get_mut(channel),
            record.window.channels.get(channel),
        ) else {
            return false;
        };
        to.clone_from(from);
        front_end
            .render(&window)
            .is_ok_and(|found| found.prompt == wanted.prompt)
    })
}
