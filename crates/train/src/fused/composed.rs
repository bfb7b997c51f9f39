//! The fused operations out of a backend's own ones: for GPUs, and the oracle
//! that the slices are tested against.

use burn::backend::Backend;
use burn::backend::tensor::{Device, FloatTensor, IntTensor};
use burn::backend::{TensorData, TensorMetadata};
use burn::tensor::{IndexingUpdateOp, Shape};

const GELU_A: f64 = 1.595_769_121_605_730_8;
const GELU_B: f64 = 0.044_715;

/// The sigmoid of `2 u`.
fn gate<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let square = B::float_mul(x.clone(), x.clone());
    let bent = B::float_add_scalar(
        B::float_mul_scalar(square, (GELU_A * GELU_B).into()),
        GELU_A.into(),
    );
    B::sigmoid(B::float_mul(x, bent))
}

pub(super) fn gelu<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    B::float_mul(x.clone(), gate::<B>(x))
}

pub(super) fn gelu_grad<B: Backend>(x: FloatTensor<B>, grad: FloatTensor<B>) -> FloatTensor<B> {
    let s = gate::<B>(x.clone());
    let square = B::float_mul(x.clone(), x.clone());
    let slope = B::float_add_scalar(
        B::float_mul_scalar(square, (3.0 * GELU_A * GELU_B).into()),
        GELU_A.into(),
    );
    let rest = B::float_add_scalar(B::float_neg(s.clone()), 1.0.into());
    let bend = B::float_mul(B::float_mul(x, slope), B::float_mul(s.clone(), rest));
    B::float_mul(grad, B::float_add(s, bend))
}

pub(super) fn causal_softmax<B: Backend>(scores: FloatTensor<B>, scale: f64) -> FloatTensor<B> {
    let shape = scores.shape();
    let t = shape[shape.num_dims() - 1];
    let mask = later::<B>(t, &scores.device());
    let masked = B::float_add(B::float_mul_scalar(scores, scale.into()), mask);
    B::softmax(masked, shape.num_dims() - 1)
}

/// `[1, 1, t, t]`: a large negative number where the column is later than the
/// row, else 0.
fn later<B: Backend>(t: usize, device: &Device<B>) -> FloatTensor<B> {
    let mut values = vec![0.0_f32; t * t];
    for (row, values) in values.chunks_exact_mut(t).enumerate() {
        values[row + 1..].fill(-1e30);
    }
    B::float_from_data(TensorData::new(values, [1, 1, t, t]), device)
}

pub(super) fn causal_softmax_grad<B: Backend>(
    share: FloatTensor<B>,
    grad: FloatTensor<B>,
    scale: f64,
) -> FloatTensor<B> {
    let last = share.shape().num_dims() - 1;
    let mean = B::float_sum_dim(B::float_mul(share.clone(), grad.clone()), last);
    let centred = B::float_sub(grad, mean);
    B::float_mul_scalar(B::float_mul(share, centred), scale.into())
}

/// The rows with mean 0 and variance 1, and the inverse standard deviations.
fn normalised<B: Backend>(x: FloatTensor<B>, eps: f64) -> (FloatTensor<B>, FloatTensor<B>) {
    let mean = B::float_mean_dim(x.clone(), 1);
    let centred = B::float_sub(x, mean);
    let variance = B::float_mean_dim(B::float_mul(centred.clone(), centred.clone()), 1);
    let deviation = B::float_sqrt(B::float_add_scalar(variance, eps.into()));
    let inverse = B::float_recip(deviation);
    (B::float_mul(centred, inverse.clone()), inverse)
}

fn row<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let c = x.shape().num_elements();
    B::float_reshape(x, Shape::new([1, c]))
}

pub(super) fn layer_norm<B: Backend>(
    x: FloatTensor<B>,
    gain: FloatTensor<B>,
    bias: FloatTensor<B>,
    eps: f64,
) -> FloatTensor<B> {
    let (normal, _) = normalised::<B>(x, eps);
    B::float_add(B::float_mul(normal, row::<B>(gain)), row::<B>(bias))
}

pub(super) fn layer_norm_grad<B: Backend>(
    x: FloatTensor<B>,
    gain: FloatTensor<B>,
    grad: FloatTensor<B>,
    eps: f64,
) -> [FloatTensor<B>; 3] {
    let shape = gain.shape();
    let (normal, inverse) = normalised::<B>(x, eps);
    let flat = |x| B::float_reshape(B::float_sum_dim(x, 0), shape.clone());
    let gain_grad = flat(B::float_mul(grad.clone(), normal.clone()));
    let bias_grad = flat(grad.clone());
    let inner = B::float_mul(grad, row::<B>(gain));
    let mean = B::float_mean_dim(inner.clone(), 1);
    let along = B::float_mean_dim(B::float_mul(inner.clone(), normal.clone()), 1);
    let centred = B::float_sub(B::float_sub(inner, mean), B::float_mul(normal, along));
    [B::float_mul(centred, inverse), gain_grad, bias_grad]
}

pub(super) fn token_loss<B: Backend>(
    logits: FloatTensor<B>,
    targets: IntTensor<B>,
    weights: FloatTensor<B>,
    smoothing: f64,
) -> FloatTensor<B> {
    let n = logits.shape()[0];
    let column = Shape::new([n, 1]);
    let log = B::log_softmax(logits, 1);
    let wanted = B::float_gather(1, log.clone(), B::int_reshape(targets, column.clone()));
    let even = B::float_mean_dim(log, 1);
    let likely = B::float_add(
        B::float_mul_scalar(wanted, (smoothing - 1.0).into()),
        B::float_mul_scalar(even, (-smoothing).into()),
    );
    B::float_sum(B::float_mul(likely, B::float_reshape(weights, column)))
}

pub(super) fn token_loss_grad<B: Backend>(
    logits: FloatTensor<B>,
    targets: IntTensor<B>,
    weights: FloatTensor<B>,
    smoothing: f64,
    grad: FloatTensor<B>,
) -> FloatTensor<B> {
    let [n, v] = [logits.shape()[0], logits.shape()[1]];
    let column = Shape::new([n, 1]);
    let share = B::softmax(logits, 1);
    let even = B::float_sub_scalar(share, (smoothing / v as f64).into());
    let device = even.device();
    let wanted = B::float_from_data(
        TensorData::new(vec![(smoothing - 1.0) as f32; n], [n, 1]),
        &device,
    );
    let column_targets = B::int_reshape(targets, column.clone());
    let difference = B::float_scatter(1, even, column_targets, wanted, IndexingUpdateOp::Add);
    let factor = B::float_mul(
        B::float_reshape(weights, column),
        B::float_reshape(grad, Shape::new([1, 1])),
    );
    B::float_mul(difference, factor)
}
