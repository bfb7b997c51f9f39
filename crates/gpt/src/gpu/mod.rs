//! A model on a GPU.
//!
//! [`GpuModel`] turns a loaded [`crate::Model`] into recordings: its plan is
//! walked once, its weights are repacked and uploaded, and from then on every
//! pass replays what was recorded. The model's file stays the CPU's: a lost
//! device costs nothing but a second [`GpuModel::load`] and
//! [`GpuModel::append`] of the tokens so far.
//!
//! A decoded token takes five dispatches a layer and three around them, and
//! several tokens are decoded a submission: choosing a token happens on the
//! device, and only ids come back.
//!
//! All that waits is `async`; natively [`block_on`] is the way in.

mod decode;
mod error;
mod load;
mod memory;
mod model;
mod params;
mod profile;
mod record;
mod rows;
mod score;
mod traffic;
mod weights;

pub use error::GpuModelError;
pub use load::GpuOptions;
pub use model::{GpuModel, MAX_DECODE};
#[cfg(not(target_family = "wasm"))]
pub use senselm_gpu::block_on;
pub use senselm_gpu::{Adapter, Counters, Gpu, GpuError, Handle, Progress, Timing};
pub use senselm_shaders::Features;
pub use traffic::Traffic;
