//! The browser's monotonic clock.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the page or the worker started.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn now() -> f64;
}

/// The clock that a session is given.
pub(crate) fn milliseconds() -> f64 {
    now()
}
