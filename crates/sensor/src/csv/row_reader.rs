//! Reads rows that come one at a time, and gives the windows they complete.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::columns::{Columns, Shape};
use super::places::{Places, Windows};
use super::records::{Field, Record};
use super::row::{Row, Stop, reason_of};
use super::stream_rows::StreamRows;
use super::{BadRow, Warning};
use crate::limits::{MAX_CELL_BYTES, MAX_COLUMNS, MAX_ROWS, at_most};
use crate::{FrontEnd, Labelled, Place, SensorError, Task, Window};

/// Reads a recording row by row, whatever kind of file its rows are from.
///
/// Memory does not grow with the recording: a window is given out as soon as a
/// row completes it.
#[derive(Debug, Clone)]
pub struct RowReader {
    front_end: FrontEnd,
    task: Task,
    columns: Columns,
    places: Places,
    /// The readings of a stream that are in no window yet.
    stream: Option<Box<StreamRows>>,
    /// What was to be said before the first row, or at it.
    early: Vec<Warning>,
    /// Whether a row has shown how rows differ from the header.
    shape_known: bool,
    rows: u64,
    unlabelled: u64,
}

impl RowReader {
    /// A reader of rows with these columns. `columns` says for each of
    /// [`crate::expected_columns`] which of them it is, from 0.
    ///
    /// # Errors
    /// [`SensorError::Columns`] where one that is required is missing or does
    /// not exist; [`SensorError::Limit`] for too many.
    pub fn new(
        front_end: &FrontEnd,
        task: &Task,
        header: &[&str],
        columns: &[Option<usize>],
    ) -> Result<Self, SensorError> {
        at_most("columns", header.len(), MAX_COLUMNS)?;
        let places = Places::chosen(front_end, task, header.len(), columns)?;
        Self::with_places(front_end, task, Columns::named(header), places)
    }

    /// A reader of a file whose columns bear the names that the front end asks
    /// for.
    pub(super) fn of_file(
        front_end: &FrontEnd,
        task: &Task,
        columns: Columns,
    ) -> Result<Self, SensorError> {
        let places = Places::by_source(front_end, task, &columns)?;
        Self::with_places(front_end, task, columns, places)
    }

    fn with_places(
        front_end: &FrontEnd,
        task: &Task,
        columns: Columns,
        places: Places,
    ) -> Result<Self, SensorError> {
        task.check()?;
        let stream = match &places.windows {
            Windows::Stream { channels, time } => {
                let rows = StreamRows::new(front_end, task, channels.clone(), *time)?;
                Some(Box::new(rows))
            }
            _ => None,
        };
        let column = task.column().to_string();
        let no_truth = Warning::NoTruthColumn { column };
        Ok(Self {
            front_end: front_end.clone(),
            task: task.clone(),
            columns,
            early: places
                .truth
                .is_none()
                .then_some(no_truth)
                .into_iter()
                .collect(),
            places,
            stream,
            shape_known: false,
            rows: 0,
            unlabelled: 0,
        })
    }

    /// Takes the fields of one row, and gives the window that it completes.
    /// The row's line is counted as if no cell held a line break; the column of
    /// a bad one is its field, from 1.
    ///
    /// # Errors
    /// [`SensorError::BadRow`] for a row that cannot be used, which breaks the
    /// window that it would have been in; what comes after it can be. Any other
    /// error is one of the recording.
    pub fn push(&mut self, fields: &[&str]) -> Result<Option<Labelled>, SensorError> {
        let row = self.count()?;
        let line = row + 1;
        let bad = |at: usize, reason: String| {
            Stop::Row(BadRow {
                line,
                column: at as u64 + 1,
                row,
                name: String::new(),
                reason,
            })
        };
        let long = fields.iter().position(|field| field.len() > MAX_CELL_BYTES);
        let read = match long {
            Some(at) => Err(bad(
                at,
                alloc::format!("a cell of more than {MAX_CELL_BYTES} bytes"),
            )),
            None => self.record(&Record {
                line,
                fields: (1..)
                    .zip(fields)
                    .map(|(column, text)| Field {
                        bytes: Cow::Borrowed(text.as_bytes()),
                        line,
                        column,
                    })
                    .collect(),
            }),
        };
        read.map_err(|stop| match stop {
            Stop::File(error) => error,
            Stop::Row(bad) => {
                self.interrupt();
                SensorError::BadRow(bad)
            }
        })
    }

    /// Rows so far, good and bad.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// At most how many values there are in the windows that this many rows
    /// complete; of windows that are cells, the cells say how many.
    #[must_use]
    pub fn values_after(&self, rows: usize) -> usize {
        let channels = self.front_end.channels().len();
        let stream = self.stream.as_ref();
        stream.map_or(rows.saturating_mul(channels), |stream| {
            stream.values_after(rows)
        })
    }

    /// What a user should know about the rows so far.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.early.clone();
        if self.rows == 0 {
            warnings.push(Warning::NoRows);
        }
        if self.unlabelled > 0 {
            warnings.push(Warning::NoTruth {
                rows: self.unlabelled,
            });
        }
        warnings.extend(self.stream.iter().flat_map(|stream| stream.warnings()));
        warnings
    }

    /// Counts a row, good or bad, and gives its number.
    pub(super) fn count(&mut self) -> Result<u64, SensorError> {
        self.rows += 1;
        if self.rows > MAX_ROWS {
            return Err(SensorError::Limit {
                what: "rows of the file".to_string(),
                found: self.rows,
                limit: MAX_ROWS,
            });
        }
        Ok(self.rows)
    }

    /// A row was left out: no window may span it.
    pub(super) fn interrupt(&mut self) {
        if let Some(stream) = &mut self.stream {
            stream.interrupt();
        }
    }

    /// Reads the row that was counted last.
    pub(super) fn record(&mut self, record: &Record) -> Result<Option<Labelled>, Stop> {
        if !self.shape_known {
            self.shape_known = true;
            match self.columns.learn_shape(record) {
                Shape::Same => {}
                Shape::UnnamedFirst => self.early.push(Warning::UnnamedFirstColumn),
                Shape::EmptyLast => self.early.push(Warning::EmptyLastColumn),
            }
        }
        let place = Place {
            line: record.line,
            row: self.rows,
        };
        let row = Row {
            columns: &self.columns,
            row: place.row,
            fields: self.columns.fields(record).map_err(|reason| {
                Stop::Row(BadRow {
                    line: record.line,
                    column: 1,
                    row: place.row,
                    name: String::new(),
                    reason,
                })
            })?,
        };
        let truth = match self.places.truth {
            None => None,
            Some(at) => {
                let text = row.text(at)?;
                let truth = self.task.read_truth(&text);
                truth.map_err(|error| row.bad(at, reason_of(error)))?
            }
        };
        let unlabelled = self.places.truth.is_some() && truth.is_none();
        let found = match (&self.places.windows, &mut self.stream) {
            (Windows::Cell(at), _) => Some((row.cell_window(*at, &self.front_end)?, truth)),
            (Windows::List(at), _) => Some((row.list_window(*at, &self.front_end)?, truth)),
            (_, Some(stream)) => stream.row(&row, truth)?,
            (Windows::Row(channels) | Windows::Stream { channels, .. }, None) => {
                let values = row.numbers(channels)?;
                let channels = values.into_iter().map(|value| alloc::vec![value]);
                let window = Window {
                    channels: channels.collect(),
                };
                Some((window, truth))
            }
        };
        self.unlabelled += u64::from(unlabelled);
        Ok(found.map(|(window, truth)| Labelled {
            group: window.fingerprint(),
            window,
            truth,
            place,
        }))
    }
}
