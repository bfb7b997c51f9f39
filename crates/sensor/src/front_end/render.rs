//! Executes a front end: from a window to the prompt.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::{FrontEnd, Piece};
use crate::limits::{MAX_PROMPT_BYTES, at_most};
use crate::{
    Encode, FeatureKind, SensorError, Window, features, missing, operators, resample, scale,
};

/// A window as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The whole prompt, without the answer.
    pub prompt: String,
    /// How many bytes of it are the instruction, which is the same for every
    /// window.
    pub prefix_len: usize,
    /// How many samples of the window were missing.
    pub missing: usize,
}

impl FrontEnd {
    /// Turns a window into the prompt of the model.
    ///
    /// # Errors
    /// Those of [`FrontEnd::check`], and those of a channel's policy where
    /// samples are missing.
    pub fn render(&self, window: &Window) -> Result<Rendered, SensorError> {
        self.check(window)?;
        let filled = self
            .channels()
            .iter()
            .zip(&self.is_read)
            .zip(&window.channels)
            .map(|((channel, is_read), samples)| missing::fill(channel, *is_read, samples))
            .collect::<Result<Vec<_>, _>>()?;
        let scaled = self.scaled(&filled);
        let computed = operators::run(&self.steps, self.channels(), &filled);
        let mut prompt = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => prompt.push_str(text),
                Piece::Channel(at) => self.push_channel(&mut prompt, *at, &scaled[*at])?,
                Piece::Feature(at, feature) => {
                    self.push_feature(&mut prompt, *at, *feature, &window.channels, &filled)?;
                }
                Piece::Operator(at) => self.push_operator(&mut prompt, *at, &computed)?,
                Piece::Interleave { index, channels } => {
                    self.push_interleave(&mut prompt, *index, channels, &scaled)?;
                }
            }
        }
        at_most("bytes of the prompt", prompt.len(), MAX_PROMPT_BYTES)?;
        let samples = window.channels.iter().flatten();
        Ok(Rendered {
            prompt,
            prefix_len: self.prefix().len(),
            missing: samples.filter(|sample| sample.is_nan()).count(),
        })
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

    fn push_channel(
        &self,
        out: &mut String,
        at: usize,
        samples: &[f64],
    ) -> Result<(), SensorError> {
        let separator = self.channels()[at]
            .encode
            .as_ref()
            .map_or("", Encode::separator);
        for (index, &sample) in samples.iter().enumerate() {
            if index > 0 {
                out.push_str(separator);
            }
            self.push_sample(out, at, sample)?;
        }
        Ok(())
    }

    fn push_sample(&self, out: &mut String, at: usize, sample: f64) -> Result<(), SensorError> {
        // Here and not afterwards: separators may be long and samples many.
        at_most("bytes of the prompt", out.len(), MAX_PROMPT_BYTES)?;
        let channel = &self.channels()[at];
        if sample.is_nan() {
            let symbol = channel.missing.symbol();
            out.push_str(symbol.ok_or_else(|| SensorError::ChannelEmpty {
                channel: channel.name.clone(),
            })?);
            return Ok(());
        }
        let written = self.writers[at]
            .as_ref()
            .and_then(|writer| writer.push(out, sample));
        written.ok_or_else(|| SensorError::ValueTooLarge {
            channel: channel.name.clone(),
        })
    }

    fn push_feature(
        &self,
        out: &mut String,
        at: usize,
        feature: usize,
        raw: &[Vec<f64>],
        filled: &[Vec<f64>],
    ) -> Result<(), SensorError> {
        let channel = &self.channels()[at];
        let spec = &channel.features[feature];
        // How much is missing is asked of the samples before they are filled.
        let samples = match spec.of {
            FeatureKind::MissingShare {} => &raw[at],
            _ => &filled[at],
        };
        let value = features::value(&spec.of, channel.sample_rate_hz, samples);
        if value.is_nan() {
            let symbol = channel.missing.symbol();
            out.push_str(symbol.ok_or_else(|| SensorError::FeatureUndefined {
                channel: channel.name.clone(),
                feature: spec.name.clone(),
            })?);
            return Ok(());
        }
        self.feature_writers[at][feature]
            .push(out, value)
            .ok_or_else(|| SensorError::ValueTooLarge {
                channel: channel.name.clone(),
            })
    }

    fn push_operator(
        &self,
        out: &mut String,
        at: usize,
        computed: &[Vec<f64>],
    ) -> Result<(), SensorError> {
        let write = self.steps[at].write.as_ref();
        let written = write.and_then(|write| write.push(out, &computed[at]));
        written.ok_or_else(|| SensorError::OperatorUndefined {
            operator: self.spec.operators[at].name.clone(),
        })
    }

    fn push_interleave(
        &self,
        out: &mut String,
        index: usize,
        channels: &[usize],
        scaled: &[Vec<f64>],
    ) -> Result<(), SensorError> {
        let spec = &self.spec.interleave[index];
        let points = channels.first().map_or(0, |&at| scaled[at].len());
        if let Some(&other) = channels.iter().find(|&&at| scaled[at].len() != points) {
            return Err(SensorError::InterleaveLength {
                name: spec.name.clone(),
                channel: self.channels()[other].name.clone(),
                expected: points,
                found: scaled[other].len(),
            });
        }
        for point in 0..points {
            if point > 0 {
                out.push_str(&spec.between);
            }
            for (order, &at) in channels.iter().enumerate() {
                if order > 0 {
                    out.push_str(&spec.within);
                }
                // Their lengths are equal: that was checked above.
                let sample = scaled[at].get(point).copied().unwrap_or(f64::NAN);
                self.push_sample(out, at, sample)?;
            }
        }
        Ok(())
    }
}
