//! The simulated pump for JavaScript, as a module of its own.
//!
//! The dashboard and the examples load it to have readings without a sensor. It
//! is no part of the package: who runs a model on readings of their own does not
//! fetch it. What it makes is simulated, and whoever shows it has to say so.
//!
//! No model, no front end, no window: only readings, one after the other.

use senselm_simulate::{CHANNELS, Condition, SAMPLE_RATE_HZ};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// The most readings of one step.
const MAX_READINGS: f64 = 100_000.0;
/// The most channels that a pump is asked for.
const MAX_CHANNELS: usize = 256;
/// How strong an injected fault is, from 0 to 1.
const SEVERITY: f64 = 0.8;

/// The labels of the conditions that a pump can be put into.
#[wasm_bindgen]
pub fn conditions() -> Vec<String> {
    Condition::ALL.map(|known| known.label().into()).to_vec()
}

/// Readings a second.
#[wasm_bindgen(js_name = sampleRateHz)]
pub fn sample_rate_hz() -> f64 {
    SAMPLE_RATE_HZ
}

/// A simulated pump.
#[wasm_bindgen]
pub struct Pump {
    pump: senselm_simulate::Pump,
    /// For each channel that was asked for, the simulator's channel.
    sources: Vec<usize>,
}

#[wasm_bindgen]
impl Pump {
    /// A pump that is a function of its seed, with the sensors of these names.
    ///
    /// # Errors
    /// Where the seed is no whole number that JavaScript can hold, there is no
    /// such condition, no channel is asked for, or the pump has no such sensor.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: f64, condition: &str, channels: Vec<String>) -> Result<Self, JsError> {
        // 2^53 - 1, the largest whole number that has no neighbour in between.
        const MAX_SEED: f64 = 9_007_199_254_740_991.0;
        if !(0.0..=MAX_SEED).contains(&seed) || seed.fract() != 0.0 {
            return Err(JsError::new("a seed is a whole number from 0 to 2^53 - 1"));
        }
        if channels.is_empty() || channels.len() > MAX_CHANNELS {
            return Err(JsError::new("a pump has 1 to 256 channels"));
        }
        // Exact: checked above.
        let mut pump = senselm_simulate::Pump::new(seed as u64);
        pump.begin(named(condition)?, SEVERITY);
        let sources = channels.iter().map(|name| source(name));
        Ok(Self {
            pump,
            sources: sources.collect::<Result<_, _>>()?,
        })
    }

    /// Puts it into another condition, which comes on over some seconds.
    ///
    /// # Errors
    /// Where there is no such condition.
    #[wasm_bindgen(js_name = setCondition)]
    pub fn set_condition(&mut self, condition: &str) -> Result<(), JsError> {
        self.pump.begin(named(condition)?, SEVERITY);
        Ok(())
    }

    /// Takes readings: the values of the channels that were asked for, reading
    /// after reading, NaN where a sensor gave nothing.
    ///
    /// # Errors
    /// Where `count` is not a whole number from 1 to 100000.
    pub fn readings(&mut self, count: f64) -> Result<Vec<f64>, JsError> {
        if !(1.0..=MAX_READINGS).contains(&count) || count.fract() != 0.0 {
            return Err(JsError::new("readings are a whole number from 1 to 100000"));
        }
        // Exact: checked above.
        let count = count as usize;
        let mut values = Vec::with_capacity(count * self.sources.len());
        for _ in 0..count {
            let all = self.pump.step().values;
            values.extend(self.sources.iter().map(|&source| all[source]));
        }
        Ok(values)
    }
}

fn named(label: &str) -> Result<Condition, JsError> {
    let found = Condition::ALL
        .into_iter()
        .find(|known| known.label() == label);
    found.ok_or_else(|| {
        let known = Condition::ALL.map(Condition::label).join(", ");
        JsError::new(&format!("no condition {label:?}; there are: {known}"))
    })
}

/// The position of a channel among the pump's.
fn source(name: &str) -> Result<usize, JsError> {
    let found = CHANNELS.iter().position(|known| known.name == name);
    found.ok_or_else(|| {
        let known = CHANNELS.map(|channel| channel.name).join(", ");
        JsError::new(&format!(
            "the simulated pump has no sensor {name:?}, only {known}: this model is for something else"
        ))
    })
}
