//! Reads the records of a CSV file as a front end lays them out.

use alloc::borrow::Cow;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::cell::{arrays, list, number, quote};
use super::columns::{Columns, Shape};
use super::records::{Field, Malformed, Record, Records};
use super::time::parse_timestamp;
use super::{BadRow, BadRows, Dataset, Warning};
use crate::limits::{MAX_DATASET_VALUES, MAX_ROWS, at_most};
use crate::{
    FrontEnd, LabelOf, Labelled, Layout, Place, SensorError, Source, Task, Truth, Window,
    WindowStream,
};

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

/// Why a row did not become a record.
enum Stop {
    Row(BadRow),
    File(SensorError),
}

struct Reader<'s> {
    front_end: &'s FrontEnd,
    task: &'s Task,
    columns: Columns,
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
    Stream(Stream<'s>),
}

struct Stream<'s> {
    channels: Vec<usize>,
    timestamp: Option<usize>,
    label: LabelOf,
    window: WindowStream,
    /// The truths of the readings in the buffer, latest last.
    truths: VecDeque<Option<Truth>>,
    length: usize,
    gaps: u64,
    dropped_by_gaps: u64,
    dropped_by_bad_rows: u64,
    task: &'s Task,
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
            Layout::Stream {
                length,
                label,
                timestamp,
                ..
            } => Kind::Stream(Stream {
                channels: channel_columns()?,
                timestamp: timestamp
                    .as_ref()
                    .map(|source| columns.resolve(source))
                    .transpose()?,
                label: *label,
                window: WindowStream::new(front_end)?,
                truths: VecDeque::new(),
                length: *length,
                gaps: 0,
                dropped_by_gaps: 0,
                dropped_by_bad_rows: 0,
                task,
            }),
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
            truth_column,
            kind,
            data,
            values: 0,
            unlabelled: 0,
        })
    }

    fn row(&mut self, record: &Record) -> Result<(), Stop> {
        if self.data.rows == 1 {
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
            stream.dropped_by_bad_rows += stream.window.reset() as u64;
            stream.truths.clear();
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
            if stream.gaps > 0 {
                warnings.push(Warning::Gaps {
                    gaps: stream.gaps,
                    readings: stream.dropped_by_gaps,
                });
            }
            if stream.dropped_by_bad_rows > 0 {
                warnings.push(Warning::BrokenByBadRows {
                    readings: stream.dropped_by_bad_rows,
                });
            }
            if stream.window.pending() > 0 {
                warnings.push(Warning::IncompleteTail {
                    readings: stream.window.pending() as u64,
                });
            }
        }
        self.data
    }
}

impl Stream<'_> {
    fn row(
        &mut self,
        row: &Row,
        truth: Option<Truth>,
    ) -> Result<Option<(Window, Option<Truth>)>, Stop> {
        let reading = row.numbers(&self.channels)?;
        let time_s = match self.timestamp {
            None => None,
            Some(at) => {
                let text = row.text(at)?;
                let time = parse_timestamp(&text);
                Some(time.ok_or_else(|| row.bad(at, format!("{} is not a time", quote(&text))))?)
            }
        };
        let pushed = self.window.push(&reading, time_s).map_err(Stop::File)?;
        if pushed.gap {
            self.gaps += 1;
            self.dropped_by_gaps += pushed.dropped as u64;
            self.truths.clear();
        }
        if self.truths.len() == self.length {
            self.truths.pop_front();
        }
        self.truths.push_back(truth);
        Ok(pushed.window.map(|window| (window, self.truth())))
    }

    /// The truth of the window that the last reading completed.
    fn truth(&self) -> Option<Truth> {
        let last = self.truths.back().cloned().flatten();
        if self.label == LabelOf::Last {
            return last;
        }
        let mut counts = alloc::vec![0_usize; self.task.labels().len()];
        for truth in self.truths.iter().flatten() {
            if let Truth::Label(index) = truth
                && let Some(count) = counts.get_mut(*index)
            {
                *count += 1;
            }
        }
        let most = counts.iter().copied().max().filter(|&most| most > 0);
        let frequent = |truth: &&Truth| matches!(truth, Truth::Label(index) if counts.get(*index).copied() == most);
        let latest = self.truths.iter().rev().flatten().find(frequent);
        latest.cloned().or(last)
    }
}

/// A row whose fields are those that the header names.
struct Row<'r> {
    columns: &'r Columns,
    fields: &'r [Field<'r>],
    row: u64,
}

impl Row<'_> {
    fn bad(&self, at: usize, reason: impl Into<String>) -> Stop {
        let field = self.fields.get(at);
        Stop::Row(BadRow {
            line: field.map_or(0, |field| field.line),
            column: field.map_or(0, |field| field.column),
            row: self.row,
            name: self.columns.name(at).to_string(),
            reason: reason.into(),
        })
    }

    fn text(&self, at: usize) -> Result<Cow<'_, str>, Stop> {
        let bytes = self.fields.get(at).map_or(&[][..], |field| &field.bytes);
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(_) => Err(self.bad(at, "it is not UTF-8 text")),
        }
    }

    fn numbers(&self, columns: &[usize]) -> Result<Vec<f64>, Stop> {
        columns
            .iter()
            .map(|&at| number(&self.text(at)?).map_err(|reason| self.bad(at, reason)))
            .collect()
    }

    /// A window of length 1 from a list in one cell.
    fn list_window(&self, at: usize, front_end: &FrontEnd) -> Result<Window, Stop> {
        let values = list(&self.text(at)?).map_err(|reason| self.bad(at, reason))?;
        let channels = front_end
            .channels()
            .iter()
            .map(|channel| {
                let value = match &channel.source {
                    Source::Index(index) => values.get(*index),
                    Source::Name(_) => None,
                };
                let value = value.ok_or_else(|| {
                    let found = values.len();
                    let reason = format!(
                        "no number for channel {} in a list of {found}",
                        channel.name
                    );
                    self.bad(at, reason)
                })?;
                Ok(alloc::vec![*value])
            })
            .collect::<Result<_, Stop>>()?;
        Ok(Window { channels })
    }

    /// A window from the arrays of one cell.
    fn cell_window(&self, at: usize, front_end: &FrontEnd) -> Result<Window, Stop> {
        let text = self.text(at)?;
        let arrays = arrays(&text).map_err(|reason| self.bad(at, reason))?;
        let channels = front_end
            .channels()
            .iter()
            .map(|channel| {
                let found = match &channel.source {
                    Source::Index(index) => (*index < arrays.len()).then_some(*index),
                    Source::Name(name) => arrays.iter().position(|array| array.name == name),
                };
                let found = found.ok_or_else(|| {
                    self.bad(at, format!("no array for channel {}", channel.name))
                })?;
                Ok(arrays[found].values.clone())
            })
            .collect::<Result<_, Stop>>()?;
        let window = Window { channels };
        front_end
            .check(&window)
            .map_err(|error| self.bad(at, reason_of(error)))?;
        Ok(window)
    }
}

fn reason_of(error: SensorError) -> String {
    match error {
        SensorError::Truth { reason } => reason,
        other => other.to_string(),
    }
}
