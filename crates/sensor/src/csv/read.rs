//! Reads the records of a CSV file as a front end lays them out.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::limits::MAX_SAMPLE_BYTES;
use senselm_readings::names::{Wanted, fit};
use senselm_readings::rows::{Delimiter, Malformed, Row, Rows};
use senselm_readings::{Problem, Table, Told, detect};

use super::places::wanted as wanted_of_file;
use super::row::Stop;
use super::row_reader::RowReader;
use super::{BadRow, BadRows, Dataset};
use crate::limits::{MAX_DATASET_VALUES, at_most};
use crate::{FrontEnd, SensorError, Task};

/// How a recording is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CsvOptions {
    /// What happens to a row that cannot be used.
    pub bad_rows: BadRows,
    /// Whether a row needs a truth that the task knows.
    pub truths: Truths,
    /// What is known about how the file is written.
    pub told: Told,
}

/// What a truth is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Truths {
    /// A row with one that the task does not know cannot be used.
    #[default]
    Required,
    /// Such a row has no truth, and one warning counts them.
    Optional,
}

/// Reads the windows of a CSV file and, where it has them, their truths.
///
/// # Errors
/// As [`read_csv_with`].
pub fn read_csv(
    front_end: &FrontEnd,
    task: &Task,
    text: &[u8],
    policy: BadRows,
) -> Result<Dataset, SensorError> {
    let options = CsvOptions {
        bad_rows: policy,
        ..CsvOptions::default()
    };
    read_csv_with(front_end, task, text, &options)
}

/// Reads the windows of a CSV file and, where it has them, their truths.
///
/// What separates its fields, where its header is, how its numbers and times
/// are written and what counts as missing is for `senselm_readings` to say. A
/// file without the truth's column is read for its windows alone, and a
/// warning says so. In a stream a bad row breaks the window that it would have
/// been in.
///
/// # Errors
/// [`SensorError::EmptyFile`], [`SensorError::Header`],
/// [`SensorError::UnknownColumn`], [`SensorError::NearColumn`] and
/// [`SensorError::DoubleColumn`] for a file that does not fit the front end,
/// [`SensorError::Table`] for one that can be read in two ways,
/// [`SensorError::TimesBackwards`] and [`SensorError::OtherRate`] for a stream
/// whose times say that its windows would be wrong, [`SensorError::Limit`] for
/// a file that is too large, and with [`BadRows::Fail`]
/// [`SensorError::BadRow`] for the first row that cannot be used.
pub fn read_csv_with(
    front_end: &FrontEnd,
    task: &Task,
    text: &[u8],
    options: &CsvOptions,
) -> Result<Dataset, SensorError> {
    let table = table(front_end, task, text, &options.told)?;
    let sample = sample(text, &table);
    let mut reader = RowReader::of_table(front_end, task, &table, &sample, options)?;
    drop(sample);
    let mut rows = Rows::from_place(text, table.delimiter, table.body);
    let mut data = Dataset::default();
    let mut values = 0;
    let mut record = Row::default();
    while let Some(read) = rows.read(&mut record) {
        if read.is_ok() && reader.is_header(&record) {
            continue;
        }
        let row = reader.count()?;
        let read = match read {
            Ok(()) => reader.record(&record),
            Err(malformed) => Err(Stop::Row(bad_row(&malformed, row))),
        };
        match read {
            Ok(None) => {}
            Ok(Some(labelled)) => {
                values += labelled.window.values();
                at_most(
                    "values of all windows; a longer stride or smaller files would help:",
                    values,
                    MAX_DATASET_VALUES,
                )?;
                data.records.push(labelled);
            }
            Err(Stop::File(error)) => return Err(error),
            Err(Stop::Row(bad)) if options.bad_rows == BadRows::Fail => {
                return Err(SensorError::BadRow(bad));
            }
            Err(Stop::Row(bad)) => {
                reader.interrupt();
                data.bad.push(bad);
            }
        }
    }
    data.rows = reader.rows();
    data.warnings = reader.warnings();
    Ok(data)
}

fn bad_row(malformed: &Malformed, row: u64) -> BadRow {
    BadRow {
        line: malformed.line,
        column: malformed.column,
        row,
        name: String::new(),
        reason: malformed.problem.to_string(),
    }
}

/// How a file is written, from its beginning: more of it where its rows are
/// long.
fn table(
    front_end: &FrontEnd,
    task: &Task,
    text: &[u8],
    told: &Told,
) -> Result<Table, SensorError> {
    let wanted = wanted_of_file(front_end, task);
    const LARGER: usize = 64;
    let mut length = MAX_SAMPLE_BYTES;
    loop {
        let sample = text.get(..length).unwrap_or(text);
        let complete = sample.len() == text.len();
        let found = detect(sample, complete, told, &wanted);
        let has_rows = |table: &Table| table.body.offset < sample.len();
        let enough = match &found {
            Ok(table) => has_rows(table),
            Err(problem) => *problem != Problem::Empty,
        };
        if !enough && !complete {
            length = length.saturating_mul(LARGER);
            continue;
        }
        let found = found.map_err(|problem| refused(problem, text))?;
        return match names_nothing(&found, &wanted)
            .then(|| first_is_none(text))
            .flatten()
        {
            Some(error) => Err(error),
            None => Ok(found),
        };
    }
}

/// Whether a header has none of the names that are looked for.
fn names_nothing(table: &Table, wanted: &[Wanted<'_>]) -> bool {
    let named = |wanted: &Wanted<'_>| table.names.iter().any(|name| fit(wanted, name).is_some());
    !wanted.is_empty() && !wanted.iter().any(named)
}

/// Why the first row is none, where it is none.
fn first_is_none(text: &[u8]) -> Option<SensorError> {
    match Rows::new(text, Delimiter::Comma).next() {
        Some(Err(malformed)) => Some(SensorError::Header {
            line: malformed.line,
            reason: malformed.problem.to_string(),
        }),
        _ => None,
    }
}

/// The error for a table that cannot be read. Where its first row is none, that
/// is why.
fn refused(problem: Problem, text: &[u8]) -> SensorError {
    let no_header = matches!(problem, Problem::Empty | Problem::NoHeader { .. });
    if no_header && let Some(error) = first_is_none(text) {
        return error;
    }
    match problem {
        Problem::Empty => SensorError::EmptyFile,
        problem => SensorError::Table(problem),
    }
}

/// The first rows behind the header, for who wants to look ahead.
fn sample<'a>(text: &'a [u8], table: &Table) -> Vec<Row<'a>> {
    use senselm_readings::limits::MAX_SAMPLE_ROWS;
    let rows = Rows::from_place(text, table.delimiter, table.body);
    rows.filter_map(Result::ok).take(MAX_SAMPLE_ROWS).collect()
}

/// The text of a field, as far as it is one.
pub(super) fn lossy<'f>(bytes: &'f [u8]) -> Cow<'f, str> {
    String::from_utf8_lossy(bytes)
}
