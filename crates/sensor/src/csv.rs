//! Recordings: which columns of a table hold what a front end reads, and the
//! records that its rows yield.
//!
//! How a table is written and what its cells mean is for `senselm_readings` to
//! say.

mod columns;
mod dataset;
mod expected;
mod places;
mod read;
mod row;
mod row_reader;
mod stream_rows;

pub use dataset::{BadRow, BadRows, Dataset, Warning};
pub use expected::{ColumnRole, ExpectedColumn, expected_columns, suggest_columns};
pub use read::{CsvOptions, Truths, read_csv, read_csv_with};
pub use row_reader::RowReader;
