//! The line of `senselm answer --json`: one window of a recording and what was
//! answered, or one row that is in no window.
//!
//! Every host that prints such lines prints this type: the program, and the
//! guest as a command. `docs/cli.md` documents its keys.

use senselm_sensor::{Alarm, AlarmState, BadRow, Position, Task, Truth, Verdict};
use serde::Serialize;

use crate::Answer;

/// One line of JSON, without its line end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerLine<'a> {
    /// The line of the file where the window ends, from 1.
    pub line: u64,
    /// The data row where it ends, from 1.
    pub row: u64,
    /// What the recording says, as the model would write it.
    pub truth: Option<String>,
    /// The answer, where there is one.
    pub answer: Option<&'a Answer>,
    /// What the answer means behind those before it, for a task that looks for
    /// anomalies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm: Option<Alarm>,
    /// Why the recording may not be of the kind that the model was trained on; absent
    /// where nothing speaks against it, or nobody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fits: Option<&'a LineFits>,
    /// Why there is none.
    pub error: Option<LineError<'a>>,
}

/// Why a recording may not fit the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineFits {
    /// Whether it does.
    pub verdict: Verdict,
    /// The weightiest reason, for people.
    pub reason: String,
}

/// Why a line has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineError<'a> {
    /// A code for programs: `bad_row`, or that of a [`crate::SessionError`].
    pub code: &'a str,
    /// The reason, for people.
    pub message: String,
    /// Where in the line a bad row is bad, in bytes from 1.
    pub column: Option<u64>,
}

impl<'a> AnswerLine<'a> {
    /// A window that was answered.
    #[must_use]
    pub fn answered(place: Position, truth: Option<String>, answer: &'a Answer) -> Self {
        Self {
            line: place.line,
            row: place.row,
            truth,
            answer: Some(answer),
            alarm: None,
            fits: None,
            error: None,
        }
    }

    /// With what the answer means for the stream that the window is of.
    #[must_use]
    pub fn in_stream(mut self, state: Option<&mut AlarmState>) -> Self {
        let score = self.answer.and_then(Answer::anomaly);
        self.alarm = state.zip(score).map(|(state, score)| state.push(score));
        self
    }

    /// A window that could not be answered.
    #[must_use]
    pub fn refused(place: Position, truth: Option<String>, code: &'a str, message: String) -> Self {
        Self {
            line: place.line,
            row: place.row,
            truth,
            answer: None,
            alarm: None,
            fits: None,
            error: Some(LineError {
                code,
                message,
                column: None,
            }),
        }
    }

    /// A row that is in no window.
    #[must_use]
    pub fn bad_row(row: &BadRow) -> Self {
        Self {
            line: row.line,
            row: row.row,
            truth: None,
            answer: None,
            alarm: None,
            fits: None,
            error: Some(LineError {
                code: "bad_row",
                message: row.reason.clone(),
                column: Some(row.column),
            }),
        }
    }

    /// A truth as it stands in such a line: as the model would write it.
    #[must_use]
    pub fn truth_text(task: &Task, truth: &Truth) -> String {
        match truth {
            Truth::Number(value) => format!("{value}"),
            other => task.answer_text(other).trim().into(),
        }
    }
}
