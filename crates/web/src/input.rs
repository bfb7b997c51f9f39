//! What callers pass, checked by hand: an object from JavaScript may be
//! anything, and may be endless.

use js_sys::{Array, Float32Array, Float64Array, JSON, Reflect, Uint32Array};
use senselm_sensor::Window;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::{JsResult, js_error};

/// The most channels of a window.
const MAX_CHANNELS: u32 = 256;
/// The most samples of a channel.
const MAX_SAMPLES: u32 = 1 << 20;
/// The most readings or rows of a call.
pub(crate) const MAX_READINGS: u32 = 100_000;
/// The most token ids of a call.
const MAX_IDS: u32 = 1 << 20;
/// The most UTF-16 units of a text.
const MAX_TEXT: u32 = 1 << 24;

fn bad_input(message: &str) -> JsValue {
    js_error("bad_input", message)
}

/// A window: an object whose `channels` is an array of arrays or typed arrays
/// of numbers. `null`, `undefined` and NaN are missing samples.
pub(crate) fn window(value: &JsValue) -> JsResult<Window> {
    let channels = Reflect::get(value, &"channels".into())
        .map_err(|_| bad_input("a window is an object {channels: number[][]}"))?;
    let channels: &Array = channels
        .dyn_ref()
        .ok_or_else(|| bad_input("a window's channels are an array with one array a channel"))?;
    if channels.length() > MAX_CHANNELS {
        return Err(bad_input("a window has at most 256 channels"));
    }
    let channels = (0..channels.length())
        .map(|index| samples(&channels.get(index), index))
        .collect::<JsResult<_>>()?;
    Ok(Window { channels })
}

fn samples(value: &JsValue, channel: u32) -> JsResult<Vec<f64>> {
    let too_long = || {
        bad_input(&format!(
            "channel {channel} has more than {MAX_SAMPLES} samples"
        ))
    };
    if let Some(values) = value.dyn_ref::<Float64Array>() {
        let fits = values.length() <= MAX_SAMPLES;
        return if fits {
            Ok(values.to_vec())
        } else {
            Err(too_long())
        };
    }
    if let Some(values) = value.dyn_ref::<Float32Array>() {
        let fits = values.length() <= MAX_SAMPLES;
        let widened = || values.to_vec().into_iter().map(f64::from).collect();
        return if fits { Ok(widened()) } else { Err(too_long()) };
    }
    let values: &Array = value
        .dyn_ref()
        .ok_or_else(|| bad_input(&format!("channel {channel} is no array of numbers")))?;
    if values.length() > MAX_SAMPLES {
        return Err(too_long());
    }
    (0..values.length())
        .map(|index| {
            let sample = values.get(index);
            match sample.as_f64() {
                Some(number) => Ok(number),
                None if sample.is_null() || sample.is_undefined() => Ok(f64::NAN),
                None => Err(bad_input(&format!(
                    "sample {index} of channel {channel} is no number; use null where one is missing"
                ))),
            }
        })
        .collect()
}

/// A reading of a stream: one value per channel, NaN where it is missing.
pub(crate) struct Reading {
    pub(crate) values: Vec<f64>,
    pub(crate) time_s: Option<f64>,
}

/// Readings: objects whose `values` are an array of numbers and nulls, and
/// whose `time_s`, if it is there, is a number.
pub(crate) fn readings(value: &JsValue) -> JsResult<Vec<Reading>> {
    let readings = list(value, MAX_READINGS, "readings")?;
    let property = |reading: &JsValue, name: &str| {
        Reflect::get(reading, &name.into())
            .map_err(|_| bad_input("a reading is an object {values: number[], time_s?: number}"))
    };
    readings
        .iter()
        .zip(0..)
        .map(|(reading, index)| {
            let values = property(&reading, "values")?;
            let values: &Array = values
                .dyn_ref()
                .ok_or_else(|| bad_input(&format!("the values of reading {index} are no array")))?;
            if values.length() > MAX_CHANNELS {
                return Err(bad_input("a reading has at most 256 values"));
            }
            let time = property(&reading, "time_s")?;
            let time_s = match time.as_f64() {
                None if !time.is_null() && !time.is_undefined() => {
                    return Err(bad_input(&format!(
                        "the time of reading {index} is no number of seconds"
                    )));
                }
                time => time.filter(|seconds| seconds.is_finite()),
            };
            let values = values
                .iter()
                .map(|value| match value.as_f64() {
                    Some(number) if number.is_finite() => Ok(number),
                    Some(_) => Ok(f64::NAN),
                    None if value.is_null() || value.is_undefined() => Ok(f64::NAN),
                    None => Err(bad_input(&format!(
                        "a value of reading {index} is no number; use null where one is missing"
                    ))),
                })
                .collect::<JsResult<_>>()?;
            Ok(Reading { values, time_s })
        })
        .collect()
}

/// An array of at most `most` entries.
pub(crate) fn list<'a>(value: &'a JsValue, most: u32, what: &str) -> JsResult<&'a Array> {
    let list: &Array = value
        .dyn_ref()
        .ok_or_else(|| bad_input(&format!("{what} are an array")))?;
    if list.length() > most {
        return Err(bad_input(&format!("at most {most} {what} at once")));
    }
    Ok(list)
}

/// Token ids: an array or a `Uint32Array`.
pub(crate) fn ids(value: &JsValue) -> JsResult<Vec<u32>> {
    let too_many = || bad_input(&format!("more than {MAX_IDS} token ids"));
    if let Some(ids) = value.dyn_ref::<Uint32Array>() {
        let fits = ids.length() <= MAX_IDS;
        return if fits {
            Ok(ids.to_vec())
        } else {
            Err(too_many())
        };
    }
    let values: &Array = value
        .dyn_ref()
        .ok_or_else(|| bad_input("token ids are an array of whole numbers"))?;
    if values.length() > MAX_IDS {
        return Err(too_many());
    }
    (0..values.length())
        .map(|index| {
            let id = values.get(index).as_f64();
            id.filter(|id| id.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(id))
                .map(|id| id as u32)
                .ok_or_else(|| bad_input(&format!("token id {index} is no whole number")))
        })
        .collect()
}

/// A text.
pub(crate) fn text(value: &JsValue, what: &str) -> JsResult<String> {
    let text: &js_sys::JsString = value
        .dyn_ref()
        .ok_or_else(|| bad_input(&format!("{what} is no string")))?;
    if text.length() > MAX_TEXT {
        return Err(bad_input(&format!(
            "{what} is longer than {MAX_TEXT} characters"
        )));
    }
    Ok(String::from(text))
}

/// Options of a call: a plain object with known fields, or nothing.
///
/// They go through JSON, which refuses unknown fields as every other host does.
pub(crate) fn options<T: DeserializeOwned + Default>(value: &JsValue) -> JsResult<T> {
    if value.is_undefined() || value.is_null() {
        return Ok(T::default());
    }
    let bad = |message: &str| js_error("bad_option", message);
    let json = JSON::stringify(value)
        .ok()
        .and_then(|json| json.as_string())
        .filter(|json| json.starts_with('{'))
        .ok_or_else(|| bad("options are a plain object"))?;
    serde_json::from_str(&json).map_err(|error| bad(&error.to_string()))
}
