//! What answers come to: figures with intervals, the confusion of labels, groups,
//! and which answers are wrong.

use senselm_evaluate::{Clusters, Confusion, Interval, bootstrap};
use senselm_sensor::{Labelled, Task, Truth};

use crate::data::{Data, label, off};
use crate::outcome::{Answered, GroupFigure, Mistake, Spread};

/// Wrong answers that are shown with their windows.
const MOST_MISTAKES: usize = 24;
/// Points of a channel that are shown.
const SHOWN: usize = 200;
/// Numbers that are shown beside the right ones.
const MOST_ANSWERED: usize = 1000;
/// Groups that have a figure each.
const MOST_GROUPS: usize = 60;
/// Resamplings of an interval.
const RESAMPLES: usize = 2000;

/// The figure of a mean error.
pub(crate) fn figure_of(task: &Task, error: f64) -> f64 {
    match task {
        Task::Number { .. } => error,
        _ => 1.0 - error,
    }
}

/// The figure of answers with its interval over clusters.
pub(crate) fn spread(
    task: &Task,
    records: &[Labelled],
    answers: &[Option<Truth>],
) -> Option<Spread> {
    let pairs: Vec<(u64, f64)> = records
        .iter()
        .zip(answers)
        .filter_map(|(record, answer)| {
            let truth = record.truth.as_ref()?;
            Some((record.group, figure_of(task, off(truth, answer.as_ref()?))))
        })
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let clusters = Clusters::of_keys(pairs.iter().map(|(cluster, _)| *cluster));
    let values: Vec<f64> = pairs.iter().map(|(_, value)| *value).collect();
    let mean_of = |weights: &[u32]| {
        let each = weights.iter().map(|weight| f64::from(*weight)).zip(&values);
        let (sum, count) = each.fold((0.0, 0.0), |(sum, count), (weight, value)| {
            (sum + weight * value, count + weight)
        });
        sum / f64::max(count, 1.0)
    };
    let interval: Option<Interval> = bootstrap(&clusters, RESAMPLES, 0, mean_of);
    Some(Spread {
        mean: values.iter().sum::<f64>() / values.len() as f64,
        interval,
        windows: values.len(),
    })
}

/// How many windows each label has.
pub(crate) fn counts(data: &Data, task: &Task) -> Vec<usize> {
    let mut counts = vec![0; task.labels().len()];
    for record in &data.records {
        if let Some(count) = counts.get_mut(label(record.truth.as_ref())) {
            *count += 1;
        }
    }
    counts
}

/// Answers that are shown, in the order of the windows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) task: &'a Task,
    pub(crate) data: &'a Data,
    pub(crate) answers: &'a [Option<Truth>],
}

impl Shown<'_> {
    /// Truths by rows, answers by columns; nothing of numbers.
    pub(crate) fn confusion(&self) -> Option<Confusion> {
        let labels = self.task.labels().len();
        let (mut truths, mut found) = (Vec::new(), Vec::new());
        for (record, answer) in self.data.records.iter().zip(self.answers) {
            if let (Some(Truth::Label(truth)), Some(Truth::Label(answer))) = (&record.truth, answer)
            {
                truths.push(*truth);
                found.push(*answer);
            }
        }
        (labels > 0)
            .then(|| Confusion::new(labels, &truths, &found).ok())
            .flatten()
    }

    /// The figure of each group.
    pub(crate) fn groups(&self) -> Vec<GroupFigure> {
        let of_group = |at: usize| {
            let each = self
                .data
                .records
                .iter()
                .zip(&self.data.group)
                .zip(self.answers);
            let errors: Vec<f64> = each
                .filter(|((_, group), _)| **group == at)
                .filter_map(|((record, _), answer)| {
                    Some(off(record.truth.as_ref()?, answer.as_ref()?))
                })
                .collect();
            let mean = errors.iter().sum::<f64>() / errors.len().max(1) as f64;
            (errors.len(), figure_of(self.task, mean))
        };
        // Where each window is a group of its own there is nothing to say of it.
        if self.data.groups.len() > MOST_GROUPS {
            return Vec::new();
        }
        let named = self.data.groups.iter().enumerate();
        named
            .map(|(at, name)| {
                let (windows, figure) = of_group(at);
                GroupFigure {
                    name: name.clone(),
                    windows,
                    figure,
                }
            })
            .filter(|group| group.windows > 0)
            .collect()
    }

    /// Wrong answers, or those furthest off.
    pub(crate) fn mistakes(&self) -> Vec<Mistake> {
        let mut all: Vec<(f64, usize, &Labelled, &Truth, &Truth)> = self
            .data
            .records
            .iter()
            .zip(self.answers)
            .enumerate()
            .filter_map(|(at, (record, answer))| {
                let (truth, answer) = (record.truth.as_ref()?, answer.as_ref()?);
                let error = off(truth, answer);
                (error > 0.0).then_some((error, at, record, truth, answer))
            })
            .collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        let text = |truth: &Truth| self.task.answer_text(truth).trim().to_owned();
        all.into_iter()
            .take(MOST_MISTAKES)
            .map(|(_, at, record, truth, answer)| Mistake {
                line: record.place.line,
                group: self.data.group_of(at).map(str::to_owned),
                truth: text(truth),
                answer: text(answer),
                samples: record.window.channels.iter().map(|c| thinned(c)).collect(),
            })
            .collect()
    }

    /// Numbers that were answered; nothing of labels.
    pub(crate) fn answered(&self) -> Vec<Answered> {
        let each = self.data.records.iter().zip(self.answers);
        let all: Vec<Answered> = each
            .filter_map(
                |(record, answer)| match (record.truth.as_ref()?, answer.as_ref()?) {
                    (Truth::Number(truth), Truth::Number(answer)) => Some(Answered {
                        truth: *truth,
                        answer: *answer,
                    }),
                    _ => None,
                },
            )
            .collect();
        let step = all.len().div_ceil(MOST_ANSWERED).max(1);
        all.into_iter().step_by(step).collect()
    }
}

/// At most [`SHOWN`] of the samples.
fn thinned(samples: &[f64]) -> Vec<f64> {
    let step = samples.len().div_ceil(SHOWN).max(1);
    samples.iter().copied().step_by(step).collect()
}
