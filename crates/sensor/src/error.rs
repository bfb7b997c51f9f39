//! What can be wrong with a specification, a window or a recording.

use alloc::string::{String, ToString};

use senselm_readings::{Problem, Refusal};

use crate::csv::BadRow;

/// Why a front end, a task, a window or a CSV file was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SensorError {
    /// The text is not JSON of the expected shape.
    #[error("{what} is not valid: {message}")]
    Json {
        /// `front end`, `task` or `window`.
        what: &'static str,
        /// The parser's account, with line and column.
        message: String,
    },
    /// Something is larger than this crate handles.
    #[error("{what}: {found} is more than the limit of {limit}")]
    Limit {
        /// What was counted.
        what: String,
        /// How many there are.
        found: u64,
        /// How many there may be; a constant of [`crate::limits`].
        limit: u64,
    },
    /// A setting of the specification or task has a value that cannot work.
    #[error("{place}: {reason}")]
    Setting {
        /// Where it is, for example `channel red, resample`.
        place: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// A name is used twice, or is not one that a placeholder can bear.
    #[error("name {name:?}: {reason}")]
    Name {
        /// The name as given.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The template asks for something that no channel provides.
    #[error("the template asks for {{{placeholder}}}, which does not exist; there are {known}")]
    UnknownPlaceholder {
        /// The text between the braces.
        placeholder: String,
        /// All that it could have been.
        known: String,
    },
    /// A channel or feature never reaches the prompt.
    #[error("{{{name}}} is computed but the template never uses it; use it or remove it")]
    Unused {
        /// The placeholder that is missing.
        name: String,
    },
    /// What is fitted to data was left out.
    #[error("{place} is not fitted to data yet: `senselm train` fits what a recipe leaves out")]
    NotFitted {
        /// Where.
        place: String,
    },
    /// A brace of the template has no partner.
    #[error(
        "unpaired {brace:?} at byte {offset} of the template; write it twice to have it in the text"
    )]
    TemplateBrace {
        /// The brace.
        brace: char,
        /// Where it is.
        offset: usize,
    },
    /// An alphabet cannot encode the levels it is to encode.
    #[error("{place}: alphabet: {reason}")]
    Alphabet {
        /// The channel or feature.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A window has the wrong number of channels.
    #[error("the window has {found} channels, the front end reads {expected} ({names})")]
    ChannelCount {
        /// How many the specification has.
        expected: usize,
        /// How many were given.
        found: usize,
        /// Their names in order.
        names: String,
    },
    /// A channel has too few or too many samples.
    #[error("channel {channel} has {found} samples, {min} to {max} are allowed")]
    WindowLength {
        /// The channel's name.
        channel: String,
        /// The fewest allowed.
        min: usize,
        /// The most allowed.
        max: usize,
        /// How many were given.
        found: usize,
    },
    /// A sample is infinite, or beyond [`crate::limits::MAX_MAGNITUDE`].
    #[error(
        "channel {channel}, sample {index} is infinite or beyond 1e30; give a number, or NaN for missing"
    )]
    Infinite {
        /// The channel's name.
        channel: String,
        /// Which sample, from 0.
        index: usize,
    },
    /// A sample is missing and the channel's policy is to reject that.
    #[error("channel {channel}, sample {index} is missing, and this channel does not allow that")]
    MissingSample {
        /// The channel's name.
        channel: String,
        /// Which sample, from 0.
        index: usize,
    },
    /// No sample of a channel is there, and no symbol says how to write that.
    #[error(
        "channel {channel} has no samples at all; set `empty` of its missing policy to a symbol to allow that"
    )]
    ChannelEmpty {
        /// The channel's name.
        channel: String,
    },
    /// No sample of any channel is there: there is nothing to answer by.
    #[error("no channel has a sample in this window: nothing was measured, so there is no answer")]
    WindowEmpty,
    /// A feature has no value for this window and no symbol to say so.
    #[error(
        "feature {feature} of channel {channel} has no value for this window; set a symbol in the channel's missing policy"
    )]
    FeatureUndefined {
        /// The channel's name.
        channel: String,
        /// The feature's name.
        feature: String,
    },
    /// A step over the channels has no number for this window, or one with too
    /// many digits.
    #[error(
        "operator {operator} has no number for this window that can be written; project its numbers, or refuse such windows in the channels' missing policy"
    )]
    OperatorUndefined {
        /// The step's name.
        operator: String,
    },
    /// Channels that are interleaved have different lengths.
    #[error(
        "interleave {name}: channel {channel} has {found} points where the first has {expected}; resample them alike"
    )]
    InterleaveLength {
        /// The interleave's name.
        name: String,
        /// The channel that differs.
        channel: String,
        /// Points of the first channel.
        expected: usize,
        /// Points of this one.
        found: usize,
    },
    /// A value has more digits than this crate writes.
    #[error("channel {channel}: a value is too large to be written with its decimals")]
    ValueTooLarge {
        /// The channel's name.
        channel: String,
    },
    /// The truth of a record does not fit the task.
    #[error("the truth does not fit the task: {reason}")]
    Truth {
        /// Why not.
        reason: String,
    },
    /// The file has no header line.
    #[error("the CSV file is empty: its first line must name the columns")]
    EmptyFile,
    /// The table cannot be read, can be read in two ways, or does not have what
    /// the front end reads.
    #[error("{0}")]
    Table(Problem),
    /// A row cannot be used and the caller asked to stop at such a row.
    #[error("{0}")]
    BadRow(BadRow),
    /// Windows are to be cut out of a stream, but the front end reads cells.
    #[error(
        "this front end reads a whole window from each row; use WindowStream::with_length to cut them from a stream"
    )]
    NotAStream,
}

impl SensorError {
    /// What is not that of the model, where a recording was refused for its scale, rate
    /// or order; `None` where it is for something else, or is none at all.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Table(problem) => problem.refusal(),
            Self::WindowLength { .. } => Some(Refusal::Rate),
            Self::Infinite { .. } => Some(Refusal::Scale),
            _ => None,
        }
    }

    /// Why, for who says already that it is about a truth.
    pub(crate) fn reason(self) -> String {
        match self {
            Self::Truth { reason } => reason,
            other => other.to_string(),
        }
    }
}
