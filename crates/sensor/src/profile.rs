//! What a model was trained on, in figures: the units, rates and values of its
//! channels, and how sure it was of what it had not seen.
//!
//! A profile is written into the model's file by training, and
//! [`crate::fits`] holds a recording against it. It says nothing about shapes:
//! what is new to a model in shape is for its anomaly score to say.

mod check;
mod gather;
mod quantiles;
mod reservoir;
mod stated;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::limits::at_most;
use crate::{FrontEnd, SensorError};

pub(crate) use gather::{ChannelSketch, OpenSketch, Sketch, Statistic};
pub use quantiles::{LEVELS, Quantiles};
pub use stated::{OtherPace, RefusedRows, Stated};

/// Bytes of a profile as JSON: that of 64 channels has about 100 KB.
pub const MAX_PROFILE_BYTES: usize = 256 << 10;
/// Values of one channel that are kept because they come often.
pub(crate) const MAX_COMMON: usize = 8;
/// Pairs of channels that are kept.
pub(crate) const MAX_PAIRS: usize = 120;

/// What a model was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Windows that it was trained on.
    pub windows: u64,
    /// How many of them are different, counted up to 65,536.
    pub distinct: u64,
    /// The channels, in the order of the front end.
    pub channels: Vec<ChannelProfile>,
    /// Pairs of channels of which one says something about the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<Pair>,
    /// How the model took windows that it had not seen, where any were measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
}

/// What one channel was in training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelProfile {
    /// Its name in the front end.
    pub name: String,
    /// The unit of its samples: that of the front end, else what the recordings
    /// stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Samples a second, where front end or recordings said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<f64>,
    /// The share of all samples that were missing.
    pub missing: f64,
    /// Over all samples that were there; absent where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<Quantiles>,
    /// Values that came often, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub common: Vec<Common>,
    /// Windows one behind the other that held one value and nothing else: the
    /// longest such run, of whatever value.
    pub longest_steady: u64,
    /// Statistics of windows, over the windows.
    pub over_windows: OverWindows,
}

/// Quantiles of a statistic over windows, for each statistic. Those that a window
/// of one sample cannot have are absent where all windows are such.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverWindows {
    /// Samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Quantiles>,
    /// The mean, in the channel's unit; of a window of one sample its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<Quantiles>,
    /// The standard deviation, in the channel's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<Quantiles>,
    /// The largest sample minus the smallest, in the channel's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Quantiles>,
    /// How far neighbours are apart, in standard deviations: less where the same
    /// is sampled faster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roughness: Option<Quantiles>,
    /// The longest run of equal samples, as a share of the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_run: Option<Quantiles>,
    /// The share of missing samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Quantiles>,
}

/// A value that came often.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// The value, to six digits.
    pub value: f64,
    /// Its share of all samples.
    pub share: f64,
    /// The most windows one behind the other that held nothing else.
    pub longest: u64,
}

/// Two channels that say something about one another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The index of one.
    pub one: usize,
    /// The index of the other.
    pub other: usize,
    /// The share of windows in which the mean of `one` was above that of `other`.
    pub above: f64,
    /// Pearson's correlation of their means over the windows; 0 where one of them
    /// stood still.
    pub correlation: f64,
}

/// How a model took windows that it had not seen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    /// How many windows.
    pub windows: u64,
    /// The probability of the best label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Quantiles>,
    /// The anomaly score, in nats a token, where the model learned windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anomaly: Option<Quantiles>,
}

impl Profile {
    /// Reads the profile of a front end's model and checks it.
    ///
    /// # Errors
    /// [`SensorError::Limit`] where it is too long; [`SensorError::Json`] where
    /// it has another shape; [`SensorError::Setting`] where it is of other
    /// channels, or a figure cannot be what it says.
    pub fn from_json(front_end: &FrontEnd, text: &str) -> Result<Self, SensorError> {
        let names = front_end.channels().iter();
        Self::of_channels(names.map(|channel| channel.name.as_str()), text)
    }

    /// The same, for who knows the names of the channels and no front end.
    ///
    /// # Errors
    /// Those of [`Self::from_json`].
    pub fn of_channels<'a>(
        names: impl Iterator<Item = &'a str>,
        text: &str,
    ) -> Result<Self, SensorError> {
        at_most("bytes of a profile", text.len(), MAX_PROFILE_BYTES)?;
        let profile: Self = serde_json::from_str(text).map_err(|error| SensorError::Json {
            what: "profile",
            message: error.to_string(),
        })?;
        profile.check(names)?;
        Ok(profile)
    }

    /// The profile as one line of JSON, as it is stored in a model file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A struct of strings and numbers always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }
}
