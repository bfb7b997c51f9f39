//! Executes a front end up to its numbers: everything that is computed of a
//! window before anything is written.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::FrontEnd;
use crate::{FeatureKind, SensorError, Window, features, missing, operators, resample, scale};

/// The numbers of a window, in the order of the specification.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// The samples of each channel, resampled and scaled; NaN is missing.
    pub samples: Vec<Vec<f64>>,
    /// The features of each channel; NaN where one is undefined.
    pub features: Vec<Vec<f64>>,
    /// The signals that operators read: each channel's samples with the missing
    /// ones filled, then those of each difference. None without operators.
    pub signals: Vec<Vec<f64>>,
    /// The numbers of each operator; none where it makes a signal, NaN where one
    /// is missing.
    pub numbers: Vec<Vec<f64>>,
    /// How many samples of the window were missing.
    pub missing: usize,
}

impl FrontEnd {
    /// Computes everything of a window that is written, and what that needs.
    ///
    /// # Errors
    /// Those of [`FrontEnd::check`], and those of a channel's policy where samples
    /// are missing.
    pub fn compute(&self, window: &Window) -> Result<Computed, SensorError> {
        let window = &*self.as_read(window);
        self.check(window)?;
        let filled = self
            .channels()
            .iter()
            .zip(&self.is_read)
            .zip(&window.channels)
            .map(|((channel, is_read), samples)| missing::fill(channel, *is_read, samples))
            .collect::<Result<Vec<_>, _>>()?;
        let (signals, numbers) = operators::run(&self.steps, self.channels(), &filled);
        let samples = window.channels.iter().flatten();
        Ok(Computed {
            samples: self.scaled(&filled),
            features: self.features(&window.channels, &filled),
            signals,
            numbers,
            missing: samples.filter(|sample| sample.is_nan()).count(),
        })
    }

    /// Leaves of a window's numbers those that are written: the others were only
    /// needed to compute these.
    pub fn forget_unwritten(&self, computed: &mut Computed) {
        computed.signals.clear();
        for (step, numbers) in self.steps.iter().zip(&mut computed.numbers) {
            if step.write.is_none() && !step.is_novelty() {
                *numbers = Vec::new();
            }
        }
    }

    fn features(&self, raw: &[Vec<f64>], filled: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let each = self.channels().iter().zip(raw).zip(filled);
        each.map(|((channel, raw), filled)| {
            let values = channel.features.iter().map(|feature| {
                // How much is missing is asked of the samples before they are
                // filled.
                let samples = match feature.of {
                    FeatureKind::MissingShare {} => raw,
                    _ => filled,
                };
                features::value(&feature.of, channel.sample_rate_hz, samples)
            });
            values.collect()
        })
        .collect()
    }

    /// Resamples and scales the channels that are written.
    fn scaled(&self, filled: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mut channels: Vec<Vec<f64>> = self
            .channels()
            .iter()
            .zip(filled)
            .map(|(channel, samples)| {
                let mut samples = samples.clone();
                for step in &channel.resample {
                    samples = resample::resample(&samples, *step);
                }
                samples
            })
            .collect();
        let mut groups: BTreeMap<&str, Option<(f64, f64)>> = BTreeMap::new();
        for (channel, samples) in self.channels().iter().zip(&channels) {
            if let Some(group) = channel.scale.group() {
                let ends = groups.entry(group).or_default();
                let both = ends.iter().flat_map(|(low, high)| [low, high]);
                *ends = scale::extent(samples.iter().chain(both));
            }
        }
        for (channel, samples) in self.channels().iter().zip(&mut channels) {
            let shared = channel.scale.group().and_then(|group| groups.get(group));
            scale::apply(&channel.scale, samples, shared.copied().flatten());
        }
        channels
    }
}
