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
pub(crate) mod slices;

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
pub(crate) fn layer_norm(x: Tensor<2>, gain: Tensor<1>, bias: Tensor<1>, eps: f64) -> Tensor<2> {
    Tensor::from_dispatch(Dispatch::fused_layer_norm(
        x.into_dispatch(),
        gain.into_dispatch(),
        bias.into_dispatch(),
        eps,
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

#[cfg(test)]
mod tests {
    use burn::backend::tensor::FloatTensor;
    use burn::backend::{Flex, TensorData};
    use burn::tensor::Shape;
    use senselm_sensor::rng::Rng;

    use super::composed;
    use super::kernels::FusedKernels;

    /// Rounding in another order, on values around 1.
    const TOLERANCE: f32 = 2e-6;

    type Value = FloatTensor<Flex>;

    fn random(shape: &[usize], stream: u64) -> Value {
        let mut rng = Rng::new(11, stream);
        let length = shape.iter().product();
        let values: Vec<f32> = (0..length).map(|_| 2.0 * rng.normal() as f32).collect();
        Value::from_data(TensorData::new(values, Shape::from(shape.to_vec())))
    }

    fn ids(values: &[i64]) -> Value {
        let data = TensorData::new(values.to_vec(), [values.len()]);
        Value::from_data(data)
    }

    fn assert_near(fused: &Value, composed: &Value) {
        let (fused, composed) = (fused.to_contiguous(), composed.to_contiguous());
        let pairs = fused.storage::<f32>().iter().zip(composed.storage::<f32>());
        for (at, (a, b)) in pairs.enumerate() {
            let scale = b.abs().max(1.0);
            assert!((a - b).abs() <= TOLERANCE * scale, "at {at}: {a} and {b}");
        }
    }

    #[test]
    fn gelu() {
        let (x, grad) = (random(&[37, 5], 1), random(&[37, 5], 2));
        assert_near(
            &Flex::gelu_forward(x.clone()),
            &composed::gelu::<Flex>(x.clone()),
        );
        assert_near(
            &Flex::gelu_grad(x.clone(), grad.clone()),
            &composed::gelu_grad::<Flex>(x, grad),
        );
    }

    #[test]
    fn causal_softmax() {
        for t in [1, 7, 33] {
            let (scores, grad) = (random(&[2, 3, t, t], 3), random(&[2, 3, t, t], 4));
            let share = Flex::softmax_forward(scores.clone(), 0.3);
            assert_near(&share, &composed::causal_softmax::<Flex>(scores, 0.3));
            assert_near(
                &Flex::softmax_grad(share.clone(), grad.clone(), 0.3),
                &composed::causal_softmax_grad::<Flex>(share, grad, 0.3),
            );
        }
    }

    #[test]
    fn layer_norm() {
        for (c, eps) in [(4, 1e-5), (48, 1e-5), (67, 0.1)] {
            let (x, gain, bias) = (random(&[9, c], 5), random(&[c], 6), random(&[c], 7));
            let grad = random(&[9, c], 8);
            assert_near(
                &Flex::norm_forward(x.clone(), gain.clone(), bias.clone(), eps),
                &composed::layer_norm::<Flex>(x.clone(), gain.clone(), bias, eps),
            );
            let fused = Flex::norm_grad(x.clone(), gain.clone(), grad.clone(), eps);
            let composed = composed::layer_norm_grad::<Flex>(x, gain, grad, eps);
            for (fused, composed) in fused.iter().zip(&composed) {
                assert_near(fused, composed);
            }
        }
    }

    #[test]
    fn token_loss() {
        let (logits, weights) = (random(&[6, 41], 9), random(&[6], 10));
        let targets = ids(&[0, 40, 7, 7, 13, 22]);
        let grad = random(&[1], 11);
        for smoothing in [0.0, 0.1] {
            let arguments = || (logits.clone(), targets.clone(), weights.clone(), smoothing);
            let (l, t, w, s) = arguments();
            let (l2, t2, w2, s2) = arguments();
            assert_near(
                &Flex::loss_forward(l, t, w, s),
                &composed::token_loss::<Flex>(l2, t2, w2, s2),
            );
            let (l, t, w, s) = arguments();
            let (l2, t2, w2, s2) = arguments();
            assert_near(
                &Flex::loss_grad(l, t, w, s, grad.clone()),
                &composed::token_loss_grad::<Flex>(l2, t2, w2, s2, grad.clone()),
            );
        }
    }

    #[test]
    fn gradients_are_slopes() {
        // The composed gradients against differences of the composed values.
        let h = 1e-2;
        let x = random(&[1, 6], 12);
        let one = Value::from_data(TensorData::new(vec![1.0_f32; 6], [1, 6]));
        let slope = composed::gelu_grad::<Flex>(x.clone(), one);
        let values: Vec<f32> = x.storage::<f32>().to_vec();
        let moved = |by: f32| {
            let values: Vec<f32> = values.iter().map(|x| x + by).collect();
            composed::gelu::<Flex>(Value::from_data(TensorData::new(values, [1, 6])))
        };
        let (up, down) = (moved(h), moved(-h));
        for at in 0..6 {
            let measured = (up.storage::<f32>()[at] - down.storage::<f32>()[at]) / (2.0 * h);
            assert!((measured - slope.storage::<f32>()[at]).abs() < 1e-3);
        }
    }
}
