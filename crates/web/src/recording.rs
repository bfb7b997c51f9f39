//! Recordings that come row by row, from any kind of file.

use std::cell::RefCell;

use js_sys::Array;
use senselm_sensor::{
    BadRow, ExpectedColumn, Place, RowReader, SensorError, Truth, Window, suggest_columns,
};
use senselm_session::Answer;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::{JsResult, refused, to_js};
use crate::input;
use crate::session::{Refusal, Session, check_values, invalid};

/// A recording whose rows are coming.
#[wasm_bindgen]
pub struct Recording {
    rows: RefCell<RowReader>,
}

/// What became of some rows.
#[derive(Serialize)]
struct Step {
    answered: Vec<AnsweredRecord>,
    bad: Vec<BadRow>,
}

/// A window of a recording, and what the model says about it.
#[derive(Serialize)]
struct AnsweredRecord {
    window: Window,
    truth: Option<Truth>,
    place: Place,
    answer: Option<Answer>,
    refused: Option<Refusal>,
}

#[wasm_bindgen]
impl Recording {
    /// A recording with these columns; `columns` says for each that the model
    /// expects which one of `header` it is, or null.
    ///
    /// # Errors
    /// `no_task`, or `bad_input` that says which column is missing.
    #[wasm_bindgen(constructor)]
    pub fn new(session: &Session, header: &JsValue, columns: &JsValue) -> JsResult<Self> {
        let header = input::texts(header, "the header")?;
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let columns = input::places(columns)?;
        let reader = session.inner.row_reader(&header, &columns);
        Ok(Self {
            rows: RefCell::new(reader.map_err(|error| refused(&error))?),
        })
    }

    /// What a user should know about the rows so far.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn warnings(&self) -> JsResult {
        let warnings = self.rows.borrow().warnings();
        to_js(&warnings.iter().map(ToString::to_string).collect::<Vec<_>>())
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
        to_js(&self.expected()?)
    }

    /// For each expected column the one of `header` that it probably is, or
    /// null.
    ///
    /// # Errors
    /// `no_task`, and `bad_input` for what is no header.
    #[wasm_bindgen(js_name = suggestColumns)]
    pub fn suggest_columns(&self, header: &JsValue) -> JsResult {
        let header = input::texts(header, "the header")?;
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        to_js(&suggest_columns(&self.expected()?, &header))
    }

    /// Takes rows of a recording, and answers the windows that they complete.
    ///
    /// # Errors
    /// `bad_input` for what is no list of rows, or too many of them. A row that
    /// cannot be used, and a window that the model refuses, say so in their
    /// places.
    #[wasm_bindgen(js_name = pushRows)]
    pub async fn push_rows(&mut self, recording: &Recording, rows: &JsValue) -> JsResult {
        let rows: &Array = input::list(rows, input::MAX_READINGS, "rows")?;
        let values = recording.rows.borrow().values_after(rows.length() as usize);
        check_values(values)?;
        let mut bad = Vec::new();
        let mut windows = Vec::new();
        let mut places = Vec::new();
        for row in rows.iter() {
            let fields = input::texts(&row, "a row")?;
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let pushed = recording.rows.borrow_mut().push(&fields);
            match pushed {
                Ok(None) => {}
                Ok(Some(record)) => {
                    windows.push(record.window);
                    places.push((record.truth, record.place));
                }
                Err(SensorError::BadRow(row)) => bad.push(row),
                Err(error) => return Err(invalid(&error)),
            }
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

impl Session {
    fn expected(&self) -> JsResult<Vec<ExpectedColumn>> {
        let expected = self.inner.expected_columns();
        expected.map_err(|error| refused(&error))
    }
}
