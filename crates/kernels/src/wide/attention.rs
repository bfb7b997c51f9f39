//! Attention of query rows over cached positions.

use super::Floats;
use super::kept::{Kept, kept};
use super::softmax::softmax;
use crate::arch::Columns;
use crate::attention::Heads;
use crate::{KvRows, LANES, Query};

/// Chunks of a head whose weighted sums are kept in registers together.
const CHUNKS: usize = 4;

#[inline(always)]
pub(crate) fn attention<F: Floats>(
    heads: Heads,
    queries: &[Query<'_>],
    mut out: Columns<'_>,
    scores: &mut Vec<f32>,
) {
    let width = heads.width;
    let scale = 1.0 / (width as f32).sqrt();
    // Head after head: what one reads of the cache, the next query reads too.
    for h in 0..heads.count {
        let offset = (heads.first + h) * width;
        for (t, query) in queries.iter().enumerate() {
            let q = &query.row[offset..offset + width];
            scores.clear();
            scores.resize(query.positions(), 0.0);
            let mut rest = scores.as_mut_slice();
            for rows in &query.past {
                let (these, others) = rest.split_at_mut(rows.positions);
                kept!(rows.keys, keys => score::<F, _>(q, scale, keys, offset, heads.stride, these));
                rest = others;
            }
            softmax::<F>(scores);
            let out = &mut out.row(t)[h * width..(h + 1) * width];
            weigh::<F>(scores, &query.past, offset, heads.stride, out);
        }
    }
}

/// `scores[p] = q . keys[p] * scale`, keys being at `offset` of their rows.
#[inline(always)]
fn score<F: Floats, K: Kept>(
    q: &[f32],
    scale: f32,
    keys: &[K],
    offset: usize,
    stride: usize,
    scores: &mut [f32],
) {
    let (q_chunks, q_tail) = q.as_chunks::<LANES>();
    let whole = q_chunks.len() * LANES;
    let q_tail_lanes = F::load_part(q_tail);
    let scales = F::splat(scale);
    for (group, scores) in scores.chunks_mut(LANES).enumerate() {
        let mut dots = [F::splat(0.0); LANES];
        for (p, dot) in dots.iter_mut().take(scores.len()).enumerate() {
            let start = (group * LANES + p) * stride + offset;
            let key = K::row(keys, start, q.len());
            let mut lanes = F::splat(0.0);
            for (c, q) in q_chunks.iter().enumerate() {
                lanes = lanes.add(F::load(q).mul(K::chunk::<F>(key, c)));
            }
            if !q_tail.is_empty() {
                lanes = lanes.add(q_tail_lanes.mul(K::tail::<F>(key, whole)));
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
    let part = CHUNKS * LANES;
    let (parts, rest) = out.as_chunks_mut::<{ CHUNKS * LANES }>();
    let rest_offset = offset + parts.len() * part;
    for (i, out) in parts.iter_mut().enumerate() {
        let mut lanes = [F::splat(0.0); CHUNKS];
        weigh_chunks::<F, CHUNKS>(weights, past, offset + i * part, stride, &mut lanes);
        for (out, lanes) in out.as_chunks_mut::<LANES>().0.iter_mut().zip(lanes) {
            lanes.store(out);
        }
    }
    let (chunks, tail) = rest.as_chunks_mut::<LANES>();
    let tail_offset = rest_offset + chunks.len() * LANES;
    for (i, out) in chunks.iter_mut().enumerate() {
        let mut lanes = [F::splat(0.0)];
        weigh_chunks::<F, 1>(weights, past, rest_offset + i * LANES, stride, &mut lanes);
        lanes[0].store(out);
    }
    if tail.is_empty() {
        return;
    }
    let mut sums = F::splat(0.0);
    each_position(weights, past, |weight, rows, p| {
        let start = p * stride + tail_offset;
        let value = kept!(rows.values, values => {
            Kept::tail::<F>(Kept::row(values, start, tail.len()), 0)
        });
        sums = sums.add(F::splat(weight).mul(value));
    });
    sums.store_part(tail);
}

/// The sums of `N` chunks of values.
#[inline(always)]
fn weigh_chunks<F: Floats, const N: usize>(
    weights: &[f32],
    past: &[KvRows<'_>],
    offset: usize,
    stride: usize,
    sums: &mut [F; N],
) {
    let mut rest = weights;
    for rows in past {
        let (these, others) = rest.split_at(rows.positions);
        rest = others;
        kept!(rows.values, values => {
            for (p, weight) in these.iter().enumerate() {
                let weight = F::splat(*weight);
                let value = Kept::row(values, p * stride + offset, N * LANES);
                for (c, sum) in sums.iter_mut().enumerate() {
                    *sum = sum.add(weight.mul(Kept::chunk::<F>(value, c)));
                }
            }
        });
    }
}

/// Calls `each` with every weight, and the run and the position it is of.
#[inline(always)]
fn each_position(
    weights: &[f32],
    past: &[KvRows<'_>],
    mut each: impl FnMut(f32, &KvRows<'_>, usize),
) {
    let mut weights = weights.iter();
    for rows in past {
        for (p, weight) in (0..rows.positions).zip(&mut weights) {
            each(*weight, rows, p);
        }
    }
}
