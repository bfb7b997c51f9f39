//! A checked specification, and how it turns a window into a prompt.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::encode::Writer;
use crate::limits::{MAX_MAGNITUDE, MAX_PROMPT_BYTES, MAX_SPEC_BYTES, at_most};
use crate::template::{Part, parse};
use crate::validate::{check, window_lengths};
use crate::{
    ChannelSpec, Encode, FrontEndSpec, SensorError, Window, features, missing, resample, scale,
};

/// A specification that has been checked, ready to render windows.
///
/// It is the same on every host: the arithmetic is `f64` with the mathematical
/// functions of `libm`, and numbers are written through integers.
#[derive(Debug, Clone)]
pub struct FrontEnd {
    spec: FrontEndSpec,
    pieces: Vec<Piece>,
    /// The writer of each channel that has an encode.
    writers: Vec<Option<Writer>>,
}

/// A piece of the template, with placeholders resolved to indices.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Channel(usize),
    Feature(usize, usize),
    Interleave { index: usize, channels: Vec<usize> },
}

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
    /// Checks a specification.
    ///
    /// # Errors
    /// Says which setting cannot work, which placeholder does not exist, and
    /// which channel or feature the template never uses.
    pub fn new(spec: FrontEndSpec) -> Result<Self, SensorError> {
        check(&spec)?;
        let pieces = resolve(&spec)?;
        let writers = spec
            .channels
            .iter()
            .map(|channel| {
                let encode = channel.encode.as_ref()?;
                Some(Writer::of_channel(encode, channel.scale.range()))
            })
            .collect();
        Ok(Self {
            spec,
            pieces,
            writers,
        })
    }

    /// Reads and checks a specification.
    ///
    /// # Errors
    /// [`SensorError::Json`] where the text has another shape, and the errors
    /// of [`FrontEnd::new`].
    pub fn from_json(text: &str) -> Result<Self, SensorError> {
        at_most("bytes of a front end", text.len(), MAX_SPEC_BYTES)?;
        let spec = serde_json::from_str(text).map_err(|error| SensorError::Json {
            what: "front end",
            message: error.to_string(),
        })?;
        Self::new(spec)
    }

    /// The specification as one line of JSON, as it is stored in a model file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A struct of strings and numbers always serialises.
        serde_json::to_string(&self.spec).unwrap_or_default()
    }

    /// The specification.
    #[must_use]
    pub fn spec(&self) -> &FrontEndSpec {
        &self.spec
    }

    /// The channels, in the order of [`Window::channels`].
    #[must_use]
    pub fn channels(&self) -> &[ChannelSpec] {
        &self.spec.channels
    }

    /// The names of the channels, for messages.
    pub(crate) fn channel_names(&self) -> String {
        let names: Vec<&str> = self.channels().iter().map(|c| c.name.as_str()).collect();
        names.join(", ")
    }

    /// How many samples a channel of a window may have.
    #[must_use]
    pub fn window_lengths(&self) -> RangeInclusive<usize> {
        let (min, max) = window_lengths(&self.spec.layout);
        min..=max
    }

    /// The text before the first placeholder: the same for every window.
    #[must_use]
    pub fn prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// Checks that a window is one of this specification's.
    ///
    /// # Errors
    /// [`SensorError::ChannelCount`], [`SensorError::WindowLength`], or
    /// [`SensorError::Infinite`]. Missing samples, which are NaN, are not an
    /// error here: the channels' policies decide about them in
    /// [`FrontEnd::render`].
    pub fn check(&self, window: &Window) -> Result<(), SensorError> {
        if window.channels.len() != self.channels().len() {
            return Err(SensorError::ChannelCount {
                expected: self.channels().len(),
                found: window.channels.len(),
                names: self.channel_names(),
            });
        }
        let (min, max) = window_lengths(&self.spec.layout);
        for (channel, samples) in self.channels().iter().zip(&window.channels) {
            if !(min..=max).contains(&samples.len()) {
                return Err(SensorError::WindowLength {
                    channel: channel.name.clone(),
                    min,
                    max,
                    found: samples.len(),
                });
            }
            let infinite = |sample: &f64| libm::fabs(*sample) > MAX_MAGNITUDE;
            if let Some(index) = samples.iter().position(infinite) {
                return Err(SensorError::Infinite {
                    channel: channel.name.clone(),
                    index,
                });
            }
        }
        Ok(())
    }

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
            .zip(&window.channels)
            .map(|(channel, samples)| missing::fill(channel, samples))
            .collect::<Result<Vec<_>, _>>()?;
        let scaled = self.scaled(&filled);
        let mut prompt = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => prompt.push_str(text),
                Piece::Channel(at) => self.push_channel(&mut prompt, *at, &scaled[*at])?,
                Piece::Feature(at, feature) => {
                    self.push_feature(&mut prompt, *at, *feature, &window.channels, &filled)?;
                }
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
            crate::FeatureKind::MissingShare {} => &raw[at],
            _ => &filled[at],
        };
        let value = features::value(&spec.of, channel, samples);
        if value.is_nan() {
            let symbol = channel.missing.symbol();
            out.push_str(symbol.ok_or_else(|| SensorError::FeatureUndefined {
                channel: channel.name.clone(),
                feature: spec.name.clone(),
            })?);
            return Ok(());
        }
        Writer::of_feature(&spec.write)
            .push(out, value)
            .ok_or_else(|| SensorError::ValueTooLarge {
                channel: channel.name.clone(),
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
                self.push_sample(out, at, scaled[at][point])?;
            }
        }
        Ok(())
    }
}

/// Resolves the placeholders of a template, and checks that everything that is
/// computed is used.
fn resolve(spec: &FrontEndSpec) -> Result<Vec<Piece>, SensorError> {
    let mut known: BTreeMap<String, Piece> = BTreeMap::new();
    for (at, channel) in spec.channels.iter().enumerate() {
        if channel.encode.is_some() {
            known.insert(channel.name.clone(), Piece::Channel(at));
        }
        for (index, feature) in channel.features.iter().enumerate() {
            let name = format!("{}.{}", channel.name, feature.name);
            known.insert(name, Piece::Feature(at, index));
        }
    }
    for (index, interleave) in spec.interleave.iter().enumerate() {
        let position = |name: &String| spec.channels.iter().position(|c| c.name == *name);
        let channels = interleave.channels.iter().filter_map(position).collect();
        known.insert(
            interleave.name.clone(),
            Piece::Interleave { index, channels },
        );
    }
    let mut unused = known.clone();
    let mut pieces = Vec::new();
    for part in parse(&spec.template)? {
        let piece = match part {
            Part::Text(text) => Piece::Text(text),
            Part::Placeholder(name) => {
                unused.remove(&name);
                let Some(piece) = known.get(&name) else {
                    return Err(SensorError::UnknownPlaceholder {
                        placeholder: name,
                        known: known.keys().cloned().collect::<Vec<_>>().join(", "),
                    });
                };
                if let Piece::Interleave { channels, .. } = piece {
                    for &at in channels {
                        unused.remove(&spec.channels[at].name);
                    }
                }
                piece.clone()
            }
        };
        pieces.push(piece);
    }
    match unused.into_keys().next() {
        Some(name) => Err(SensorError::Unused { name }),
        None => Ok(pieces),
    }
}
