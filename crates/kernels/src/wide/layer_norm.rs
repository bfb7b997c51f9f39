//! Rows normalized to mean 0 and variance 1.

use super::Floats;
use crate::LANES;

#[inline(always)]
pub(crate) fn layer_norm<F: Floats>(
    x: &[f32],
    gain: &[f32],
    bias: &[f32],
    eps: f32,
    y: &mut [f32],
) {
    let width = gain.len();
    let count = width as f32;
    for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
        let (chunks, tail) = x.as_chunks::<LANES>();
        let mut sum = F::splat(0.0);
        for chunk in chunks {
            sum = sum.add(F::load(chunk));
        }
        let mean = sum.add(F::load_part(tail)).sum() / count;

        let means = F::splat(mean);
        let mut sum = F::splat(0.0);
        for chunk in chunks {
            let centred = F::load(chunk).sub(means);
            sum = sum.add(centred.mul(centred));
        }
        // Padding must not count: it becomes the mean.
        let mut padded = [mean; LANES];
        padded[..tail.len()].copy_from_slice(tail);
        let centred = F::load(&padded).sub(means);
        let variance = sum.add(centred.mul(centred)).sum() / count;

        let inverse = F::splat(1.0 / (variance + eps).sqrt());
        let norm = |x: F, gain: F, bias: F| x.sub(means).mul(inverse).mul(gain).add(bias);
        let (out, out_tail) = y.as_chunks_mut::<LANES>();
        let (gain, gain_tail) = gain.as_chunks::<LANES>();
        let (bias, bias_tail) = bias.as_chunks::<LANES>();
        for (((out, x), gain), bias) in out.iter_mut().zip(chunks).zip(gain).zip(bias) {
            norm(F::load(x), F::load(gain), F::load(bias)).store(out);
        }
        let (gain, bias) = (F::load_part(gain_tail), F::load_part(bias_tail));
        norm(F::load_part(tail), gain, bias).store_part(out_tail);
    }
}
