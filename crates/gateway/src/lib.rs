//! The wasmtime host of the guest.
