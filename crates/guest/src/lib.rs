//! The WASI component that answers windows on a gateway.
//!
//! It exports `senselm:guest/inference` (see `wit/world.wit`) over the weights
//! that `senselm-gateway` packed into it. The command beside it
//! (`src/command.rs`) is the same runtime for a host that knows only WASI.
//!
//! Elsewhere than on wasm this library is empty: a component's export names are
//! not names that a native linker takes.

#[cfg(target_family = "wasm")]
mod bindings;
#[cfg(target_family = "wasm")]
mod component;
