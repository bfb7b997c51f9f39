//! What is read, and how a device writes it, as far as anybody said.

use alloc::string::String;
use alloc::vec::Vec;

use crate::TimeForm;

/// A channel of a model, as readings name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// The unit of its values; empty where the model says none.
    pub unit: String,
}

/// How messages or lines hold readings. The default takes what it recognises.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Format {
    /// Where in a JSON message the readings stand, like `payload.sensors`.
    pub path: String,
    /// For each channel the name or path of its field; the channel's name where
    /// there is none.
    pub fields: Vec<Option<String>>,
    /// The names of a list's or a line's values, in order; empty for the channels.
    pub columns: Vec<String>,
    /// The field of the time; empty for the usual names.
    pub time: String,
    /// How times are written; any way that is certain where nobody said.
    pub times: Option<TimeForm>,
}

/// Whether a message holds whole readings, or the value of the channel whose
/// name ends the topic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Holds {
    /// Whichever it looks like.
    #[default]
    Auto,
    /// Whole readings, whatever the topic.
    Readings,
    /// One channel's value.
    Value,
}

impl Holds {
    /// The one with this name: `auto`, `readings` or `value`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "readings" => Some(Self::Readings),
            "value" => Some(Self::Value),
            _ => None,
        }
    }
}

/// What was read of all channels at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// A value a channel, in the channel's unit; NaN where it is missing.
    pub values: Vec<f64>,
    /// For each channel whether it was spoken of. One that was not keeps the
    /// value that it had, for as long as the host lets it.
    pub named: Vec<bool>,
    /// The time in seconds, where it was given.
    pub time_s: Option<f64>,
}

impl Reading {
    /// Whether every channel was spoken of.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.named.iter().all(|&named| named)
    }
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The channel at this position.
    Channel(usize),
    /// The time of a reading.
    Time,
    /// That, its day, or something else: the value decides.
    MaybeTime,
}

/// What the values at one position of a list or a line are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) meaning: Meaning,
    /// The unit that the name has, or empty.
    pub(crate) unit: String,
}
