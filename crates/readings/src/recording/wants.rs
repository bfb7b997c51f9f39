//! What somebody wants of a recording.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::names::{Kind, Wanted};

/// A column or an array, by its name or by its position from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Source {
    /// The position. An unnamed leading column of row numbers does not count.
    Index(usize),
    /// The name.
    Name(String),
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(out, "{index}"),
            Self::Name(name) => out.write_str(name),
        }
    }
}

impl Source {
    /// The name; empty where it is a position.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Index(_) => "",
        }
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(NameOrPosition)
    }
}

struct NameOrPosition;

impl Visitor<'_> for NameOrPosition {
    type Value = Source;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or a position")
    }

    fn visit_u64<E: Error>(self, index: u64) -> Result<Source, E> {
        let position = usize::try_from(index).map(Source::Index);
        position.map_err(|_| E::invalid_value(Unexpected::Unsigned(index), &self))
    }

    fn visit_i64<E: Error>(self, index: i64) -> Result<Source, E> {
        let position = usize::try_from(index).map(Source::Index);
        position.map_err(|_| E::invalid_value(Unexpected::Signed(index), &self))
    }

    fn visit_str<E>(self, name: &str) -> Result<Source, E> {
        Ok(Source::Name(name.to_owned()))
    }

    fn visit_string<E>(self, name: String) -> Result<Source, E> {
        Ok(Source::Name(name))
    }
}

/// What a column is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// The samples of one channel.
    Channel,
    /// A whole window in each cell.
    Window,
    /// When a reading was taken: a number of seconds, or a date and time.
    Time,
    /// The right answer.
    Truth,
}

impl ColumnRole {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Channel => Kind::Number,
            Self::Time => Kind::Time,
            Self::Window | Self::Truth => Kind::Other,
        }
    }
}

/// A column that recordings for a model have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpectedColumn {
    /// What it is read as.
    pub role: ColumnRole,
    /// The channel's name, or how the model's own recordings call the column.
    pub name: String,
    /// Where the model's own recordings have it.
    pub source: Source,
    /// The unit of its samples; empty where there is none.
    pub unit: String,
    /// Samples a second, where the front end says so.
    pub sample_rate_hz: Option<f64>,
    /// Whether no recording can be read without it. Times are only needed to
    /// see gaps, truths to see what was right.
    pub required: bool,
}

impl ExpectedColumn {
    /// What is looked for in a header; nothing where it is a position.
    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted {
            name: self.source.name(),
            unit: &self.unit,
            kind: self.role.kind(),
        }
    }
}

/// What somebody wants of a recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wants {
    /// Its columns: what holds samples, in the order of the channels; then the
    /// time, if there is one; last the truth.
    pub columns: Vec<ExpectedColumn>,
    /// What one row holds.
    pub rows: Rows,
    /// Whether truths are numbers, and not labels or texts.
    pub number: bool,
}

/// What one row of a recording holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rows {
    /// A whole window in one cell, as arrays.
    Arrays {
        /// The channels, in their order.
        channels: Vec<InCell>,
    },
    /// One reading in one cell, as a list.
    List {
        /// The channels, in their order.
        channels: Vec<InCell>,
    },
    /// A whole window: a field for each channel, with a list of its samples.
    Lists,
    /// A whole window: a field for each sample of each channel. A channel's column is
    /// its first, and the others are those whose titles go on counting; without
    /// titles, as many behind it as the longest window has samples.
    SideBySide {
        /// The fewest samples of a window. Only what is missing at the end beyond
        /// these makes it shorter.
        least: usize,
        /// The most.
        most: usize,
    },
    /// One reading: a field for each channel.
    Readings,
    /// One reading of a stream.
    Stream {
        /// Whether order and rate matter: windows have more than one reading.
        several: bool,
        /// Readings a second, where that is known.
        rate_hz: Option<f64>,
        /// The longest time between two readings that is no gap.
        longest_s: Option<f64>,
    },
}

/// A channel of a cell that holds several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InCell {
    /// What it is called, for messages.
    pub name: String,
    /// Its array, by name or position; its position in a list.
    pub source: Source,
}

impl Wants {
    /// The columns that have a name to be looked for. A recording has no truth
    /// of its own accord: its name alone makes no header, and none is missed.
    #[must_use]
    pub fn wanted(&self) -> Vec<Wanted<'_>> {
        let named = |column: &&ExpectedColumn| !column.source.name().is_empty();
        let mut columns: Vec<&ExpectedColumn> = self.columns.iter().filter(named).collect();
        if columns
            .iter()
            .all(|column| column.role == ColumnRole::Truth)
        {
            columns.clear();
        }
        columns.into_iter().map(ExpectedColumn::wanted).collect()
    }

    /// The channels' units, in their order.
    pub(super) fn units(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.iter();
        let channels = columns.filter(|column| column.role == ColumnRole::Channel);
        channels.map(|column| column.unit.as_str())
    }
}
