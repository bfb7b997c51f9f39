//! Buffers that outlive a call, so that a kernel allocates only while it grows.

use crate::activations::Activations;
use crate::wide::PanelUnit;

/// Reusable memory of the kernels that need some.
///
/// Make one per thread of work and pass it to every call. It holds no state
/// that a result depends on.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    pub(crate) activations: Activations,
    /// Rows of 16-bit floats as `f32`.
    pub(crate) floats: Vec<u8>,
    /// Rows of quantized weights, unpacked.
    pub(crate) panel: Vec<PanelUnit>,
    /// The last rows, padded to a group of 16.
    pub(crate) rest: Vec<u8>,
    /// Attention scores of one head.
    pub(crate) scores: Vec<f32>,
}
