//! What cells, lines and messages mean, for JavaScript, as a module of its own.
//!
//! Who runs a model on numbers of their own does not fetch it. Numbers cross as
//! a `Float64Array` with a mask beside it; what is wrong crosses as JSON, a code
//! with values that the page words.
//!
//! Everything a caller passes is checked; no rule of what a text means is here.

mod outcome;

use senselm_readings::line::LineReader;
use senselm_readings::message::{Channel, Format, Holds, MessageReader};
use serde::Deserialize;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

pub use outcome::Outcome;

/// The most channels of a model.
const MAX_CHANNELS: usize = 256;

/// What a reader is made of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setup {
    channels: Vec<Channel>,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    holds: Holds,
    #[serde(default)]
    topics: Vec<String>,
}

fn setup(json: &str) -> Result<Setup, JsError> {
    let setup: Setup =
        serde_json::from_str(json).map_err(|error| JsError::new(&error.to_string()))?;
    if setup.channels.is_empty() || setup.channels.len() > MAX_CHANNELS {
        return Err(JsError::new("a model has from 1 to 256 channels"));
    }
    Ok(setup)
}

/// Reads the messages of a broker.
#[wasm_bindgen]
pub struct Messages {
    reader: MessageReader,
    channels: usize,
}

#[wasm_bindgen]
impl Messages {
    /// A reader for `{channels, format, holds, topics}`, as JSON.
    ///
    /// # Errors
    /// Where it is anything else.
    #[wasm_bindgen(constructor)]
    pub fn new(json: &str) -> Result<Self, JsError> {
        let Setup {
            channels,
            format,
            holds,
            topics,
        } = setup(json)?;
        Ok(Self {
            reader: MessageReader::new(&channels, holds, &format, &topics),
            channels: channels.len(),
        })
    }

    /// What a message holds.
    pub fn read(&self, topic: &str, bytes: &[u8]) -> Outcome {
        let mut complaints = Vec::new();
        let read = self.reader.read(topic, bytes, &mut complaints);
        Outcome::new(self.channels, read, complaints)
    }
}

/// Reads the lines of a serial port, one after the other.
#[wasm_bindgen]
pub struct Lines {
    reader: LineReader,
    channels: usize,
}

#[wasm_bindgen]
impl Lines {
    /// A reader for `{channels, format}`, as JSON.
    ///
    /// # Errors
    /// Where it is anything else.
    #[wasm_bindgen(constructor)]
    pub fn new(json: &str) -> Result<Self, JsError> {
        let Setup {
            channels, format, ..
        } = setup(json)?;
        Ok(Self {
            reader: LineReader::new(&channels, &format),
            channels: channels.len(),
        })
    }

    /// Whether a line names values of all channels, so that it is no end of a
    /// line.
    #[wasm_bindgen(js_name = isWholeHeader)]
    pub fn is_whole_header(&self, line: &str) -> bool {
        self.reader.is_whole_header(line)
    }

    /// What a line holds; nothing where it is a header.
    pub fn read(&mut self, line: &str) -> Outcome {
        let mut complaints = Vec::new();
        let read = self.reader.read(line, &mut complaints);
        Outcome::new(self.channels, read, complaints)
    }
}

/// A value in another unit, or nothing where one cannot be had from the other.
#[wasm_bindgen(js_name = convertUnit)]
pub fn convert_unit(value: f64, from: &str, to: &str) -> Option<f64> {
    senselm_readings::unit::convert(value, from, to)
}

/// What kind of quantity a unit measures, or nothing where it is unknown.
#[wasm_bindgen(js_name = quantityOf)]
pub fn quantity_of(unit: &str) -> Option<String> {
    let unit = senselm_readings::unit::find(unit)?;
    Some(unit.quantity().into())
}
