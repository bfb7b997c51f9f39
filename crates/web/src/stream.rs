//! Readings as they come, cut into the windows of the model's front end.

use std::cell::{Cell, RefCell};

use senselm_sensor::{Window, WindowStream};
use senselm_session::Answer;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::{JsResult, js_error, to_js};
use crate::input;
use crate::session::{Refusal, Session, check_values, invalid};

/// Collects readings until they are a window.
#[wasm_bindgen]
pub struct ReadingStream {
    windows: RefCell<WindowStream>,
    /// Readings so far.
    read: Cell<u64>,
}

/// How windows are cut; the model's own way without it.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    length: Option<usize>,
    stride: Option<usize>,
}

/// What became of some readings.
#[derive(Serialize)]
struct Step {
    answered: Vec<AnsweredWindow>,
    /// Breaks in time that no window spans.
    gaps: u64,
    /// Readings that are in no window because of them.
    dropped: u64,
}

/// The readings from `start` up to but not including `end`, and what the model
/// says about them.
#[derive(Serialize)]
struct AnsweredWindow {
    start: u64,
    end: u64,
    window: Window,
    answer: Option<Answer>,
    refused: Option<Refusal>,
}

#[wasm_bindgen]
impl ReadingStream {
    /// A stream with the length and stride of the model's front end, or of
    /// `options`. A model whose recordings hold whole windows has no length of
    /// its own; its longest windows are taken then, one behind the other.
    ///
    /// # Errors
    /// `bad_option`, `no_task`, or `bad_input` for a length that the model does
    /// not take.
    #[wasm_bindgen(constructor)]
    pub fn new(session: &Session, options: &JsValue) -> JsResult<Self> {
        let options: Options = input::options(options)?;
        let front_end = session.front_end()?;
        let windows = match (options.length, options.stride) {
            (None, None) => WindowStream::new(front_end).or_else(|_| {
                let longest = *front_end.window_lengths().end();
                WindowStream::with_length(front_end, longest, longest)
            }),
            (length, stride) => {
                let length = length.unwrap_or(*front_end.window_lengths().end());
                WindowStream::with_length(front_end, length, stride.unwrap_or(length))
            }
        };
        Ok(Self {
            windows: RefCell::new(windows.map_err(|error| invalid(&error))?),
            read: Cell::new(0),
        })
    }

    /// Forgets readings that are in no window yet: what follows does not join
    /// on to them. Returns how many those are.
    pub fn reset(&self) -> usize {
        self.windows.borrow_mut().reset()
    }
}

#[wasm_bindgen]
impl Session {
    /// Puts readings into a stream, and answers the windows that they complete.
    ///
    /// # Errors
    /// `bad_input` for what is no list of readings, none of which is taken
    /// then. A window that the model refuses says so in its place.
    #[wasm_bindgen(js_name = pushReadings)]
    pub async fn push_readings(&mut self, stream: &ReadingStream, readings: &JsValue) -> JsResult {
        let readings = input::readings(readings)?;
        let channels = self.front_end()?.channels().len();
        if let Some(at) = readings
            .iter()
            .position(|reading| reading.values.len() != channels)
        {
            let found = readings.get(at).map_or(0, |reading| reading.values.len());
            return Err(js_error(
                "bad_input",
                &format!("reading {at} has {found} values where the model has {channels} channels"),
            ));
        }
        check_values(stream.windows.borrow().values_after(readings.len()))?;
        let mut step = Step {
            answered: Vec::new(),
            gaps: 0,
            dropped: 0,
        };
        let mut places = Vec::new();
        let mut complete = Vec::new();
        for reading in readings {
            let pushed = stream
                .windows
                .borrow_mut()
                .push(&reading.values, reading.time_s);
            let pushed = pushed.map_err(|error| invalid(&error))?;
            let end = stream.read.get() + 1;
            stream.read.set(end);
            step.gaps += u64::from(pushed.gap);
            step.dropped += pushed.dropped as u64;
            if let Some(window) = pushed.window {
                let length = window.channels.first().map_or(0, Vec::len) as u64;
                places.push((end - length, end));
                complete.push(window);
            }
        }
        let answered = self.answered(&complete).await?;
        let windows = places.into_iter().zip(complete).zip(answered);
        step.answered = windows
            .map(
                |(((start, end), window), (answer, refused))| AnsweredWindow {
                    start,
                    end,
                    window,
                    answer,
                    refused,
                },
            )
            .collect();
        to_js(&step)
    }
}
