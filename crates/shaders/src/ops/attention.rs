//! One head of one row over what it sees.

use super::dot;

/// The values weighted by the softmax of `q . k / sqrt(D)`; zeros where nothing
/// is seen.
///
/// # Shapes
/// `query` and the result: D; `seen`: a key and a value of D each.
#[must_use]
pub fn attention(query: &[f32], seen: &[(&[f32], &[f32])]) -> Vec<f32> {
    let scale = 1.0 / (query.len() as f32).sqrt();
    let scores = seen.iter().map(|(key, _)| dot(query, key) * scale);
    let scores: Vec<f32> = scores.collect();
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    let weights: Vec<f32> = scores.iter().map(|s| (s - top).exp()).collect();
    let total: f32 = weights.iter().sum();
    let mut sum = vec![0.0; query.len()];
    for (weight, (_, value)) in weights.iter().zip(seen) {
        for (sum, value) in sum.iter_mut().zip(*value) {
            *sum += weight / total * value;
        }
    }
    sum
}
