//! Executes a front end: from the numbers of a window to the prompt.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Computed, FrontEnd, Piece};
use crate::limits::{MAX_PROMPT_BYTES, at_most};
use crate::{Encode, SensorError, Window};

/// A window as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The whole prompt, without the answer.
    pub prompt: String,
    /// How many bytes of it are the instruction, which is the same for every
    /// window.
    pub prefix_len: usize,
    /// How many samples of the window were missing.
    pub missing: usize,
    /// How new the window is, where the front end says that: above 1 it is none of
    /// what was learned.
    pub novelty: Option<f64>,
    /// The samples of channels in the order in which they are written.
    pub samples: Vec<WrittenSample>,
}

/// Where a sample of a channel, resampled and scaled, stands in a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenSample {
    /// The channel.
    pub channel: usize,
    /// Which of its samples.
    pub point: usize,
    /// The first byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
}

/// A prompt while it is written.
#[derive(Default)]
struct Out {
    text: String,
    samples: Vec<WrittenSample>,
}

impl FrontEnd {
    /// Turns a window into the prompt of the model.
    ///
    /// # Errors
    /// Those of [`FrontEnd::compute`] and of [`FrontEnd::write`].
    pub fn render(&self, window: &Window) -> Result<Rendered, SensorError> {
        self.write(&self.compute(window)?)
    }

    /// Writes the numbers of a window.
    ///
    /// # Errors
    /// Where one is missing and has no symbol, or has too many digits, and
    /// [`SensorError::Limit`].
    pub fn write(&self, computed: &Computed) -> Result<Rendered, SensorError> {
        let mut out = Out::default();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.text.push_str(text),
                Piece::Channel(at) => self.push_channel(&mut out, *at, &computed.samples[*at])?,
                Piece::Feature(at, feature) => {
                    let value = computed.features[*at][*feature];
                    self.push_feature(&mut out.text, *at, *feature, value)?;
                }
                Piece::Operator(at) => {
                    self.push_operator(&mut out.text, *at, &computed.numbers[*at])?
                }
                Piece::Interleave { index, channels } => {
                    self.push_interleave(&mut out, *index, channels, &computed.samples)?;
                }
            }
        }
        at_most("bytes of the prompt", out.text.len(), MAX_PROMPT_BYTES)?;
        Ok(Rendered {
            prompt: out.text,
            prefix_len: self.prefix().len(),
            missing: computed.missing,
            novelty: self.novelty(computed),
            samples: out.samples,
        })
    }

    fn push_channel(&self, out: &mut Out, at: usize, samples: &[f64]) -> Result<(), SensorError> {
        let separator = self.channels()[at]
            .encode
            .as_ref()
            .map_or("", Encode::separator);
        for (index, &sample) in samples.iter().enumerate() {
            if index > 0 {
                out.text.push_str(separator);
            }
            self.push_sample(out, at, index, sample)?;
        }
        Ok(())
    }

    fn push_sample(
        &self,
        out: &mut Out,
        at: usize,
        point: usize,
        sample: f64,
    ) -> Result<(), SensorError> {
        let Out { text, samples } = out;
        let start = text.len();
        // Here and not afterwards: separators may be long and samples many.
        at_most("bytes of the prompt", start, MAX_PROMPT_BYTES)?;
        let channel = &self.channels()[at];
        if sample.is_nan() {
            let symbol = channel.missing.symbol();
            text.push_str(symbol.ok_or_else(|| SensorError::ChannelEmpty {
                channel: channel.name.clone(),
            })?);
        } else {
            let writer = self.writers[at].as_ref();
            let written = writer.and_then(|writer| writer.push(text, sample));
            written.ok_or_else(|| SensorError::ValueTooLarge {
                channel: channel.name.clone(),
            })?;
        }
        samples.push(WrittenSample {
            channel: at,
            point,
            start,
            end: text.len(),
        });
        Ok(())
    }

    fn push_feature(
        &self,
        out: &mut String,
        at: usize,
        feature: usize,
        value: f64,
    ) -> Result<(), SensorError> {
        let channel = &self.channels()[at];
        if value.is_nan() {
            let symbol = channel.missing.symbol();
            out.push_str(symbol.ok_or_else(|| SensorError::FeatureUndefined {
                channel: channel.name.clone(),
                feature: channel.features[feature].name.clone(),
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
        numbers: &[f64],
    ) -> Result<(), SensorError> {
        let write = self.steps[at].write.as_ref();
        let written = write.and_then(|write| write.push(out, numbers));
        written.ok_or_else(|| SensorError::OperatorUndefined {
            operator: self.spec.operators[at].name.clone(),
        })
    }

    fn push_interleave(
        &self,
        out: &mut Out,
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
                out.text.push_str(&spec.between);
            }
            for (order, &at) in channels.iter().enumerate() {
                if order > 0 {
                    out.text.push_str(&spec.within);
                }
                // Their lengths are equal: that was checked above.
                let sample = scaled[at].get(point).copied().unwrap_or(f64::NAN);
                self.push_sample(out, at, point, sample)?;
            }
        }
        Ok(())
    }
}
