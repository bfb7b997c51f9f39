//! What somebody says about recordings.

use senselm_decode::Encoding;
use senselm_readings::Told;

/// What somebody who knows the recordings says, where they leave two readings or
/// what was found is wrong. Columns are given by their title, or by their position
/// from 0 where no line names them.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The column of the right answers.
    pub label: Option<String>,
    /// The column that says whose a row is.
    pub group: Option<String>,
    /// What is to be learned.
    pub task: Option<Goal>,
    /// What a row is.
    pub rows: Option<RowKind>,
    /// Columns that are left out.
    pub ignore: Vec<String>,
    /// Numbers that stand for a missing sample, such as -999, in every channel.
    pub missing: Vec<f64>,
    /// How the tables are written.
    pub told: Told,
    /// Their encoding, where it is neither UTF-8 nor UTF-16.
    pub encoding: Option<&'static Encoding>,
}

impl Options {
    /// Whether the column with this title is left out.
    pub(crate) fn ignores(&self, title: &str) -> bool {
        self.ignore.iter().any(|name| name.trim() == title)
    }
}

/// What is to be learned from recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Goal {
    /// One of a few labels.
    Classify,
    /// A number.
    Number,
    /// What is normal; there is no right answer to learn.
    Anomaly,
}

impl Goal {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Classify, Self::Number, Self::Anomaly];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Classify => "classify",
            Self::Number => "number",
            Self::Anomaly => "anomaly",
        }
    }
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// One reading of a stream: windows are several rows, or one.
    Stream,
    /// One reading that has nothing to do with the row above it.
    Reading,
    /// A whole window.
    Window,
}

impl RowKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Stream, Self::Reading, Self::Window];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Reading => "reading",
            Self::Window => "window",
        }
    }
}
