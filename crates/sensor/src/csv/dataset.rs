//! What reading a file gives: records, and everything that was not as
//! expected.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::Labelled;

/// What happens when a row cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BadRows {
    /// Reading stops with [`crate::SensorError::BadRow`].
    #[default]
    Fail,
    /// The row is left out and listed in [`Dataset::bad`].
    Skip,
}

/// A row that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// The line of the offending cell, from 1.
    pub line: u64,
    /// The byte of that line where the cell begins, from 1.
    pub column: u64,
    /// The data row, from 1.
    pub row: u64,
    /// The name of the column, where the cell has one.
    pub name: String,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}, column {}", self.line, self.column)?;
        if !self.name.is_empty() {
            write!(out, " ({})", self.name)?;
        }
        write!(out, ": {}", self.reason)
    }
}

/// Something about a file that a user should know, though it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// Rows have one field more than the header names; the first was taken to
    /// be an unnamed row number and left out.
    UnnamedFirstColumn,
    /// Rows end in a comma that the header does not have.
    EmptyLastColumn,
    /// The file has no column with the truth, so no record has one.
    NoTruthColumn {
        /// The column that was looked for.
        column: String,
    },
    /// Some rows have an empty cell for the truth.
    NoTruth {
        /// How many.
        rows: u64,
    },
    /// Gaps in time broke windows of a stream.
    Gaps {
        /// How many gaps.
        gaps: u64,
        /// Readings that are in no window because of them.
        readings: u64,
    },
    /// Bad rows broke windows of a stream.
    BrokenByBadRows {
        /// Readings that are in no window because of them.
        readings: u64,
    },
    /// The last readings of a stream do not fill a window.
    IncompleteTail {
        /// How many.
        readings: u64,
    },
    /// The file has a header and nothing else.
    NoRows,
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnnamedFirstColumn => write!(
                out,
                "rows have one field more than the header; the first is taken as a row number and left out"
            ),
            Self::EmptyLastColumn => {
                write!(out, "rows end in a comma that the header does not have")
            }
            Self::NoTruthColumn { column } => write!(
                out,
                "there is no column {column}, so the right answers are not known"
            ),
            Self::NoTruth { rows } => write!(out, "{rows} rows have an empty answer"),
            Self::Gaps { gaps, readings: 0 } => {
                write!(out, "there are {gaps} gaps in time; no window spans one")
            }
            Self::Gaps { gaps, readings } => write!(
                out,
                "{gaps} gaps in time left {readings} readings without a window"
            ),
            Self::BrokenByBadRows { readings } => write!(
                out,
                "bad rows left {readings} readings before them without a window"
            ),
            Self::IncompleteTail { readings } => {
                write!(out, "the last {readings} readings do not fill a window")
            }
            Self::NoRows => write!(out, "the file has a header and no rows"),
        }
    }
}

/// The records of a file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Dataset {
    /// The windows, in the order of the file.
    pub records: Vec<Labelled>,
    /// The rows that could not be used, where they were to be skipped.
    pub bad: Vec<BadRow>,
    /// What else a user should know.
    pub warnings: Vec<Warning>,
    /// Data rows of the file, good and bad.
    pub rows: u64,
}
