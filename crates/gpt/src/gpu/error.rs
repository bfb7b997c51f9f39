//! Everything that can go wrong with a model on a GPU.

use senselm_gpu::GpuError;
use senselm_shaders::PackError;

use crate::GptError;

/// Why a model cannot run on a GPU, or stopped doing so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GpuModelError {
    /// What the CPU would have said, too.
    #[error(transparent)]
    Gpt(#[from] GptError),

    /// The device failed.
    #[error(transparent)]
    Gpu(#[from] GpuError),

    /// A tensor could not be repacked.
    #[error("tensor `{name}`: {source}")]
    Pack {
        /// The tensor's name in the file.
        name: String,
        /// What is wrong with it.
        source: PackError,
    },

    /// The model has a size that the shaders are not made for.
    #[error("{what} is {found}, the GPU's shaders take {expected}: run this model on the CPU")]
    Unsupported {
        /// The size.
        what: &'static str,
        /// What the model has.
        found: String,
        /// What would do.
        expected: &'static str,
    },

    /// Tokens are to be chosen, but no logits are there to choose from.
    #[error("there are no logits to choose from: append the prompt with `GpuModel::prefill` first")]
    NoLogits,
}

impl GpuModelError {
    /// Whether the device is gone: another one can be opened.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Gpu(GpuError::Lost { .. }))
    }
}
