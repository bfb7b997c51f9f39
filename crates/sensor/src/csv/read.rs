//! Reads the records of a CSV file as a front end lays them out.

use alloc::vec::Vec;

use senselm_readings::limits::{MAX_SAMPLE_BYTES, MAX_SAMPLE_ROWS};
use senselm_readings::recording::find;
use senselm_readings::rows::{Row, Rows};
use senselm_readings::{Table, Told};

use super::apart::{Apart, Changes, Parts};
use super::row_reader::{RowReader, refused};
use super::{BadRows, Dataset, wants};
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
/// [`SensorError::EmptyFile`]; [`SensorError::Table`] for a file that does not
/// fit the front end, that can be read in two ways, or whose times say that its
/// windows would be wrong, with what [`senselm_readings::recording`] says of it;
/// [`SensorError::Limit`] for
/// a file that is too large, and with [`BadRows::Fail`]
/// [`SensorError::BadRow`] for the first row that cannot be used.
pub fn read_csv_with(
    front_end: &FrontEnd,
    task: &Task,
    text: &[u8],
    options: &CsvOptions,
) -> Result<Dataset, SensorError> {
    read(front_end, task, text, options, None)
}

/// Reads the windows of a CSV file like [`read_csv_with`], where columns tell
/// whose they are: none spans a change of these.
///
/// # Errors
/// As [`read_csv_with`], with [`senselm_readings::Problem::NoColumn`] where one of
/// these columns is missing, and [`SensorError::Limit`] for more than
/// [`crate::limits::MAX_GROUPS`] groups.
pub fn read_csv_apart(
    front_end: &FrontEnd,
    task: &Task,
    text: &[u8],
    options: &CsvOptions,
    apart: &Apart,
) -> Result<(Dataset, Parts), SensorError> {
    let mut parts = Parts::default();
    let dataset = read(front_end, task, text, options, Some((apart, &mut parts)))?;
    Ok((dataset, parts))
}

fn read(
    front_end: &FrontEnd,
    task: &Task,
    text: &[u8],
    options: &CsvOptions,
    apart: Option<(&Apart, &mut Parts)>,
) -> Result<Dataset, SensorError> {
    let table = table(front_end, task, text, &options.told)?;
    let sample = sample(text, &table);
    let mut reader = RowReader::of_table(front_end, task, &table, &sample, options)?;
    drop(sample);
    let mut apart = match apart {
        Some((apart, parts)) => {
            let changes = Changes::new(apart, &table, reader.truth_column())?;
            Some((changes, parts))
        }
        None => None,
    };
    let mut rows = Rows::from_position(text, table.delimiter, table.body);
    let mut data = Dataset::default();
    let mut values = 0;
    let mut row = Row::default();
    while let Some(read) = rows.read(&mut row) {
        if let (Ok(()), Some((changes, parts))) = (&read, &mut apart)
            && !reader.is_header(&row)
            && changes.row(&row, parts)?
        {
            reader.restart();
        }
        let taken = match read {
            Ok(()) => reader.take(&row),
            Err(malformed) => Err(reader.leave_out(malformed)),
        };
        match taken {
            Ok(None) => {}
            Ok(Some(labelled)) => {
                values += labelled.window.values();
                at_most(
                    "values of all windows; a longer stride or smaller files would help:",
                    values,
                    MAX_DATASET_VALUES,
                )?;
                data.records.push(labelled);
                if let Some((changes, parts)) = &mut apart {
                    changes.record(reader.breaks(), parts);
                }
            }
            Err(SensorError::BadRow(bad)) if options.bad_rows == BadRows::Skip => {
                data.bad.push(bad);
            }
            Err(error) => return Err(error),
        }
    }
    data.rows = reader.rows();
    data.warnings = reader.warnings();
    data.stated = reader.stated();
    data.stated.rate_hz = options.told.rate_hz.or(data.stated.rate_hz);
    Ok(data)
}

/// How a file is written, from its beginning: more of it where its rows are
/// long.
fn table(
    front_end: &FrontEnd,
    task: &Task,
    text: &[u8],
    told: &Told,
) -> Result<Table, SensorError> {
    let wants = wants(front_end, task);
    const LARGER: usize = 64;
    let mut length = MAX_SAMPLE_BYTES;
    loop {
        let sample = text.get(..length).unwrap_or(text);
        let complete = sample.len() == text.len();
        if let Some(table) = find(sample, complete, told, &wants).map_err(refused)? {
            return Ok(table);
        }
        length = length.saturating_mul(LARGER);
    }
}

/// The first rows behind the header, for who wants to look ahead.
fn sample<'a>(text: &'a [u8], table: &Table) -> Vec<Row<'a>> {
    let rows = Rows::from_position(text, table.delimiter, table.body);
    rows.filter_map(Result::ok).take(MAX_SAMPLE_ROWS).collect()
}
