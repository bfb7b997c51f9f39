//! Activation rows times float weights.
//!
//! Lanes run along the columns, as the oracle's do, so that one token or many
//! give the same sums. A few rows and a few tokens are multiplied at a time to
//! load each of them less often.

use super::Floats;
use crate::arch::Columns;
use crate::scratch::RowBuffers;
use crate::{LANES, Weights};

/// A float type that weights are stored in.
pub(super) trait Stored {
    /// 16 weights.
    type Chunk;
    /// Whether it is `f32` already.
    const PLAIN: bool;

    /// A row as chunks and a rest of less than one.
    fn chunks(row: &[u8]) -> (&[Self::Chunk], &[u8]);
    fn load<F: Floats>(chunk: &Self::Chunk) -> F;
    fn load_part<F: Floats>(rest: &[u8]) -> F;
}

/// Defines a stored type from the bytes of a weight and the lanes' loading function.
macro_rules! stored {
    ($(#[$doc:meta])* $name:ident, $bytes:literal, $load:ident) => {
        $(#[$doc])*
        pub(super) struct $name;

        impl Stored for $name {
            type Chunk = [u8; $bytes * LANES];
            const PLAIN: bool = $bytes == 4;

            #[inline(always)]
            fn chunks(row: &[u8]) -> (&[Self::Chunk], &[u8]) {
                row.as_chunks()
            }

            #[inline(always)]
            fn load<F: Floats>(chunk: &Self::Chunk) -> F {
                F::$load(chunk)
            }

            #[inline(always)]
            fn load_part<F: Floats>(rest: &[u8]) -> F {
                let mut padded = [0; $bytes * LANES];
                padded[..rest.len()].copy_from_slice(rest);
                F::$load(&padded)
            }
        }
    };
}

stored!(
    /// `f32`.
    Binary32, 4, load_f32
);
stored!(
    /// binary16.
    Binary16, 2, load_f16
);
stored!(
    /// bfloat16.
    Brain16, 2, load_bf16
);

/// From so many tokens on, 16-bit rows are turned to `f32` once for all.
const UNPACK_TOKENS: usize = 8;

/// Rows that are turned to `f32` together.
pub(crate) const UNPACK_ROWS: usize = 8;

/// Whole rows of weights, and where they stand in their matrix.
#[derive(Clone, Copy)]
struct Rows<'a> {
    bytes: &'a [u8],
    row_bytes: usize,
    cols: usize,
    /// The index of the first of them.
    first: usize,
}

#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
pub(super) fn matmul_float<F: Floats, S: Stored>(
    w: &Weights<'_>,
    x: &[f32],
    mut y: Columns<'_>,
    buffers: &mut RowBuffers,
) {
    let tokens = x.len() / w.cols();
    let all = Rows {
        bytes: w.bytes(),
        row_bytes: w.row_bytes(),
        cols: w.cols(),
        first: 0,
    };
    if S::PLAIN || tokens < UNPACK_TOKENS {
        return multiply::<F, S>(all, x, &mut y);
    }
    let groups = w.bytes().chunks(UNPACK_ROWS * w.row_bytes());
    for (group, rows) in groups.enumerate() {
        buffers.floats.clear();
        for row in rows.chunks_exact(w.row_bytes()) {
            unpack::<F, S>(row, w.cols(), &mut buffers.floats);
        }
        let unpacked = Rows {
            bytes: &buffers.floats,
            row_bytes: 4 * w.cols(),
            first: group * UNPACK_ROWS,
            ..all
        };
        multiply::<F, Binary32>(unpacked, x, &mut y);
    }
}

/// Appends one row as little-endian `f32`.
#[inline(always)]
fn unpack<F: Floats, S: Stored>(row: &[u8], cols: usize, out: &mut Vec<u8>) {
    let (chunks, rest) = S::chunks(row);
    for chunk in chunks {
        let lanes = S::load::<F>(chunk).lanes().map(f32::to_le_bytes);
        out.extend_from_slice(lanes.as_flattened());
    }
    let lanes = S::load_part::<F>(rest).lanes().map(f32::to_le_bytes);
    out.extend_from_slice(&lanes.as_flattened()[..4 * (cols % LANES)]);
}

#[inline(always)]
fn multiply<F: Floats, S: Stored>(rows: Rows<'_>, x: &[f32], y: &mut Columns<'_>) {
    match (F::TILE, x.len() / rows.cols) {
        (4, 1) => by_rows::<F, S, 8, 1>(rows, x, y),
        (4, _) => by_rows::<F, S, 4, 4>(rows, x, y),
        (2, 1) => by_rows::<F, S, 4, 1>(rows, x, y),
        (2, _) => by_rows::<F, S, 2, 2>(rows, x, y),
        (_, 1) => by_rows::<F, S, 2, 1>(rows, x, y),
        _ => by_rows::<F, S, 1, 2>(rows, x, y),
    }
}

/// `R` rows at a time, one at the end.
#[inline(always)]
fn by_rows<F: Floats, S: Stored, const R: usize, const N: usize>(
    rows: Rows<'_>,
    x: &[f32],
    y: &mut Columns<'_>,
) {
    let mut first = rows.first;
    let mut groups = rows.bytes.chunks_exact(R * rows.row_bytes);
    for bytes in &mut groups {
        by_tokens::<F, S, R, N>(
            Rows {
                bytes,
                first,
                ..rows
            },
            x,
            y,
        );
        first += R;
    }
    for bytes in groups.remainder().chunks_exact(rows.row_bytes) {
        by_tokens::<F, S, 1, N>(
            Rows {
                bytes,
                first,
                ..rows
            },
            x,
            y,
        );
        first += 1;
    }
}

/// `N` tokens at a time, one at the end.
#[inline(always)]
fn by_tokens<F: Floats, S: Stored, const R: usize, const N: usize>(
    rows: Rows<'_>,
    x: &[f32],
    y: &mut Columns<'_>,
) {
    let mut tokens = x.chunks_exact(N * rows.cols);
    let mut first = 0;
    for x in &mut tokens {
        tile::<F, S, R, N>(rows, x, y, first);
        first += N;
    }
    for x in tokens.remainder().chunks_exact(rows.cols) {
        tile::<F, S, R, 1>(rows, x, y, first);
        first += 1;
    }
}

/// `R` rows times `N` tokens, the first of which has the index `first`.
#[inline(always)]
fn tile<F: Floats, S: Stored, const R: usize, const N: usize>(
    rows: Rows<'_>,
    x: &[f32],
    y: &mut Columns<'_>,
    first: usize,
) {
    let (chunks, cols) = (rows.cols / LANES, rows.cols);
    let row = |r: usize| S::chunks(&rows.bytes[r * rows.row_bytes..][..rows.row_bytes]);
    let token = |n: usize| x[n * cols..][..cols].as_chunks::<LANES>();
    let mut w = [row(0); R];
    for r in 1..R {
        w[r] = row(r);
    }
    let mut t = [token(0); N];
    for n in 1..N {
        t[n] = token(n);
    }
    let mut sums = [[F::splat(0.0); N]; R];
    for c in 0..chunks {
        let mut xs = [F::splat(0.0); N];
        for n in 0..N {
            xs[n] = F::load(&t[n].0[c]);
        }
        for r in 0..R {
            let w = S::load::<F>(&w[r].0[c]);
            for n in 0..N {
                sums[r][n] = sums[r][n].add(xs[n].mul(w));
            }
        }
    }
    for r in 0..R {
        let rest = S::load_part::<F>(w[r].1);
        for n in 0..N {
            let product = F::load_part(t[n].1).mul(rest);
            y.row(first + n)[rows.first + r] = sums[r][n].add(product).sum();
        }
    }
}
