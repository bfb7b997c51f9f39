//! The innermost loops: int8 dot products in registers, and a sum over memory.
//!
//! This is measuring equipment and ships nowhere. It is the one place beside
//! the kernels that calls functions compiled for more than the baseline, which
//! takes `unsafe`.

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::{int8, name, operations_a_round, sum};

#[cfg(target_arch = "wasm32")]
mod wasm32;
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm32::{int8, name, operations_a_round, sum};

#[cfg(not(any(target_arch = "x86_64", target_arch = "wasm32")))]
mod portable;
#[cfg(not(any(target_arch = "x86_64", target_arch = "wasm32")))]
pub(crate) use portable::{int8, name, operations_a_round, sum};
