//! One channel: its source, and the steps from samples to text.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Edges, FeatureSpec, Source};
use crate::raw::{FromSection, Misread, Section, deserialize_raw};

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
    /// Numbers that the device writes where it has no sample, such as -999: each is
    /// a missing sample, in tables, messages and windows alike. In the channel's
    /// unit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_values: Vec<f64>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Missing {
    /// The window is refused.
    Reject {},
    /// The previous sample is repeated; at the start, the first one.
    Hold {
        /// Written in place of every sample where the whole channel is
        /// missing; without it such a window is refused.
        #[serde(skip_serializing_if = "Option::is_none")]
        empty: Option<String>,
    },
    /// A straight line between the neighbours; at the ends, the nearest one.
    Interpolate {
        /// As in `hold`.
        #[serde(skip_serializing_if = "Option::is_none")]
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
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scale {
    /// They stay as they are; the range is unknown.
    None {},
    /// The window's minimum becomes 0 and its maximum 1.
    WindowMinMax {
        /// Minimum and maximum are taken to be at least this far apart, so
        /// that noise on a quiet channel is not blown up.
        min_range: f64,
        /// Channels with the same group share minimum and maximum.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// Minus the window's mean, divided by its standard deviation.
    WindowZScore {
        /// The standard deviation is taken to be at least this.
        min_std: f64,
        /// The result is clamped to plus and minus this.
        clip: f64,
    },
    /// Each sample less the one before: `-max` becomes 0, `max` becomes 1, beyond is
    /// clamped, and the first has not changed. Behind one that is missing the change
    /// is missing too.
    Change {
        /// The largest change.
        max: f64,
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
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Encode {
    /// Each sample becomes the nearest of equally spaced levels over the range
    /// of its scale.
    Levels {
        /// How many levels, at least 2.
        count: u32,
        /// One character for each level, lowest first; without it the level
        /// is written as a number.
        #[serde(skip_serializing_if = "Option::is_none")]
        alphabet: Option<String>,
        /// Between two samples.
        #[serde(skip_serializing_if = "String::is_empty")]
        separator: String,
    },
    /// Each sample, scaled, becomes the level between two edges.
    Edges {
        /// The edges, in units of scaled samples.
        edges: Edges,
        /// Between two samples.
        #[serde(skip_serializing_if = "String::is_empty")]
        separator: String,
    },
    /// Each sample becomes a decimal number.
    Decimal {
        /// Digits after the point.
        decimals: u8,
        /// Digits before the point, padded with zeros.
        #[serde(skip_serializing_if = "is_zero")]
        width: u8,
        /// Remove zeros at the end of the decimals.
        #[serde(skip_serializing_if = "core::ops::Not::not")]
        trim: bool,
        /// Between two samples.
        separator: String,
    },
}

deserialize_raw!(Missing, Scale, Encode);

impl FromSection for Missing {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        section.by_kind(&[
            ("reject", |_| Ok(Self::Reject {})),
            ("hold", |it| {
                Ok(Self::Hold {
                    empty: it.may("empty")?,
                })
            }),
            ("interpolate", |it| {
                Ok(Self::Interpolate {
                    empty: it.may("empty")?,
                })
            }),
            ("symbol", |it| {
                Ok(Self::Symbol {
                    text: it.need("text")?,
                })
            }),
        ])
    }
}

impl FromSection for Scale {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        section.by_kind(&[
            ("none", |_| Ok(Self::None {})),
            ("window_min_max", |it| {
                Ok(Self::WindowMinMax {
                    min_range: it.need("min_range")?,
                    group: it.may("group")?,
                })
            }),
            ("window_z_score", |it| {
                Ok(Self::WindowZScore {
                    min_std: it.need("min_std")?,
                    clip: it.need("clip")?,
                })
            }),
            ("change", |it| {
                Ok(Self::Change {
                    max: it.need("max")?,
                })
            }),
            ("global", |it| {
                Ok(Self::Global {
                    min: it.need("min")?,
                    max: it.need("max")?,
                })
            }),
        ])
    }
}

impl FromSection for Encode {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        section.by_kind(&[
            ("levels", |it| {
                Ok(Self::Levels {
                    count: it.need("count")?,
                    alphabet: it.may("alphabet")?,
                    separator: it.may("separator")?,
                })
            }),
            ("edges", |it| {
                Ok(Self::Edges {
                    edges: it.need("edges")?,
                    separator: it.may("separator")?,
                })
            }),
            ("decimal", |it| {
                Ok(Self::Decimal {
                    decimals: it.need("decimals")?,
                    width: it.may("width")?,
                    trim: it.may("trim")?,
                    separator: it.or("separator", || String::from(" "))?,
                })
            }),
        ])
    }
}

pub(crate) fn is_zero(width: &u8) -> bool {
    *width == 0
}
