//! What became of a line or a message, in arrays.

use senselm_readings::Problem;
use senselm_readings::message::Reading;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::texts;

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

    /// Why nothing was read: a code, then the names of its values and
    /// the values in turn; nothing where something was.
    pub fn refused(&self) -> Vec<JsValue> {
        self.refused.as_ref().map(texts).unwrap_or_default()
    }

    /// How many complaints there are about readings that can be used all the
    /// same.
    #[wasm_bindgen(js_name = complaintCount)]
    pub fn complaint_count(&self) -> usize {
        self.complaints.len()
    }

    /// A complaint, as a refusal is written.
    pub fn complaint(&self, at: usize) -> Vec<JsValue> {
        self.complaints.get(at).map(texts).unwrap_or_default()
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
            outcome
                .mask
                .extend(reading.named.iter().copied().map(u8::from));
            outcome.times.push(reading.time_s.unwrap_or(f64::NAN));
        }
        outcome
    }
}
