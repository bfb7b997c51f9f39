//! Recordings: what a front end reads of them, and the records that their rows
//! yield.
//!
//! How a table is written, which of its columns are meant and what its cells
//! mean is for `senselm_readings` to say. A host that has the numbers of the rows
//! already, as a browser has from a module of its own, needs [`RowWindows`] and
//! nothing that reads text.

mod apart;
mod dataset;
mod expected;
mod read;
mod row_reader;
mod row_windows;
mod seen;
mod stream_rows;
mod twins;
mod window_paces;

pub use apart::{Apart, Parts};
pub use dataset::{BadRow, BadRows, Dataset, Warning};
pub use expected::{expected_columns, wants};
pub use read::{CsvOptions, Truths, read_csv, read_csv_apart, read_csv_with};
pub use row_reader::RowReader;
pub use row_windows::{NumberRow, RowWindows, Unusable};
pub use twins::Twins;
