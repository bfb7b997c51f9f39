//! What a caller learns while training runs.

use std::fmt;
use std::path::PathBuf;

use senselm_sensor::{BadRow, Warning};

use crate::Progress;

/// Something that happened, or that a caller should know.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A step was done.
    Progress(&'a Progress),
    /// Something to know before the steps begin.
    Note(&'a Note),
}

/// Something about the data or the folder that is no error, and that a user
/// should know. Names of labels and channels are those of the recipe.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// A file is not quite as expected.
    File {
        /// The file.
        path: PathBuf,
        /// What about it.
        warning: Warning,
    },
    /// A file is not UTF-8, and was read as something else.
    Encoding {
        /// The file.
        path: PathBuf,
        /// The encoding.
        encoding: &'static str,
    },
    /// A row of a file is in no window.
    LeftOut {
        /// The file.
        path: PathBuf,
        /// The row.
        row: BadRow,
    },
    /// More rows of a file are in no window than were named.
    MoreLeftOut {
        /// The file.
        path: PathBuf,
        /// How many more.
        rows: usize,
    },
    /// A file gives no window.
    NoWindows {
        /// The file.
        path: PathBuf,
        /// Data rows in it.
        rows: u64,
        /// Readings that a window takes at least.
        needed: usize,
    },
    /// A file gives windows, and none has a right answer.
    NoAnswers {
        /// The file.
        path: PathBuf,
        /// Windows in it.
        windows: usize,
    },
    /// Labels that are measured and were never shown.
    NotTrained {
        /// The labels.
        labels: Vec<String>,
        /// Windows of them that are measured.
        windows: usize,
        /// In how many of several runs, and of how many.
        runs: Option<(usize, usize)>,
    },
    /// Labels that are trained on and never measured.
    NotMeasured {
        /// The labels.
        labels: Vec<String>,
    },
    /// Labels of the task that no window has.
    Unused {
        /// The labels.
        labels: Vec<String>,
    },
    /// Every window to train on has the same right answer.
    OneAnswer {
        /// The answer.
        answer: String,
    },
    /// There are validation files, and nothing in them to measure on.
    NothingMeasured,
    /// A channel has no value.
    EmptyChannel {
        /// The channel.
        channel: String,
        /// The windows: `train` or `validation`.
        windows: &'static str,
    },
    /// A channel always has the same value.
    ConstantChannel {
        /// The channel.
        channel: String,
        /// The value.
        value: f64,
    },
    /// A channel varies, and the front end writes it always the same.
    FlatChannel {
        /// The channel.
        channel: String,
        /// Its lowest value.
        low: f64,
        /// Its highest value.
        high: f64,
    },
    /// A channel has values that no sensor gives.
    UnlikelyChannel {
        /// The channel.
        channel: String,
        /// The value farthest from 0.
        value: f64,
    },
    /// The rows of matrices are no whole blocks of the type that the file is to
    /// have.
    NoWholeBlocks {
        /// The type.
        asked: &'static str,
        /// How many values a block of it has.
        block: usize,
        /// How many matrices.
        matrices: usize,
        /// The type that they are stored as.
        stored_as: &'static str,
    },
    /// The folder holds a checkpoint that is not used.
    StartsOver {
        /// The checkpoint.
        path: PathBuf,
    },
    /// The folder holds results that this run replaces.
    Replaces {
        /// The folder.
        path: PathBuf,
    },
    /// The run goes on from a checkpoint.
    GoesOn {
        /// The checkpoint.
        path: PathBuf,
        /// `pretrain` or `train`.
        phase: &'static str,
        /// Steps done.
        step: u64,
    },
    /// One of several runs was finished and is done again.
    DoneAgain {
        /// Its folder.
        path: PathBuf,
    },
    /// The run in the folder is finished: nothing is done.
    Finished {
        /// The folder.
        path: PathBuf,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, warning } => write!(out, "{}: {warning}", path.display()),
            Self::Encoding { path, encoding } => {
                write!(out, "{}: read as {encoding}", path.display())
            }
            Self::MoreLeftOut { path, rows } => {
                write!(out, "{}: left out: {rows} more", path.display())
            }
            Self::LeftOut { path, row } => write!(out, "{}: left out: {row}", path.display()),
            Self::NoWindows { path, rows, needed } => write!(
                out,
                "{}: {rows} rows give no window; one takes {needed} rows in a piece",
                path.display()
            ),
            Self::NoAnswers { path, windows } => write!(
                out,
                "{}: none of {windows} windows has a right answer",
                path.display()
            ),
            Self::NotTrained {
                labels,
                windows,
                runs,
            } => {
                write!(
                    out,
                    "{windows} windows to measure on are {}, and no window to train on is",
                    list(labels)
                )?;
                match runs {
                    Some((some, all)) => write!(out, " in {some} of {all} runs"),
                    None => write!(out, ": the model cannot know them"),
                }
            }
            Self::NotMeasured { labels } => write!(
                out,
                "no window to measure on is {}: how well the model knows them is not measured",
                list(labels)
            ),
            Self::Unused { labels } => write!(
                out,
                "no window is {}: the model cannot know them",
                list(labels)
            ),
            Self::OneAnswer { answer } => write!(
                out,
                "every window to train on is {answer:?}: the model will answer nothing else"
            ),
            Self::NothingMeasured => write!(
                out,
                "no window of the validation files has a right answer, so nothing is measured"
            ),
            Self::EmptyChannel { channel, windows } => write!(
                out,
                "the channel {channel:?} has no value in any window of {windows}"
            ),
            Self::ConstantChannel { channel, value } => write!(
                out,
                "the channel {channel:?} is {value} in every window: nothing can be learned from it"
            ),
            Self::FlatChannel { channel, low, high } => write!(
                out,
                "the channel {channel:?} goes from {low:e} to {high:e} and is written the same in \
                 every window: check its scale and encode"
            ),
            Self::UnlikelyChannel { channel, value } => write!(
                out,
                "the channel {channel:?} reaches {value:e}: check its unit, and whether that \
                 stands for a missing value"
            ),
            Self::NoWholeBlocks {
                asked,
                block,
                matrices,
                stored_as,
            } => write!(
                out,
                "the rows of {matrices} matrices are no whole blocks of {block} values, which \
                 {asked} has; they are stored as {stored_as}"
            ),
            Self::StartsOver { path } => write!(
                out,
                "{} is of a run that was not finished; it is started over, --resume would go on",
                path.display()
            ),
            Self::Replaces { path } => write!(
                out,
                "{} holds a finished run, which this one replaces",
                path.display()
            ),
            Self::GoesOn { path, phase, step } => write!(
                out,
                "going on from {} behind step {step} of {phase}",
                path.display()
            ),
            Self::DoneAgain { path } => write!(
                out,
                "{} holds a finished run, which is done again for the figures of all runs",
                path.display()
            ),
            Self::Finished { path } => write!(
                out,
                "{} holds this run, finished: there is nothing to go on with, and nothing was changed",
                path.display()
            ),
        }
    }
}

/// Names in quotes, with commas.
fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    quoted.join(", ")
}
