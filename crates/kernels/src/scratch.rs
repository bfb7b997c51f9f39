//! Buffers that outlive a call, so that a kernel allocates only while it grows.

use crate::activations::Activations;

/// Reusable memory of the kernels that need some.
///
/// Make one per thread of work and pass it to every call. It holds no state
/// that a result depends on.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    pub(crate) activations: Activations,
    pub(crate) scores: Vec<f32>,
}
