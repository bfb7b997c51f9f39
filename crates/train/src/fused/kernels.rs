//! What a backend must be able to do for the fused operations: each one
//! forward and backward, outside any gradient graph.

use burn::backend::Backend;
use burn::backend::tensor::{FloatTensor, IntTensor};

use super::composed;

/// Fused operations of one backend. The defaults compose them of the
/// backend's own operations.
pub(crate) trait FusedKernels: Backend {
    fn gelu_forward(x: FloatTensor<Self>) -> FloatTensor<Self> {
        composed::gelu::<Self>(x)
    }

    fn gelu_grad(x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        composed::gelu_grad::<Self>(x, grad)
    }

    fn softmax_forward(scores: FloatTensor<Self>, scale: f64) -> FloatTensor<Self> {
        composed::causal_softmax::<Self>(scores, scale)
    }

    fn softmax_grad(
        share: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        scale: f64,
    ) -> FloatTensor<Self> {
        composed::causal_softmax_grad::<Self>(share, grad, scale)
    }

    fn norm_forward(
        x: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        eps: f64,
    ) -> FloatTensor<Self> {
        composed::layer_norm::<Self>(x, gain, bias, eps)
    }

    /// The gradients of input, gain and bias.
    fn norm_grad(
        x: FloatTensor<Self>,
        gain: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        eps: f64,
    ) -> [FloatTensor<Self>; 3] {
        composed::layer_norm_grad::<Self>(x, gain, grad, eps)
    }

    fn loss_forward(
        logits: FloatTensor<Self>,
        targets: IntTensor<Self>,
        weights: FloatTensor<Self>,
        smoothing: f64,
    ) -> FloatTensor<Self> {
        composed::token_loss::<Self>(logits, targets, weights, smoothing)
    }

    /// The gradient of the logits, given that of the loss.
    fn loss_grad(
        logits: FloatTensor<Self>,
        targets: IntTensor<Self>,
        weights: FloatTensor<Self>,
        smoothing: f64,
        grad: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        composed::token_loss_grad::<Self>(logits, targets, weights, smoothing, grad)
    }
}

#[cfg(feature = "wgpu")]
impl FusedKernels for burn::backend::Cube {}
