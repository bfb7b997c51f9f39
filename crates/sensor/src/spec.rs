//! The front end as data: what a model file stores and a recipe writes.
//!
//! Nothing here is checked beyond its shape; [`crate::FrontEnd::new`] does
//! that. Unknown fields are refused, so that a typing error is not a default.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// How windows are found, turned into text and put into a prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontEndSpec {
    /// Where windows are in a CSV file, and how long they are.
    pub layout: Layout,
    /// The channels, in the order of [`crate::Window::channels`].
    pub channels: Vec<ChannelSpec>,
    /// Placeholders that write several channels sample by sample.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interleave: Vec<Interleave>,
    /// The prompt, with `{channel}`, `{channel.feature}` and `{interleave}`
    /// where text is put in, and `{{` and `}}` for braces.
    pub template: String,
}

/// Where windows are in a CSV file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Layout {
    /// One cell holds a whole window: named arrays (`Red: [1, 2, 3]`), bare
    /// arrays (`[1, 2, 3]`), or one list of numbers without brackets. A
    /// channel's source is the name or the position of its array.
    Cells {
        /// The column of the cell.
        column: Source,
        /// How many samples a channel may have.
        samples: Samples,
    },
    /// One row is one reading, which is a window of length 1.
    Rows {
        /// The column of a cell with a comma-separated list, of which each
        /// channel's source is a position. Without it every channel has a
        /// column of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<Source>,
    },
    /// One row is one reading of a stream that is cut into windows.
    Stream {
        /// Readings in a window.
        length: usize,
        /// Readings from the start of one window to the start of the next.
        stride: usize,
        /// Which readings decide about the label of a window.
        #[serde(default)]
        label: LabelOf,
        /// The column with the time of the reading.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timestamp: Option<Source>,
        /// A longer time between two readings breaks the window.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_gap_s: Option<f64>,
    },
}

/// How many samples a window of a cell may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Samples {
    /// The fewest.
    pub min: usize,
    /// The most.
    pub max: usize,
}

/// Which readings decide about the label of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelOf {
    /// The last one: what is the state now?
    #[default]
    Last,
    /// The most frequent one, of equally frequent ones the latest.
    Majority,
}

/// A column or an array, by its name or by its position from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// The position. An unnamed leading column of row numbers does not count.
    Index(usize),
    /// The name.
    Name(String),
}

/// One channel and how it becomes text.
///
/// In this order: missing samples are filled, features are computed, the
/// samples are resampled, scaled and written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelSpec {
    /// What the template and the caller call it: lower-case letters, digits
    /// and `_`.
    pub name: String,
    /// The unit of its samples, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Where its samples are.
    pub source: Source,
    /// Samples per second; spectral features need it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_rate_hz: Option<f64>,
    /// What happens to missing samples.
    #[serde(default)]
    pub missing: Missing,
    /// Steps that change the number of samples, applied in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resample: Vec<Resample>,
    /// How samples are brought into a known range.
    #[serde(default)]
    pub scale: Scale,
    /// How samples are written for `{name}`. A channel with neither this nor
    /// features is carried in windows, for charts and baselines, and never
    /// reaches the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encode: Option<Encode>,
    /// Values computed from the samples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<FeatureSpec>,
}

/// What happens to missing samples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Missing {
    /// The window is refused.
    Reject {},
    /// The previous sample is repeated; at the start, the first one.
    Hold {
        /// Written in place of every sample where the whole channel is
        /// missing; without it such a window is refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        empty: Option<String>,
    },
    /// A straight line between the neighbours; at the ends, the nearest one.
    Interpolate {
        /// As in `hold`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        empty: Option<String>,
    },
    /// A symbol is written for it.
    Symbol {
        /// The symbol.
        text: String,
    },
}

impl Default for Missing {
    fn default() -> Self {
        Self::Reject {}
    }
}

/// A change of the number of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resample {
    /// Samples afterwards.
    pub points: usize,
    /// How they come about.
    pub method: ResampleMethod,
}

/// How resampled values come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResampleMethod {
    /// Linear interpolation; the first and the last sample stay.
    Linear,
    /// The mean over equal stretches of the window, cut samples weighted by
    /// their share.
    Mean,
}

/// How samples are brought into a known range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scale {
    /// They stay as they are; the range is unknown.
    None {},
    /// The window's minimum becomes 0 and its maximum 1.
    WindowMinMax {
        /// Minimum and maximum are taken to be at least this far apart, so
        /// that noise on a quiet channel is not blown up.
        min_range: f64,
        /// Channels with the same group share minimum and maximum.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// Minus the window's mean, divided by its standard deviation.
    WindowZScore {
        /// The standard deviation is taken to be at least this.
        min_std: f64,
        /// The result is clamped to plus and minus this.
        clip: f64,
    },
    /// Fixed ends: `min` becomes 0, `max` becomes 1, beyond is clamped.
    Global {
        /// What becomes 0.
        min: f64,
        /// What becomes 1.
        max: f64,
    },
}

impl Default for Scale {
    fn default() -> Self {
        Self::None {}
    }
}

/// How the samples of a channel are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Encode {
    /// Each sample becomes the nearest of equally spaced levels over the range
    /// of its scale.
    Levels {
        /// How many levels, at least 2.
        count: u32,
        /// One character for each level, lowest first; without it the level
        /// is written as a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alphabet: Option<String>,
        /// Between two samples.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        separator: String,
    },
    /// Each sample becomes a decimal number.
    Decimal {
        /// Digits after the point.
        decimals: u8,
        /// Digits before the point, padded with zeros.
        #[serde(default, skip_serializing_if = "is_zero")]
        width: u8,
        /// Remove zeros at the end of the decimals.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        trim: bool,
        /// Between two samples.
        #[serde(default = "space")]
        separator: String,
    },
}

/// A value computed from the samples of a channel, written for
/// `{channel.name}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureSpec {
    /// Its name in the template.
    pub name: String,
    /// What is computed.
    pub of: FeatureKind,
    /// How it is written.
    pub write: FeatureWrite,
}

/// What a feature computes, from the samples before resampling and scaling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FeatureKind {
    /// The smallest sample.
    Min {},
    /// The largest sample.
    Max {},
    /// The largest minus the smallest sample.
    Range {},
    /// The mean.
    Mean {},
    /// The standard deviation (divided by n).
    Std {},
    /// The first sample that is there.
    First {},
    /// The last sample that is there.
    Last {},
    /// The least-squares slope, per second where the channel has a sample
    /// rate, else per sample.
    Slope {},
    /// The share of samples that are missing, 0 to 1.
    MissingShare {},
    /// The frequency of the largest peak of the spectrum, in cycles per
    /// minute.
    DominantFrequency {
        /// The lowest frequency looked at, in cycles per minute.
        min_cpm: f64,
        /// The highest frequency looked at, in cycles per minute.
        max_cpm: f64,
        /// What is subtracted first.
        #[serde(default)]
        detrend: Detrend,
        /// The weight of the samples over the window.
        #[serde(default)]
        taper: Taper,
    },
    /// The frequency of the first high peak of the normalised
    /// autocorrelation, in cycles per minute.
    AutocorrelationFrequency {
        /// The lowest frequency looked at, in cycles per minute.
        min_cpm: f64,
        /// The highest frequency looked at, in cycles per minute.
        max_cpm: f64,
        /// What is subtracted first.
        #[serde(default)]
        detrend: Detrend,
    },
    /// Upward crossings of the detrended signal through zero, per minute: the
    /// time from the first to the last one divided by their number.
    CrossingRate {
        /// What is subtracted first.
        #[serde(default)]
        detrend: Detrend,
        /// The signal must have gone below minus this share of its standard
        /// deviation before a crossing counts.
        #[serde(default)]
        hysteresis: f64,
    },
}

/// What is subtracted from a signal before its spectrum is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detrend {
    /// Its mean.
    Mean,
    /// Its least-squares line.
    #[default]
    Line,
    /// Its least-squares parabola.
    Parabola,
}

/// The weight of the samples over a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taper {
    /// All equal.
    None,
    /// A raised cosine.
    #[default]
    Hann,
}

/// How a feature is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FeatureWrite {
    /// As a decimal number.
    Decimal {
        /// Digits after the point.
        decimals: u8,
        /// Digits before the point, padded with zeros.
        #[serde(default, skip_serializing_if = "is_zero")]
        width: u8,
        /// Remove zeros at the end of the decimals.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        trim: bool,
    },
    /// As the nearest of equally spaced levels.
    Levels {
        /// How many levels, at least 2.
        count: u32,
        /// One character for each level; without it the level is a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alphabet: Option<String>,
        /// The value of the lowest level.
        min: f64,
        /// The value of the highest level.
        max: f64,
    },
}

/// A placeholder that writes several channels sample by sample: all channels
/// of the first sample, then all of the second, and so on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interleave {
    /// Its name in the template.
    pub name: String,
    /// The channels, in the order they are written.
    pub channels: Vec<String>,
    /// Between two channels of the same sample.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub within: String,
    /// Between two samples.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub between: String,
}

pub(crate) fn is_zero(width: &u8) -> bool {
    *width == 0
}

fn space() -> String {
    String::from(" ")
}
