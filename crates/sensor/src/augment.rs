//! Variations of recorded windows, for training on few of them.
//!
//! Everything is off unless the specification turns it on, and every draw
//! comes from the generator that the caller seeds.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

mod periodic;
mod scores;
mod spec;

pub use spec::{AugmentSpec, Dropout, DropoutFill, Periodic, SpreadNumbers, Substitute};

use crate::limits::{MAX_CHANNELS, at_most, setting};
use crate::resample::{at, linear};
use crate::rng::Rng;
use crate::scale::{extent, moments};
use crate::{FrontEnd, Scale, SensorError, Truth, Window};

/// A checked specification with the front end it is for.
#[derive(Debug, Clone)]
pub struct Augmenter {
    spec: AugmentSpec,
    /// Ranges of the channels with a global scale.
    ranges: Vec<Option<f64>>,
    lengths: RangeInclusive<usize>,
    rates_hz: Vec<Option<f64>>,
    substitutes: Vec<usize>,
    /// Which channels may be dropped.
    droppable: Vec<bool>,
    /// The operators that are projections.
    projections: Vec<usize>,
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
            ("permute_classes", spec.permute_classes),
            (
                "spread_numbers",
                spec.spread_numbers.as_ref().map_or(0.0, |s| s.probability),
            ),
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
            ("tempo", &mut spec.tempo),
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
        let rates_hz: Vec<Option<f64>> = front_end
            .channels()
            .iter()
            .map(|channel| channel.sample_rate_hz)
            .collect();
        if let Some(periodic) = &spec.periodic {
            periodic::check(periodic, &rates_hz)?;
        }
        let projections = scores::projections(&spec, front_end)?;
        let ranges = front_end
            .channels()
            .iter()
            .map(|channel| match channel.scale {
                Scale::Global { min, max } => Some(max - min),
                _ => None,
            });
        Ok(Self {
            ranges: ranges.collect(),
            lengths: front_end.window_lengths(),
            rates_hz,
            substitutes,
            droppable,
            projections,
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
        if let (Some(periodic), Some(Truth::Number(_))) = (&spec.periodic, &truth)
            && rng.chance(periodic.probability)
        {
            let rate_cpm = periodic::replace(&mut channels, periodic, &self.rates_hz, rng);
            return (Window { channels }, Some(Truth::Number(rate_cpm)));
        }
        let factor = rng.factor(spec.stretch);
        let centre = rng.between(0.3, 0.7);
        let shift = rng.between(-spec.shift, spec.shift);
        if factor != 1.0 || shift != 0.0 {
            for samples in &mut channels {
                *samples = warp(samples, factor, centre, shift);
            }
        }
        let tempo = self.play(&mut channels, rng);
        if let (true, Some(Truth::Number(value))) = (spec.truth_scales_with_rate, &mut truth) {
            *value /= factor * tempo;
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

    /// Changes the number of samples, and says by which factor.
    fn play(&self, channels: &mut [Vec<f64>], rng: &mut Rng) -> f64 {
        let longest = channels.iter().map(Vec::len).max().unwrap_or_default();
        let shortest = channels.iter().map(Vec::len).min().unwrap_or_default();
        let wanted = rng.factor(self.spec.tempo);
        if wanted == 1.0 || shortest < 2 {
            return 1.0;
        }
        let least = *self.lengths.start() as f64 / shortest as f64;
        let most = *self.lengths.end() as f64 / longest as f64;
        let points = wanted.max(least).min(most) * longest as f64;
        // All channels by the same factor, the longest to a whole number.
        let factor = libm::round(points).max(2.0) / longest as f64;
        for samples in channels {
            let points = libm::round(factor * samples.len() as f64) as usize;
            let points = points.clamp(*self.lengths.start(), *self.lengths.end());
            *samples = linear(samples, points);
        }
        factor
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
                .max(*self.lengths.start())
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
