//! The variants for one instruction set each, and which of them run here; and
//! what it takes to run them on several threads.
//!
//! Only here is `unsafe`: to read and write registers' worth of slices, to
//! enter functions compiled for instructions that not every machine has, and
//! to lend parts of one list, columns of one matrix and a closure to several
//! threads. The second is sound because a table is reachable only through
//! [`tables`], which lists it after it has seen that the machine has its
//! instructions; the third because every part is given out once and waited for.

#![allow(unsafe_code, reason = "see the module documentation")]
#![allow(
    clippy::needless_range_loop,
    reason = "indices say which lanes, rows and tokens meet"
)]

#[macro_use]
mod table;
mod columns;
#[cfg(feature = "threads")]
mod job;
mod parts;

#[cfg(target_arch = "aarch64")]
#[path = "aarch64/mod.rs"]
mod native;
#[cfg(target_arch = "wasm32")]
#[path = "wasm32/mod.rs"]
mod native;
#[cfg(target_arch = "x86_64")]
#[path = "x86_64/mod.rs"]
mod native;
#[cfg(not(any(
    target_arch = "aarch64",
    target_arch = "wasm32",
    target_arch = "x86_64"
)))]
#[path = "none.rs"]
mod native;

pub(crate) use columns::{Columns, share};
#[cfg(feature = "threads")]
pub(crate) use job::Job;
pub(crate) use native::tables;
pub(crate) use parts::share_parts;
