//! What was read off some rows, in arrays.

use js_sys::{Float64Array, Uint8Array, Uint32Array};
use senselm_readings::recording::{BadCell, Reader, RowState, Spot, TruthCell};
use senselm_readings::rows::{Malformed, Position, Row};
use wasm_bindgen::JsValue;

use crate::texts;

/// Some rows: their numbers, times and truths, and what is wrong with some.
#[derive(Default)]
pub(crate) struct Batch {
    states: Vec<RowState>,
    lines: Vec<u32>,
    values: Vec<f64>,
    lengths: Vec<usize>,
    times: Vec<f64>,
    truths: Vec<JsValue>,
    numbers: Vec<f64>,
    odd: Option<String>,
    columns: Vec<u32>,
    bad: Vec<JsValue>,
    timed: bool,
}

impl Batch {
    /// All of it, in this order:
    ///
    /// 0. a `Uint8Array`: what became of each row, as [`RowState::code`]
    /// 1. a `Uint32Array`: the line that each row begins at
    /// 2. a `Float64Array`: row after row the numbers of its channels, NaN where
    ///    one is missing
    /// 3. a `Uint32Array`: how many each channel of each row has, or null for one
    ///    each
    /// 4. a `Float64Array`: the time of each row in seconds, NaN where it has
    ///    none, or null where none has one
    /// 5. the truths, or null where there are none: an array of texts, empty
    ///    where a row has none; or a `Float64Array`, NaN where a row has none,
    ///    infinite where its cell holds no number
    /// 6. why the first of those is none, or null
    /// 7. a `Uint32Array`, of cells that hold windows: the byte of its line where
    ///    each begins
    /// 8. whether times are dates
    /// 9. how many bytes of the piece were read
    /// 10. the line that the next row begins at
    /// 11. an array of the rows that could not be read: of each its position
    ///     among the rows, its line, its byte of it, the name of its column, what
    ///     is wrong in words, then a code, and the names of its values and the
    ///     values in turn
    pub(crate) fn parts(self, reader: &Reader, end: Position) -> Vec<JsValue> {
        let several = self.lengths.iter().any(|&length| length != 1);
        let lengths = several.then(|| {
            let lengths = self.lengths.iter().map(|&length| length as u32);
            Uint32Array::from(&lengths.collect::<Vec<_>>()[..])
        });
        let times = self.timed.then(|| Float64Array::from(&self.times[..]));
        let truths: JsValue = match (reader.has_truth(), reader.number_truths()) {
            (false, _) => JsValue::NULL,
            (true, true) => Float64Array::from(&self.numbers[..]).into(),
            (true, false) => self.truths.into(),
        };
        let states: Vec<u8> = self.states.iter().map(|state| state.code()).collect();
        let or_null = |value: Option<JsValue>| value.unwrap_or(JsValue::NULL);
        vec![
            Uint8Array::from(&states[..]).into(),
            Uint32Array::from(&self.lines[..]).into(),
            Float64Array::from(&self.values[..]).into(),
            or_null(lengths.map(Into::into)),
            or_null(times.map(Into::into)),
            truths,
            or_null(self.odd.map(Into::into)),
            Uint32Array::from(&self.columns[..]).into(),
            reader.facts().dates.into(),
            (end.offset as f64).into(),
            (end.line as f64).into(),
            self.bad.into(),
        ]
    }

    pub(crate) fn add(&mut self, reader: &mut Reader, row: &Row<'_>) {
        if reader.is_header(row) {
            self.nothing(reader, RowState::Header, row.line);
            return;
        }
        match reader.read(row, &mut self.values, &mut self.lengths) {
            Ok(cells) => {
                self.states.push(RowState::Read);
                self.lines.push(row.line as u32);
                self.timed |= cells.time_s.is_some();
                self.times.push(cells.time_s.unwrap_or(f64::NAN));
                let (text, number) = match cells.truth {
                    TruthCell::Nothing => (String::new(), f64::NAN),
                    TruthCell::Number(number) => (String::new(), number),
                    TruthCell::Text(text) => (text.into_owned(), f64::NAN),
                    TruthCell::Unreadable(reason) => {
                        self.odd.get_or_insert(reason);
                        (String::new(), f64::INFINITY)
                    }
                };
                self.truth(reader, &text, number);
                if reader.holds_windows() {
                    self.columns.push(reader.window_spot(row).column as u32);
                }
            }
            Err(bad) => {
                self.complain(&bad);
                let refusal = bad.problem.refusal();
                let state = refusal.map_or(RowState::LeftOut, RowState::Refused);
                self.nothing(reader, state, row.line);
            }
        }
    }

    pub(crate) fn leave_out(&mut self, reader: &Reader, malformed: Malformed) {
        let Malformed {
            line,
            column,
            problem,
        } = malformed;
        let spot = Spot {
            line,
            column,
            name: String::new(),
        };
        self.complain(&BadCell { spot, problem });
        self.nothing(reader, RowState::LeftOut, line);
    }

    fn complain(&mut self, BadCell { spot, problem }: &BadCell) {
        let mut parts: Vec<JsValue> = vec![
            (self.states.len() as f64).into(),
            (spot.line as f64).into(),
            (spot.column as f64).into(),
            spot.name.as_str().into(),
            problem.to_string().into(),
        ];
        parts.extend(texts(problem));
        self.bad.push(parts.into());
    }

    /// A row without numbers.
    fn nothing(&mut self, reader: &Reader, state: RowState, line: u64) {
        self.states.push(state);
        self.lines.push(line as u32);
        self.times.push(f64::NAN);
        self.truth(reader, "", f64::NAN);
        for _ in 0..reader.channels() {
            if reader.holds_windows() {
                self.lengths.push(0);
            } else {
                self.values.push(f64::NAN);
                self.lengths.push(1);
            }
        }
        if reader.holds_windows() {
            self.columns.push(0);
        }
    }

    fn truth(&mut self, reader: &Reader, text: &str, number: f64) {
        match (reader.has_truth(), reader.number_truths()) {
            (false, _) => {}
            (true, true) => self.numbers.push(number),
            (true, false) => self.truths.push(text.into()),
        }
    }
}
