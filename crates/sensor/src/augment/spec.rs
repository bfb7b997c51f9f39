//! What is varied, and how much: the data of a recipe.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// Which variations are made, and how strong they are.
///
/// "Range" is the range of a channel: that of its global scale where it has
/// one, else the window's own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AugmentSpec {
    /// Moves the samples by up to this share of the window, either way; the
    /// samples at the ends are held.
    pub shift: f64,
    /// Stretches or compresses time by up to this factor around a point in the
    /// middle 40 % of the window, and leaves the number of samples as it is.
    /// 1 is off.
    pub stretch: f64,
    /// Changes the number of samples by up to this factor or its inverse, as
    /// far as the front end allows longer and shorter windows: the same signal,
    /// played more slowly or faster. 1 is off.
    pub tempo: f64,
    /// A truth that is a number is a rate: what stretches time by s divides it
    /// by s.
    pub truth_scales_with_rate: bool,
    /// Cuts up to this share of the samples off the ends together, as far as
    /// the front end allows shorter windows.
    pub crop: f64,
    /// Multiplies the deviation from the channel's mean by up to this factor
    /// or its inverse. 1 is off.
    pub amplitude: f64,
    /// Adds up to this share of the range, either way.
    pub offset: f64,
    /// Raises samples, relative to the window's minimum and maximum, to a
    /// power of up to this or its inverse. 1 is off.
    pub gamma: f64,
    /// Adds a straight line from minus to plus a normal number with this share
    /// of the range as its standard deviation.
    pub trend: f64,
    /// Adds normal noise to each sample, with up to this share of the range as
    /// its standard deviation.
    pub noise: f64,
    /// Replaces whole channels.
    pub dropout: Option<Dropout>,
    /// Replaces channels by others that measure the same.
    pub substitute: Option<Substitute>,
    /// Replaces windows by periodic signals of a known rate.
    pub periodic: Option<Periodic>,
    /// For this share of the windows, what a projection says of each label is said
    /// of another one, louder or fainter, and what it says then is taken for the
    /// truth: a model learns to read the scores, whatever the label, and from the
    /// other windows how far to trust them.
    pub permute_classes: f64,
    /// For numbers, what `permute_classes` is for labels.
    pub spread_numbers: Option<SpreadNumbers>,
}

/// Makes up what a projection says, and takes it for the truth, so that a model
/// learns to read numbers that no recording has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpreadNumbers {
    /// For each window.
    pub probability: f64,
    /// The lowest number.
    pub min: f64,
    /// The highest number.
    pub max: f64,
}

/// Replaces whole channels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    /// For each channel by itself. The last one that is left is never dropped.
    pub probability: f64,
    /// The names of the channels; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// What is there instead.
    pub fill: DropoutFill,
}

/// What is there instead of a dropped channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropoutFill {
    /// Nothing: its samples are missing.
    Missing,
    /// Its minimum, throughout.
    Min,
    /// Its maximum, throughout.
    Max,
    /// Its mean, throughout.
    Mean,
    /// Its first sample, throughout: a sensor that is stuck.
    First,
}

/// Replaces channels by others that measure the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substitute {
    /// For the window: then each of the channels becomes a random one of them.
    pub probability: f64,
    /// The names of the channels.
    pub channels: Vec<String>,
}

/// Replaces windows by periodic signals whose rate, in cycles per minute, is
/// the truth: for tasks that ask for a rate and have few recordings. The front
/// end's channels must have a sample rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Periodic {
    /// For each window.
    pub probability: f64,
    /// The lowest rate; between it and the highest the draw is log-uniform.
    pub min_cpm: f64,
    /// The highest rate.
    pub max_cpm: f64,
    /// The rate wanders by up to this share of itself. The truth is its mean.
    #[serde(default)]
    pub wander: f64,
    /// The amplitude changes by up to this share of itself.
    #[serde(default)]
    pub swell: f64,
    /// The second harmonic has up to this share of the amplitude.
    #[serde(default)]
    pub harmonic: f64,
    /// A straight line from minus to plus up to this share of the amplitude.
    #[serde(default)]
    pub trend: f64,
    /// Normal noise of up to this share of the amplitude.
    #[serde(default)]
    pub noise: f64,
    /// Draws again, a few times, where the spectrum's largest peak is further
    /// than this from the truth; 0 is off.
    #[serde(default)]
    pub within_cpm: f64,
}
