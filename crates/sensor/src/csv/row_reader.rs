//! Reads rows that come one at a time, and gives the windows they complete.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::rows::{Field, Row as Record};
use senselm_readings::{Decimal, Note, Shape, Table};

use super::columns::Columns;
use super::places::{Places, Windows};
use super::row::{Row, Stop, reason_of};
use super::stream_rows::StreamRows;
use super::{BadRow, CsvOptions, Truths, Warning};
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
    /// What stands before decimals, as far as it is known.
    decimal: Option<Decimal>,
    truths: Truths,
    /// Rows whose truth is none, and why the first is not.
    odd: Option<(u64, String)>,
    /// How often the header came again, and where it did first.
    headers: Option<(u64, u64)>,
    /// Room for the numbers of a row.
    values: Vec<f64>,
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
        Self::with_places(front_end, task, Columns::named(header), places, Vec::new())
    }

    /// A reader of a table whose columns bear the names that the front end asks
    /// for. `sample` are its first rows.
    pub(super) fn of_table(
        front_end: &FrontEnd,
        task: &Task,
        table: &Table,
        sample: &[Record],
        options: &CsvOptions,
    ) -> Result<Self, SensorError> {
        let mut said: Vec<Warning> = table.notes.iter().map(in_words).collect();
        let columns = Columns::of_table(table);
        let places = Places::by_source(front_end, task, &columns, &mut said)?;
        let mut reader = Self::with_places(front_end, task, columns, places, said)?;
        reader.decimal = table.decimal;
        reader.truths = options.truths;
        reader.shape_known = true;
        if let Some(stream) = &mut reader.stream {
            stream.look(
                front_end,
                &reader.columns,
                sample,
                table.decimal,
                &options.told,
            )?;
        }
        Ok(reader)
    }

    fn with_places(
        front_end: &FrontEnd,
        task: &Task,
        columns: Columns,
        places: Places,
        mut early: Vec<Warning>,
    ) -> Result<Self, SensorError> {
        task.check()?;
        let stream = match &places.windows {
            Windows::Stream { channels, time } => {
                let rows = StreamRows::new(front_end, task, channels.clone(), *time)?;
                Some(Box::new(rows))
            }
            _ => None,
        };
        if places.truth.is_none() {
            let column = task.column().to_string();
            early.push(Warning::NoTruthColumn { column });
        }
        Ok(Self {
            front_end: front_end.clone(),
            task: task.clone(),
            columns,
            early,
            places,
            stream,
            shape_known: false,
            rows: 0,
            unlabelled: 0,
            decimal: None,
            truths: Truths::Required,
            odd: None,
            headers: None,
            values: Vec::new(),
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
        let line = self.rows + 2;
        let record = Record {
            line,
            fields: (1..)
                .zip(fields)
                .map(|(column, text)| Field {
                    bytes: Cow::Borrowed(text.as_bytes()),
                    quoted: false,
                    line,
                    column,
                })
                .collect(),
        };
        // A row without any field is one that its host could not take apart: it is
        // bad, not blank.
        let is_blank = !fields.is_empty() && record.is_blank();
        if is_blank || self.is_header(&record) {
            return Ok(None);
        }
        let row = self.count()?;
        let long = fields.iter().position(|field| field.len() > MAX_CELL_BYTES);
        let read = match long {
            Some(at) => Err(Stop::Row(BadRow {
                line,
                column: at as u64 + 1,
                row,
                name: String::new(),
                reason: alloc::format!("a cell of more than {MAX_CELL_BYTES} bytes"),
            })),
            None => self.record(&record),
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

    /// Whether a row is the header once more, which no window spans.
    pub(super) fn is_header(&mut self, record: &Record) -> bool {
        if !self.columns.is_header(&record.fields) {
            return false;
        }
        let (times, line) = self.headers.unwrap_or((0, record.line));
        self.headers = Some((times + 1, line));
        if let Some(stream) = &mut self.stream {
            stream.restart();
        }
        true
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
            if self.columns.learn_shape(record) == Shape::UnnamedFirst {
                self.early.push(in_words(&Note::RowNumbers));
            }
        }
        let place = Place {
            line: record.line,
            row: self.rows,
        };
        let row = Row {
            columns: &self.columns,
            row: place.row,
            decimal: self.decimal,
            fields: self.columns.fields(record).map_err(|problem| {
                Stop::Row(BadRow {
                    line: record.line,
                    column: 1,
                    row: place.row,
                    name: String::new(),
                    reason: problem.to_string(),
                })
            })?,
        };
        let mut is_odd = false;
        let truth = match self.places.truth {
            None => None,
            Some(at) => {
                let text = row.text(at)?;
                match (self.task.read_truth_in(&text, self.decimal), self.truths) {
                    (Ok(truth), _) => truth,
                    (Err(error), Truths::Required) => return Err(row.bad(at, reason_of(error))),
                    (Err(error), Truths::Optional) => {
                        let odd = self.odd.get_or_insert_with(|| (0, reason_of(error)));
                        odd.0 += 1;
                        is_odd = true;
                        None
                    }
                }
            }
        };
        let unlabelled = self.places.truth.is_some() && truth.is_none() && !is_odd;
        let found = match (&self.places.windows, &mut self.stream) {
            (Windows::Cell(at), _) => Some((row.cell_window(*at, &self.front_end)?, truth)),
            (Windows::List(at), _) => Some((row.list_window(*at, &self.front_end)?, truth)),
            (_, Some(stream)) => stream.row(&row, &self.front_end, place.line, truth)?,
            (Windows::Row(channels) | Windows::Stream { channels, .. }, None) => {
                row.numbers(channels, &self.front_end, &mut self.values)?;
                let channels = self.values.iter().map(|value| alloc::vec![*value]);
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

/// What a table's note says, as a warning.
fn in_words(note: &Note) -> Warning {
    Warning::Table {
        message: note.to_string(),
    }
}
