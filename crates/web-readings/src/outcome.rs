//! What became of a line or a message, in arrays.

use senselm_readings::Problem;
use senselm_readings::message::Reading;
use wasm_bindgen::prelude::wasm_bindgen;

/// What became of a line or a message: its readings, or why there are none.
#[wasm_bindgen]
pub struct Outcome {
    values: Vec<f64>,
    mask: Vec<u8>,
    times: Vec<f64>,
    refused: Option<Problem>,
    complaints: Vec<Problem>,
}

#[wasm_bindgen]
impl Outcome {
    /// Reading after reading a value a channel, NaN where it is missing.
    pub fn values(&self) -> Vec<f64> {
        self.values.clone()
    }

    /// For each of the values 1 where the channel was spoken of.
    pub fn mask(&self) -> Vec<u8> {
        self.mask.clone()
    }

    /// The time of each reading in seconds, NaN where it has none.
    pub fn times(&self) -> Vec<f64> {
        self.times.clone()
    }

    /// Why nothing was read, as JSON, or nothing.
    pub fn refused(&self) -> Option<String> {
        self.refused.as_ref().map(json)
    }

    /// What was wrong with readings that can be used all the same, as a JSON
    /// list; nothing where nothing was.
    pub fn complaints(&self) -> Option<String> {
        (!self.complaints.is_empty()).then(|| json(&self.complaints))
    }
}

impl Outcome {
    pub(crate) fn new(
        channels: usize,
        read: Result<Vec<Reading>, Problem>,
        complaints: Vec<Problem>,
    ) -> Self {
        let (readings, refused) = match read {
            Ok(readings) => (readings, None),
            Err(problem) => (Vec::new(), Some(problem)),
        };
        let mut outcome = Self {
            values: Vec::with_capacity(readings.len() * channels),
            mask: Vec::with_capacity(readings.len() * channels),
            times: Vec::with_capacity(readings.len()),
            refused,
            complaints,
        };
        for reading in readings {
            outcome.values.extend(&reading.values);
            outcome.mask.extend(reading.named.iter().copied().map(u8::from));
            outcome.times.push(reading.time_s.unwrap_or(f64::NAN));
        }
        outcome
    }
}

/// A value as JSON; a problem is nothing but texts and numbers.
fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
