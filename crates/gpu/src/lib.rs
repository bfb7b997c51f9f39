//! Runs recordings of shaders on a GPU, natively (Vulkan, Metal, DX12) and in a
//! browser (WebGPU).
//!
//! A [`Recording`] says which shader reads and writes which buffers, with how
//! many workgroups. [`Gpu::prepare`] makes pipelines and bind groups for it
//! once; [`Gpu::run`] encodes it into one command buffer, as often over as is
//! asked, submits that, and reads back a few bytes. Nothing is created between
//! one run and the next. [`Gpu::profile`] says where a run's time goes.
//!
//! Everything that waits is `async`: a browser cannot do otherwise. Natively
//! waiting drives the device and blocks the thread that polls; [`block_on`] is
//! all that is needed there.
//!
//! This crate knows no models, and nothing in it panics: what goes wrong is a
//! [`GpuError`].

#![forbid(unsafe_code)]

mod buffers;
mod compile;
mod device;
mod error;
mod profile;
mod recording;
mod run;
#[cfg_attr(target_family = "wasm", path = "wait/web.rs")]
#[cfg_attr(not(target_family = "wasm"), path = "wait/native.rs")]
mod wait;

pub use buffers::{BufferId, BufferKind, BufferSpec};
pub use compile::Progress;
pub use device::{Adapter, Gpu, Handle, Limits};
pub use error::GpuError;
/// Runs a future to its end on this thread.
#[cfg(not(target_family = "wasm"))]
pub use pollster::block_on;
pub use profile::Timing;
pub use recording::{Bound, Dispatch, Extent, Recording, SIZES, SequenceId};
pub use run::{Counters, Read, Step};
