//! Answers: typed, and the same JSON in every host.

use senselm_ask::NumberProbability;
use serde::{Deserialize, Serialize};

/// How long a call took, and over how many tokens.
///
/// # Units
/// Milliseconds of the clock that the session was given; all zero without one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// From the window to token ids.
    pub front_end_ms: f64,
    /// The forward pass over the prompt.
    pub prefill_ms: f64,
    /// Scoring labels, or decoding.
    pub decode_ms: f64,
    /// All of it.
    pub total_ms: f64,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Tokens of the prompt that were still in the cache.
    pub cached_tokens: usize,
    /// Tokens that were scored or decoded behind the prompt.
    pub answer_tokens: usize,
}

impl Timings {
    /// Sets the total once its parts are there.
    pub(crate) fn add_up(&mut self) {
        self.total_ms = self.front_end_ms + self.prefill_ms + self.decode_ms;
    }
}

/// One label and how probable it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelProbability {
    /// The label, as the task names it.
    pub label: String,
    /// Among the labels of the task, so that all add up to 1.
    pub probability: f64,
}

/// The answer to a classification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// The most probable label.
    pub label: String,
    /// Its index among the labels of the task.
    pub index: usize,
    /// Its probability.
    pub probability: f64,
    /// Every label in the order of the task.
    pub probabilities: Vec<LabelProbability>,
    /// Mean negative log-likelihood of the window, nats a token; high where
    /// the model has not seen the like. Absent where scoring is switched off, and
    /// where the file says that windows were not learned (`senselm.window_loss`).
    pub anomaly: Option<f64>,
    /// How new the window is to the front end, over the limit that its training found:
    /// above 1 it is none of the labels. Absent where the file cannot tell.
    #[serde(default)]
    pub novelty: Option<f64>,
    /// Whether the window is none of the labels, of which `label` is then the nearest:
    /// `novelty` is above 1.
    #[serde(default)]
    pub rejected: bool,
    /// How long it took.
    pub timings: Timings,
}

/// The answer to a question for a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Number {
    /// The most probable number; always within the task's range.
    pub value: f64,
    /// The task's unit.
    pub unit: String,
    /// The number as the model wrote it, with the task's decimals.
    pub text: String,
    /// Its probability among the task's numbers.
    pub probability: f64,
    /// The mean of all numbers that decoding arrived at, weighed by their
    /// probabilities; less swayed by a close second than `value`.
    pub expected: f64,
    /// The numbers that decoding arrived at, most probable first.
    pub candidates: Vec<NumberProbability>,
    /// As [`Classification::anomaly`].
    pub anomaly: Option<f64>,
    /// How long it took.
    pub timings: Timings,
}

/// What ended a generated text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoppedBy {
    /// The end-of-text token.
    End,
    /// A stop string, which is not part of the text.
    Stop(String),
    /// The number of tokens asked for.
    MaxTokens,
    /// The end of the context.
    Context,
    /// The caller.
    Cancelled,
}

/// A generated text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generated {
    /// The text, without the prompt.
    pub text: String,
    /// The tokens it was decoded from, without the end-of-text token; those of
    /// a stop string are among them.
    pub tokens: Vec<u32>,
    /// What ended it.
    pub stopped_by: StoppedBy,
    /// How many tokens were cut off the beginning of the prompt, by
    /// [`crate::Overflow::KeepEnd`].
    pub dropped_tokens: usize,
    /// How long it took.
    pub timings: Timings,
}

/// The answer to a question for free text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// The text, without its leading space.
    pub text: String,
    /// What ended it.
    pub stopped_by: StoppedBy,
    /// As [`Classification::anomaly`].
    pub anomaly: Option<f64>,
    /// How long it took.
    pub timings: Timings,
}

/// How unlike the learned a window is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anomaly {
    /// Whether the score of this window alone is above the task's threshold; the
    /// alarm of a stream is [`senselm_sensor::AlarmState`]'s to tell.
    pub above: bool,
    /// The same in a word: `anomaly` or `normal`, and `unknown` where the task has
    /// no threshold.
    pub text: String,
    /// The score: mean negative log-likelihood of the window, nats a token, or by the
    /// task's `run` the highest over a few samples, nats a sample.
    pub anomaly: Option<f64>,
    /// How unlikely each sample was, in nats: one list a channel, as long as the
    /// window's; empty for a channel that writes no samples.
    pub surprise: Vec<Vec<f64>>,
    /// How long it took.
    pub timings: Timings,
}

/// The answer to a window, whatever the task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// One of the labels.
    Classification(Classification),
    /// A number in the range.
    Number(Number),
    /// Free text.
    Text(Text),
    /// How unlike the learned it is.
    Anomaly(Anomaly),
}

impl Answer {
    /// How unlike anything known the window is; see [`Classification::anomaly`].
    #[must_use]
    pub fn anomaly(&self) -> Option<f64> {
        match self {
            Self::Classification(answer) => answer.anomaly,
            Self::Number(answer) => answer.anomaly,
            Self::Text(answer) => answer.anomaly,
            Self::Anomaly(answer) => answer.anomaly,
        }
    }

    /// How long it took.
    #[must_use]
    pub fn timings(&self) -> &Timings {
        match self {
            Self::Classification(answer) => &answer.timings,
            Self::Number(answer) => &answer.timings,
            Self::Text(answer) => &answer.timings,
            Self::Anomaly(answer) => &answer.timings,
        }
    }

    /// The answer in words: the label, the number, the text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Classification(answer) => &answer.label,
            Self::Number(answer) => &answer.text,
            Self::Text(answer) => &answer.text,
            Self::Anomaly(answer) => &answer.text,
        }
    }
}
