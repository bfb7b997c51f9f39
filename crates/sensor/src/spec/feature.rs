//! Values that are computed from the samples of a channel.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::channel::is_zero;
use super::{Edges, no_fields};

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
    #[serde(deserialize_with = "no_fields")]
    Min {},
    /// The largest sample.
    #[serde(deserialize_with = "no_fields")]
    Max {},
    /// The largest minus the smallest sample.
    #[serde(deserialize_with = "no_fields")]
    Range {},
    /// The mean.
    #[serde(deserialize_with = "no_fields")]
    Mean {},
    /// The standard deviation (divided by n).
    #[serde(deserialize_with = "no_fields")]
    Std {},
    /// The first sample that is there.
    #[serde(deserialize_with = "no_fields")]
    First {},
    /// The last sample that is there.
    #[serde(deserialize_with = "no_fields")]
    Last {},
    /// The least-squares slope, per second where the channel has a sample
    /// rate, else per sample.
    #[serde(deserialize_with = "no_fields")]
    Slope {},
    /// The root mean square of the differences between neighbours over the
    /// square root of 2: the standard deviation of white noise, to which a
    /// drift adds hardly anything.
    #[serde(deserialize_with = "no_fields")]
    Roughness {},
    /// The share of samples that are missing, 0 to 1.
    #[serde(deserialize_with = "no_fields")]
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
    /// Upward crossings of the detrended and smoothed signal through zero, per
    /// minute: their number over the time from the first to the last one.
    CrossingRate {
        /// The lowest frequency looked at, in cycles per minute.
        min_cpm: f64,
        /// The highest frequency looked at, in cycles per minute.
        max_cpm: f64,
        /// What is subtracted first.
        #[serde(default)]
        detrend: Detrend,
        /// The length of the moving average that is taken first, in periods of
        /// the dominant frequency; 0 is none, 0.25 keeps noise from crossing.
        #[serde(default)]
        smooth: f64,
    },
    /// The share of the window that its longest run of equal samples takes: 1
    /// where a sensor is stuck.
    #[serde(deserialize_with = "no_fields")]
    LongestRun {},
    /// The middle of the sorted samples.
    #[serde(deserialize_with = "no_fields")]
    Median {},
    /// The third quartile less the first.
    #[serde(deserialize_with = "no_fields")]
    InterquartileRange {},
    /// The third standardised moment; 0 where nothing varies.
    #[serde(deserialize_with = "no_fields")]
    Skewness {},
    /// The fourth standardised moment; 0 where nothing varies.
    #[serde(deserialize_with = "no_fields")]
    Kurtosis {},
    /// The share of steps that cross the mean, 0 to 1.
    #[serde(deserialize_with = "no_fields")]
    CrossingShare {},
    /// The mean frequency, weighted by power, as a share of half the sample rate.
    #[serde(deserialize_with = "no_fields")]
    SpectralCentroid {},
    /// The entropy of the power over frequencies, as a share of the largest: 0 for
    /// a pure tone, about 1 for white noise.
    #[serde(deserialize_with = "no_fields")]
    SpectralEntropy {},
    /// Where the first smallest sample is, from 0 at the start to 1 at the end.
    #[serde(deserialize_with = "no_fields")]
    MinPosition {},
    /// Where the first largest sample is.
    #[serde(deserialize_with = "no_fields")]
    MaxPosition {},
    /// How many samples there are.
    #[serde(deserialize_with = "no_fields")]
    Length {},
    /// The correlation of the samples with those that come later.
    Autocorrelation {
        /// How many samples later.
        lag: usize,
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
    /// As the level between two edges.
    Edges {
        /// The edges.
        edges: Edges,
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
