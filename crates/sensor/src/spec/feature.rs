//! Values that are computed from the samples of a channel.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::Edges;
use super::channel::is_zero;
use crate::raw::{FromRaw, FromSection, Misread, Raw, Section, deserialize_raw};

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
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
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
    /// The root mean square of the differences between neighbours over the
    /// square root of 2: the standard deviation of white noise, to which a
    /// drift adds hardly anything.
    Roughness {},
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
        detrend: Detrend,
        /// The weight of the samples over the window.
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
        detrend: Detrend,
        /// The length of the moving average that is taken first, in periods of
        /// the dominant frequency; 0 is none, 0.25 keeps noise from crossing.
        smooth: f64,
    },
    /// The share of the window that its longest run of equal samples takes: 1
    /// where a sensor is stuck.
    LongestRun {},
    /// The middle of the sorted samples.
    Median {},
    /// The third quartile less the first.
    InterquartileRange {},
    /// The third standardised moment; 0 where nothing varies.
    Skewness {},
    /// The fourth standardised moment; 0 where nothing varies.
    Kurtosis {},
    /// The share of steps that cross the mean, 0 to 1.
    CrossingShare {},
    /// The mean frequency, weighted by power, as a share of half the sample rate.
    SpectralCentroid {},
    /// The entropy of the power over frequencies, as a share of the largest: 0 for
    /// a pure tone, about 1 for white noise.
    SpectralEntropy {},
    /// Where the first smallest sample is, from 0 at the start to 1 at the end.
    MinPosition {},
    /// Where the first largest sample is.
    MaxPosition {},
    /// How many samples there are.
    Length {},
    /// The correlation of the samples with those that come later.
    Autocorrelation {
        /// How many samples later.
        lag: usize,
    },
}

/// What is subtracted from a signal before its spectrum is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Taper {
    /// All equal.
    None,
    /// A raised cosine.
    #[default]
    Hann,
}

/// How a feature is written.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FeatureWrite {
    /// As a decimal number.
    Decimal {
        /// Digits after the point.
        decimals: u8,
        /// Digits before the point, padded with zeros.
        #[serde(skip_serializing_if = "is_zero")]
        width: u8,
        /// Remove zeros at the end of the decimals.
        #[serde(skip_serializing_if = "core::ops::Not::not")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        alphabet: Option<String>,
        /// The value of the lowest level.
        min: f64,
        /// The value of the highest level.
        max: f64,
    },
}

deserialize_raw!(FeatureKind, Detrend, Taper, FeatureWrite);

impl FromSection for FeatureKind {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        section.by_kind(&[
            ("min", |_| Ok(Self::Min {})),
            ("max", |_| Ok(Self::Max {})),
            ("range", |_| Ok(Self::Range {})),
            ("mean", |_| Ok(Self::Mean {})),
            ("std", |_| Ok(Self::Std {})),
            ("first", |_| Ok(Self::First {})),
            ("last", |_| Ok(Self::Last {})),
            ("slope", |_| Ok(Self::Slope {})),
            ("roughness", |_| Ok(Self::Roughness {})),
            ("missing_share", |_| Ok(Self::MissingShare {})),
            ("dominant_frequency", |it| {
                Ok(Self::DominantFrequency {
                    min_cpm: it.need("min_cpm")?,
                    max_cpm: it.need("max_cpm")?,
                    detrend: it.may("detrend")?,
                    taper: it.may("taper")?,
                })
            }),
            ("autocorrelation_frequency", |it| {
                Ok(Self::AutocorrelationFrequency {
                    min_cpm: it.need("min_cpm")?,
                    max_cpm: it.need("max_cpm")?,
                    detrend: it.may("detrend")?,
                })
            }),
            ("crossing_rate", |it| {
                Ok(Self::CrossingRate {
                    min_cpm: it.need("min_cpm")?,
                    max_cpm: it.need("max_cpm")?,
                    detrend: it.may("detrend")?,
                    smooth: it.may("smooth")?,
                })
            }),
            ("longest_run", |_| Ok(Self::LongestRun {})),
            ("median", |_| Ok(Self::Median {})),
            ("interquartile_range", |_| Ok(Self::InterquartileRange {})),
            ("skewness", |_| Ok(Self::Skewness {})),
            ("kurtosis", |_| Ok(Self::Kurtosis {})),
            ("crossing_share", |_| Ok(Self::CrossingShare {})),
            ("spectral_centroid", |_| Ok(Self::SpectralCentroid {})),
            ("spectral_entropy", |_| Ok(Self::SpectralEntropy {})),
            ("min_position", |_| Ok(Self::MinPosition {})),
            ("max_position", |_| Ok(Self::MaxPosition {})),
            ("length", |_| Ok(Self::Length {})),
            ("autocorrelation", |it| {
                Ok(Self::Autocorrelation {
                    lag: it.need("lag")?,
                })
            }),
        ])
    }
}

impl FromRaw for Detrend {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        raw.word(&[
            ("mean", Self::Mean),
            ("line", Self::Line),
            ("parabola", Self::Parabola),
        ])
    }
}

impl FromRaw for Taper {
    fn from_raw(raw: Raw) -> Result<Self, Misread> {
        raw.word(&[("none", Self::None), ("hann", Self::Hann)])
    }
}

impl FromSection for FeatureWrite {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        section.by_kind(&[
            ("decimal", |it| {
                Ok(Self::Decimal {
                    decimals: it.need("decimals")?,
                    width: it.may("width")?,
                    trim: it.may("trim")?,
                })
            }),
            ("edges", |it| {
                Ok(Self::Edges {
                    edges: it.need("edges")?,
                })
            }),
            ("levels", |it| {
                Ok(Self::Levels {
                    count: it.need("count")?,
                    alphabet: it.may("alphabet")?,
                    min: it.need("min")?,
                    max: it.need("max")?,
                })
            }),
        ])
    }
}
