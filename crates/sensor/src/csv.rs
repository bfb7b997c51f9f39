//! Reading recordings: a bounded CSV reader, columns, cells, times, and the
//! records they yield.
//!
//! There are no options to guess a dialect: fields are separated by commas and
//! quoted as in RFC 4180, lines end in LF, CRLF or CR, the first one names the
//! columns, and a byte order mark is skipped.

mod cell;
mod columns;
mod dataset;
mod expected;
mod places;
mod read;
mod records;
mod row;
mod row_reader;
mod stream_rows;
mod time;

pub use dataset::{BadRow, BadRows, Dataset, Warning};
pub use expected::{ColumnRole, ExpectedColumn, expected_columns, suggest_columns};
pub use read::read_csv;
pub use row_reader::RowReader;
pub use time::parse_timestamp;
