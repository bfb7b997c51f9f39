//! The normaliser of a row of logits.

/// `ln(sum(exp(logits)))`
#[must_use]
pub fn log_sum_exp(logits: &[f32]) -> f32 {
    let top = logits.iter().copied().fold(f32::MIN, f32::max);
    top + logits.iter().map(|l| (l - top).exp()).sum::<f32>().ln()
}
