//! Variations of recorded windows, for training on few of them.
//!
//! Everything is off unless the specification turns it on, and every draw
//! comes from the generator that the caller seeds.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::limits::{MAX_CHANNELS, at_most, setting};
use crate::resample::at;
use crate::rng::Rng;
use crate::scale::{extent, moments};
use crate::{FrontEnd, Scale, SensorError, Truth, Window};

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
    /// A truth that is a number is a rate: stretching time by s divides it by
    /// s.
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

/// A checked specification with the front end it is for.
#[derive(Debug, Clone)]
pub struct Augmenter {
    spec: AugmentSpec,
    /// Ranges of the channels with a global scale.
    ranges: Vec<Option<f64>>,
    shortest: usize,
    substitutes: Vec<usize>,
    /// Which channels may be dropped.
    droppable: Vec<bool>,
}

impl Augmenter {
    /// Checks a specification against a front end.
    ///
    /// # Errors
    /// [`SensorError::Setting`] for a share outside 0 to 1, a factor below 1
    /// or above 100, or a channel that does not exist. A factor of 0, which is
    /// what leaving it out gives, is off as 1 is.
    pub fn new(mut spec: AugmentSpec, front_end: &FrontEnd) -> Result<Self, SensorError> {
        let shares = [
            ("shift", spec.shift),
            ("crop", spec.crop),
            ("offset", spec.offset),
            ("trend", spec.trend),
            ("noise", spec.noise),
            (
                "dropout",
                spec.dropout.as_ref().map_or(0.0, |d| d.probability),
            ),
            (
                "substitute",
                spec.substitute.as_ref().map_or(0.0, |s| s.probability),
            ),
        ];
        for (name, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return Err(setting(
                    format!("augment, {name}"),
                    "must be between 0 and 1",
                ));
            }
        }
        for (name, factor) in [
            ("stretch", &mut spec.stretch),
            ("amplitude", &mut spec.amplitude),
            ("gamma", &mut spec.gamma),
        ] {
            if *factor == 0.0 {
                *factor = 1.0;
            }
            if !(1.0..=100.0).contains(factor) {
                return Err(setting(
                    format!("augment, {name}"),
                    "must be between 1 and 100",
                ));
            }
        }
        let named = spec.substitute.iter().flat_map(|s| &s.channels);
        at_most("substituted channels", named.clone().count(), MAX_CHANNELS)?;
        let position = |name: &String| {
            let found = front_end.channels().iter().position(|c| c.name == *name);
            found.ok_or_else(|| {
                let reason = format!("{name:?} is not the name of a channel");
                setting("augment", reason)
            })
        };
        let substitutes = named.map(position).collect::<Result<_, _>>()?;
        let named = spec.dropout.iter().flat_map(|d| &d.channels);
        at_most("dropped channels", named.clone().count(), MAX_CHANNELS)?;
        let dropped = named.map(position).collect::<Result<Vec<_>, _>>()?;
        let all = dropped.is_empty();
        let droppable = (0..front_end.channels().len())
            .map(|at| all || dropped.contains(&at))
            .collect();
        let ranges = front_end
            .channels()
            .iter()
            .map(|channel| match channel.scale {
                Scale::Global { min, max } => Some(max - min),
                _ => None,
            });
        Ok(Self {
            ranges: ranges.collect(),
            shortest: *front_end.window_lengths().start(),
            substitutes,
            droppable,
            spec,
        })
    }

    /// A variation of a window and of its truth.
    #[must_use]
    pub fn apply(
        &self,
        window: &Window,
        truth: Option<&Truth>,
        rng: &mut Rng,
    ) -> (Window, Option<Truth>) {
        let spec = &self.spec;
        let mut channels = window.channels.clone();
        let mut truth = truth.cloned();
        let factor = rng.factor(spec.stretch);
        let centre = rng.between(0.3, 0.7);
        let shift = rng.between(-spec.shift, spec.shift);
        if factor != 1.0 || shift != 0.0 {
            for samples in &mut channels {
                *samples = warp(samples, factor, centre, shift);
            }
        }
        if let (true, Some(Truth::Number(value))) = (spec.truth_scales_with_rate, &mut truth) {
            *value /= factor;
        }
        self.crop(&mut channels, rng);
        self.substitute(&mut channels, rng);
        for (samples, global) in channels.iter_mut().zip(&self.ranges) {
            self.vary(samples, *global, rng);
        }
        if let Some(dropout) = &spec.dropout {
            drop_channels(&mut channels, dropout, &self.droppable, rng);
        }
        (Window { channels }, truth)
    }

    /// Cuts the same share off all channels.
    fn crop(&self, channels: &mut [Vec<f64>], rng: &mut Rng) {
        let cut = rng.between(0.0, self.spec.crop);
        let before = cut * rng.unit();
        if cut == 0.0 {
            return;
        }
        for samples in channels {
            let kept = ((samples.len() as f64 * (1.0 - cut)) as usize)
                .max(self.shortest)
                .min(samples.len());
            let spare = samples.len() - kept;
            let start = ((samples.len() as f64 * before) as usize).min(spare);
            samples.drain(..start);
            samples.truncate(kept);
        }
    }

    fn substitute(&self, channels: &mut [Vec<f64>], rng: &mut Rng) {
        let probability = self.spec.substitute.as_ref().map_or(0.0, |s| s.probability);
        if !rng.chance(probability) {
            return;
        }
        let originals: Vec<Option<Vec<f64>>> = self
            .substitutes
            .iter()
            .map(|&at| channels.get(at).cloned())
            .collect();
        for &at in &self.substitutes {
            let chosen = originals.get(rng.below(originals.len()));
            if let (Some(Some(chosen)), Some(samples)) = (chosen, channels.get_mut(at)) {
                samples.clone_from(chosen);
            }
        }
    }

    /// Changes the values of one channel. Missing samples stay missing.
    fn vary(&self, samples: &mut [f64], global: Option<f64>, rng: &mut Rng) {
        let spec = &self.spec;
        let amplitude = rng.factor(spec.amplitude);
        let power = rng.factor(spec.gamma);
        let offset = rng.between(-spec.offset, spec.offset);
        let trend = rng.normal() * spec.trend;
        let noise = rng.between(0.0, spec.noise);
        let Some((low, high)) = extent(&*samples) else {
            return;
        };
        let own = high - low;
        let range = global.unwrap_or(own);
        let mean = moments(samples).0;
        let last = samples.len().saturating_sub(1).max(1) as f64;
        for (index, sample) in samples.iter_mut().enumerate() {
            let mut value = *sample;
            if power != 1.0 && own > 0.0 {
                value = low + own * libm::pow(((value - low) / own).max(0.0), power);
            }
            value = mean + (value - mean) * amplitude;
            value += range * (offset + trend * (2.0 * index as f64 / last - 1.0));
            if noise > 0.0 {
                value += range * noise * rng.normal();
            }
            if !sample.is_nan() {
                *sample = value;
            }
        }
    }
}

/// Reads the samples at other times: `factor` above 1 stretches them around
/// `centre`, a positive `shift` moves them to the left.
fn warp(samples: &[f64], factor: f64, centre: f64, shift: f64) -> Vec<f64> {
    let last = samples.len().saturating_sub(1) as f64;
    let centre = centre * last;
    (0..samples.len())
        .map(|index| {
            at(
                samples,
                (index as f64 - centre) / factor + centre + shift * last,
            )
        })
        .collect()
}

fn drop_channels(channels: &mut [Vec<f64>], dropout: &Dropout, droppable: &[bool], rng: &mut Rng) {
    let mut left = channels.len();
    for (samples, droppable) in channels.iter_mut().zip(droppable) {
        if !rng.chance(dropout.probability) || left == 1 || !droppable {
            continue;
        }
        left -= 1;
        let value = match (dropout.fill, extent(&*samples)) {
            (DropoutFill::Missing, _) | (_, None) => f64::NAN,
            (DropoutFill::Min, Some((low, _))) => low,
            (DropoutFill::Max, Some((_, high))) => high,
            (DropoutFill::Mean, _) => moments(samples).0,
            (DropoutFill::First, _) => samples.first().copied().unwrap_or(f64::NAN),
        };
        samples.fill(value);
    }
}
