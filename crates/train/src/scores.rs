//! Scores of one run and of several, with the figures and intervals of
//! `senselm-evaluate`.

use std::fmt;

use senselm_evaluate::{ClassificationReport, Clusters, Interval, NumberReport};
use senselm_sensor::{Labelled, Task, Truth};
use serde::Serialize;

use crate::TrainError;
use crate::scoring::Answer;

/// The seed of the resampling.
const SEED: u64 = 0;

/// How good the answers of one run are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scores {
    /// The mean loss on the answers' tokens, in nats.
    pub loss: f64,
    /// The labels, in the order of the confusion matrix and its classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The figures, with intervals over distinct windows.
    #[serde(flatten)]
    pub figures: Figures,
    /// The wrong answers of a classification, every answer of a number.
    pub answers: Vec<Judged>,
    #[serde(skip)]
    pairs: Pairs,
}

/// The figures of a task.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Figures {
    /// Accuracy, macro F1 and the confusion matrix.
    Classify(ClassificationReport),
    /// Mean absolute error and its like, in the unit of the task.
    Number(NumberReport),
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
}

/// Several runs together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The accuracy or the mean absolute error of each run.
    pub runs: Vec<f64>,
    /// As [`Scores::labels`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// All answers of all runs together, with intervals over distinct windows:
    /// a window that several runs answered is still one.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Truths and answers as numbers, and the window of each.
#[derive(Debug, Clone, PartialEq)]
enum Pairs {
    Labels {
        labels: usize,
        truths: Vec<usize>,
        answers: Vec<usize>,
        windows: Vec<u64>,
    },
    Numbers {
        truths: Vec<f64>,
        answers: Vec<f64>,
        windows: Vec<u64>,
    },
}

impl Scores {
    /// `None` where nothing can be scored: no records, or free text.
    pub(crate) fn new(
        task: &Task,
        records: &[Labelled],
        answers: &[Answer],
        loss: f64,
    ) -> Result<Option<Self>, TrainError> {
        let labels = task.labels().len();
        let mut pairs = Pairs::new(labels);
        let mut judged = Vec::new();
        let known = records
            .iter()
            .filter_map(|record| Some((record, record.truth.as_ref()?)));
        for ((record, truth), answer) in known.zip(answers) {
            let right = pairs.push(record.window.fingerprint(), truth, answer);
            if !right {
                judged.push(judge(task, record, truth, answer));
            }
        }
        if pairs.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            loss,
            labels: task.labels().to_vec(),
            figures: pairs.figures()?,
            answers: judged,
            pairs,
        }))
    }
}

/// The figures of what a projection alone answers to windows with a right answer;
/// `None` where it has no answer to one.
pub(crate) fn of_projection(
    task: &Task,
    records: &[Labelled],
    projected: &[Option<Truth>],
) -> Result<Option<Figures>, TrainError> {
    let mut pairs = Pairs::new(task.labels().len());
    let known = records
        .iter()
        .filter_map(|record| Some((record, record.truth.as_ref()?)));
    for ((record, truth), answer) in known.zip(projected) {
        let Some(answer) = answer else {
            return Ok(None);
        };
        pairs.push_pair(record.window.fingerprint(), truth, answer);
    }
    match pairs.is_empty() {
        true => Ok(None),
        false => pairs.figures().map(Some),
    }
}

impl Summary {
    /// Of all runs; `None` where no run was scored.
    pub(crate) fn new(scores: &[&Scores]) -> Result<Option<Self>, TrainError> {
        let Some((first, rest)) = scores.split_first() else {
            return Ok(None);
        };
        let mut pairs = first.pairs.clone();
        for scores in rest {
            pairs.extend(&scores.pairs);
        }
        Ok(Some(Self {
            runs: scores.iter().map(|scores| scores.figures.value()).collect(),
            labels: first.labels.clone(),
            figures: pairs.figures()?,
        }))
    }
}

impl Figures {
    /// The accuracy or the mean absolute error.
    #[must_use]
    pub const fn value(&self) -> f64 {
        match self {
            Self::Classify(report) => report.accuracy,
            Self::Number(report) => report.mae,
        }
    }
}

impl Pairs {
    fn new(labels: usize) -> Self {
        if labels > 0 {
            Self::Labels {
                labels,
                truths: Vec::new(),
                answers: Vec::new(),
                windows: Vec::new(),
            }
        } else {
            Self::Numbers {
                truths: Vec::new(),
                answers: Vec::new(),
                windows: Vec::new(),
            }
        }
    }

    /// Adds a pair of the right kind; says whether it is a right label.
    fn push(&mut self, window: u64, truth: &Truth, answer: &Answer) -> bool {
        let answer = match answer {
            Answer::Labels(shares) => Truth::Label(shares.best),
            Answer::Number(number) => Truth::Number(*number),
        };
        self.push_pair(window, truth, &answer)
    }

    fn push_pair(&mut self, window: u64, truth: &Truth, answer: &Truth) -> bool {
        match (self, truth, answer) {
            (
                Self::Labels {
                    truths,
                    answers,
                    windows,
                    ..
                },
                Truth::Label(truth),
                Truth::Label(answer),
            ) => {
                truths.push(*truth);
                answers.push(*answer);
                windows.push(window);
                answer == truth
            }
            (
                Self::Numbers {
                    truths,
                    answers,
                    windows,
                },
                Truth::Number(truth),
                Truth::Number(answer),
            ) => {
                truths.push(*truth);
                answers.push(*answer);
                windows.push(window);
                false
            }
            _ => false,
        }
    }

    fn extend(&mut self, other: &Self) {
        match (self, other) {
            (
                Self::Labels {
                    truths,
                    answers,
                    windows,
                    ..
                },
                Self::Labels {
                    truths: more_truths,
                    answers: more_answers,
                    windows: more_windows,
                    ..
                },
            ) => {
                truths.extend(more_truths);
                answers.extend(more_answers);
                windows.extend(more_windows);
            }
            (
                Self::Numbers {
                    truths,
                    answers,
                    windows,
                },
                Self::Numbers {
                    truths: more_truths,
                    answers: more_answers,
                    windows: more_windows,
                },
            ) => {
                truths.extend(more_truths);
                answers.extend(more_answers);
                windows.extend(more_windows);
            }
            _ => {}
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Labels { windows, .. } | Self::Numbers { windows, .. } => windows.is_empty(),
        }
    }

    fn figures(&self) -> Result<Figures, TrainError> {
        let wrong = |error: senselm_evaluate::EvaluateError| TrainError::data(error.to_string());
        match self {
            Self::Labels {
                labels,
                truths,
                answers,
                windows,
            } => {
                let clusters = Clusters::of_keys(windows.iter().copied());
                ClassificationReport::new(*labels, truths, answers, &clusters, SEED)
                    .map(Figures::Classify)
                    .map_err(wrong)
            }
            Self::Numbers {
                truths,
                answers,
                windows,
            } => {
                let clusters = Clusters::of_keys(windows.iter().copied());
                NumberReport::new(truths, answers, &clusters, SEED)
                    .map(Figures::Number)
                    .map_err(wrong)
            }
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = |interval: Option<Interval>, scale: f64, decimals: usize| {
            interval.map_or(String::new(), |Interval { low, high }| {
                format!(" [{:.decimals$}, {:.decimals$}]", low * scale, high * scale)
            })
        };
        match self {
            Self::Classify(report) => {
                let right = (report.accuracy * report.n as f64).round() as usize;
                write!(
                    out,
                    "accuracy {:.2} %{} Wilson{}, macro F1 {:.4}, {} wrong of {}",
                    100.0 * report.accuracy,
                    between(report.ci95, 100.0, 2),
                    between(report.wilson95, 100.0, 2),
                    report.macro_f1,
                    report.n - right,
                    report.n
                )
            }
            Self::Number(report) => write!(
                out,
                "mean absolute error {:.3}{}, largest {:.3}, n {}",
                report.mae,
                between(report.ci95, 1.0, 3),
                report.max_error,
                report.n
            ),
        }
    }
}

fn judge(task: &Task, record: &Labelled, truth: &Truth, answer: &Answer) -> Judged {
    let text = |truth: &Truth| task.answer_text(truth).trim().to_owned();
    let (found, probability) = match answer {
        Answer::Labels(shares) => {
            let probability = shares.probabilities.get(shares.best).copied();
            (text(&Truth::Label(shares.best)), probability)
        }
        Answer::Number(value) => (text(&Truth::Number(*value)), None),
    };
    Judged {
        line: record.place.line,
        truth: match truth {
            Truth::Number(value) => value.to_string(),
            other => text(other),
        },
        answer: found,
        probability,
    }
}
