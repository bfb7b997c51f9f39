//! The element-wise parts of a GPT as single passes over memory, forward and
//! backward: GELU, causal softmax, layer norm and the token loss.
//!
//! On the CPU most of a training step otherwise goes into temporaries: a
//! softmax is six passes forward and as many backward. On the flex backend
//! these operations are loops over slices; on every other backend they are
//! composed of the backend's own operations, with the same results up to
//! rounding.

mod composed;
mod differentiate;
mod flex;
mod kernels;
mod slices;

use burn::Tensor;
use burn::backend::Dispatch;
use burn::tensor::Int;

pub(crate) use differentiate::FusedOps;

/// `x * sigmoid(2 u)` with `u = sqrt(2 / pi) (x + 0.044715 x³)`: GELU in its
/// tanh form, without the tanh.
///
/// # Source
/// Hendrycks and Gimpel, "Gaussian error linear units", 2016, section 2.
pub(crate) fn gelu(x: Tensor<2>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::fused_gelu(x.into_dispatch()))
}

/// Softmax of `scale * scores` over the last dimension, where row t sees the
/// columns up to t.
///
/// # Shapes
/// `[B, H, T, T]` to `[B, H, T, T]`.
pub(crate) fn causal_softmax(scores: Tensor<4>, scale: f64) -> Tensor<4> {
    Tensor::from_dispatch(Dispatch::fused_causal_softmax(
        scores.into_dispatch(),
        scale,
    ))
}

/// Layer norm over the last dimension.
///
/// # Shapes
/// `x` is `[N, C]`, gain and bias `[C]`.
pub(crate) fn layer_norm(x: Tensor<2>, gain: Tensor<1>, bias: Tensor<1>) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::fused_layer_norm(
        x.into_dispatch(),
        gain.into_dispatch(),
        bias.into_dispatch(),
    ))
}

/// The weighted sum of the cross entropies of each row, in nats.
///
/// With a smoothing s the wanted token counts `1 - s` and the mean over the
/// whole vocabulary counts s.
///
/// # Shapes
/// `logits` is `[N, V]`, `targets` and `weights` are `[N]`; the result `[1]`.
pub(crate) fn token_loss(
    logits: Tensor<2>,
    targets: Tensor<1, Int>,
    weights: Tensor<1>,
    smoothing: f64,
) -> Tensor<1> {
    Tensor::from_dispatch(Dispatch::fused_token_loss(
        logits.into_dispatch(),
        targets.into_dispatch(),
        weights.into_dispatch(),
        smoothing,
    ))
}
