//! What a model runs on.

use serde::{Deserialize, Serialize};

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

/// How far a GPU's shaders are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compiled {
    /// So many are done,
    pub done: usize,
    /// of so many.
    pub total: usize,
}

/// Told how far it is.
pub(crate) type OnCompiled<'a> = &'a mut dyn FnMut(Compiled);

/// A GPU failed in the middle of something. Nothing is lost by it: what was
/// under way has been done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendChange {
    /// What runs the model since: the GPU, opened again, or the CPU.
    pub backend: Backend,
    /// What had happened.
    pub reason: String,
}
