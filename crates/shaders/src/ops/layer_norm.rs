//! A row normalised to mean 0 and variance 1.

/// A norm's learned parts.
#[derive(Clone, Copy, Debug)]
pub struct Norm<'a> {
    /// The gain, `[C]`.
    pub gain: &'a [f32],
    /// The bias, `[C]`.
    pub shift: &'a [f32],
    /// Under the root.
    pub eps: f32,
}

/// `(x - mean) / sqrt(variance + eps) * gain + shift`
///
/// # Shapes
/// `x` and the result: C.
#[must_use]
pub fn layer_norm(x: &[f32], norm: Norm<'_>) -> Vec<f32> {
    let n = x.len() as f32;
    let mean = x.iter().sum::<f32>() / n;
    let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / n;
    let inverse = 1.0 / (variance + norm.eps).sqrt();
    let learned = norm.gain.iter().zip(norm.shift);
    x.iter()
        .zip(learned)
        .map(|(x, (gain, shift))| (x - mean) * inverse * gain + shift)
        .collect()
}
