//! Recordings, as numbers that a host has read off the rows of any file.
//!
//! What a cell means is not known here: the module of `senselm-web-readings`
//! says it, and what it read comes in typed arrays.

use std::cell::RefCell;

use js_sys::{Array, Float64Array, Reflect, Uint8Array, Uint32Array};
use senselm_sensor::{
    ExpectedColumn, Facts, Labelled, NumberRow, Position, RowState, RowWindows, Truth, TruthCell,
    Truths, Unusable, Window,
};
use senselm_session::Answer;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::{JsResult, js_error, refused, to_js};
use crate::input;
use crate::session::{Refusal, Session, check_values, invalid};

/// A recording whose rows are coming.
#[wasm_bindgen]
pub struct Recording {
    windows: RefCell<RowWindows>,
    /// Readings a second, where somebody knows better than the times.
    rate_hz: Option<f64>,
    converted: Vec<Option<[f64; 2]>>,
    /// Fields of a row that hold numbers.
    channels: usize,
}

/// What is known of a recording before its first row.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    /// Whether its rows have truths.
    truth: bool,
    /// What its times are given to, in seconds, where that is more than one.
    resolution_s: f64,
    /// Seconds from one to the next, where a user should look at it.
    step_s: Option<f64>,
    /// Readings a second, where somebody knows better than the times.
    rate_hz: Option<f64>,
    /// For each channel `[scale, offset]` where its numbers are those that the model
    /// takes times the one plus the other.
    converted: Vec<Option<[f64; 2]>>,
}

/// What became of some rows.
#[derive(Serialize)]
struct Step {
    answered: Vec<AnsweredRecord>,
    bad: Vec<RefusedRow>,
}

/// A window of a recording, and what the model says about it.
#[derive(Serialize)]
struct AnsweredRecord {
    window: Window,
    truth: Option<Truth>,
    place: Position,
    answer: Option<Answer>,
    refused: Option<Refusal>,
}

/// The windows of some rows.
#[derive(Serialize)]
struct Taken {
    records: Vec<Record>,
    bad: Vec<RefusedRow>,
}

/// A record without its group: a 64-bit fingerprint is no JavaScript number.
#[derive(Serialize)]
struct Record {
    window: Window,
    truth: Option<Truth>,
    place: Position,
}

/// A row whose window the model does not take.
#[derive(Serialize)]
struct RefusedRow {
    row: u64,
    reason: String,
}

#[wasm_bindgen]
impl Recording {
    /// A recording; `options` say what is known of it.
    ///
    /// # Errors
    /// `no_task`, `bad_option`, and what the front end says of the rate.
    #[wasm_bindgen(constructor)]
    pub fn new(session: &Session, options: &JsValue) -> JsResult<Self> {
        let options: Options = input::options(options)?;
        // A truth that the task does not know leaves a window without one.
        let windows = session.inner.row_windows(options.truth, Truths::Optional);
        let mut windows = windows.map_err(|error| refused(&error))?;
        if !(0.0..=1e9).contains(&options.resolution_s) {
            return Err(js_error("bad_option", "resolution_s is no time"));
        }
        if let Some(rate_hz) = options.rate_hz {
            let checked = session.front_end()?.check_rate(rate_hz);
            checked.map_err(|error| refused(&error.into()))?;
        }
        let channels = session.front_end()?.channels().len();
        let is_conversion =
            |[scale, offset]: &[f64; 2]| scale.is_finite() && *scale != 0.0 && offset.is_finite();
        if options.converted.len() > channels
            || !options.converted.iter().flatten().all(is_conversion)
        {
            return Err(js_error(
                "bad_option",
                "converted has a scale that is not 0 and an offset, or null, for each channel",
            ));
        }
        windows.learn(Facts {
            resolution_s: options.resolution_s,
            step_s: options.step_s,
            dates: false,
        });
        Ok(Self {
            windows: RefCell::new(windows),
            rate_hz: options.rate_hz,
            converted: options.converted,
            channels,
        })
    }

    /// Takes rows of the recording: the windows that they complete.
    ///
    /// # Errors
    /// `bad_input` for what are no rows, or too many of them.
    pub fn take(&self, rows: &JsValue) -> JsResult {
        let (labelled, bad) = self.windows_of(rows)?;
        let records = labelled.into_iter().map(|labelled| Record {
            window: labelled.window,
            truth: labelled.truth,
            place: labelled.place,
        });
        to_js(&Taken {
            records: records.collect(),
            bad,
        })
    }

    /// What the rows so far state of their rate, and which were refused.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn stated(&self) -> JsResult {
        let mut stated = self.windows.borrow().stated();
        stated.rate_hz = self.rate_hz.or(stated.rate_hz);
        to_js(&stated)
    }

    /// What a user should know about the rows so far.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn warnings(&self) -> JsResult {
        let warnings = self.windows.borrow().warnings();
        to_js(&warnings.iter().map(ToString::to_string).collect::<Vec<_>>())
    }
}

impl Recording {
    fn windows_of(&self, rows: &JsValue) -> JsResult<(Vec<Labelled>, Vec<RefusedRow>)> {
        let mut rows = NumberRows::read(rows, self.channels)?;
        rows.convert_back(&self.converted);
        let mut windows = self.windows.borrow_mut();
        check_values(
            windows
                .values_after(rows.states.len())
                .max(rows.values.len()),
        )?;
        let mut labelled = Vec::new();
        let mut bad = Vec::new();
        let mut at = 0;
        windows.learn_dates(rows.dates);
        for (index, state) in rows.states.iter().enumerate() {
            let line = rows.lines[index].into();
            let lengths = rows.lengths_of(index);
            let end = at + lengths.iter().sum::<usize>();
            let values = rows.values.get(at..end);
            let values = values.ok_or_else(|| bad_rows("there are fewer values than rows"))?;
            at = end;
            match state {
                RowState::LeftOut => windows.skip().map_err(|error| invalid(&error))?,
                RowState::Refused(refusal) => {
                    let reason = format!("the row at line {line}");
                    let refused = windows.refuse(*refusal, &reason);
                    refused.map_err(|error| invalid(&error))?;
                }
                RowState::Header => windows.header_again(line),
                RowState::Read => {
                    let pushed = windows.push(&NumberRow {
                        line,
                        values,
                        lengths: &lengths,
                        time_s: rows.times.get(index).copied().filter(|time| !time.is_nan()),
                        truth: rows.truth(index)?,
                    });
                    match pushed {
                        Ok(found) => labelled.extend(found),
                        Err(Unusable::File(error)) => return Err(invalid(&error)),
                        Err(Unusable::Truth(error) | Unusable::Window(error)) => {
                            bad.push(RefusedRow {
                                row: windows.rows(),
                                reason: error.to_string(),
                            });
                        }
                    }
                }
            }
        }
        Ok((labelled, bad))
    }
}

#[wasm_bindgen]
impl Session {
    /// The columns that recordings for this model have.
    ///
    /// # Errors
    /// `no_task`.
    #[wasm_bindgen(js_name = expectedColumns)]
    pub fn expected_columns(&self) -> JsResult {
        let expected: Result<Vec<ExpectedColumn>, _> = self.inner.expected_columns();
        to_js(&expected.map_err(|error| refused(&error))?)
    }

    /// What this model wants of a recording, for who reads its rows.
    ///
    /// # Errors
    /// `no_task`.
    pub fn wants(&self) -> JsResult {
        to_js(&self.inner.wants().map_err(|error| refused(&error))?)
    }

    /// Takes rows of a recording, and answers the windows that they complete.
    ///
    /// # Errors
    /// `bad_input` for what are no rows, or too many of them. A window that the
    /// model refuses says so in its place.
    #[wasm_bindgen(js_name = pushRows)]
    pub async fn push_rows(&mut self, recording: &Recording, rows: &JsValue) -> JsResult {
        let (labelled, bad) = recording.windows_of(rows)?;
        let mut windows = Vec::with_capacity(labelled.len());
        let mut places = Vec::with_capacity(labelled.len());
        for record in labelled {
            windows.push(record.window);
            places.push((record.truth, record.place));
        }
        let answered = self.answered(&windows).await?;
        let records = windows.into_iter().zip(places).zip(answered);
        to_js(&Step {
            answered: records
                .map(
                    |((window, (truth, place)), (answer, refused))| AnsweredRecord {
                        window,
                        truth,
                        place,
                        answer,
                        refused,
                    },
                )
                .collect(),
            bad,
        })
    }
}

/// Rows in typed arrays.
struct NumberRows {
    states: Vec<RowState>,
    lines: Vec<u32>,
    values: Vec<f64>,
    /// For each row how many values each channel has; nothing for one each.
    lengths: Vec<u32>,
    /// Nothing where rows have no times.
    times: Vec<f64>,
    truths: Truthful,
    /// Whether times are dates.
    dates: bool,
    channels: usize,
}

/// The truths of rows.
enum Truthful {
    Nothing,
    Numbers(Vec<f64>, Option<String>),
    Texts(Array),
}

fn bad_rows(message: &str) -> JsValue {
    js_error("bad_input", message)
}

impl NumberRows {
    fn read(rows: &JsValue, channels: usize) -> JsResult<Self> {
        let field = |name: &str| {
            Reflect::get(rows, &name.into()).map_err(|_| bad_rows("rows are an object of arrays"))
        };
        let states: Uint8Array = typed(&field("states")?, "states are a Uint8Array")?;
        if states.length() > input::MAX_READINGS {
            let most = input::MAX_READINGS;
            return Err(bad_rows(&format!("at most {most} rows at once")));
        }
        let count = states.length();
        let lines: Uint32Array = typed(&field("lines")?, "lines are a Uint32Array")?;
        let values: Float64Array = typed(&field("values")?, "values are a Float64Array")?;
        check_values(values.length() as usize)?;
        let lengths = field("lengths")?;
        let lengths: Option<Uint32Array> = optional(&lengths, "lengths are a Uint32Array")?;
        let times = field("times")?;
        let times: Option<Float64Array> = optional(&times, "times are a Float64Array")?;
        let fits = lines.length() == count
            && times.as_ref().is_none_or(|times| times.length() == count)
            && match &lengths {
                Some(lengths) => lengths.length() as usize == count as usize * channels,
                None => values.length() as usize == count as usize * channels,
            };
        if !fits {
            return Err(bad_rows(&format!(
                "rows need a state and a line each, and a value for each of {channels} channels"
            )));
        }
        let truths = field("truths")?;
        let truths = match truths.dyn_ref::<Float64Array>() {
            Some(numbers) if numbers.length() == count => {
                Truthful::Numbers(numbers.to_vec(), field("odd")?.as_string())
            }
            None if truths.is_null() || truths.is_undefined() => Truthful::Nothing,
            _ => match truths.dyn_ref::<Array>() {
                Some(texts) if texts.length() == count => Truthful::Texts(texts.clone()),
                _ => return Err(bad_rows("truths are an array with one of each row")),
            },
        };
        let known: Option<Vec<RowState>> = states.to_vec().into_iter().map(RowState::of).collect();
        Ok(Self {
            states: known.ok_or_else(|| bad_rows("a state is a number from 0 to 6"))?,
            lines: lines.to_vec(),
            values: values.to_vec(),
            lengths: lengths.map_or_else(Vec::new, |lengths| lengths.to_vec()),
            times: times.map_or_else(Vec::new, |times| times.to_vec()),
            truths,
            dates: field("dates")?.as_bool() == Some(true),
            channels,
        })
    }

    /// Brings numbers into what the model takes.
    fn convert_back(&mut self, converted: &[Option<[f64; 2]>]) {
        if converted.iter().all(Option::is_none) {
            return;
        }
        let mut rest = self.values.as_mut_slice();
        for index in 0..self.states.len() {
            let lengths = match self.lengths.get(index * self.channels..) {
                Some(lengths) if !lengths.is_empty() => lengths.get(..self.channels),
                _ => None,
            };
            for channel in 0..self.channels {
                let length = lengths
                    .and_then(|lengths| lengths.get(channel))
                    .map_or(1, |&length| length as usize);
                let Some((values, behind)) = rest.split_at_mut_checked(length) else {
                    return;
                };
                if let Some([scale, offset]) = converted.get(channel).copied().flatten() {
                    values
                        .iter_mut()
                        .for_each(|value| *value = (*value - offset) / scale);
                }
                rest = behind;
            }
        }
    }

    fn lengths_of(&self, index: usize) -> Vec<usize> {
        let all = index * self.channels..(index + 1) * self.channels;
        match self.lengths.get(all) {
            Some(lengths) => lengths.iter().map(|&length| length as usize).collect(),
            None => vec![1; self.channels],
        }
    }

    /// The truth of a row. An infinite number stands for a cell that holds none.
    fn truth(&self, index: usize) -> JsResult<TruthCell<'static>> {
        Ok(match &self.truths {
            Truthful::Nothing => TruthCell::Nothing,
            Truthful::Numbers(numbers, odd) => match numbers[index] {
                value if value.is_nan() => TruthCell::Nothing,
                value if value.is_infinite() => {
                    TruthCell::Unreadable(odd.clone().unwrap_or_default())
                }
                value => TruthCell::Number(value),
            },
            Truthful::Texts(texts) => {
                let text = input::text(&texts.get(index as u32), "a truth")?;
                match text.is_empty() {
                    true => TruthCell::Nothing,
                    false => TruthCell::Text(text.into()),
                }
            }
        })
    }
}

fn typed<T: JsCast + Clone>(value: &JsValue, message: &str) -> JsResult<T> {
    let value: Option<&T> = value.dyn_ref();
    value.cloned().ok_or_else(|| bad_rows(message))
}

fn optional<T: JsCast + Clone>(value: &JsValue, message: &str) -> JsResult<Option<T>> {
    if value.is_null() || value.is_undefined() {
        return Ok(None);
    }
    typed(value, message).map(Some)
}
