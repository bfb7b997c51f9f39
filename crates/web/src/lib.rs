//! wasm-bindgen bindings of the session.
