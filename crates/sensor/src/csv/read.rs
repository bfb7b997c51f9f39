//! Reads the records of a CSV file as a front end lays them out.

use alloc::string::String;

use super::columns::Columns;
use super::records::{Malformed, Records};
use super::row::Stop;
use super::row_reader::RowReader;
use super::{BadRow, BadRows, Dataset};
use crate::limits::{MAX_DATASET_VALUES, at_most};
use crate::{FrontEnd, SensorError, Task};

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
    let mut records = Records::new(text);
    let header = match records.next() {
        None => return Err(SensorError::EmptyFile),
        Some(Ok(header)) => header,
        Some(Err(Malformed { line, reason, .. })) => {
            return Err(SensorError::Header { line, reason });
        }
    };
    let mut reader = RowReader::of_file(front_end, task, Columns::new(&header)?)?;
    let mut data = Dataset::default();
    let mut values = 0;
    for record in records {
        let row = reader.count()?;
        let read = match &record {
            Ok(record) => reader.record(record),
            Err(Malformed {
                line,
                column,
                reason,
            }) => Err(Stop::Row(BadRow {
                line: *line,
                column: *column,
                row,
                name: String::new(),
                reason: reason.clone(),
            })),
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
            Err(Stop::Row(bad)) if policy == BadRows::Fail => return Err(SensorError::BadRow(bad)),
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
