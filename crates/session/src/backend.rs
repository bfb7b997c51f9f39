//! What a model runs on.

use serde::{Deserialize, Serialize};

#[cfg(feature = "gpu")]
pub use senselm_gpt::gpu::Adapter;

/// A GPU; there is none in a build without the feature `gpu`.
#[cfg(not(feature = "gpu"))]
#[derive(Clone, Debug)]
pub enum Adapter {}

/// What runs a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// The kernels of the CPU.
    #[default]
    Cpu,
    /// Compute shaders.
    Gpu,
}

impl Backend {
    /// Its name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
        }
    }
}

/// A GPU failed in the middle of something. Nothing is lost by it: what was
/// under way has been done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendChange {
    /// What runs the model since: the GPU, opened again, or the CPU.
    pub backend: Backend,
    /// What had happened.
    pub reason: String,
}
