//! A checked specification, with its placeholders resolved.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use senselm_readings::recording::check_rate;

use crate::encode::Writer;
use crate::limits::{MAX_MAGNITUDE, MAX_SPEC_BYTES, at_most};
use crate::operators::{self, Step};
use crate::template::{Part, parse};
use crate::validate::{check, window_lengths};
use crate::{ChannelSpec, FrontEndSpec, Layout, SensorError, Window};

mod compute;
mod projected;
mod write;

pub use compute::Computed;
pub use projected::is_new;
pub use write::{Rendered, WrittenSample};

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
    /// The writers of each channel's features.
    feature_writers: Vec<Vec<Writer>>,
    /// Whether anything of a channel reaches the prompt.
    is_read: Vec<bool>,
    steps: Vec<Step>,
}

/// A piece of the template, with placeholders resolved to indices.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Channel(usize),
    Feature(usize, usize),
    Operator(usize),
    Interleave { index: usize, channels: Vec<usize> },
}

impl FrontEnd {
    /// Checks a specification.
    ///
    /// # Errors
    /// Says which setting cannot work, what is not fitted, which placeholder does
    /// not exist, and which channel or feature the template never uses.
    pub fn new(spec: FrontEndSpec) -> Result<Self, SensorError> {
        if let Some(place) = spec.not_fitted() {
            return Err(SensorError::NotFitted { place });
        }
        let steps = check(&spec)?;
        operators::all_are_read(&spec.operators)?;
        let pieces = resolve(&spec)?;
        Self::assemble(spec, steps, pieces)
    }

    /// The same front end, a window of a stream beginning every so many readings.
    /// Rows that are windows stay as they are.
    #[must_use]
    pub fn every(&self, readings: usize) -> Self {
        let mut other = self.clone();
        if let Layout::Stream { stride, .. } = &mut other.spec.layout {
            *stride = readings.max(1);
        }
        other
    }

    /// Checks the channels and operators of a specification whose numbers are
    /// looked at and never written, as fitting does: the template is not used, and
    /// nothing has to be read.
    ///
    /// # Errors
    /// As [`FrontEnd::new`].
    pub fn of_numbers(mut spec: FrontEndSpec) -> Result<Self, SensorError> {
        spec.template.clear();
        spec.interleave.clear();
        for operator in &mut spec.operators {
            operator.write = None;
        }
        if let Some(place) = spec.not_fitted() {
            return Err(SensorError::NotFitted { place });
        }
        let steps = check(&spec)?;
        Self::assemble(spec, steps, Vec::new())
    }

    fn assemble(
        spec: FrontEndSpec,
        steps: Vec<Step>,
        pieces: Vec<Piece>,
    ) -> Result<Self, SensorError> {
        let writers = spec.channels.iter().map(|channel| {
            let place = format!("channel {}, encode", channel.name);
            let encode = channel.encode.as_ref();
            let range = channel.scale.range();
            encode
                .map(|encode| Writer::of_channel(encode, range, &place))
                .transpose()
        });
        let writers = writers.collect::<Result<_, _>>()?;
        let feature_writers = spec.channels.iter().map(|channel| {
            let features = channel.features.iter();
            let writers = features.map(|feature| {
                let place = format!("channel {}, feature {}", channel.name, feature.name);
                Writer::of_feature(&feature.write, &place)
            });
            writers.collect::<Result<Vec<_>, _>>()
        });
        let feature_writers = feature_writers.collect::<Result<_, _>>()?;
        let is_read = spec.channels.iter().map(|channel| {
            let by_operator = || spec.operators.iter().any(|one| one.of.reads(&channel.name));
            channel.encode.is_some() || !channel.features.is_empty() || by_operator()
        });
        Ok(Self {
            is_read: is_read.collect(),
            pieces,
            writers,
            feature_writers,
            steps,
            spec,
        })
    }

    /// Whether windows are cut out of one stream of readings, so that
    /// neighbours are alike.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.spec.is_stream()
    }

    /// Reads and checks a specification.
    ///
    /// # Errors
    /// [`SensorError::Json`] where the text has another shape, and the errors
    /// of [`FrontEnd::new`].
    // Inline: compiled by who calls it, with the optimiser's settings there. This
    // crate's are for what runs once a sample.
    #[inline]
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

    /// Samples a second, where all channels say the same rate.
    #[must_use]
    pub fn rate_hz(&self) -> Option<f64> {
        let mut rates = self.channels().iter().map(|channel| channel.sample_rate_hz);
        let first = rates.next()??;
        rates.all(|rate| rate == Some(first)).then_some(first)
    }

    /// Checks that windows of so many samples a second are of the rate that this
    /// specification reads, for who knows the rate of windows that have no times. A
    /// window of one sample has no rate.
    ///
    /// # Errors
    /// [`SensorError::Table`] with [`senselm_readings::Problem::OtherRate`].
    pub fn check_rate(&self, found_hz: f64) -> Result<(), SensorError> {
        let several = *self.window_lengths().end() > 1;
        match self.rate_hz().filter(|_| several) {
            Some(expected_hz) => check_rate(found_hz, expected_hz).map_err(SensorError::Table),
            None => Ok(()),
        }
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
    for (at, operator) in spec.operators.iter().enumerate() {
        if operator.write.is_some() {
            known.insert(operator.name.clone(), Piece::Operator(at));
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
