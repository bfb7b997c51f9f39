//! What cells, lines and messages mean, for JavaScript, as modules of their own:
//! one with the feature `messages`, for lines and messages, and one with the
//! feature `tables`.
//!
//! Who runs a model on numbers of their own fetches neither. Numbers cross as
//! typed arrays; what is wrong crosses as a code with values, which the page
//! words, and of tables in words too, for the package's errors.
//!
//! Everything a caller passes is checked; no rule of what a text means is here.

#[cfg(feature = "tables")]
mod batch;
#[cfg(feature = "messages")]
mod messages;
#[cfg(feature = "messages")]
mod outcome;
#[cfg(feature = "tables")]
mod tables;

use senselm_readings::{Problem, Value};
use wasm_bindgen::JsValue;

#[cfg(feature = "messages")]
pub use messages::{Lines, Messages, Setup, convert};
#[cfg(feature = "messages")]
pub use outcome::Outcome;
#[cfg(feature = "tables")]
pub use tables::{Found, TableReader, Told, Wanted, find_table, looks_of};

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// A problem in turn: its code, and names with values.
pub(crate) fn texts(problem: &Problem) -> Vec<JsValue> {
    let values = problem.values().into_iter().flat_map(|(name, value)| {
        let value = match value {
            Value::Number(number) => number.into(),
            Value::Text(text) => text.into(),
        };
        [name.into(), value]
    });
    core::iter::once(problem.code().into())
        .chain(values)
        .collect()
}
