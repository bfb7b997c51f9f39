//! Attention of query rows over cached positions.

use super::softmax::softmax;
use super::sum::dot;
use crate::arch::Columns;
use crate::attention::Heads;
use crate::{KvRows, Query};

/// For each head: scores `q . k / sqrt(D)`, softmax, the weighted sum of values
/// in the order of the positions.
pub(super) fn attention(
    heads: Heads,
    queries: &[Query<'_>],
    mut out: Columns<'_>,
    scores: &mut Vec<f32>,
) {
    let width = heads.width;
    let scale = 1.0 / (width as f32).sqrt();
    for (t, query) in queries.iter().enumerate() {
        for (h, out) in out.row(t).chunks_exact_mut(width).enumerate() {
            let (start, offset) = heads.starts(h);
            let elements = |rows: &KvRows<'_>, p: usize| {
                let first = p * heads.stride + offset;
                debug_assert!(p < rows.positions);
                first..first + width
            };
            let q = &query.row[start..start + width];
            scores.clear();
            for rows in &query.past {
                for p in 0..rows.positions {
                    let key = elements(rows, p).map(|i| rows.keys.value(i));
                    scores.push(dot(q, key) * scale);
                }
            }
            softmax(scores);

            out.fill(0.0);
            let mut weights = scores.iter();
            for rows in &query.past {
                for (p, weight) in (0..rows.positions).zip(&mut weights) {
                    for (out, i) in out.iter_mut().zip(elements(rows, p)) {
                        *out += weight * rows.values.value(i);
                    }
                }
            }
        }
    }
}
