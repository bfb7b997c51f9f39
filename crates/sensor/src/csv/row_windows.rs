//! Makes the windows of a recording out of the numbers of its rows, whatever
//! read them.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::Refusal;
use senselm_readings::recording::{Facts, TruthCell};

use super::stream_rows::StreamRows;
use super::{Truths, Warning};
use crate::limits::MAX_ROWS;
use crate::{
    FrontEnd, Labelled, Layout, Position, RefusedRows, SensorError, Stated, Task, Truth, Window,
};

/// Takes the numbers of a recording row by row, and gives the windows that they
/// complete.
///
/// Memory does not grow with the recording: a window is given out as soon as a
/// row completes it.
#[derive(Debug, Clone)]
pub struct RowWindows {
    front_end: FrontEnd,
    task: Task,
    /// The readings of a stream that are in no window yet.
    stream: Option<Box<StreamRows>>,
    rows: u64,
    has_truth: bool,
    unlabelled: u64,
    truths: Truths,
    /// Rows whose truth is none, and why the first is not.
    odd: Option<(u64, String)>,
    /// How often the header came again, and where it did first.
    headers: Option<(u64, u64)>,
    /// Rows that were refused for their scale, rate or order.
    refused: Vec<RefusedRows>,
}

/// What one row holds.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberRow<'r> {
    /// The line it begins at, from 1.
    pub line: u64,
    /// The numbers of its channels, those of one behind those of the other; NaN
    /// is a missing one.
    pub values: &'r [f64],
    /// How many each channel has.
    pub lengths: &'r [usize],
    /// When it was, in seconds, where that is known.
    pub time_s: Option<f64>,
    /// The right answer, as its cell has it.
    pub truth: TruthCell<'r>,
}

/// Why a row gave nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Unusable {
    /// Its truth is none, and one is needed.
    Truth(SensorError),
    /// Its window is none.
    Window(SensorError),
    /// Nor can anything behind it be read.
    File(SensorError),
}

impl RowWindows {
    /// For rows that have truths, or have none.
    ///
    /// # Errors
    /// Those of [`Task::check`].
    pub fn new(
        front_end: &FrontEnd,
        task: &Task,
        has_truth: bool,
        truths: Truths,
    ) -> Result<Self, SensorError> {
        task.check()?;
        let stream = match front_end.spec().layout {
            Layout::Stream { .. } => Some(Box::new(StreamRows::new(front_end, task)?)),
            Layout::Cells { .. } | Layout::SideBySide { .. } | Layout::Rows { .. } => None,
        };
        Ok(Self {
            front_end: front_end.clone(),
            task: task.clone(),
            stream,
            rows: 0,
            has_truth,
            unlabelled: 0,
            truths,
            odd: None,
            headers: None,
            refused: Vec::new(),
        })
    }

    /// Takes what is known of the times of all rows.
    pub fn learn(&mut self, facts: Facts) {
        if let Some(stream) = &mut self.stream {
            stream.learn(facts);
        }
    }

    /// Takes whether times are dates, which rows without their file show first.
    pub fn learn_dates(&mut self, dates: bool) {
        if let Some(stream) = &mut self.stream {
            stream.learn_dates(dates);
        }
    }

    /// Takes a row, and gives the window that it completes.
    ///
    /// # Errors
    /// [`Unusable`]; what comes after the row can be used, but for
    /// [`Unusable::File`].
    pub fn push(&mut self, row: &NumberRow<'_>) -> Result<Option<Labelled>, Unusable> {
        self.count().map_err(Unusable::File)?;
        let pushed = self.record(row);
        if let Err(Unusable::Truth(error) | Unusable::Window(error)) = &pushed {
            if let Some(refusal) = error.refusal() {
                self.note_refusal(refusal, &error.to_string());
            }
            self.interrupt();
        }
        pushed
    }

    /// Leaves a row out that could not be read: no window may span it.
    ///
    /// # Errors
    /// [`SensorError::Limit`] for too many rows.
    pub fn skip(&mut self) -> Result<(), SensorError> {
        self.count()?;
        self.interrupt();
        Ok(())
    }

    /// Leaves a row out that could not be read for what is not that of the model.
    ///
    /// # Errors
    /// Those of [`Self::skip`].
    pub fn refuse(&mut self, refusal: Refusal, reason: &str) -> Result<(), SensorError> {
        self.note_refusal(refusal, reason);
        self.skip()
    }

    fn note_refusal(&mut self, refusal: Refusal, reason: &str) {
        match self.refused.iter_mut().find(|rows| rows.refusal == refusal) {
            Some(rows) => rows.rows += 1,
            None => self.refused.push(RefusedRows {
                refusal,
                rows: 1,
                reason: reason.into(),
            }),
        }
    }

    /// The header came again, which no window spans.
    pub fn header_again(&mut self, line: u64) {
        let (times, first) = self.headers.unwrap_or((0, line));
        self.headers = Some((times + 1, first));
        self.restart();
    }

    /// Something else is recorded from here on: no window spans that, and time may
    /// begin anew.
    pub fn restart(&mut self) {
        if let Some(stream) = &mut self.stream {
            stream.restart();
        }
    }

    /// How often the stream was broken: by a gap in time, a row that was left out,
    /// or by what is recorded.
    pub(super) fn breaks(&self) -> usize {
        self.stream.as_ref().map_or(0, |stream| stream.breaks())
    }

    /// Rows so far, good and bad.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// At most how many values there are in the windows that this many rows
    /// complete; of windows that are rows, the rows say how many.
    #[must_use]
    pub fn values_after(&self, rows: usize) -> usize {
        let channels = self.front_end.channels().len();
        let stream = self.stream.as_ref();
        stream.map_or(rows.saturating_mul(channels), |stream| {
            stream.values_after(rows)
        })
    }

    /// What the rows so far state of their rate, and which of them were refused. Their
    /// units are known to who reads their cells.
    #[must_use]
    pub fn stated(&self) -> Stated {
        let stream = self.stream.as_ref();
        Stated {
            units: Vec::new(),
            rate_hz: stream.and_then(|stream| stream.rate_hz()),
            other_pace: stream.and_then(|stream| stream.other_pace()),
            slow_hz: stream.and_then(|stream| stream.slow_hz()),
            refused: self.refused.clone(),
        }
    }

    /// What a user should know about the rows so far.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.rows == 0 {
            warnings.push(Warning::NoRows);
        }
        if self.unlabelled > 0 {
            warnings.push(Warning::NoTruth {
                rows: self.unlabelled,
            });
        }
        if let Some((rows, reason)) = &self.odd {
            warnings.push(Warning::OddTruth {
                rows: *rows,
                reason: reason.clone(),
            });
        }
        if let Some((times, line)) = self.headers {
            warnings.push(Warning::HeaderAgain { times, line });
        }
        warnings.extend(self.stream.iter().flat_map(|stream| stream.warnings()));
        warnings
    }

    /// Counts a row, good or bad.
    fn count(&mut self) -> Result<(), SensorError> {
        self.rows += 1;
        if self.rows > MAX_ROWS {
            return Err(SensorError::Limit {
                what: "rows of the file".to_string(),
                found: self.rows,
                limit: MAX_ROWS,
            });
        }
        Ok(())
    }

    fn interrupt(&mut self) {
        if let Some(stream) = &mut self.stream {
            stream.interrupt();
        }
    }

    fn record(&mut self, row: &NumberRow<'_>) -> Result<Option<Labelled>, Unusable> {
        let Some(values) = self.front_end.row_as_read(row.values, row.lengths) else {
            return self.record_read(row);
        };
        self.record_read(&NumberRow {
            values: &values,
            truth: row.truth.clone(),
            ..*row
        })
    }

    fn record_read(&mut self, row: &NumberRow<'_>) -> Result<Option<Labelled>, Unusable> {
        let place = Position {
            line: row.line,
            row: self.rows,
        };
        let mut is_odd = false;
        let truth = match (self.task.truth_of(&row.truth), self.truths) {
            (Ok(truth), _) => truth,
            (Err(error), Truths::Required) => return Err(Unusable::Truth(error)),
            (Err(error), Truths::Optional) => {
                let odd = self.odd.get_or_insert_with(|| (0, error.reason()));
                odd.0 += 1;
                is_odd = true;
                None
            }
        };
        let unlabelled = self.has_truth && truth.is_none() && !is_odd;
        let found = match &mut self.stream {
            Some(stream) => stream.row(row, truth).map_err(Unusable::File)?,
            None => Some((self.window(row)?, truth)),
        };
        self.unlabelled += u64::from(unlabelled);
        Ok(found.map(|(window, truth)| Labelled {
            group: window.fingerprint(),
            window,
            truth,
            place,
        }))
    }

    /// The window that is one row.
    fn window(&self, row: &NumberRow<'_>) -> Result<Window, Unusable> {
        let mut rest = row.values;
        let channels = row.lengths.iter().map(|&length| {
            let (channel, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = behind;
            channel.to_vec()
        });
        let window = Window {
            channels: channels.collect(),
        };
        if matches!(
            self.front_end.spec().layout,
            Layout::Cells { .. } | Layout::SideBySide { .. }
        ) {
            self.front_end.check(&window).map_err(Unusable::Window)?;
        }
        Ok(window)
    }
}

/// A truth, with what its stream has of it.
pub(super) type Answered = (Window, Option<Truth>);
