//! Log-probabilities from logits.

use senselm_gpt::Kernels;

/// The logarithm of the sum of the exponentials of `logits`, which are used
/// up: take what is wanted of them before. Not finite where they are not.
///
/// The softmax of the largest logit is `exp(0) / sum`, so that the fast kernel
/// gives the sum too.
pub(crate) fn log_sum_exp(kernels: Kernels, logits: &mut [f32]) -> f64 {
    let top = kernels.argmax(logits);
    let max = logits[top];
    kernels.softmax(logits);
    f64::from(max) - f64::from(logits[top]).ln()
}

/// The same over a few `f64`, as they are.
pub(crate) fn log_sum_exp_of(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let max = values.clone().fold(f64::NEG_INFINITY, f64::max);
    if max == f64::NEG_INFINITY {
        return max;
    }
    max + values.map(|value| (value - max).exp()).sum::<f64>().ln()
}
