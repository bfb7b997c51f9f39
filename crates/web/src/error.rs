//! Errors as JavaScript expects them: an `Error` with a message and a `code`.

use js_sys::Reflect;
use senselm_session::SessionError;
use wasm_bindgen::JsValue;

/// What every exported function returns.
pub(crate) type JsResult<T = JsValue> = Result<T, JsValue>;

/// An `Error` whose `code` programs can act on.
pub(crate) fn js_error(code: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    error.set_name("SenseLMError");
    let error = JsValue::from(error);
    // Cannot fail: a fresh error takes properties.
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error
}

/// What the session says, as JavaScript expects it.
pub(crate) fn refused(error: &SessionError) -> JsValue {
    js_error(error.code(), &error.to_string())
}

/// A value as a JavaScript object with the names of its JSON.
pub(crate) fn to_js<T: serde::Serialize>(value: &T) -> JsResult {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value
        .serialize(&serializer)
        .map_err(|error| js_error("not_json", &error.to_string()))
}
