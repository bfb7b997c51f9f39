//! Reads rows that come one at a time, and gives the windows they complete.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::recording::{BadCell, Reader, Spot};
use senselm_readings::rows::{Field, Malformed, Row};
use senselm_readings::{Problem, Table};

use super::row_windows::{NumberRow, RowWindows, Unusable};
use super::{BadRow, CsvOptions, Truths, Warning, wants};
use crate::limits::{MAX_COLUMNS, at_most};
use crate::{FrontEnd, Labelled, SensorError, Stated, Task};

/// Reads a recording row by row, whatever kind of file its rows are from.
///
/// Memory does not grow with the recording: a window is given out as soon as a
/// row completes it.
#[derive(Debug, Clone)]
pub struct RowReader {
    reader: Reader,
    windows: RowWindows,
    /// Room for the numbers of a row.
    values: Vec<f64>,
    lengths: Vec<usize>,
}

impl RowReader {
    /// A reader of rows with these columns. `columns` says for each of
    /// [`crate::expected_columns`] which of them it is, from 0.
    ///
    /// # Errors
    /// [`SensorError::Table`] with [`Problem::Columns`] where one that is
    /// required is missing or does not exist; [`SensorError::Limit`] for too
    /// many.
    pub fn new(
        front_end: &FrontEnd,
        task: &Task,
        header: &[&str],
        columns: &[Option<usize>],
    ) -> Result<Self, SensorError> {
        at_most("columns", header.len(), MAX_COLUMNS)?;
        let reader = Reader::of_rows(wants(front_end, task), header, columns);
        let reader = reader.map_err(SensorError::Table)?;
        Self::with_reader(front_end, task, reader, Truths::Required)
    }

    /// A reader of a table whose columns bear the names that the front end asks
    /// for. `sample` are its first rows.
    pub(super) fn of_table(
        front_end: &FrontEnd,
        task: &Task,
        table: &Table,
        sample: &[Row<'_>],
        options: &CsvOptions,
    ) -> Result<Self, SensorError> {
        let wants = wants(front_end, task);
        let reader = Reader::of_table(wants, table, sample, &options.told, None);
        let reader = reader.map_err(SensorError::Table)?;
        // Of rows that are whole windows nothing else knows the rate.
        if let Some(rate_hz) = options.told.rate_hz {
            front_end.check_rate(rate_hz)?;
        }
        Self::with_reader(front_end, task, reader, options.truths)
    }

    fn with_reader(
        front_end: &FrontEnd,
        task: &Task,
        reader: Reader,
        truths: Truths,
    ) -> Result<Self, SensorError> {
        let mut windows = RowWindows::new(front_end, task, reader.has_truth(), truths)?;
        windows.learn(reader.facts());
        Ok(Self {
            reader,
            windows,
            values: Vec::new(),
            lengths: Vec::new(),
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
        let line = self.windows.rows() + 2;
        let row = Row {
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
        if !fields.is_empty() && row.is_blank() {
            return Ok(None);
        }
        self.take(&row)
    }

    /// Which of the columns that the header names holds the truth, from 0.
    pub(super) fn truth_column(&self) -> Option<usize> {
        self.reader.truth_column()
    }

    /// Whether a row is the header once more.
    pub(super) fn is_header(&self, row: &Row<'_>) -> bool {
        self.reader.is_header(row)
    }

    /// Something else is recorded from here on.
    pub(super) fn restart(&mut self) {
        self.windows.restart();
    }

    /// How often the stream was broken.
    pub(super) fn breaks(&self) -> usize {
        self.windows.breaks()
    }

    /// Takes a row of a file.
    pub(super) fn take(&mut self, row: &Row<'_>) -> Result<Option<Labelled>, SensorError> {
        if self.reader.is_header(row) {
            self.windows.header_again(row.line);
            return Ok(None);
        }
        self.values.clear();
        self.lengths.clear();
        let read = self.reader.read(row, &mut self.values, &mut self.lengths);
        let cells = match read {
            Ok(cells) => cells,
            // Nothing behind it can be read.
            Err(BadCell {
                problem: problem @ Problem::OtherHeader { .. },
                ..
            }) => return Err(SensorError::Table(problem)),
            Err(BadCell { spot, problem }) => {
                match problem.refusal() {
                    Some(refusal) => self.windows.refuse(refusal, &problem.to_string())?,
                    None => self.windows.skip()?,
                }
                return Err(self.bad(spot, reason(&problem)));
            }
        };
        self.windows.learn(self.reader.facts());
        let pushed = self.windows.push(&NumberRow {
            line: row.line,
            values: &self.values,
            lengths: &self.lengths,
            time_s: cells.time_s,
            truth: cells.truth,
        });
        pushed.map_err(|unusable| match unusable {
            Unusable::File(error) => error,
            Unusable::Truth(error) => self.bad(self.reader.truth_spot(row), error.reason()),
            Unusable::Window(error) => self.bad(self.reader.window_spot(row), error.reason()),
        })
    }

    /// Takes what is no row.
    pub(super) fn leave_out(&mut self, malformed: Malformed) -> SensorError {
        let spot = Spot {
            line: malformed.line,
            column: malformed.column,
            ..Spot::default()
        };
        match self.windows.skip() {
            Ok(()) => self.bad(spot, malformed.problem.to_string()),
            Err(error) => error,
        }
    }

    fn bad(&self, spot: Spot, reason: String) -> SensorError {
        SensorError::BadRow(BadRow {
            line: spot.line,
            column: spot.column,
            row: self.windows.rows(),
            name: spot.name,
            reason,
        })
    }

    /// Rows so far, good and bad.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.windows.rows()
    }

    /// At most how many values there are in the windows that this many rows
    /// complete; of windows that are rows, the rows say how many.
    #[must_use]
    pub fn values_after(&self, rows: usize) -> usize {
        self.windows.values_after(rows)
    }

    /// What the rows so far state of their units and their rate.
    #[must_use]
    pub fn stated(&self) -> Stated {
        Stated {
            units: self.reader.stated_units(),
            ..self.windows.stated()
        }
    }

    /// What a user should know about the rows so far.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let notes = self.reader.notes().iter().map(Warning::from);
        notes.chain(self.windows.warnings()).collect()
    }
}

/// The error for a table that cannot be read.
pub(super) fn refused(problem: Problem) -> SensorError {
    match problem {
        Problem::Empty => SensorError::EmptyFile,
        problem => SensorError::Table(problem),
    }
}

/// What is wrong with a cell, and the setting that would decide, by its name.
fn reason(problem: &Problem) -> String {
    let choices = problem.choices();
    let Some((setting, _)) = choices.first() else {
        return problem.to_string();
    };
    let values: Vec<&str> = choices.iter().map(|(_, value)| value.as_str()).collect();
    format!("{problem}; {setting} decides: {}", values.join(" or "))
}
