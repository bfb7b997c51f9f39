//! Workers that help this module's worker: see `senselm_kernels::helpers`.
//!
//! The scripts on both sides of the boundary are `web/src/helpers.ts` and
//! `web/src/helper.ts`.

use senselm_session::helpers::{self, Host};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Wakes the helpers, which all call [`help`].
    #[wasm_bindgen(js_namespace = senselmHelpers)]
    fn begin();

    /// Waits until every helper has returned from [`help`].
    #[wasm_bindgen(js_namespace = senselmHelpers)]
    fn finish();
}

/// Lets sessions use so many threads, this one among them. The object
/// `senselmHelpers` must be there, and the helpers must be ready.
#[wasm_bindgen(js_name = offerHelpers)]
pub fn offer_helpers(threads: usize) {
    helpers::offer(Host {
        threads,
        begin,
        finish,
    });
}

/// What a helper calls in its own instance when it is woken.
#[wasm_bindgen]
pub fn help(helper: usize) {
    helpers::help(helper);
}
