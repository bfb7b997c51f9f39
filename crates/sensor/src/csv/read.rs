//! Reads the records of a CSV file as a front end lays them out.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::columns::{Columns, Shape};
use super::records::{Malformed, Record, Records};
use super::row::{Row, Stop, reason_of};
use super::stream_rows::StreamRows;
use super::{BadRow, BadRows, Dataset, Warning};
use crate::limits::{MAX_DATASET_VALUES, MAX_ROWS, at_most};
use crate::{FrontEnd, Labelled, Layout, Place, SensorError, Source, Task, Window};

/// Reads the windows of a CSV file and, where it has them, their truths.
///
/// An empty cell of a number, or one that says `NaN`, `NA` or `null`, is a
/// missing sample. A file without the truth's column is read for its windows
/// alone, and a warning says so. In a stream a bad row breaks the window that
/// it would have been in.
///
/// # Errors
/// [`SensorError::EmptyFile`], [`SensorError::Header`] and
/// [`SensorError::UnknownColumn`] for a file that does not fit the front end,
/// [`SensorError::Limit`] for one that is too large, and with
/// [`BadRows::Fail`] [`SensorError::BadRow`] for the first row that cannot be
/// used.
pub fn read_csv(
    front_end: &FrontEnd,
    task: &Task,
    text: &[u8],
    policy: BadRows,
) -> Result<Dataset, SensorError> {
    task.check()?;
    let mut records = Records::new(text);
    let header = match records.next() {
        None => return Err(SensorError::EmptyFile),
        Some(Ok(header)) => header,
        Some(Err(Malformed { line, reason, .. })) => {
            return Err(SensorError::Header { line, reason });
        }
    };
    let columns = Columns::new(&header)?;
    let mut reader = Reader::new(front_end, task, columns)?;
    for record in records {
        reader.data.rows += 1;
        if reader.data.rows > MAX_ROWS {
            return Err(SensorError::Limit {
                what: "rows of the file".to_string(),
                found: reader.data.rows,
                limit: MAX_ROWS,
            });
        }
        let bad = match record {
            Ok(record) => match reader.row(&record) {
                Ok(()) => continue,
                Err(Stop::Row(bad)) => bad,
                Err(Stop::File(error)) => return Err(error),
            },
            Err(Malformed {
                line,
                column,
                reason,
            }) => BadRow {
                line,
                column,
                row: reader.data.rows,
                name: String::new(),
                reason,
            },
        };
        match policy {
            BadRows::Fail => return Err(SensorError::BadRow(bad)),
            BadRows::Skip => reader.skip(bad),
        }
    }
    Ok(reader.finish())
}

struct Reader<'s> {
    front_end: &'s FrontEnd,
    task: &'s Task,
    columns: Columns,
    /// Whether a row has shown how rows differ from the header.
    shape_known: bool,
    truth_column: Option<usize>,
    kind: Kind<'s>,
    data: Dataset,
    values: usize,
    unlabelled: u64,
}

/// The layout, with its columns resolved.
enum Kind<'s> {
    Cells(usize),
    List(usize),
    Columns(Vec<usize>),
    Stream(Box<StreamRows<'s>>),
}

impl<'s> Reader<'s> {
    fn new(front_end: &'s FrontEnd, task: &'s Task, columns: Columns) -> Result<Self, SensorError> {
        let channel_columns = || {
            let sources = front_end.channels().iter().map(|channel| &channel.source);
            sources
                .map(|source| columns.resolve(source))
                .collect::<Result<Vec<_>, _>>()
        };
        let kind = match &front_end.spec().layout {
            Layout::Cells { column, .. } => Kind::Cells(columns.resolve(column)?),
            Layout::Rows { column: Some(list) } => Kind::List(columns.resolve(list)?),
            Layout::Rows { column: None } => Kind::Columns(channel_columns()?),
            Layout::Stream { .. } => {
                let rows = StreamRows::new(front_end, task, &columns, channel_columns()?)?;
                Kind::Stream(Box::new(rows))
            }
        };
        let truth_column = columns.find(task.column());
        let mut data = Dataset::default();
        if truth_column.is_none() {
            data.warnings.push(Warning::NoTruthColumn {
                column: match task.column() {
                    Source::Index(index) => format!("{index}"),
                    Source::Name(name) => name.clone(),
                },
            });
        }
        Ok(Self {
            front_end,
            task,
            columns,
            shape_known: false,
            truth_column,
            kind,
            data,
            values: 0,
            unlabelled: 0,
        })
    }

    fn row(&mut self, record: &Record) -> Result<(), Stop> {
        if !self.shape_known {
            self.shape_known = true;
            match self.columns.learn_shape(record) {
                Shape::Same => {}
                Shape::UnnamedFirst => self.data.warnings.push(Warning::UnnamedFirstColumn),
                Shape::EmptyLast => self.data.warnings.push(Warning::EmptyLastColumn),
            }
        }
        let place = Place {
            line: record.line,
            row: self.data.rows,
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
        let truth = match self.truth_column {
            None => None,
            Some(at) => {
                let text = row.text(at)?;
                let truth = self.task.read_truth(&text);
                truth.map_err(|error| row.bad(at, reason_of(error)))?
            }
        };
        let unlabelled = self.truth_column.is_some() && truth.is_none();
        let found = match &mut self.kind {
            Kind::Cells(at) => {
                let window = row.cell_window(*at, self.front_end)?;
                Some((window, truth))
            }
            Kind::List(at) => Some((row.list_window(*at, self.front_end)?, truth)),
            Kind::Columns(channels) => {
                let values = row.numbers(channels)?;
                let channels = values.into_iter().map(|value| alloc::vec![value]);
                let window = Window {
                    channels: channels.collect(),
                };
                Some((window, truth))
            }
            Kind::Stream(stream) => stream.row(&row, truth)?,
        };
        self.unlabelled += u64::from(unlabelled);
        if let Some((window, truth)) = found {
            self.values += window.values();
            at_most(
                "values of all windows; a longer stride or smaller files would help:",
                self.values,
                MAX_DATASET_VALUES,
            )
            .map_err(Stop::File)?;
            self.data.records.push(Labelled {
                group: window.fingerprint(),
                window,
                truth,
                place,
            });
        }
        Ok(())
    }

    /// Leaves a row out.
    fn skip(&mut self, bad: BadRow) {
        self.data.bad.push(bad);
        if let Kind::Stream(stream) = &mut self.kind {
            stream.interrupt();
        }
    }

    fn finish(mut self) -> Dataset {
        let warnings = &mut self.data.warnings;
        if self.data.rows == 0 {
            warnings.push(Warning::NoRows);
        }
        if self.unlabelled > 0 {
            warnings.push(Warning::NoTruth {
                rows: self.unlabelled,
            });
        }
        if let Kind::Stream(stream) = self.kind {
            warnings.extend(stream.warnings());
        }
        self.data
    }
}
