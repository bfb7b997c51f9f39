//! The lines that `senselm answer` prints.

use std::fmt;

use anyhow::Result;
use senselm_sensor::{BadRow, Place, Task};
use senselm_session::Answer;
use serde::Serialize;

use crate::output::Output;

/// One line of JSON; the keys are documented.
#[derive(Serialize)]
struct Line<'a> {
    line: u64,
    row: u64,
    truth: Option<String>,
    answer: Option<&'a Answer>,
    error: Option<Refusal<'a>>,
}

#[derive(Serialize)]
struct Refusal<'a> {
    code: &'a str,
    message: String,
    /// Where in the line a bad row is bad, in bytes from 1.
    column: Option<u64>,
}

/// Prints answers and refusals, as JSON or for people.
pub(super) struct Speaker<'a> {
    out: &'a mut Output,
    json: bool,
    /// Characters of the longest label.
    width: usize,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(json: bool, task: &Task, out: &'a mut Output) -> Self {
        let widths = task.labels().iter().map(|label| label.chars().count());
        Self {
            out,
            json,
            width: widths.max().unwrap_or(0),
        }
    }

    /// An answer, beside the truth where it is known.
    pub(super) fn answered(
        &mut self,
        place: Place,
        truth: Option<String>,
        answer: &Answer,
    ) -> Result<()> {
        if self.json {
            return self.out.json(&Line {
                line: place.line,
                row: place.row,
                truth,
                answer: Some(answer),
                error: None,
            });
        }
        let mut text = format!("line {:<6} {}", place.line, self.in_words(answer));
        if let Some(truth) = truth {
            text += &format!("  truth {truth:<width$}", width = self.width);
        }
        if let Some(anomaly) = answer.anomaly() {
            text += &format!("  anomaly {anomaly:.3}");
        }
        text += &format!("  {:.1} ms", answer.timings().total_ms);
        self.out.line(text)
    }

    /// A window that could not be answered.
    pub(super) fn refused(
        &mut self,
        place: Place,
        truth: Option<String>,
        code: &str,
        message: &impl fmt::Display,
    ) -> Result<()> {
        eprintln!("senselm: line {}: left out: {message:#}", place.line);
        let refusal = Refusal {
            code,
            message: message.to_string(),
            column: None,
        };
        self.no_answer(place, truth, refusal)
    }

    /// A row that is in no window; standard error has named it already.
    pub(super) fn bad_row(&mut self, row: &BadRow) -> Result<()> {
        let place = Place {
            line: row.line,
            row: row.row,
        };
        let refusal = Refusal {
            code: "bad_row",
            message: row.reason.clone(),
            column: Some(row.column),
        };
        self.no_answer(place, None, refusal)
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        self.out.flush()
    }

    fn no_answer(
        &mut self,
        place: Place,
        truth: Option<String>,
        refusal: Refusal<'_>,
    ) -> Result<()> {
        if self.json {
            return self.out.json(&Line {
                line: place.line,
                row: place.row,
                truth,
                answer: None,
                error: Some(refusal),
            });
        }
        self.out
            .line(format_args!("line {:<6} no answer", place.line))
    }

    fn in_words(&self, answer: &Answer) -> String {
        let width = self.width;
        match answer {
            Answer::Classification(answer) => {
                format!(
                    "{:<width$}  probability {:.4}",
                    answer.label, answer.probability
                )
            }
            Answer::Number(answer) => {
                let (text, unit) = (answer.text.trim(), &answer.unit);
                format!("{text} {unit}  probability {:.4}", answer.probability)
            }
            Answer::Text(answer) => answer.text.clone(),
        }
    }
}
