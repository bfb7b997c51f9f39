//! Answers against truths.

use anyhow::{Result, anyhow};
use senselm_evaluate::{
    ClassificationReport, Clusters, Interval, NumberReport, RESAMPLES, bootstrap, wilson,
};
use senselm_sensor::{FrontEnd, Labelled, Task, Truth};
use senselm_session::Answer;
use serde::Serialize;

use super::Known;

/// The figures of whatever the task is.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Figures {
    Classification(ClassificationReport),
    Number(NumberReport),
    Text(TextReport),
}

/// The figures of free text: how often it is the truth word for word.
#[derive(Serialize)]
pub(super) struct TextReport {
    pub(super) n: usize,
    pub(super) distinct: usize,
    pub(super) accuracy: f64,
    pub(super) ci95: Option<Interval>,
    pub(super) wilson95: Option<Interval>,
}

/// Judges what a model answered.
pub(super) fn answers(
    task: &Task,
    known: &Known,
    answers: &[Answer],
    seed: u64,
) -> Result<Figures> {
    match task {
        Task::Classify { labels, .. } => {
            let answers: Vec<usize> = answers
                .iter()
                .filter_map(|answer| match answer {
                    Answer::Classification(answer) => Some(answer.index),
                    _ => None,
                })
                .collect();
            self::labels(labels.len(), known, &answers, seed)
        }
        Task::Number { .. } => {
            let answers: Vec<f64> = answers
                .iter()
                .filter_map(|answer| match answer {
                    Answer::Number(answer) => Some(answer.value),
                    _ => None,
                })
                .collect();
            numbers(known, &answers, seed)
        }
        Task::Generate { .. } | Task::Anomaly(_) => Ok(texts(known, answers, seed)),
    }
}

/// What the model said to be none of its labels.
#[derive(Serialize)]
pub(super) struct Refused {
    /// How many windows.
    pub(super) windows: usize,
    /// The share of the others that was answered right; nothing where there are none.
    pub(super) accuracy_of_others: Option<f64>,
}

/// How many windows the model refused; `None` where it cannot tell.
pub(super) fn refused(known: &Known, answers: &[Answer]) -> Option<Refused> {
    let (mut windows, mut right, mut others, mut tells) = (0, 0_usize, 0_usize, false);
    for (answer, truth) in answers.iter().zip(&known.truths) {
        let Answer::Classification(answer) = answer else {
            return None;
        };
        tells |= answer.novelty.is_some();
        match answer.rejected {
            true => windows += 1,
            false => {
                others += 1;
                right += usize::from(*truth == Truth::Label(answer.index));
            }
        }
    }
    tells.then(|| Refused {
        windows,
        accuracy_of_others: (others > 0).then(|| right as f64 / others as f64),
    })
}

/// Judges what the front end's projection answers alone; `None` where it has none.
pub(super) fn projection(
    front_end: &FrontEnd,
    task: &Task,
    known: &Known,
    seed: u64,
) -> Result<Option<Figures>> {
    let mut answers = Vec::with_capacity(known.records.len());
    for record in &known.records {
        let computed = front_end.compute(&record.window)?;
        let Some(answer) = front_end.projected(&computed, task) else {
            return Ok(None);
        };
        answers.push(answer);
    }
    let labels: Vec<usize> = answers
        .iter()
        .filter_map(|answer| match answer {
            Truth::Label(label) => Some(*label),
            _ => None,
        })
        .collect();
    let numbers: Vec<f64> = answers
        .iter()
        .filter_map(|answer| match answer {
            Truth::Number(number) => Some(*number),
            _ => None,
        })
        .collect();
    match task {
        Task::Classify { labels: all, .. } => self::labels(all.len(), known, &labels, seed),
        _ => self::numbers(known, &numbers, seed),
    }
    .map(Some)
}

/// Judges labels.
pub(super) fn labels(count: usize, known: &Known, answers: &[usize], seed: u64) -> Result<Figures> {
    let truths = label_truths(known)?;
    let clusters = clusters(&known.records);
    let report = ClassificationReport::new(count, &truths, answers, &clusters, seed)?;
    Ok(Figures::Classification(report))
}

/// Judges numbers.
pub(super) fn numbers(known: &Known, answers: &[f64], seed: u64) -> Result<Figures> {
    let truths = number_truths(known)?;
    let report = NumberReport::new(&truths, answers, &clusters(&known.records), seed)?;
    Ok(Figures::Number(report))
}

/// Windows that are equal count as one.
pub(super) fn clusters(records: &[Labelled]) -> Clusters {
    Clusters::of_keys(records.iter().map(|record| record.group))
}

/// The truths of a classification.
pub(super) fn label_truths(known: &Known) -> Result<Vec<usize>> {
    let labels = known.truths.iter().map(|truth| match truth {
        Truth::Label(label) => Ok(*label),
        _ => Err(anyhow!("a truth of the recording is no label")),
    });
    labels.collect()
}

/// The truths of a task for numbers.
pub(super) fn number_truths(known: &Known) -> Result<Vec<f64>> {
    let numbers = known.truths.iter().map(|truth| match truth {
        Truth::Number(number) => Ok(*number),
        _ => Err(anyhow!("a truth of the recording is no number")),
    });
    numbers.collect()
}

fn texts(known: &Known, answers: &[Answer], seed: u64) -> Figures {
    let right: Vec<bool> = known
        .truths
        .iter()
        .zip(answers)
        .map(|(truth, answer)| matches!(truth, Truth::Text(text) if text.trim() == answer.text().trim()))
        .collect();
    let share = |weights: &[u32]| {
        let total: u32 = weights.iter().sum();
        let right = right.iter().zip(weights).filter(|(right, _)| **right);
        right.map(|(_, weight)| f64::from(*weight)).sum::<f64>() / f64::from(total)
    };
    let clusters = clusters(&known.records);
    let accuracy = share(&vec![1; right.len()]);
    Figures::Text(TextReport {
        n: right.len(),
        distinct: clusters.distinct(),
        accuracy,
        ci95: bootstrap(&clusters, RESAMPLES, seed, share),
        wilson95: wilson(accuracy, clusters.distinct()),
    })
}
