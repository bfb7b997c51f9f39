//! What is asked about a window, and the text of an answer.
//!
//! Training writes answers with this, and decoding is held to the same texts.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use senselm_readings::recording::TruthCell;

use crate::limits::{MAX_LABELS, MAX_SPEC_BYTES, MAX_TEMPLATE_BYTES, at_most, setting};
use crate::number::DigitAutomaton;
use crate::raw::{FromSection, Misread, Section, deserialize_raw};
use crate::{AlarmSpec, AlarmState, SensorError, Source};

const MIN_TEMPERATURE: f64 = 0.01;
const MAX_TEMPERATURE: f64 = 100.0;

/// What is asked about a window.
///
/// A task from outside is read with [`Task::from_json`], or checked with
/// [`Task::check`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Task {
    /// One of a fixed set of labels.
    Classify {
        /// The labels, as the model writes them.
        labels: Vec<String>,
        /// Where a file spells labels otherwise: the text of its cell and the
        /// label that is meant, for example `"1": "occupied"`.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        label_values: BTreeMap<String, String>,
        /// The column that holds the truth.
        column: Source,
        /// What the scores of labels are divided by before they become
        /// probabilities, so that an answer is right as often as it says: above 1
        /// where the model is too certain of itself. It changes no answer.
        ///
        /// # Source
        /// Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
        /// Networks", 2017.
        #[serde(skip_serializing_if = "is_one")]
        temperature: f64,
    },
    /// A decimal number in a range.
    Number {
        /// The smallest number allowed.
        min: f64,
        /// The largest number allowed.
        max: f64,
        /// Digits after the point.
        decimals: u8,
        /// Digits before the point, padded with zeros; 0 is no padding.
        #[serde(skip_serializing_if = "crate::spec::is_zero")]
        width: u8,
        /// The unit, for people.
        unit: String,
        /// The column that holds the truth.
        column: Source,
    },
    /// Free text.
    Generate {
        /// The most tokens of an answer.
        max_tokens: usize,
        /// The column that holds the truth.
        column: Source,
    },
    /// Whether it is unlike what was learned. Nothing is asked: the answer is how
    /// unlikely the window itself is, and when that is an alarm.
    Anomaly(AlarmSpec),
}

/// The right answer to a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// An index into the labels of [`Task::Classify`].
    Label(usize),
    /// The number asked for by [`Task::Number`].
    Number(f64),
    /// The text asked for by [`Task::Generate`].
    Text(String),
}

impl Task {
    /// A classification whose truth is in the column `output`.
    #[must_use]
    pub fn classify<S: Into<String>>(labels: impl IntoIterator<Item = S>) -> Self {
        Self::Classify {
            labels: labels.into_iter().map(Into::into).collect(),
            label_values: BTreeMap::new(),
            column: output(),
            temperature: 1.0,
        }
    }

    /// A number whose truth is in the column `output`.
    #[must_use]
    pub fn number(min: f64, max: f64, decimals: u8, unit: &str) -> Self {
        Self::Number {
            min,
            max,
            decimals,
            width: 0,
            unit: unit.to_string(),
            column: output(),
        }
    }

    /// Free text whose truth is in the column `output`.
    #[must_use]
    pub fn generate(max_tokens: usize) -> Self {
        Self::Generate {
            max_tokens,
            column: output(),
        }
    }

    /// Reads and checks a task, for example
    /// `{"kind": "classify", "labels": ["Tap", "Hold"]}`.
    ///
    /// # Errors
    /// [`SensorError::Json`] where the text has another shape, and the errors
    /// of [`Task::check`].
    // Inline for the same reason as `FrontEnd::from_json`.
    #[inline]
    pub fn from_json(text: &str) -> Result<Self, SensorError> {
        at_most("bytes of a task", text.len(), MAX_SPEC_BYTES)?;
        let task: Self = serde_json::from_str(text).map_err(|error| SensorError::Json {
            what: "task",
            message: error.to_string(),
        })?;
        task.check()?;
        Ok(task)
    }

    /// The task as one line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A struct of strings and numbers always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Checks the settings of the task.
    ///
    /// # Errors
    /// [`SensorError::Setting`] or [`SensorError::Limit`] for labels that are
    /// empty, repeated, or fewer than two; for a number range that is empty,
    /// infinite or beyond [`crate::limits::MAX_NUMBER`]; for zero tokens.
    pub fn check(&self) -> Result<(), SensorError> {
        match self {
            Self::Classify {
                labels,
                label_values,
                temperature,
                ..
            } => {
                if !(MIN_TEMPERATURE..=MAX_TEMPERATURE).contains(temperature) {
                    let reason = "must be from 0.01 to 100";
                    return Err(setting("task, temperature", reason));
                }
                check_labels(labels, label_values)
            }
            Self::Number { .. } => DigitAutomaton::for_task(self).map(|_| ()),
            Self::Generate { max_tokens: 0, .. } => {
                Err(setting("task, max_tokens", "must be at least 1"))
            }
            Self::Generate { .. } => Ok(()),
            Self::Anomaly(alarm) => alarm.check(),
        }
    }

    /// The labels; none for other tasks than classification.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        match self {
            Self::Classify { labels, .. } => labels,
            Self::Number { .. } | Self::Generate { .. } | Self::Anomaly(_) => &[],
        }
    }

    /// A stream to tell alarms in, for a task that looks for anomalies.
    #[must_use]
    pub fn alarms(&self) -> Option<AlarmState> {
        match self {
            Self::Anomaly(spec) => Some(AlarmState::new(spec)),
            Self::Classify { .. } | Self::Number { .. } | Self::Generate { .. } => None,
        }
    }

    /// The column of a CSV file that holds the truth; none where there is no right
    /// answer.
    #[must_use]
    pub fn column(&self) -> Option<&Source> {
        match self {
            Self::Classify { column, .. }
            | Self::Number { column, .. }
            | Self::Generate { column, .. } => Some(column),
            Self::Anomaly(_) => None,
        }
    }

    /// The text that follows the prompt where `truth` is the answer: a space
    /// and the label, the number with its decimals, or the text.
    ///
    /// A truth that [`Task::check_truth`] refuses gives the space alone, a
    /// number outside the range the nearest number inside.
    #[must_use]
    pub fn answer_text(&self, truth: &Truth) -> String {
        let answer = match (self, truth) {
            (Self::Classify { labels, .. }, Truth::Label(index)) => {
                labels.get(*index).cloned().unwrap_or_default()
            }
            (Self::Number { .. }, Truth::Number(value)) => DigitAutomaton::for_task(self)
                .ok()
                .flatten()
                .map(|automaton| automaton.text_of(*value))
                .unwrap_or_default(),
            (Self::Generate { .. }, Truth::Text(text)) => text.clone(),
            _ => String::new(),
        };
        format!(" {answer}")
    }

    /// Checks that a truth is of this task's kind and range.
    ///
    /// # Errors
    /// [`SensorError::Truth`] where it is not.
    pub fn check_truth(&self, truth: &Truth) -> Result<(), SensorError> {
        let reason = match (self, truth) {
            (Self::Classify { labels, .. }, Truth::Label(index)) => (*index >= labels.len())
                .then(|| format!("label {index} of {} does not exist", labels.len())),
            (Self::Number { min, max, .. }, Truth::Number(value)) => (!(*min..=*max)
                .contains(value))
            .then(|| format!("{value} is outside the range {min} to {max}")),
            (Self::Generate { .. }, Truth::Text(text)) => {
                (text.len() > MAX_TEMPLATE_BYTES).then(|| format!("{} bytes of text", text.len()))
            }
            _ => Some("it is of another kind than the task".to_string()),
        };
        reason.map_or(Ok(()), |reason| Err(SensorError::Truth { reason }))
    }

    /// Reads the truth from the text of a cell; an empty cell has none.
    ///
    /// # Errors
    /// [`SensorError::Truth`] where the text is no answer to this task.
    pub fn read_truth(&self, cell: &str) -> Result<Option<Truth>, SensorError> {
        let is_number = matches!(self, Self::Number { .. });
        self.truth_of(&TruthCell::read(cell.into(), is_number, None))
    }

    /// The truth that a cell holds, where it holds one.
    ///
    /// # Errors
    /// [`SensorError::Truth`] where that is no answer to this task.
    pub fn truth_of(&self, cell: &TruthCell<'_>) -> Result<Option<Truth>, SensorError> {
        let wrong = |reason| Err(SensorError::Truth { reason });
        let truth = match (self, cell) {
            (_, TruthCell::Nothing) | (Self::Anomaly(_), _) => return Ok(None),
            (_, TruthCell::Unreadable(reason)) => return wrong(reason.clone()),
            (
                Self::Classify {
                    labels,
                    label_values,
                    ..
                },
                TruthCell::Text(cell),
            ) => {
                let label = label_values.get(&**cell).map_or(&**cell, String::as_str);
                let found = labels.iter().position(|known| known == label);
                match found {
                    Some(index) => Truth::Label(index),
                    None => {
                        return wrong(format!(
                            "{cell:?} is none of the labels {}",
                            labels.join(", ")
                        ));
                    }
                }
            }
            (Self::Number { .. }, TruthCell::Number(value)) => Truth::Number(*value),
            (_, TruthCell::Text(text)) => Truth::Text(text.to_string()),
            (_, TruthCell::Number(value)) => Truth::Number(*value),
        };
        self.check_truth(&truth)?;
        Ok(Some(truth))
    }
}

fn check_labels(
    labels: &[String],
    label_values: &BTreeMap<String, String>,
) -> Result<(), SensorError> {
    at_most("labels", labels.len(), MAX_LABELS)?;
    if labels.len() < 2 {
        return Err(setting("task, labels", "there must be at least two"));
    }
    for (index, label) in labels.iter().enumerate() {
        if label.is_empty() || label.trim() != label {
            return Err(setting(
                format!("task, label {index}"),
                "must not be empty, and must not begin or end with a space",
            ));
        }
        at_most("bytes of a label", label.len(), MAX_TEMPLATE_BYTES)?;
        if labels[..index].contains(label) {
            return Err(setting(
                format!("task, label {label:?}"),
                "is there twice; give every label once",
            ));
        }
    }
    for (value, label) in label_values {
        if !labels.contains(label) {
            return Err(setting(
                format!("task, label_values {value:?}"),
                format!("{label:?} is none of the labels"),
            ));
        }
    }
    Ok(())
}

deserialize_raw!(Task);

impl FromSection for Task {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        section.by_kind(&[
            ("classify", |it| {
                Ok(Self::Classify {
                    labels: it.need("labels")?,
                    label_values: it.may("label_values")?,
                    column: it.or("column", output)?,
                    temperature: it.or("temperature", || 1.0)?,
                })
            }),
            ("number", |it| {
                Ok(Self::Number {
                    min: it.need("min")?,
                    max: it.need("max")?,
                    decimals: it.need("decimals")?,
                    width: it.may("width")?,
                    unit: it.may("unit")?,
                    column: it.or("column", output)?,
                })
            }),
            ("generate", |it| {
                Ok(Self::Generate {
                    max_tokens: it.need("max_tokens")?,
                    column: it.or("column", output)?,
                })
            }),
            ("anomaly", |it| {
                AlarmSpec::from_section(it).map(Self::Anomaly)
            }),
        ])
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_one(value: &f64) -> bool {
    *value == 1.0
}

fn output() -> Source {
    Source::Name("output".to_string())
}

#[cfg(test)]
mod tests {
    use super::{Task, Truth};
    use crate::SensorError;

    #[test]
    fn answers_begin_with_a_space() {
        let gesture = Task::classify(["Tap", "Double", "Hold"]);
        assert_eq!(gesture.answer_text(&Truth::Label(2)), " Hold");
        assert_eq!(gesture.answer_text(&Truth::Label(3)), " ");
        let breathing = Task::number(3.0, 40.0, 1, "breaths/min");
        assert_eq!(breathing.answer_text(&Truth::Number(12.06)), " 12.1");
        assert_eq!(breathing.answer_text(&Truth::Number(1.0)), " 3.0");
        let text = Task::generate(5);
        assert_eq!(
            text.answer_text(&Truth::Text("all well".into())),
            " all well"
        );
    }

    #[test]
    fn reads_truths_and_refuses_others() {
        let task = Task::from_json(
            r#"{"kind": "classify", "labels": ["empty", "occupied"],
                "label_values": {"0": "empty", "1": "occupied"}, "column": "Occupancy"}"#,
        )
        .expect("valid");
        assert_eq!(task.read_truth(" 1 "), Ok(Some(Truth::Label(1))));
        assert_eq!(task.read_truth("empty"), Ok(Some(Truth::Label(0))));
        assert_eq!(task.read_truth(""), Ok(None));
        assert!(matches!(
            task.read_truth("2"),
            Err(SensorError::Truth { .. })
        ));
        let number = Task::number(3.0, 40.0, 1, "");
        assert_eq!(number.read_truth("9.75"), Ok(Some(Truth::Number(9.75))));
        for bad in ["2.9", "41", "NaN", "inf", "ten"] {
            assert!(number.read_truth(bad).is_err(), "{bad}");
        }
        assert_eq!(Task::from_json(&task.to_json()), Ok(task));
    }

    #[test]
    fn an_anomaly_has_no_right_answer() {
        let task = Task::from_json(r#"{"kind": "anomaly"}"#).expect("valid");
        assert_eq!(task.column(), None);
        assert_eq!(task.read_truth("1"), Ok(None));
        assert!(task.check_truth(&Truth::Label(0)).is_err());
        assert_eq!(Task::from_json(&task.to_json()), Ok(task));
    }

    #[test]
    fn refuses_settings_that_cannot_work() {
        for bad in [
            r#"{"kind": "classify", "labels": ["one"]}"#,
            r#"{"kind": "classify", "labels": ["a", "a"]}"#,
            r#"{"kind": "classify", "labels": ["a", " b"]}"#,
            r#"{"kind": "classify", "labels": ["a", ""]}"#,
            r#"{"kind": "classify", "labels": ["a", "b"], "label_values": {"0": "c"}}"#,
            r#"{"kind": "classify", "labels": ["a", "b"], "colour": 1}"#,
            r#"{"kind": "classify", "labels": ["a", "b"], "temperature": 0}"#,
            r#"{"kind": "classify", "labels": ["a", "b"], "temperature": 1e9}"#,
            r#"{"kind": "number", "min": 3, "max": 3, "decimals": 1}"#,
            r#"{"kind": "number", "min": 3, "max": 1e30, "decimals": 1}"#,
            r#"{"kind": "number", "min": 3, "max": 4, "decimals": 12}"#,
            r#"{"kind": "number", "min": 3.01, "max": 3.02, "decimals": 0}"#,
            r#"{"kind": "generate", "max_tokens": 0}"#,
            r#"{"kind": "anomaly", "threshold": 1, "usual": 2}"#,
            r#"{"kind": "anomaly", "labels": ["a", "b"]}"#,
            r#"{"kind": "dance"}"#,
        ] {
            assert!(Task::from_json(bad).is_err(), "{bad}");
        }
    }
}
