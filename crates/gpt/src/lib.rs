//! GPT-2: weights by reference, plan, KV cache, forward, sampler.
//!
//! A [`Model`] is loaded from the bytes of a GGUF file, whose matrices it uses
//! in place. A [`State`] holds one sequence; [`Model::forward`] appends tokens
//! to it and returns logits, [`Model::branches`] tries several continuations at
//! once, and a [`Sampler`] chooses among the logits.
//!
//! This crate knows neither text nor sensors (that is `senselm-session`), and
//! computes nothing itself: its [`plan`] is walked with `senselm-kernels`. What
//! a model is made of stands in `senselm-arch`.
//!
//! Shapes are written with T for the rows of a pass, C embedding width, H
//! heads, D head width, F feed-forward width, V vocabulary, L layers.

#![forbid(unsafe_code)]

mod branches;
mod cache;
mod compute;
mod cpu;
mod error;
#[cfg(feature = "gpu")]
pub mod gpu;
#[cfg_attr(test, path = "llama/enabled.rs")]
#[cfg_attr(not(test), path = "llama/disabled.rs")]
mod llama;
mod load;
mod mask;
mod model;
mod philox;
pub mod plan;
mod sampler;
mod state;
mod tensors;
mod workspace;

pub use branches::{Stem, StemPlace};
pub use compute::Compute;
pub use error::GptError;
pub use mask::TokenMask;
pub use model::{Bytes, Logits, Model};
pub use philox::{open_unit, philox4x32};
pub use sampler::{Sampler, SamplerSpec};
pub use senselm_arch::{ARCHITECTURE, ArchError, Config};
/// The threads of a page.
#[cfg(all(feature = "threads", target_family = "wasm"))]
pub use senselm_kernels::helpers;
pub use senselm_kernels::{Kernels, KvType, Team};
pub use state::State;
pub use tensors::{Matrix, MatrixId, Tensors, VectorId};
