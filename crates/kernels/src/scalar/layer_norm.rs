//! Rows normalized to mean 0 and variance 1.

use super::sum::sum;

/// `y = (x - mean) / sqrt(variance + eps) * gain + bias` for each row of `gain.len()`.
pub(super) fn layer_norm(x: &[f32], gain: &[f32], bias: &[f32], eps: f32, y: &mut [f32]) {
    let width = gain.len();
    for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
        let mean = sum(x.iter().copied()) / width as f32;
        let variance = sum(x.iter().map(|x| (x - mean) * (x - mean))) / width as f32;
        let inverse = 1.0 / (variance + eps).sqrt();
        for (((y, x), gain), bias) in y.iter_mut().zip(x).zip(gain).zip(bias) {
            *y = (x - mean) * inverse * gain + bias;
        }
    }
}
