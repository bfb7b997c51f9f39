//! A Parquet file as the text of a table: titles in the first row, a row for each
//! record, nothing in the cells of what is missing, and lists in brackets. Whoever
//! reads tables reads these then, by the same rules.
//!
//! Columns are read a few hundred rows at a time, so that a file of any length takes
//! the memory of a page of each of its columns.

use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};

use self::leaf::{Leaf, Value};
use self::pages::Bounded;
use crate::Unknown;

mod leaf;
mod pages;
mod value;

/// What a file begins and ends with.
const MARK: &[u8] = b"PAR1";
/// Rows that are read at a time.
const BATCH: usize = 256;
/// Columns that a file may have.
const MAX_COLUMNS: usize = 16_384;
/// Numbers of all lists of one column in one group of rows: any of them may be
/// those of a single list.
const MAX_LISTED: i64 = 1 << 24;
/// Bytes of one column in one group of rows, which may be a single page.
const MAX_CHUNK: i64 = 1 << 30;
/// What a table begins with that says what separates its fields.
const SEPARATOR: &str = "sep=,\n";

/// Whether bytes are the beginning of a Parquet file.
#[must_use]
pub fn is_parquet(beginning: &[u8]) -> bool {
    beginning.starts_with(MARK)
}

/// The text of a file's table, as it is read.
///
/// # Errors
/// Reading fails with [`io::ErrorKind::InvalidData`] and an [`Unknown`] where the
/// file is damaged.
pub struct ParquetText {
    file: Box<dyn FileReader>,
    columns: Vec<Value>,
    /// The next group of rows.
    group: usize,
    /// Rows of this group that were not read.
    left: usize,
    leaves: Vec<Leaf>,
    /// What was made and nobody took, from this byte on.
    made: Vec<u8>,
    taken: usize,
}

impl ParquetText {
    /// Of a file.
    ///
    /// # Errors
    /// [`Unknown::Parquet`] where it is none, or cannot be read.
    pub fn of_file(file: File) -> Result<Self, Unknown> {
        Self::open(file)
    }

    /// Of the bytes of a file.
    ///
    /// # Errors
    /// [`Unknown::Parquet`] where they are none, or cannot be read.
    pub fn of_bytes(bytes: Vec<u8>) -> Result<Self, Unknown> {
        Self::open(Bytes::from(bytes))
    }

    fn open<R: ChunkReader + 'static>(source: R) -> Result<Self, Unknown> {
        let (source, header) = Bounded::new(source);
        let file = guarded(|| SerializedFileReader::new(source).map_err(|e| damaged(&e)))?;
        header.pages_begin();
        let metadata = file.metadata();
        let schema = metadata.file_metadata().schema_descr();
        let count = schema.num_columns();
        if count > MAX_COLUMNS {
            return Err(damaged(&format!("more than {MAX_COLUMNS} columns")));
        }
        for group in metadata.row_groups() {
            check(group)?;
        }
        let columns: Vec<Value> = schema.columns().iter().map(|c| Value::of(c)).collect();
        let mut made = SEPARATOR.as_bytes().to_vec();
        for (at, column) in schema.columns().iter().enumerate() {
            if at > 0 {
                made.push(b',');
            }
            value::quote(&value::title(column.path().parts()), &mut made);
        }
        made.push(b'\n');
        Ok(Self {
            file: Box::new(file),
            columns,
            group: 0,
            left: 0,
            leaves: Vec::new(),
            made,
            taken: 0,
        })
    }

    /// Makes the text of more rows; none is left where it makes nothing.
    fn make(&mut self) -> Result<(), Unknown> {
        self.made.clear();
        self.taken = 0;
        while self.left == 0 {
            if self.group >= self.file.num_row_groups() {
                return Ok(());
            }
            let group = self
                .file
                .get_row_group(self.group)
                .map_err(|e| damaged(&e))?;
            self.left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            self.leaves.clear();
            for at in 0..self.columns.len() {
                let column = group.get_column_reader(at).map_err(|e| damaged(&e))?;
                self.leaves.push(Leaf::new(column));
            }
            self.group += 1;
        }
        let rows = self.left.min(BATCH);
        for (leaf, value) in self.leaves.iter_mut().zip(&self.columns) {
            leaf.read(rows, value)?;
        }
        for row in 0..rows {
            for (at, leaf) in self.leaves.iter().enumerate() {
                if at > 0 {
                    self.made.push(b',');
                }
                self.made.extend_from_slice(leaf.cell(row));
            }
            self.made.push(b'\n');
        }
        self.left -= rows;
        Ok(())
    }
}

impl Read for ParquetText {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.made.len() {
            let made = guarded(|| self.make());
            if let Err(problem) = made {
                // Nothing behind it can be read.
                (self.group, self.left) = (usize::MAX, 0);
                self.made.clear();
                self.taken = 0;
                return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
            }
        }
        let rest = self.made.get(self.taken..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.taken += length;
        Ok(length)
    }
}

/// The whole text of a file's table, up to so many bytes.
pub(crate) fn text(bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, Unknown> {
    let mut text = Vec::new();
    let mut read = ParquetText::of_bytes(bytes)?.take(limit + 1);
    read.read_to_end(&mut text).map_err(problem)?;
    if text.len() as u64 > limit {
        return Err(Unknown::TooMuch { limit });
    }
    Ok(text)
}

/// What is wrong with a file that could not be read.
#[must_use]
pub fn problem(error: io::Error) -> Unknown {
    let words = error.to_string();
    let inner = error.into_inner().and_then(|inner| inner.downcast().ok());
    inner.map_or(Unknown::Parquet { reason: words }, |inner| *inner)
}

/// What the file says of the size of its parts is held to limits before any of it
/// is read.
fn check(group: &RowGroupMetaData) -> Result<(), Unknown> {
    for column in group.columns() {
        let name = || value::title(column.column_path().parts());
        let listed = column.column_descr().max_rep_level() > 0;
        let bytes = column.uncompressed_size().max(column.compressed_size());
        let reason = match () {
            () if listed && column.num_values() > MAX_LISTED => {
                format!(
                    "the lists of {:?} have more than {MAX_LISTED} numbers in one group of rows",
                    name()
                )
            }
            () if bytes > MAX_CHUNK => {
                format!(
                    "{:?} has more than {MAX_CHUNK} bytes in one group of rows",
                    name()
                )
            }
            () => continue,
        };
        return Err(Unknown::LargeGroup { reason });
    }
    Ok(())
}

fn damaged(reason: &dyn std::fmt::Display) -> Unknown {
    Unknown::Parquet {
        reason: reason.to_string(),
    }
}

/// The library checks much of what a file says with assertions: a damaged file is
/// refused, whatever finds the damage.
fn guarded<T>(read: impl FnOnce() -> Result<T, Unknown>) -> Result<T, Unknown> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(damaged(&"its pages are not what they say")))
}
