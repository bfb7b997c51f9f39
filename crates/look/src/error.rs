//! Why recordings cannot be looked at, and what would decide.

use std::io;
use std::path::PathBuf;

use senselm_decode::Unknown;
use senselm_readings::Problem;
use senselm_sensor::SensorError;

/// Why nothing can be said about recordings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LookError {
    /// The system refused.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no recording.
    #[error("{} holds no recording: files that end in .csv, .tsv, .txt, .dat or .parquet are looked at", path.display())]
    NoFiles {
        /// The folder.
        path: PathBuf,
    },
    /// There is more than can be looked at.
    #[error("there are more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// Each row is a window, and there are more than are held in memory together.
    #[error(
        "each of {rows} rows is a window, and {limit} are learned from at most: keep one of several of them"
    )]
    TooManyWindows {
        /// How many there are.
        rows: u64,
        /// How many there may be.
        limit: u64,
    },
    /// A file is held in memory, because it is not UTF-8 or windows are read, and it
    /// is too large.
    #[error("{} has more than {limit} bytes, and is read whole: split it, or where it is only looked at save it as UTF-8, which is read piece by piece", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How many bytes there may be.
        limit: u64,
    },
    /// Nobody knows what the bytes are.
    #[error("{}: {problem}", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: Unknown,
    },
    /// The table is none, or can be read in two ways.
    #[error("{}: {problem}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: Problem,
    },
    /// What was found is no front end or task.
    #[error("{}: {source}", path.display())]
    Sensor {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: SensorError,
    },
    /// Files have no column in common.
    #[error("{} and {} have no column in common: look at them apart", first.display(), second.display())]
    NoCommonColumns {
        /// A file.
        first: PathBuf,
        /// Another one.
        second: PathBuf,
    },
    /// A file to learn from does not say what would be right.
    #[error("{} has no column {column:?}, which holds the right answers of the others: leave that file out, or the column", path.display())]
    LabelNotInAll {
        /// The column.
        column: String,
        /// The file.
        path: PathBuf,
    },
    /// An option names no column.
    #[error("there is no column {name:?} for `{option}`; there are {known}")]
    NoSuchColumn {
        /// The option.
        option: &'static str,
        /// What it says.
        name: String,
        /// The columns that there are.
        known: String,
    },
    /// Two columns may hold the right answers.
    #[error("the right answer may be in {first:?} or in {second:?}")]
    TwoLabels {
        /// One column.
        first: String,
        /// Another one.
        second: String,
    },
    /// A column of a few whole numbers may be the right answer or a channel.
    #[error(
        "{column:?} may be the right answer, since it has {values} values, or a channel like the others"
    )]
    LabelOrChannel {
        /// The column.
        column: String,
        /// How many values it has.
        values: usize,
    },
    /// The right answers may be labels or numbers.
    #[error("the {values} values of {column:?} may be labels, or numbers to estimate")]
    ClassOrNumber {
        /// The column.
        column: String,
        /// How many values it has.
        values: usize,
    },
    /// What is marked as an anomaly may be learned, or found without.
    #[error(
        "{column:?} marks anomalies: they may be learned as labels, or be what a model of the normal is measured by"
    )]
    ClassOrAnomaly {
        /// The column.
        column: String,
    },
    /// There is nothing to learn.
    #[error(
        "every row of {column:?} that has an answer says {label:?}: there is nothing to tell apart"
    )]
    OneLabel {
        /// The column.
        column: String,
        /// What it says.
        label: String,
    },
    /// The task needs right answers.
    #[error("there is no column of right answers for the task {task}")]
    NoLabel {
        /// The task.
        task: &'static str,
    },
    /// The names of folders may be labels or groups.
    #[error("the folders {first:?} and {second:?} may be labels, or say whose the recordings are")]
    FolderLabelOrGroup {
        /// A folder.
        first: String,
        /// Another one.
        second: String,
    },
    /// Two columns may say whose a row is.
    #[error("whose a row is may be said by {first:?} or by {second:?}")]
    TwoGroups {
        /// One column.
        first: String,
        /// Another one.
        second: String,
    },
    /// Rows may be of a stream, or have nothing to do with each other.
    #[error("a row may be {first} or {second}: {reason}")]
    TwoRowKinds {
        /// One reading.
        first: &'static str,
        /// The other one.
        second: &'static str,
        /// What leaves it open.
        reason: String,
    },
    /// Rows are to be windows, and no columns are their samples.
    #[error(
        "no columns hold the samples of a window: they have titles that go on counting, such as ax_1, ax_2, ax_3, or there is a list of them in each cell"
    )]
    NoWindows,
    /// Several columns hold lists, and one of them several in each cell.
    #[error(
        "{first:?} and {second:?} both hold lists, and one of them several in a cell: leave one out"
    )]
    SeveralLists {
        /// One column.
        first: String,
        /// Another one.
        second: String,
    },
    /// Files without a line that names their columns have other numbers of these.
    #[error(
        "{} has {first_columns} columns and {} has {second_columns}, and no line names them, so that nobody knows which are which: give both a header, or look at them apart", first.display(), second.display()
    )]
    OtherWidths {
        /// A file.
        first: PathBuf,
        /// How many columns it has.
        first_columns: usize,
        /// Another one.
        second: PathBuf,
        /// How many that has.
        second_columns: usize,
    },
    /// Files state different units for one column.
    #[error(
        "{column:?} is in {first_unit} in {} and in {second_unit} in {}: mixed, its values mean nothing. Convert one of the files, or leave the column out", first.display(), second.display()
    )]
    OtherUnits {
        /// The column, without a unit.
        column: String,
        /// A file.
        first: PathBuf,
        /// What it says.
        first_unit: String,
        /// Another one.
        second: PathBuf,
        /// What that says.
        second_unit: String,
    },
    /// Some cells of a column say a unit, and others none.
    #[error(
        "{column:?} says {unit} in some cells and no unit in {rows}, such as {text:?}, which may be in another one. Write the unit into all of them, or into the title and into none, or leave the column out"
    )]
    UnitInSome {
        /// The column.
        column: String,
        /// The unit that some cells say.
        unit: String,
        /// The first number without one.
        text: String,
        /// How many there are, but for zeros.
        rows: u64,
    },
    /// Readings of files come at different rates.
    #[error(
        "readings come {first_hz} times a second in {} and {second_hz} times in {}: windows of both are not of the same time. Resample one of the files, look at them apart, or say at which rate all of them came", first.display(), second.display()
    )]
    OtherRates {
        /// A file.
        first: PathBuf,
        /// Readings a second there.
        first_hz: f64,
        /// Another one.
        second: PathBuf,
        /// Readings a second there.
        second_hz: f64,
    },
    /// Nothing is measured.
    #[error("no column holds readings that vary{}", if left_out.is_empty() { String::new() } else { format!("; left out were {left_out}") })]
    NoChannels {
        /// What was left out, and why.
        left_out: String,
    },
    /// More is measured than a front end takes.
    #[error("{found} columns hold readings, and a model reads {limit} at most: leave some out")]
    TooManyChannels {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// No file has rows.
    #[error("there is no row in {}", path.display())]
    NoRows {
        /// The first file.
        path: PathBuf,
    },
}

impl LookError {
    /// What would decide, where two readings are possible: the name of an option
    /// and its value, as the program takes them.
    #[must_use]
    pub fn choices(&self) -> Vec<(&'static str, String)> {
        let two = |option, first: &str, second: &str| {
            vec![(option, first.to_owned()), (option, second.to_owned())]
        };
        match self {
            Self::Table { problem, .. } => problem.choices(),
            Self::Sensor {
                source: SensorError::Table(problem),
                ..
            } => problem.choices(),
            Self::Encoding {
                problem: Unknown::Encoding,
                ..
            } => vec![("encoding", "windows-1251".to_owned())],
            Self::TwoLabels { first, second } => two("label", first, second),
            Self::LabelOrChannel { column, .. } => {
                vec![("label", column.clone()), ("task", "anomaly".to_owned())]
            }
            Self::ClassOrNumber { .. } => two("task", "classify", "number"),
            Self::ClassOrAnomaly { .. } => two("task", "classify", "anomaly"),
            Self::LabelNotInAll { column, .. } => vec![("ignore", column.clone())],
            Self::OneLabel { .. } => vec![("task", "anomaly".to_owned())],
            Self::NoLabel { .. } => vec![
                ("label", "COLUMN".to_owned()),
                ("task", "anomaly".to_owned()),
            ],
            Self::FolderLabelOrGroup { .. } => vec![
                ("label", "folder".to_owned()),
                ("group", "folder".to_owned()),
            ],
            Self::TwoGroups { first, second } => two("group", first, second),
            Self::TwoRowKinds { first, second, .. } => two("rows", first, second),
            Self::OtherUnits { column, .. } | Self::UnitInSome { column, .. } => {
                vec![("ignore", column.clone())]
            }
            Self::OtherRates { first_hz, .. } => vec![("rate", first_hz.to_string())],
            Self::SeveralLists { first, second } => two("ignore", first, second),
            Self::TooManyChannels { .. } => vec![("ignore", "COLUMN".to_owned())],
            _ => Vec::new(),
        }
    }
}
