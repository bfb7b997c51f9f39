//! Attention of query rows over cached positions.
//!
//! A few queries go over the positions together, as far as they see the same
//! ones, so that a key or a value is read once for all of them. Each query
//! still adds its positions up in their order.

use core::ops::Range;

use super::Floats;
use super::kept::{Kept, kept};
use super::softmax::softmax;
use crate::arch::Columns;
use crate::attention::{Heads, QUERIES};
use crate::{KvRows, KvSlice, LANES, Query, RUNS};

#[inline(always)]
pub(crate) fn attention<F: Floats>(
    heads: Heads,
    queries: &[Query<'_>],
    out: Columns<'_>,
    scores: &mut Vec<f32>,
) {
    // Queries and chunks of a head whose sums the registers hold.
    match F::TILE {
        4 => by_heads::<F, 4, 4>(heads, queries, out, scores),
        2 => by_heads::<F, 2, 2>(heads, queries, out, scores),
        _ => by_heads::<F, 2, 1>(heads, queries, out, scores),
    }
}

/// Head after head: what one query reads of the cache, the next reads too.
#[inline(always)]
fn by_heads<F: Floats, const Q: usize, const N: usize>(
    heads: Heads,
    queries: &[Query<'_>],
    mut out: Columns<'_>,
    scores: &mut Vec<f32>,
) {
    const { assert!(Q <= QUERIES, "scores have room for QUERIES rows") };
    let longest = queries.iter().map(Query::positions).max().unwrap_or(0);
    scores.clear();
    scores.resize(Q * longest, 0.0);
    let (tiles, rest) = queries.as_chunks::<Q>();
    for h in 0..heads.count {
        for (t, tile) in tiles.iter().enumerate() {
            head::<F, Q, N>(heads, h, tile, &mut out, t * Q, scores);
        }
        let first = tiles.len() * Q;
        for (t, query) in rest.as_chunks::<1>().0.iter().enumerate() {
            head::<F, 1, N>(heads, h, query, &mut out, first + t, scores);
        }
    }
}

/// Where a head lies in cached rows.
#[derive(Clone, Copy)]
struct Place {
    /// Its first element.
    offset: usize,
    /// Elements from one row to the next.
    stride: usize,
}

/// One head of `Q` queries, the first of which has the row `first` of `out`.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
fn head<F: Floats, const Q: usize, const N: usize>(
    heads: Heads,
    h: usize,
    queries: &[Query<'_>; Q],
    out: &mut Columns<'_>,
    first: usize,
    scores: &mut [f32],
) {
    let width = heads.width;
    let (start, offset) = heads.starts(h);
    let place = Place {
        offset,
        stride: heads.stride,
    };
    // Each query has its share of the scores.
    let share = scores.len() / Q;
    score_runs::<F, Q>(queries, start..start + width, place, scores);
    for q in 0..Q {
        softmax::<F>(&mut scores[q * share..][..queries[q].positions()]);
    }
    let mut column = 0;
    while column + N * LANES <= width {
        let sums = weigh_runs::<F, Q, N>(queries, column, place, scores);
        for q in 0..Q {
            let out = &mut out.row(first + q)[h * width + column..];
            for (out, sum) in out.as_chunks_mut().0.iter_mut().zip(&sums[q]) {
                sum.store(out);
            }
        }
        column += N * LANES;
    }
    while column + LANES <= width {
        let sums = weigh_runs::<F, Q, 1>(queries, column, place, scores);
        for q in 0..Q {
            sums[q][0].store_part(&mut out.row(first + q)[h * width + column..][..LANES]);
        }
        column += LANES;
    }
    if column < width {
        for q in 0..Q {
            let out = &mut out.row(first + q)[h * width + column..(h + 1) * width];
            weigh_tail::<F>(&queries[q], column, place, &scores[q * share..], out);
        }
    }
}

/// How many positions of a run all queries see, and in the same place.
#[inline(always)]
fn in_common<const Q: usize>(queries: &[Query<'_>; Q], run: usize) -> usize {
    let first = queries[0].past[run];
    let mut common = first.positions;
    for q in 1..Q {
        let other = queries[q].past[run];
        let same =
            begin(first.keys) == begin(other.keys) && begin(first.values) == begin(other.values);
        common = if same { common.min(other.positions) } else { 0 };
    }
    common
}

#[inline(always)]
fn begin(cached: KvSlice<'_>) -> *const u8 {
    kept!(cached, all => all.as_ptr().cast())
}

/// The scores of every position that each query sees.
#[inline(always)]
fn score_runs<F: Floats, const Q: usize>(
    queries: &[Query<'_>; Q],
    head: Range<usize>,
    place: Place,
    scores: &mut [f32],
) {
    let share = scores.len() / Q;
    let mut rows: [&[f32]; Q] = [&[]; Q];
    let mut starts = [0; Q];
    for q in 0..Q {
        rows[q] = &queries[q].row[head.clone()];
        starts[q] = q * share;
    }
    for run in 0..RUNS {
        let common = in_common(queries, run);
        kept!(queries[0].past[run].keys, keys => {
            score::<F, _, Q>(rows, keys, 0..common, place, scores, starts);
        });
        for q in 0..Q {
            let KvRows {
                keys, positions, ..
            } = queries[q].past[run];
            kept!(keys, keys => {
                let start = [starts[q] + common];
                score::<F, _, 1>([rows[q]], keys, common..positions, place, scores, start);
            });
            starts[q] += positions;
        }
    }
}

/// `row . key / sqrt(D)` of some positions, the first of a row to `starts`.
#[inline(always)]
fn score<F: Floats, K: Kept, const Q: usize>(
    rows: [&[f32]; Q],
    keys: &[K],
    positions: Range<usize>,
    place: Place,
    scores: &mut [f32],
    starts: [usize; Q],
) {
    let width = rows[0].len();
    let (chunks, whole) = (width / LANES, width / LANES * LANES);
    let scale = F::splat(1.0 / (width as f32).sqrt());
    for group in positions.clone().step_by(LANES) {
        let count = LANES.min(positions.end - group);
        let mut dots = [[F::splat(0.0); LANES]; Q];
        for p in 0..count {
            let key = K::row(keys, (group + p) * place.stride + place.offset, width);
            let mut lanes = [F::splat(0.0); Q];
            for c in 0..chunks {
                let key = K::chunk::<F>(key, c);
                for q in 0..Q {
                    let row = F::load(&rows[q].as_chunks().0[c]);
                    lanes[q] = lanes[q].add(row.mul(key));
                }
            }
            if whole < width {
                let key = K::tail::<F>(key, whole);
                for q in 0..Q {
                    lanes[q] = lanes[q].add(F::load_part(&rows[q][whole..]).mul(key));
                }
            }
            for q in 0..Q {
                dots[q][p] = lanes[q];
            }
        }
        for q in 0..Q {
            let scores = &mut scores[starts[q] + group - positions.start..][..count];
            F::sum_each(&dots[q]).mul(scale).store_part(scores);
        }
    }
}

/// The sums of `N` chunks of every value that each query sees, times its weight.
#[inline(always)]
fn weigh_runs<F: Floats, const Q: usize, const N: usize>(
    queries: &[Query<'_>; Q],
    column: usize,
    place: Place,
    weights: &[f32],
) -> [[F; N]; Q] {
    let share = weights.len() / Q;
    let mut sums = [[F::splat(0.0); N]; Q];
    let mut starts = [0; Q];
    for q in 0..Q {
        starts[q] = q * share;
    }
    let offset = place.offset + column;
    let place = Place { offset, ..place };
    for run in 0..RUNS {
        let common = in_common(queries, run);
        kept!(queries[0].past[run].values, values => {
            weigh::<F, _, Q, N>(values, 0..common, place, weights, starts, &mut sums);
        });
        for q in 0..Q {
            let KvRows {
                values, positions, ..
            } = queries[q].past[run];
            kept!(values, values => {
                let (start, mut sum) = ([starts[q] + common], [sums[q]]);
                weigh::<F, _, 1, N>(values, common..positions, place, weights, start, &mut sum);
                sums[q] = sum[0];
            });
            starts[q] += positions;
        }
    }
    sums
}

/// Adds `weight * value` of some positions.
#[inline(always)]
fn weigh<F: Floats, K: Kept, const Q: usize, const N: usize>(
    values: &[K],
    positions: Range<usize>,
    place: Place,
    weights: &[f32],
    starts: [usize; Q],
    sums: &mut [[F; N]; Q],
) {
    let mut lanes = *sums;
    let mut rows: [&[f32]; Q] = [&[]; Q];
    for q in 0..Q {
        rows[q] = &weights[starts[q]..][..positions.len()];
    }
    for (i, p) in positions.enumerate() {
        let value = K::row(values, p * place.stride + place.offset, N * LANES);
        let mut chunks = [F::splat(0.0); N];
        for c in 0..N {
            chunks[c] = K::chunk::<F>(value, c);
        }
        for q in 0..Q {
            let weight = F::splat(rows[q][i]);
            for c in 0..N {
                lanes[q][c] = lanes[q][c].add(weight.mul(chunks[c]));
            }
        }
    }
    *sums = lanes;
}

/// The columns behind the last whole chunk.
#[inline(always)]
fn weigh_tail<F: Floats>(
    query: &Query<'_>,
    column: usize,
    place: Place,
    weights: &[f32],
    out: &mut [f32],
) {
    let mut sums = F::splat(0.0);
    let mut weights = weights.iter();
    for rows in &query.past {
        for (p, weight) in (0..rows.positions).zip(&mut weights) {
            let start = p * place.stride + place.offset + column;
            let value = kept!(rows.values, values => {
                Kept::tail::<F>(Kept::row(values, start, out.len()), 0)
            });
            sums = sums.add(F::splat(*weight).mul(value));
        }
    }
    sums.store_part(out);
}
