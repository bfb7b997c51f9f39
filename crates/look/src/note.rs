//! What there is to be said about recordings, though they can be read.

use std::path::PathBuf;

use crate::spread::Sentinel;

mod words;

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
    /// A file has no rows, and is left out.
    EmptyFile {
        /// The file.
        path: PathBuf,
    },
    /// Cells of a file are in another unit than those of the files before it, and are
    /// converted.
    UnitConverted {
        /// The column.
        column: String,
        /// The file.
        path: PathBuf,
        /// Its unit.
        from: &'static str,
        /// That of the others.
        to: &'static str,
    },
    /// A file says no unit of a column to which others give one: it is taken for
    /// theirs.
    UnitAssumed {
        /// The column, with the unit.
        column: String,
        /// The file.
        path: PathBuf,
    },
    /// A file is unlike another one of the same answer.
    Differs {
        /// The other one.
        first: PathBuf,
        /// The file.
        second: PathBuf,
        /// What is unlike, channel by channel.
        reasons: Vec<String>,
    },
    /// Readings are there again: in another file, under another label, of another group.
    Again {
        /// Where they are.
        first: PathBuf,
        /// Where they are again.
        second: PathBuf,
        /// The share of those there, from 0 to 1.
        share: f64,
        /// The labels, where these differ.
        labels: Option<(String, String)>,
        /// The groups, where these differ and are no files.
        groups: Option<(String, String)>,
    },
    /// There are more of these.
    MoreAgain {
        /// How many.
        parts: usize,
    },
    /// A channel gives the answer away.
    GivesAway {
        /// The column.
        column: String,
    },
    /// A number stands for something else.
    Sentinel {
        /// The column.
        column: String,
        /// The number, and how often it is there.
        sentinel: Sentinel,
    },
    /// A number among the right answers stands far outside of all others.
    OddAnswer {
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
    /// Readings are there twice: with the same time and values, or each of them.
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

impl Note {
    /// Whether it is to be known before anything else: what is learned, or how good it
    /// seems, may be wrong for it.
    #[must_use]
    pub const fn comes_first(&self) -> bool {
        matches!(
            self,
            Self::Again { .. }
                | Self::MoreAgain { .. }
                | Self::Contradictory { .. }
                | Self::Differs { .. }
                | Self::GivesAway { .. }
                | Self::Sentinel { .. }
                | Self::OddAnswer { .. }
                | Self::DoubledRows { .. }
        )
    }
}
