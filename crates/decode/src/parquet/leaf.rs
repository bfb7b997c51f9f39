//! One column of a group of rows, as the cells of a few rows.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;

pub(super) use super::value::Value;
use super::{damaged, value};
use crate::Unknown;

/// A column that is read.
pub(super) struct Leaf {
    column: ColumnReader,
    /// The text of the cells, one behind the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Leaf {
    pub(super) fn new(column: ColumnReader) -> Self {
        Self {
            column,
            text: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Reads so many rows.
    pub(super) fn read(&mut self, rows: usize, value: &Value) -> Result<(), Unknown> {
        self.text.clear();
        self.ends.clear();
        let (text, ends) = (&mut self.text, &mut self.ends);
        use ColumnReader as Of;
        match &mut self.column {
            Of::BoolColumnReader(column) => cells(column, rows, value, text, ends, |v, out| {
                value::bool(*v, out)
            }),
            Of::Int32ColumnReader(column) => cells(column, rows, value, text, ends, |v, out| {
                value.integer(i64::from(*v), out);
            }),
            Of::Int64ColumnReader(column) => cells(column, rows, value, text, ends, |v, out| {
                value.integer(*v, out)
            }),
            Of::Int96ColumnReader(column) => cells(column, rows, value, text, ends, |v, out| {
                value::moment(v.to_nanos(), 9, false, out);
            }),
            Of::FloatColumnReader(column) => cells(column, rows, value, text, ends, |v, out| {
                value::float(*v, out)
            }),
            Of::DoubleColumnReader(column) => cells(column, rows, value, text, ends, |v, out| {
                value::float(*v, out)
            }),
            Of::ByteArrayColumnReader(column) => {
                cells(column, rows, value, text, ends, |v, out| {
                    value.bytes(v.data(), out)
                })
            }
            Of::FixedLenByteArrayColumnReader(column) => {
                cells(column, rows, value, text, ends, |v, out| {
                    value.bytes(v.data(), out)
                })
            }
        }
    }

    /// The text of the cell of a row.
    pub(super) fn cell(&self, row: usize) -> &[u8] {
        let end = self.ends.get(row).copied().unwrap_or_default();
        let start = row.checked_sub(1).and_then(|above| self.ends.get(above));
        let start = start.copied().unwrap_or_default();
        self.text.get(start..end).unwrap_or_default()
    }
}

/// Reads the cells of so many rows.
///
/// # Source
/// Levels are those of Melnik et al. 2010, as the Parquet format has them: a value
/// that is there has the highest level, and a list goes on where the other level is
/// not 0.
fn cells<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
    value: &Value,
    text: &mut Vec<u8>,
    ends: &mut Vec<usize>,
    write: impl Fn(&T::T, &mut Vec<u8>),
) -> Result<(), Unknown> {
    let (mut levels, mut repeated, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let (mut read, mut count) = (0, 0);
    while read < rows {
        let more = column.read_records(
            rows - read,
            Some(&mut levels),
            Some(&mut repeated),
            &mut values,
        );
        let (records, _, found) = more.map_err(|error| damaged(&error))?;
        if records == 0 {
            return Err(damaged(&"a column ends before its rows do"));
        }
        read += records;
        count += found;
    }
    let mut values = values.iter();
    let mut open = false;
    for at in 0..count {
        let level = levels.get(at).copied().unwrap_or_default();
        let begins = repeated.get(at).copied().unwrap_or_default() == 0;
        let there = level == value.level;
        let found = if there { values.next() } else { None };
        if value.nested {
            // What is in several lists at once has no place in a row.
            if begins {
                text.extend_from_slice(value::NESTED.as_bytes());
                ends.push(text.len());
            }
            continue;
        }
        let Some(listed) = value.listed else {
            if let Some(found) = found {
                write(found, text);
            }
            ends.push(text.len());
            continue;
        };
        if begins {
            if open {
                text.extend_from_slice(b"]\"");
                ends.push(text.len());
            }
            text.extend_from_slice(b"\"[");
            open = true;
        } else {
            text.extend_from_slice(b", ");
        }
        match found {
            Some(found) => write(found, text),
            // An element that is missing; of an empty list there is none.
            None if level >= listed => text.extend_from_slice(b"NaN"),
            None => {}
        }
    }
    if open {
        text.extend_from_slice(b"]\"");
        ends.push(text.len());
    }
    match ends.len() == rows {
        true => Ok(()),
        false => Err(damaged(&"a column has more or fewer rows than the others")),
    }
}
