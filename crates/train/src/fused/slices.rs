//! The fused operations over slices of `f32`, compiled for the best
//! instruction set of the CPU that runs them.
//!
//! Each loop keeps several independent accumulators, because the compiler may
//! not reorder a floating-point sum by itself.

use pulp::Arch;

/// Independent accumulators of a reduction.
const LANES: usize = 16;
/// `2 sqrt(2 / pi)`
const GELU_A: f32 = 1.595_769;
const GELU_B: f32 = 0.044_715;

/// `y = gelu(x)`.
pub(crate) fn gelu(x: &[f32], y: &mut [f32]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = x * sigmoid(GELU_A * (x + GELU_B * x * x * x));
            }
        },
    );
}

/// Replaces `grad` with the gradient of `x`.
pub(crate) fn gelu_grad(x: &[f32], grad: &mut [f32]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (grad, &x) in grad.iter_mut().zip(x) {
                let s = sigmoid(GELU_A * (x + GELU_B * x * x * x));
                let slope = GELU_A * (1.0 + 3.0 * GELU_B * x * x);
                *grad *= s + x * s * (1.0 - s) * slope;
            }
        },
    );
}

/// `y = gelu(x)`, and `x` is replaced by the slope there.
pub(crate) fn gelu_and_slope(x: &mut [f32], y: &mut [f32]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (y, x) in y.iter_mut().zip(x) {
                let s = sigmoid(GELU_A * (*x + GELU_B * *x * *x * *x));
                let slope = GELU_A * (1.0 + 3.0 * GELU_B * *x * *x);
                *y = *x * s;
                *x = s + *y * (1.0 - s) * slope;
            }
        },
    );
}

/// Causal softmax of each `t` by `t` matrix, in place.
pub(crate) fn causal_softmax(scores: &mut [f32], t: usize, scale: f32) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for matrix in scores.chunks_exact_mut(t * t) {
                for (at, row) in matrix.chunks_exact_mut(t).enumerate() {
                    let (seen, later) = row.split_at_mut(at + 1);
                    let top = maximum(seen);
                    for score in seen.iter_mut() {
                        *score = exp((*score - top) * scale);
                    }
                    let inverse = 1.0 / sum(seen);
                    for share in seen {
                        *share *= inverse;
                    }
                    later.fill(0.0);
                }
            }
        },
    );
}

/// Replaces `grad` with the gradient of the scores.
pub(crate) fn causal_softmax_grad(share: &[f32], grad: &mut [f32], t: usize, scale: f32) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let rows = share.chunks_exact(t).zip(grad.chunks_exact_mut(t));
            for (at, (share, grad)) in rows.enumerate() {
                let seen = at % t + 1;
                let (grad, later) = grad.split_at_mut(seen);
                let mean = dot(&share[..seen], grad);
                for (grad, share) in grad.iter_mut().zip(share) {
                    *grad = share * (*grad - mean) * scale;
                }
                later.fill(0.0);
            }
        },
    );
}

/// Layer norm of each row of `gain.len()` values.
pub(crate) fn layer_norm(x: &[f32], gain: &[f32], bias: &[f32], eps: f32, y: &mut [f32]) {
    let c = gain.len();
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (x, y) in x.chunks_exact(c).zip(y.chunks_exact_mut(c)) {
                let (mean, inverse) = moments(x, eps);
                for (((y, x), gain), bias) in y.iter_mut().zip(x).zip(gain).zip(bias) {
                    *y = (x - mean) * inverse * gain + bias;
                }
            }
        },
    );
}

/// Replaces `grad` with the gradient of `x` and adds to those of gain and
/// bias.
pub(crate) fn layer_norm_grad(
    x: &[f32],
    gain: &[f32],
    eps: f32,
    grad: &mut [f32],
    gain_grad: &mut [f32],
    bias_grad: &mut [f32],
) {
    let c = gain.len();
    let per = 1.0 / c as f32;
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (x, grad) in x.chunks_exact(c).zip(grad.chunks_exact_mut(c)) {
                let (mean, inverse) = moments(x, eps);
                for (((gain_grad, bias_grad), x), grad) in gain_grad
                    .iter_mut()
                    .zip(bias_grad.iter_mut())
                    .zip(x)
                    .zip(grad.iter())
                {
                    *gain_grad += grad * (x - mean) * inverse;
                    *bias_grad += grad;
                }
                for (grad, gain) in grad.iter_mut().zip(gain) {
                    *grad *= gain;
                }
                let flat = sum(grad) * per;
                let along = centred_dot(grad, x, mean) * per * inverse * inverse;
                for (grad, x) in grad.iter_mut().zip(x) {
                    *grad = (*grad - flat - (x - mean) * along) * inverse;
                }
            }
        },
    );
}

/// Weighted sum of the cross entropies of each row of `v` logits.
pub(crate) fn token_loss(
    logits: &[f32],
    v: usize,
    targets: &[usize],
    weights: &[f32],
    smoothing: f32,
) -> f32 {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let mut total = 0.0_f64;
            let rows = logits.chunks_exact(v).zip(targets).zip(weights);
            for ((row, &target), &weight) in rows {
                let top = maximum(row);
                let normaliser = top + exp_sum(row, top).ln();
                let wanted = row.get(target).copied().unwrap_or(f32::NAN);
                let smooth = if smoothing > 0.0 {
                    sum(row) / v as f32
                } else {
                    0.0
                };
                let loss = normaliser - (1.0 - smoothing) * wanted - smoothing * smooth;
                total += f64::from(loss * weight);
            }
            total as f32
        },
    )
}

/// The gradient of the logits, in place of them.
pub(crate) fn token_loss_grad(
    logits: &mut [f32],
    v: usize,
    targets: &[usize],
    weights: &[f32],
    smoothing: f32,
    grad: f32,
) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let rows = logits.chunks_exact_mut(v).zip(targets).zip(weights);
            for ((row, &target), &weight) in rows {
                let top = maximum(row);
                for value in row.iter_mut() {
                    *value = exp(*value - top);
                }
                let factor = weight * grad;
                let share = factor / sum(row);
                let even = factor * smoothing / v as f32;
                for value in row.iter_mut() {
                    *value = *value * share - even;
                }
                if let Some(value) = row.get_mut(target) {
                    *value -= factor * (1.0 - smoothing);
                }
            }
        },
    );
}

/// [`token_loss`] and [`token_loss_grad`] at once: each exponential is computed
/// once.
pub(crate) fn token_loss_and_grad(
    logits: &mut [f32],
    v: usize,
    targets: &[usize],
    weights: &[f32],
    smoothing: f32,
) -> f64 {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let mut total = 0.0_f64;
            let rows = logits.chunks_exact_mut(v).zip(targets).zip(weights);
            for ((row, &target), &weight) in rows {
                let top = maximum(row);
                let wanted = row.get(target).copied().unwrap_or(f32::NAN);
                let smooth = if smoothing > 0.0 {
                    sum(row) / v as f32
                } else {
                    0.0
                };
                for value in row.iter_mut() {
                    *value = exp(*value - top);
                }
                let all = sum(row);
                let normaliser = top + all.ln();
                let loss = normaliser - (1.0 - smoothing) * wanted - smoothing * smooth;
                total += f64::from(loss * weight);
                let (share, even) = (weight / all, weight * smoothing / v as f32);
                for value in row.iter_mut() {
                    *value = *value * share - even;
                }
                if let Some(value) = row.get_mut(target) {
                    *value -= weight * (1.0 - smoothing);
                }
            }
            total
        },
    )
}

/// Mean and inverse standard deviation.
#[inline(always)]
fn moments(x: &[f32], eps: f32) -> (f32, f32) {
    let per = 1.0 / x.len() as f32;
    let mean = sum(x) * per;
    let square = |_, a: f32, b: f32| a + (b - mean) * (b - mean);
    let variance = fold(x, 0.0, square, |a, b| a + b) * per;
    (mean, 1.0 / (variance + eps).sqrt())
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `e^x` to 2e-7 of its value, without a branch; 0 and infinity are clamped
/// to about 1e-38 and 2e38.
///
/// # Source
/// Range reduction after Cody and Waite; the Taylor polynomial of degree 6 on
/// `[-ln 2 / 2, ln 2 / 2]`.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * LN_2_HIGH - n * LN_2_LOW;
    let mut p = 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits());
    p * f32::from_bits(exponent.wrapping_add(127) << 23)
}

#[inline(always)]
fn maximum(x: &[f32]) -> f32 {
    fold(
        x,
        f32::NEG_INFINITY,
        |_, a, b| if b > a { b } else { a },
        f32::max,
    )
}

#[inline(always)]
fn sum(x: &[f32]) -> f32 {
    fold(x, 0.0, |_, a, b| a + b, |a, b| a + b)
}

#[inline(always)]
fn exp_sum(x: &[f32], top: f32) -> f32 {
    fold(x, 0.0, |_, a, b| a + exp(b - top), |a, b| a + b)
}

#[inline(always)]
fn dot(x: &[f32], y: &[f32]) -> f32 {
    fold(x, 0.0, |at, a, b| a + b * y[at], |a, b| a + b)
}

/// The sum of `x (y - mean)`.
#[inline(always)]
fn centred_dot(x: &[f32], y: &[f32], mean: f32) -> f32 {
    fold(x, 0.0, |at, a, b| a + b * (y[at] - mean), |a, b| a + b)
}

/// A reduction in [`LANES`] accumulators; `step` gets the position, its
/// accumulator and the value there.
#[inline(always)]
pub(crate) fn fold(
    x: &[f32],
    start: f32,
    step: impl Fn(usize, f32, f32) -> f32,
    join: impl Fn(f32, f32) -> f32,
) -> f32 {
    let mut lanes = [start; LANES];
    let whole = x.len() / LANES * LANES;
    let mut at = 0;
    while at < whole {
        for (lane, slot) in lanes.iter_mut().enumerate() {
            *slot = step(at + lane, *slot, x[at + lane]);
        }
        at += LANES;
    }
    let mut total = lanes.into_iter().fold(start, &join);
    for (at, &value) in x.iter().enumerate().skip(whole) {
        total = join(total, step(at, start, value));
    }
    total
}
