//! Scores of one run and of several, with 95 % intervals by bootstrap over
//! distinct windows.

use std::collections::BTreeMap;
use std::fmt;

use senselm_sensor::rng::Rng;
use senselm_sensor::{Labelled, Task, Truth};
use serde::Serialize;

use crate::scoring::Answer;

const RESAMPLES: usize = 2_000;
const STREAM: u64 = 0xb007;

/// How good the answers of one run are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scores {
    /// Windows measured.
    pub n: usize,
    /// How many of them are different.
    pub distinct: usize,
    /// The mean loss on the answers' tokens, in nats.
    pub loss: f64,
    /// The share of right labels, or the mean absolute error of numbers.
    #[serde(flatten)]
    pub figure: Figure,
    /// Its 95 % interval.
    pub interval: [f64; 2],
    /// The windows that were answered wrongly, or each error of a number.
    pub answers: Vec<Judged>,
}

/// What is measured depends on the task.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// The share of right labels.
    Accuracy(f64),
    /// The mean absolute error, in the unit of the task.
    Mae(f64),
}

/// One answer beside the truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// The line of the window in its file.
    pub line: u64,
    /// The truth.
    pub truth: String,
    /// The answer.
    pub answer: String,
    /// The probability of the answer, for a label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// 0 or 1 for a label (1 is wrong), the absolute error for a number.
    pub error: f64,
    #[serde(skip)]
    window: u64,
}

/// Several runs together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Windows measured, each once.
    pub n: usize,
    /// The figure over all runs.
    #[serde(flatten)]
    pub figure: Figure,
    /// Its 95 % interval, over distinct windows.
    pub interval: [f64; 2],
    /// The figure of each run.
    pub runs: Vec<f64>,
    /// Wrong answers over all runs, for labels.
    pub mistakes: usize,
}

impl Scores {
    pub(crate) fn new(
        task: &Task,
        truths: &[Truth],
        records: &[Labelled],
        answers: &[Answer],
        loss: f64,
    ) -> Self {
        let judged: Vec<Judged> = records
            .iter()
            .filter(|record| record.truth.is_some())
            .zip(truths)
            .zip(answers)
            .map(|((record, truth), answer)| judge(task, record, truth, answer))
            .collect();
        let number = matches!(task, Task::Number { .. });
        let windows: BTreeMap<u64, ()> = judged.iter().map(|j| (j.window, ())).collect();
        let (figure, interval) = figure(judged.iter(), number);
        Self {
            n: judged.len(),
            distinct: windows.len(),
            loss,
            figure,
            interval,
            answers: judged,
        }
    }

    fn is_number(&self) -> bool {
        matches!(self.figure, Figure::Mae(_))
    }
}

impl Figure {
    /// The number itself.
    #[must_use]
    pub const fn value(self) -> f64 {
        match self {
            Self::Accuracy(value) | Self::Mae(value) => value,
        }
    }
}

impl Summary {
    /// Of runs that measured the same windows.
    pub(crate) fn of_repeats(scores: &[&Scores]) -> Option<Self> {
        Self::over(scores, scores.first()?.n)
    }

    /// Of runs that measured different windows.
    pub(crate) fn of_parts(scores: &[&Scores]) -> Option<Self> {
        Self::over(scores, scores.iter().map(|scores| scores.n).sum())
    }

    fn over(scores: &[&Scores], n: usize) -> Option<Self> {
        let number = scores.first()?.is_number();
        let all = || scores.iter().flat_map(|scores| &scores.answers);
        let (figure, interval) = figure(all(), number);
        Some(Self {
            n,
            figure,
            interval,
            runs: scores.iter().map(|scores| scores.figure.value()).collect(),
            mistakes: if number {
                0
            } else {
                all().filter(|judged| judged.error > 0.0).count()
            },
        })
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(out, self.figure, self.interval)?;
        write!(out, "  n {} ({} distinct)", self.n, self.distinct)?;
        if let Figure::Accuracy(_) = self.figure {
            let wrong = self.answers.iter().filter(|j| j.error > 0.0).count();
            write!(out, ", {wrong} wrong")?;
        }
        Ok(())
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(out, self.figure, self.interval)?;
        write!(out, "  {} windows, {} runs", self.n, self.runs.len())
    }
}

fn show(out: &mut fmt::Formatter<'_>, figure: Figure, [low, high]: [f64; 2]) -> fmt::Result {
    match figure {
        Figure::Accuracy(value) => write!(
            out,
            "accuracy {:.2} % [{:.2}, {:.2}]",
            100.0 * value,
            100.0 * low,
            100.0 * high
        ),
        Figure::Mae(value) => write!(out, "mean absolute error {value:.3} [{low:.3}, {high:.3}]"),
    }
}

fn judge(task: &Task, record: &Labelled, truth: &Truth, answer: &Answer) -> Judged {
    let (text, probability, error) = match (answer, truth) {
        (Answer::Labels(shares), truth) => {
            let label = answer.label().unwrap_or_default();
            let wrong = *truth != Truth::Label(label);
            (
                task.answer_text(&Truth::Label(label)),
                shares.get(label).copied(),
                f64::from(u8::from(wrong)),
            )
        }
        (Answer::Number(found), Truth::Number(wanted)) => (
            task.answer_text(&Truth::Number(*found)),
            None,
            (found - wanted).abs(),
        ),
        (Answer::Number(found), _) => (found.to_string(), None, f64::NAN),
    };
    Judged {
        line: record.place.line,
        truth: match truth {
            Truth::Number(value) => value.to_string(),
            other => task.answer_text(other).trim().to_owned(),
        },
        answer: text.trim().to_owned(),
        probability,
        error,
        window: record.window.fingerprint(),
    }
}

/// The mean over answers, and its interval over windows: a window that was
/// measured several times counts as one.
fn figure<'a>(judged: impl Iterator<Item = &'a Judged>, number: bool) -> (Figure, [f64; 2]) {
    let mut windows: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for answer in judged {
        let (sum, count) = windows.entry(answer.window).or_default();
        *sum += answer.error;
        *count += 1.0;
    }
    let windows: Vec<(f64, f64)> = windows.into_values().collect();
    let mean = |picked: &mut dyn Iterator<Item = (f64, f64)>| {
        let (sum, count) = picked.fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d));
        sum / f64::max(count, 1.0)
    };
    let error = mean(&mut windows.iter().copied());
    let mut rng = Rng::new(0, STREAM);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let mut picks = (0..windows.len()).map(|_| windows[rng.below(windows.len())]);
            mean(&mut picks)
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let low = means[RESAMPLES * 25 / 1000];
    let high = means[RESAMPLES * 975 / 1000 - 1];
    if number {
        (Figure::Mae(error), [low, high])
    } else {
        (Figure::Accuracy(1.0 - error), [1.0 - high, 1.0 - low])
    }
}
