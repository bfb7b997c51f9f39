//! The simulated pump, live.

use js_sys::JsString;
use senselm_sensor::FrontEnd;
use senselm_simulate::{CHANNELS, Condition, SAMPLE_RATE_HZ};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::{JsResult, js_error, to_js};
use crate::input;
use crate::session::Session;

/// The most readings of one step.
const MAX_READINGS: f64 = 100_000.0;
/// How strong an injected fault is, from 0 to 1.
const SEVERITY: f64 = 0.8;

/// A simulated pump in front of a model.
#[wasm_bindgen]
pub struct Pump {
    pump: senselm_simulate::Pump,
    /// For each channel of the front end, the simulator's channel.
    sources: Vec<usize>,
    /// Readings so far.
    read: u64,
}

/// How the simulation begins.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    seed: u64,
    condition: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            condition: Condition::Normal.label().into(),
        }
    }
}

/// What there is to know about the simulation.
#[derive(Serialize)]
struct Description {
    conditions: Vec<&'static str>,
    sample_rate_hz: f64,
}

/// A reading, as a stream of them takes it.
#[derive(Serialize)]
struct Reading {
    /// One value per channel; `None` where a sensor gave nothing.
    values: Vec<Option<f64>>,
    time_s: f64,
}

#[wasm_bindgen]
impl Pump {
    /// A pump that is a function of its seed, with the sensors that the model's
    /// front end asks for.
    ///
    /// # Errors
    /// `bad_option`, `no_task`, or `bad_input` where the model is not for this
    /// pump's sensors.
    #[wasm_bindgen(constructor)]
    pub fn new(session: &Session, options: &JsValue) -> JsResult<Self> {
        let options: Options = input::options(options)?;
        let front_end = session.front_end()?;
        let mut pump = senselm_simulate::Pump::new(options.seed);
        pump.begin(condition(&options.condition)?, SEVERITY);
        Ok(Self {
            pump,
            sources: sources(front_end)?,
            read: 0,
        })
    }

    /// The conditions it can be put into, and its sample rate.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn describe(&self) -> JsResult {
        to_js(&Description {
            conditions: Condition::ALL.map(Condition::label).to_vec(),
            sample_rate_hz: SAMPLE_RATE_HZ,
        })
    }

    /// Puts it into another condition, which comes on over some seconds.
    ///
    /// # Errors
    /// `bad_input` where there is no such condition.
    #[wasm_bindgen(js_name = setCondition)]
    pub fn set_condition(&mut self, label: &JsValue) -> JsResult<()> {
        let label: &JsString = label
            .dyn_ref()
            .ok_or_else(|| js_error("bad_input", "a condition is a string"))?;
        self.pump.begin(condition(&String::from(label))?, SEVERITY);
        Ok(())
    }

    /// Takes readings.
    ///
    /// # Errors
    /// `bad_input` where `count` is not a whole number from 1 to 100000.
    pub fn readings(&mut self, count: f64) -> JsResult {
        if !(1.0..=MAX_READINGS).contains(&count) || count.fract() != 0.0 {
            return Err(js_error(
                "bad_input",
                "readings are a whole number from 1 to 100000",
            ));
        }
        // Exact: checked above.
        let readings: Vec<Reading> = (0..count as usize).map(|_| self.reading()).collect();
        to_js(&readings)
    }
}

impl Pump {
    fn reading(&mut self) -> Reading {
        let values = self.pump.step().values;
        let sources = self.sources.iter();
        let reading = Reading {
            values: sources
                .map(|&source| Some(values[source]).filter(|value| value.is_finite()))
                .collect(),
            time_s: self.read as f64 / SAMPLE_RATE_HZ,
        };
        self.read += 1;
        reading
    }
}

fn condition(label: &str) -> JsResult<Condition> {
    Condition::ALL
        .into_iter()
        .find(|condition| condition.label() == label)
        .ok_or_else(|| {
            let known = Condition::ALL.map(Condition::label).join(", ");
            js_error(
                "bad_input",
                &format!("no condition {label:?}; there are: {known}"),
            )
        })
}

/// Finds each of the front end's channels among the pump's.
fn sources(front_end: &FrontEnd) -> JsResult<Vec<usize>> {
    front_end
        .channels()
        .iter()
        .map(|channel| {
            let found = CHANNELS.iter().position(|known| known.name == channel.name);
            found.ok_or_else(|| {
                js_error(
                    "bad_input",
                    &format!(
                        "the simulated pump has no sensor {:?}: this model is for something else",
                        channel.name
                    ),
                )
            })
        })
        .collect()
}
