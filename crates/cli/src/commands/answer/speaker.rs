//! The lines that `senselm answer` prints.

use std::fmt;

use anyhow::Result;
use senselm_sensor::{AlarmState, BadRow, Position, Task};
use senselm_session::{Anomaly, Answer, AnswerLine, LineFits};

use crate::diagnostics::note;
use crate::output::Output;

/// Prints answers and refusals, as JSON or for people.
pub(super) struct Speaker<'a> {
    out: &'a mut Output,
    json: bool,
    /// Characters of the longest label.
    width: usize,
    /// The alarms of a recording, where the task has any.
    alarms: Option<AlarmState>,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(json: bool, task: &Task, out: &'a mut Output) -> Self {
        let widths = task.labels().iter().map(|label| label.chars().count());
        Self {
            out,
            json,
            width: widths.max().unwrap_or(0),
            alarms: task.alarms(),
        }
    }

    /// An answer, beside the truth where it is known.
    pub(super) fn answered(
        &mut self,
        place: Position,
        truth: Option<String>,
        answer: &Answer,
        fits: Option<&LineFits>,
    ) -> Result<()> {
        let mut line = AnswerLine::answered(place, truth.clone(), answer);
        line.fits = fits;
        let line = line.in_stream(self.alarms.as_mut());
        if self.json {
            return self.out.json(&line);
        }
        let alarm = line.alarm;
        let mut text = format!("line {:<6} {}", place.line, self.in_words(answer));
        if let Some(truth) = truth {
            text += &format!("  truth {truth:<width$}", width = self.width);
        }
        if let Some(anomaly) = answer.anomaly() {
            text += &format!("  anomaly {anomaly:.3}");
        }
        if let Some(alarm) = alarm {
            text += if alarm.on { "  ALARM" } else { "" };
            text += if alarm.drifted { "  drift" } else { "" };
        }
        text += &format!("  {:.1} ms", answer.timings().total_ms);
        self.out.line(text)
    }

    /// A window that could not be answered.
    pub(super) fn refused(
        &mut self,
        place: Position,
        truth: Option<String>,
        code: &str,
        message: &impl fmt::Display,
    ) -> Result<()> {
        note!("line {}: left out: {message:#}", place.line);
        self.no_answer(&AnswerLine::refused(
            place,
            truth,
            code,
            message.to_string(),
        ))
    }

    /// A row that is in no window; standard error has named it already.
    pub(super) fn bad_row(&mut self, row: &BadRow) -> Result<()> {
        self.no_answer(&AnswerLine::bad_row(row))
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        self.out.flush()
    }

    fn no_answer(&mut self, line: &AnswerLine<'_>) -> Result<()> {
        if self.json {
            return self.out.json(line);
        }
        self.out
            .line(format_args!("line {:<6} no answer", line.line))
    }

    fn in_words(&self, answer: &Answer) -> String {
        let width = self.width;
        match answer {
            Answer::Classification(answer) => {
                let label = match answer.rejected {
                    true => format!("none of these, nearest {}", answer.label),
                    false => answer.label.clone(),
                };
                format!("{label:<width$}  probability {:.4}", answer.probability)
            }
            Answer::Number(answer) => {
                let (text, unit) = (answer.text.trim(), &answer.unit);
                format!("{text} {unit}  probability {:.4}", answer.probability)
            }
            Answer::Text(answer) => answer.text.clone(),
            Answer::Anomaly(answer) => match most_surprising(answer) {
                Some((channel, sample, nats)) => format!(
                    "{:<7}  most at channel {} sample {} ({nats:.1})",
                    answer.text,
                    channel + 1,
                    sample + 1
                ),
                None => answer.text.clone(),
            },
        }
    }
}

/// The least likely sample, with its channel and its nats.
fn most_surprising(answer: &Anomaly) -> Option<(usize, usize, f64)> {
    let channels = answer.surprise.iter().enumerate();
    let samples = channels.flat_map(|(channel, samples)| {
        let samples = samples.iter().enumerate();
        samples.map(move |(sample, nats)| (channel, sample, *nats))
    });
    // Of equal ones the first.
    samples.fold(None, |most: Option<(usize, usize, f64)>, next| match most {
        Some(most) if most.2 >= next.2 => Some(most),
        _ => Some(next),
    })
}
