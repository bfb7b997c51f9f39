//! The guest's interfaces as the host sees them, generated from
//! `crates/guest/wit/world.wit`.
#![allow(
    missing_docs,
    unreachable_pub,
    reason = "generated from the interface definition, which is documented"
)]

wasmtime::component::bindgen!({ path: "../guest/wit", world: "session" });
