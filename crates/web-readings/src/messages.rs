//! Messages of brokers and lines of serial ports.

use senselm_readings::TimeForm;
use senselm_readings::line::LineReader;
use senselm_readings::message::{Channel, Format, Holds, MessageReader};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::outcome::Outcome;

/// The most channels of a model.
const MAX_CHANNELS: usize = 256;

/// A value in another unit, or NaN where one cannot be had from the other. A unit
/// that is empty is taken for the other one.
#[wasm_bindgen]
pub fn convert(value: f64, from: &str, to: &str) -> f64 {
    senselm_readings::unit::convert(value, from, to).unwrap_or(f64::NAN)
}

/// What a reader is made of: a model's channels, and what is known of how a
/// device writes their readings.
#[wasm_bindgen]
pub struct Setup {
    channels: Vec<Channel>,
    format: Format,
}

#[wasm_bindgen]
impl Setup {
    /// Nothing but a model's channels, with a unit each, which may be empty.
    ///
    /// # Errors
    /// Where there are none or too many, or units are missing.
    #[wasm_bindgen(constructor)]
    pub fn new(names: Vec<String>, units: Vec<String>) -> Result<Self, JsError> {
        if names.is_empty() || names.len() > MAX_CHANNELS || names.len() != units.len() {
            return Err(JsError::new(
                "a model has from 1 to 256 channels, with a unit each",
            ));
        }
        let channels = names.into_iter().zip(units);
        Ok(Self {
            channels: channels
                .map(|(name, unit)| Channel { name, unit })
                .collect(),
            format: Format::default(),
        })
    }

    /// Where in a JSON message the readings stand.
    pub fn path(&mut self, path: String) {
        self.format.path = path;
    }

    /// For each channel the name or path of its field; empty for its name.
    pub fn fields(&mut self, fields: Vec<String>) {
        let named = |field: String| (!field.is_empty()).then_some(field);
        self.format.fields = fields.into_iter().map(named).collect();
    }

    /// The names of a list's or a line's values, in order.
    pub fn columns(&mut self, columns: Vec<String>) {
        self.format.columns = columns;
    }

    /// The field of the time, or empty, and how times are written, or empty.
    ///
    /// # Errors
    /// Where there is no such form.
    pub fn time(&mut self, field: String, form: &str) -> Result<(), JsError> {
        self.format.time = field;
        self.format.times = TimeForm::from_name(form);
        if !form.is_empty() && self.format.times.is_none() {
            return Err(JsError::new("there is no such form of a time"));
        }
        Ok(())
    }
}

/// Reads the messages of a broker.
#[wasm_bindgen]
pub struct Messages {
    reader: MessageReader,
    channels: usize,
}

#[wasm_bindgen]
impl Messages {
    /// A reader; `holds` is `auto`, `readings` or `value`, and `topics` are the
    /// filters that were asked for.
    ///
    /// # Errors
    /// Where `holds` is anything else.
    #[wasm_bindgen(constructor)]
    pub fn new(setup: &Setup, holds: &str, topics: Vec<String>) -> Result<Self, JsError> {
        let holds = Holds::from_name(holds)
            .ok_or_else(|| JsError::new("a message holds auto, readings or value"))?;
        let Setup { channels, format } = setup;
        Ok(Self {
            reader: MessageReader::new(channels, holds, format, &topics),
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
    /// A reader.
    #[wasm_bindgen(constructor)]
    pub fn new(Setup { channels, format }: &Setup) -> Self {
        Self {
            reader: LineReader::new(channels, format),
            channels: channels.len(),
        }
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
