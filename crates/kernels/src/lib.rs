//! The arithmetic of inference on a CPU: quantized matrix products and the
//! small operations between them, for whichever instruction set is at hand.
//!
//! [`Kernels`] is a table of functions chosen once. `scalar` is the oracle:
//! plain loops that say what every operation means. Every other variant gives
//! the same bits. That works because the meaning fixes what is usually left to
//! chance: integer dot products are exact, every float operation is rounded on
//! its own (nothing is fused), sums run in [`LANES`] interleaved lanes that are
//! folded in a fixed order, and quantized rows are summed block after block.
//! So an answer does not depend on the machine, on the number of tokens in a
//! batch or on where a sequence was cut, except that NaN payloads may differ.
//!
//! Models, caches and files are other crates' business: here are slices and
//! shapes. Shapes are written with T tokens, C embedding width, H heads and
//! D head width.

#![cfg_attr(
    not(any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        all(target_arch = "wasm32", target_feature = "simd128")
    )),
    allow(
        dead_code,
        unused_imports,
        unused_macros,
        reason = "without SIMD there is only the oracle"
    )
)]

mod activations;
mod arch;
mod attention;
mod codec;
mod error;
mod half;
mod kernels;
mod kv;
#[cfg(feature = "testing")]
pub mod parity;
#[cfg_attr(not(feature = "threads"), path = "no_threads.rs")]
#[cfg_attr(
    all(feature = "threads", not(target_family = "wasm")),
    path = "arch/threads.rs"
)]
#[cfg_attr(
    all(feature = "threads", target_family = "wasm"),
    path = "arch/wasm32/helpers.rs"
)]
mod pool;
mod scalar;
mod scratch;
mod team;
mod weights;
mod wide;

pub use attention::{AttentionShape, KvRows, Query, RUNS};
pub use error::KernelError;
pub use kernels::{Finish, Kernels};
pub use kv::{KvBlock, KvSlice, KvType, KvVec};

pub use scratch::Scratch;
pub use senselm_quant::GgmlType;
pub use team::Team;
pub use weights::Weights;

/// The threads of a page.
#[cfg(all(feature = "threads", target_family = "wasm"))]
pub mod helpers {
    pub use crate::pool::{Host, help, offer};
}

/// The interleaved lanes of every float sum: element `i` is added to lane
/// `i % LANES`, and lane `i` then takes in lane `i + 8`, `i + 4`, `i + 2`,
/// `i + 1`.
pub const LANES: usize = 16;
