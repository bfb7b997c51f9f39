//! Room for a model in wasm memory, so that a download is written where it is
//! used and never copied.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::{JsResult, js_error};

/// The bytes of a model file that is being downloaded.
///
/// JavaScript writes chunks at `pointer` of the module's memory, through a view
/// that it makes anew for every chunk: views end when the memory grows.
#[wasm_bindgen]
pub struct ModelBuffer {
    bytes: Vec<u8>,
}

#[wasm_bindgen]
impl ModelBuffer {
    /// Room for `length` bytes.
    ///
    /// # Errors
    /// `bad_input` for a length that is no size, `out_of_memory` where there is
    /// no room.
    #[wasm_bindgen(constructor)]
    pub fn new(length: f64) -> JsResult<Self> {
        let whole = length.is_finite() && length >= 0.0 && length.fract() == 0.0;
        if !whole || length > f64::from(u32::MAX) {
            return Err(js_error(
                "bad_input",
                "a model's length is a whole number of bytes below 4 GiB",
            ));
        }
        // Exact: checked above to be a whole number in range.
        let length = length as usize;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(|_| {
            js_error(
                "out_of_memory",
                "the browser gives this page too little memory for the model: close other tabs, or take a smaller one",
            )
        })?;
        bytes.resize(length, 0);
        Ok(Self { bytes })
    }

    /// Where the bytes begin in the module's memory.
    #[wasm_bindgen(getter)]
    pub fn pointer(&self) -> usize {
        self.bytes.as_ptr().addr()
    }

    /// How many bytes there are.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.bytes.len()
    }
}

impl ModelBuffer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
