//! What reading a file gives: records, and everything that was not as
//! expected.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use senselm_readings::Note;
use serde::{Deserialize, Serialize};

use crate::{Labelled, OtherPace, Stated};

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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Warning {
    /// How the table is written, where that is not the usual way, and which
    /// columns are read or missed; in words.
    Table {
        /// What is to be known.
        message: String,
    },
    /// Some rows have an empty cell for the truth.
    NoTruth {
        /// How many.
        rows: u64,
    },
    /// Some rows have a truth that the task does not know.
    OddTruth {
        /// How many.
        rows: u64,
        /// Why the first one is none.
        reason: String,
    },
    /// The header came again among the rows.
    HeaderAgain {
        /// How often.
        times: u64,
        /// The first line where it did.
        line: u64,
    },
    /// Rows are there twice, with the same time and the same values.
    Doubled {
        /// How many repeat the one above them.
        rows: u64,
    },
    /// Rows have the time of the one above them, and other values.
    SameTime {
        /// How many.
        rows: u64,
    },
    /// All times are the same.
    TimesStandStill,
    /// Readings came faster or slower for a while.
    OtherPace(OtherPace),
    /// Readings do not come once a second, and the front end does not say at
    /// which rate it reads.
    Step {
        /// Seconds from one to the next.
        step_s: f64,
    },
    /// The clock went back: no window spans that.
    Backwards {
        /// How often.
        times: u64,
        /// The first line where it did.
        line: u64,
    },
    /// The clock jumped by an hour, as clocks do twice a year.
    ClockChange {
        /// The line.
        line: u64,
    },
    /// Gaps in time broke windows of a stream.
    Gaps {
        /// How many gaps.
        gaps: u64,
        /// Readings that are in no window because of them.
        readings: u64,
    },
    /// Every step in time is a gap, so that no window is whole.
    OnlyGaps {
        /// The shortest step, in seconds.
        step_s: f64,
        /// The longest that is no gap, in seconds.
        max_gap_s: f64,
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

impl From<&Note> for Warning {
    fn from(note: &Note) -> Self {
        Self::Table {
            message: note.to_string(),
        }
    }
}

/// So many of something, whose name is that of one.
struct Count(u64, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, one) = self;
        let plural = if *count == 1 { "" } else { "s" };
        write!(out, "{count} {one}{plural}")
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { message } => out.write_str(message),
            Self::OddTruth { rows, reason } => write!(
                out,
                "the answers of {} are not known, since the model does not know what they say: {reason}",
                Count(*rows, "row")
            ),
            Self::HeaderAgain { times, line } => write!(
                out,
                "the header comes again {}, first at line {line}; no window spans that",
                Count(*times, "time")
            ),
            Self::Doubled { rows } => write!(
                out,
                "{} said again what the row above said, and windows count both",
                Count(*rows, "row")
            ),
            Self::SameTime { rows } => write!(
                out,
                "{} had the time of the row above, and windows count both",
                Count(*rows, "row")
            ),
            Self::OtherPace(OtherPace {
                usual_s,
                other_s,
                windows,
                of,
                line,
            }) => write!(
                out,
                "a reading comes every {usual_s} s, but every {other_s} s in {windows} windows of {of}, the first up to line {line}: they cover another time"
            ),
            Self::TimesStandStill => write!(
                out,
                "all times are the same, so gaps in time cannot be seen"
            ),
            Self::Step { step_s } => write!(
                out,
                "a reading comes every {step_s} s, and the model does not say its rate: see that it is the one of its training"
            ),
            Self::Backwards { times, line } => write!(
                out,
                "times run backwards {}, first at line {line}; sort the rows by time",
                Count(*times, "time")
            ),
            Self::ClockChange { line } => write!(
                out,
                "the clock jumps by an hour at line {line}, as at the change of summer time; write times with their zone"
            ),
            Self::NoTruth { rows } => {
                write!(out, "the answers of {} are empty", Count(*rows, "row"))
            }
            Self::Gaps { gaps, readings: 0 } => write!(
                out,
                "times skip ahead at {}; no window spans one",
                Count(*gaps, "gap")
            ),
            Self::Gaps { gaps, readings } => write!(
                out,
                "{} in time left {} without a window",
                Count(*gaps, "gap"),
                Count(*readings, "reading")
            ),
            Self::OnlyGaps { step_s, max_gap_s } => write!(
                out,
                "readings come every {step_s} s or later, and more than {max_gap_s} s apart is a gap (max_gap_s): no two are in one window"
            ),
            Self::BrokenByBadRows { readings } => write!(
                out,
                "bad rows left {} before them without a window",
                Count(*readings, "reading")
            ),
            Self::IncompleteTail { readings } => write!(
                out,
                "at the end {} did not fill a window",
                Count(*readings, "reading")
            ),
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
    /// What the file states of units and rates, and what was refused for them.
    #[serde(default)]
    pub stated: Stated,
}
