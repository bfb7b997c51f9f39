//! Attention of one query row over cached positions.

use super::softmax::softmax;
use super::sum::dot;
use crate::{AttentionShape, KvRows};

/// For each head: scores `q . k / sqrt(D)`, softmax, the weighted sum of values
/// in the order of the positions.
pub(super) fn attention(
    shape: AttentionShape,
    q: &[f32],
    past: &[KvRows<'_>],
    out: &mut [f32],
    scores: &mut Vec<f32>,
) {
    let AttentionShape {
        heads,
        head_width,
        stride,
    } = shape;
    let scale = 1.0 / (head_width as f32).sqrt();
    for h in 0..heads {
        let head = h * head_width..(h + 1) * head_width;
        let q = &q[head.clone()];
        scores.clear();
        for rows in past {
            for p in 0..rows.positions {
                let key = &rows.keys[p * stride..][head.clone()];
                scores.push(dot(q, key.iter().copied()) * scale);
            }
        }
        softmax(scores);

        let out = &mut out[head.clone()];
        out.fill(0.0);
        let mut weights = scores.iter();
        for rows in past {
            for (p, weight) in (0..rows.positions).zip(&mut weights) {
                let value = &rows.values[p * stride..][head.clone()];
                for (out, value) in out.iter_mut().zip(value) {
                    *out += weight * value;
                }
            }
        }
    }
}
