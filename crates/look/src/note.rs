//! What there is to be said about recordings, though they can be read.

use std::fmt;
use std::path::PathBuf;

use crate::spread::Sentinel;

/// Something that a user should know.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// A file is not UTF-8.
    Encoding {
        /// The file.
        path: PathBuf,
        /// As what it was read.
        encoding: &'static str,
    },
    /// How a table is written, where that is not the usual way.
    Table {
        /// The file.
        path: PathBuf,
        /// What is to be known.
        note: senselm_readings::Note,
    },
    /// Rows that are none, or have another number of fields.
    BadRows {
        /// The file.
        path: PathBuf,
        /// How many.
        rows: u64,
    },
    /// Columns that some files do not have.
    NotInAll {
        /// Which.
        columns: Vec<String>,
    },
    /// A column is left out.
    LeftOut {
        /// Which.
        column: String,
        /// Why.
        why: Why,
    },
    /// Cells of a channel are no numbers: their rows are left out.
    OddCells {
        /// The column.
        column: String,
        /// How many.
        cells: u64,
        /// The first of them.
        text: String,
    },
    /// Samples of windows are no numbers: their rows are left out.
    OddSamples {
        /// How many.
        cells: u64,
        /// The first of them.
        text: String,
    },
    /// A number stands for something else.
    Sentinel {
        /// The column.
        column: String,
        /// The number, and how often it is there.
        sentinel: Sentinel,
    },
    /// Much of a channel is missing.
    Missing {
        /// The column.
        column: String,
        /// The share, from 0 to 1.
        share: f64,
    },
    /// There is no right answer.
    NoAnswers {
        /// The column where it would be, and what it always says.
        column: Option<(String, String)>,
    },
    /// Rows have no right answer.
    Unlabelled {
        /// How many.
        rows: u64,
    },
    /// Labels differ in case only.
    LabelsAlike {
        /// One of them.
        first: String,
        /// Another one.
        second: String,
    },
    /// A file to measure on does not say what would be right, and is left out.
    WithoutAnswers {
        /// The file.
        path: PathBuf,
        /// The column that it lacks.
        column: String,
    },
    /// A label is in files to measure on and in none to learn from.
    NeverLearned {
        /// The label.
        label: String,
    },
    /// Nearly everything has one label.
    Uneven {
        /// The label.
        label: String,
        /// Its share, from 0 to 1.
        share: f64,
    },
    /// A label is rare.
    FewOf {
        /// The label.
        label: String,
        /// In how many rows, windows or stretches it is.
        count: u64,
        /// What was counted.
        what: &'static str,
    },
    /// Windows are there more than once.
    Doubled {
        /// How many there are.
        windows: u64,
        /// How many of them are distinct.
        distinct: u64,
    },
    /// Equal windows have different answers.
    Contradictory {
        /// How many.
        windows: u64,
    },
    /// Readings are there twice, with the same time and values.
    DoubledRows {
        /// How many.
        rows: u64,
    },
    /// The clock went back within a recording.
    Backwards {
        /// How often.
        times: u64,
    },
    /// Readings do not come at a steady rate.
    Unsteady {
        /// The share of steps that are not the usual one.
        share: f64,
        /// The usual one, in seconds.
        step_s: f64,
    },
    /// Nothing says how fast readings came.
    NoRate,
    /// The times of a stream are in another unit or column than usual.
    Times {
        /// The column.
        column: String,
    },
    /// What groups is the same as the label.
    GroupIsLabel {
        /// The group.
        group: String,
    },
    /// Nothing says whose a window is.
    NoGroups,
    /// Rows of several groups alternate.
    Interleaved {
        /// The group.
        group: String,
        /// Rows of one before another one comes, in the mean.
        rows: f64,
    },
    /// Files are kept for measuring.
    KeptApart {
        /// How many.
        files: usize,
    },
    /// Lists of a column are no windows.
    OddLists {
        /// The column.
        column: String,
        /// How many.
        cells: u64,
    },
}

/// Why a column is left out.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Why {
    /// Somebody said so.
    Ignored,
    /// Nothing is in it.
    Empty,
    /// It is the same in every row.
    Constant {
        /// What it says.
        text: String,
    },
    /// It counts the rows.
    Counter,
    /// It is another one in every row, as the name of a row is.
    Id,
    /// It holds times.
    Time,
    /// It may be a second right answer, which a model must not see.
    Answer,
    /// It holds right answers, and none are learned.
    Unlearned,
    /// It says what was recorded, which a model must not see.
    Group,
    /// A row is a window, and this is none of its samples.
    BesideWindows,
    /// It holds texts.
    Text,
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ignored => out.write_str("as you said"),
            Self::Empty => out.write_str("nothing is in it"),
            Self::Constant { text } => write!(out, "it says {text:?} in every row"),
            Self::Counter => out.write_str("it counts up like a row number"),
            Self::Id => out.write_str("it is another one in every row"),
            Self::Time => out.write_str("it holds times"),
            Self::Answer => {
                out.write_str("it may be a second answer, which would give the first away")
            }
            Self::Unlearned => out.write_str("it holds right answers, and none are learned"),
            Self::BesideWindows => {
                out.write_str("a row is a window, and nothing beside its samples is read")
            }
            Self::Group => out.write_str("it says what was recorded, not how it was"),
            Self::Text => out.write_str("it holds texts"),
        }
    }
}

/// A share as people read it.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        percent if percent > 0.0 && percent < 1.0 => "less than 1 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding { path, encoding } => {
                write!(out, "{}: read as {encoding}", path.display())
            }
            Self::Table { path, note } => write!(out, "{}: {note}", path.display()),
            Self::BadRows { path, rows } => write!(
                out,
                "{}: {rows} rows are damaged, or have more or fewer fields than the others, and are left out",
                path.display()
            ),
            Self::NotInAll { columns } => write!(
                out,
                "not in all files, and left out: {}",
                columns.join(", ")
            ),
            Self::LeftOut { column, why } => write!(out, "{column:?} is left out: {why}"),
            Self::OddCells {
                column,
                cells,
                text,
            } => write!(
                out,
                "{cells} cells of {column:?} are no numbers, such as {text:?}, and their rows are left out"
            ),
            Self::OddSamples { cells, text } => write!(
                out,
                "{cells} samples are no numbers, such as {text:?}, and their rows are left out"
            ),
            Self::Sentinel { column, sentinel } => write!(
                out,
                "{column:?} says {} in {} samples, far outside of all others: if that means \"no value\", write nothing there",
                sentinel.value, sentinel.count
            ),
            Self::Missing { column, share } => {
                write!(out, "{} of {column:?} is missing", percent(*share))
            }
            Self::NoAnswers { column: None } => {
                out.write_str("no column holds right answers: there is no label to learn")
            }
            Self::NoAnswers {
                column: Some((column, text)),
            } => write!(
                out,
                "{column:?} says {text:?} in every row: there is no label to learn, only what is normal"
            ),
            Self::Unlabelled { rows } => write!(out, "{rows} rows have no answer"),
            Self::LabelsAlike { first, second } => write!(
                out,
                "the labels {first:?} and {second:?} differ in case only and are two labels; write them alike if they are one"
            ),
            Self::WithoutAnswers { path, column } => write!(
                out,
                "{} has no column {column:?} to measure by, and is left out",
                path.display()
            ),
            Self::NeverLearned { label } => write!(
                out,
                "{label:?} is only in files to measure on: it cannot be learned, and each of its windows is a mistake"
            ),
            Self::Uneven { label, share } => write!(
                out,
                "{} of the rows are {label:?}: who always says that is right as often, so look at the other labels' figures",
                percent(*share)
            ),
            Self::FewOf { label, count: 1, what } => write!(
                out,
                "{label:?} is in one of the {what} only, so that it is learned or measured, and never both: record more of it"
            ),
            Self::FewOf { label, count, what } => write!(
                out,
                "{label:?} is in {count} {what} only, so that its figures say little: record more of it"
            ),
            Self::Doubled { windows, distinct } => write!(
                out,
                "of {windows} windows {distinct} are distinct; equal ones stay on one side of every split"
            ),
            Self::Contradictory { windows } => write!(
                out,
                "{windows} windows are equal to others that have another answer"
            ),
            Self::DoubledRows { rows } => write!(
                out,
                "{rows} rows repeat the one above them, with the same time and values"
            ),
            Self::Backwards { times } => write!(
                out,
                "the clock goes back {times} times within a recording; no window spans that"
            ),
            Self::Unsteady { share, step_s } => write!(
                out,
                "{} of the steps are not about {step_s} s: no rate is written into the recipe",
                percent(*share)
            ),
            Self::NoRate => out.write_str(
                "no column of times: gaps cannot be seen, and frequencies need the readings a second",
            ),
            Self::Times { column } => write!(out, "the times are those of {column:?}"),
            Self::GroupIsLabel { group } => write!(
                out,
                "each label has one {group:?} and each of these one label, so that they cannot be told apart: what is measured may be who was recorded"
            ),
            Self::NoGroups => out.write_str(
                "nothing says whose the windows are: if they are of several people or machines, a column that says which keeps figures honest",
            ),
            Self::Interleaved { group, rows } => write!(
                out,
                "rows of several {group:?} alternate, {rows:.1} of one in the mean: sort them by it first, since windows are rows that follow each other"
            ),
            Self::KeptApart { files } => write!(
                out,
                "{files} files are called test and are not learned from"
            ),
            Self::OddLists { column, cells } => write!(
                out,
                "{cells} cells of {column:?} do not hold the arrays of the first one, and are left out"
            ),
        }
    }
}
