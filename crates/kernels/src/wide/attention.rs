//! Attention of one query row over cached positions.

use super::Floats;
use super::softmax::softmax;
use crate::{AttentionShape, KvRows, LANES};

/// Chunks of a head whose weighted sums are kept in registers together.
const CHUNKS: usize = 4;

#[inline(always)]
pub(crate) fn attention<F: Floats>(
    shape: AttentionShape,
    q: &[f32],
    past: &[KvRows<'_>],
    out: &mut [f32],
    scores: &mut Vec<f32>,
) {
    let AttentionShape {
        head_width, stride, ..
    } = shape;
    let positions: usize = past.iter().map(|rows| rows.positions).sum();
    scores.clear();
    scores.resize(positions, 0.0);
    let scale = 1.0 / (head_width as f32).sqrt();
    let heads = q
        .chunks_exact(head_width)
        .zip(out.chunks_exact_mut(head_width));
    for (h, (q, out)) in heads.enumerate() {
        let mut rest = scores.as_mut_slice();
        for rows in past {
            let (these, others) = rest.split_at_mut(rows.positions);
            score::<F>(q, scale, rows.keys, h * head_width, stride, these);
            rest = others;
        }
        softmax::<F>(scores);
        weigh::<F>(scores, past, h * head_width, stride, out);
    }
}

/// `scores[p] = q . keys[p] * scale`, keys being at `offset` of their rows.
#[inline(always)]
fn score<F: Floats>(
    q: &[f32],
    scale: f32,
    keys: &[f32],
    offset: usize,
    stride: usize,
    scores: &mut [f32],
) {
    let (q_chunks, q_tail) = q.as_chunks::<LANES>();
    let q_tail = F::load_part(q_tail);
    let scales = F::splat(scale);
    for (group, scores) in scores.chunks_mut(LANES).enumerate() {
        let mut dots = [F::splat(0.0); LANES];
        for (p, dot) in dots.iter_mut().take(scores.len()).enumerate() {
            let start = (group * LANES + p) * stride + offset;
            let (chunks, tail) = keys[start..start + q.len()].as_chunks::<LANES>();
            let mut lanes = F::splat(0.0);
            for (q, k) in q_chunks.iter().zip(chunks) {
                lanes = lanes.add(F::load(q).mul(F::load(k)));
            }
            if !tail.is_empty() {
                lanes = lanes.add(q_tail.mul(F::load_part(tail)));
            }
            *dot = lanes;
        }
        F::sum_each(&dots).mul(scales).store_part(scores);
    }
}

/// `out = sum over p of weights[p] * values[p]`, values being at `offset` of their rows.
#[inline(always)]
fn weigh<F: Floats>(
    weights: &[f32],
    past: &[KvRows<'_>],
    offset: usize,
    stride: usize,
    out: &mut [f32],
) {
    for (part, out) in out.chunks_mut(CHUNKS * LANES).enumerate() {
        let offset = offset + part * CHUNKS * LANES;
        if let Some(out) = out.as_chunks_mut::<LANES>().0.as_mut_array::<CHUNKS>() {
            weigh_chunks::<F, CHUNKS>(weights, past, offset, stride, out);
            continue;
        }
        let (chunks, tail) = out.as_chunks_mut::<LANES>();
        for (i, chunk) in chunks.iter_mut().enumerate() {
            let one = core::array::from_mut(chunk);
            weigh_chunks::<F, 1>(weights, past, offset + i * LANES, stride, one);
        }
        let offset = offset + chunks.len() * LANES;
        for (i, out) in tail.iter_mut().enumerate() {
            *out = 0.0;
            let mut weights = weights.iter();
            for rows in past {
                for (p, weight) in (0..rows.positions).zip(&mut weights) {
                    *out += weight * rows.values[p * stride + offset + i];
                }
            }
        }
    }
}

#[inline(always)]
fn weigh_chunks<F: Floats, const N: usize>(
    weights: &[f32],
    past: &[KvRows<'_>],
    offset: usize,
    stride: usize,
    out: &mut [[f32; LANES]; N],
) {
    let mut lanes = [F::splat(0.0); N];
    let mut weights = weights.iter();
    for rows in past {
        for (p, weight) in (0..rows.positions).zip(&mut weights) {
            let weight = F::splat(*weight);
            let start = p * stride + offset;
            let value = rows.values[start..start + N * LANES].as_chunks::<LANES>().0;
            for (lanes, value) in lanes.iter_mut().zip(value) {
                *lanes = lanes.add(weight.mul(F::load(value)));
            }
        }
    }
    for (out, lanes) in out.iter_mut().zip(lanes) {
        lanes.store(out);
    }
}
