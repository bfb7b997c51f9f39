//! Readings as they come, cut into the windows of the model's front end.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

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
    /// The times of the latest readings, as many as a window has at most.
    times_s: RefCell<VecDeque<Option<f64>>>,
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
    /// Seconds from its first reading to its last, where both have times.
    span_s: Option<f64>,
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
            times_s: RefCell::default(),
            read: Cell::new(0),
        })
    }

    /// Forgets readings that are in no window yet: what follows does not join
    /// on to them. Returns how many those are.
    pub fn reset(&self) -> usize {
        self.times_s.borrow_mut().clear();
        self.windows.borrow_mut().reset()
    }

    /// Seconds from the first of the latest `length` readings to the last.
    fn span_s(&self, length: usize) -> Option<f64> {
        let times_s = self.times_s.borrow();
        let first = times_s.len().checked_sub(length)?;
        Some((*times_s.back()?)? - (*times_s.get(first)?)?)
    }

    /// Notes when a reading was.
    fn note(&self, time_s: Option<f64>, longest: usize) {
        let mut times_s = self.times_s.borrow_mut();
        if times_s.len() >= longest {
            times_s.pop_front();
        }
        times_s.push_back(time_s);
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
        let longest = *self.front_end()?.window_lengths().end();
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
            if pushed.gap {
                stream.times_s.borrow_mut().clear();
            }
            stream.note(reading.time_s, longest);
            step.gaps += u64::from(pushed.gap);
            step.dropped += pushed.dropped as u64;
            if let Some(window) = pushed.window {
                let length = window.channels.first().map_or(0, Vec::len);
                places.push((end - length as u64, end, stream.span_s(length)));
                complete.push(window);
            }
        }
        let answered = self.answered(&complete).await?;
        let windows = places.into_iter().zip(complete).zip(answered);
        step.answered = windows
            .map(
                |(((start, end, span_s), window), (answer, refused))| AnsweredWindow {
                    start,
                    end,
                    span_s,
                    window,
                    answer,
                    refused,
                },
            )
            .collect();
        to_js(&step)
    }
}
