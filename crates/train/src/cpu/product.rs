//! Products of matrices that lie in slices.
//!
//! An element is one sum over the inner dimension, in order, of fused
//! multiply-adds. So its bits depend neither on the vectors of the CPU nor on how
//! the work is cut into tiles.

use pulp::{Arch, Simd, WithSimd};

/// How much of the inner dimension is gone through before the next tile: as many
/// rows of the right matrix as stay in the first cache.
const BLOCK: usize = 128;
/// Columns of the widest tile: four vectors of the widest kind.
const WIDEST: usize = 64;
/// Rows of the tallest tile.
const TALLEST: usize = 10;
/// Floats of a cache line.
const LINE: usize = 16;

/// A row-major matrix inside a slice, whose rows begin `stride` apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix<'a> {
    pub(super) values: &'a [f32],
    pub(super) stride: usize,
}

/// One side of a product: as it lies there, or with its rows for columns.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side<'a> {
    /// `[M, K]` on the left, `[K, N]` on the right.
    Plain(Matrix<'a>),
    /// `[K, M]` on the left, `[N, K]` on the right.
    Transposed(Matrix<'a>),
}

/// What the sums begin with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Start<'a> {
    /// Nothing.
    Zero,
    /// A value for each column, `[N]`.
    Bias(&'a [f32]),
    /// What the result holds already.
    Kept,
}

/// What of a product of square matrices is nothing or of no account, since rows
/// see no later columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Causal {
    /// Everything counts.
    No,
    /// The result above its diagonal is of no account, and is not written as a whole.
    Result,
    /// The left side is nothing above its diagonal.
    Left,
    /// The left side is nothing below its diagonal.
    LeftTurned,
}

/// Multiplies matrices; it keeps the room for what it packs.
#[derive(Debug)]
pub(super) struct Products {
    arch: Arch,
    panel: Vec<f32>,
    aside: Vec<f32>,
}

impl Products {
    pub(super) fn new() -> Self {
        Self {
            arch: Arch::new(),
            panel: vec![0.0; BLOCK * WIDEST + LINE],
            aside: vec![0.0; TALLEST * WIDEST],
        }
    }

    /// Writes `left` times `right` to `result`, whose rows begin `stride` apart.
    ///
    /// # Shapes
    /// `size` is M, K and N; the result `[M, N]`.
    pub(super) fn multiply(
        &mut self,
        left: Side<'_>,
        right: Side<'_>,
        result: (&mut [f32], usize),
        size: [usize; 3],
        start: Start<'_>,
    ) {
        self.multiply_causal(left, right, result, size, start, Causal::No);
    }

    /// [`Self::multiply`] without most of what is nothing or of no account.
    pub(super) fn multiply_causal(
        &mut self,
        left: Side<'_>,
        right: Side<'_>,
        result: (&mut [f32], usize),
        size: [usize; 3],
        start: Start<'_>,
        causal: Causal,
    ) {
        let aligned = self.panel.as_ptr().align_offset(size_of::<f32>() * LINE);
        let panel = &mut self.panel[aligned.min(LINE)..][..BLOCK * WIDEST];
        let (result, stride) = result;
        self.arch.dispatch(Product {
            left,
            right,
            result,
            stride,
            size,
            start,
            causal,
            panel,
            aside: &mut self.aside,
        });
    }
}

struct Product<'a> {
    left: Side<'a>,
    right: Side<'a>,
    result: &'a mut [f32],
    stride: usize,
    size: [usize; 3],
    start: Start<'a>,
    causal: Causal,
    panel: &'a mut [f32],
    aside: &'a mut [f32],
}

/// A part of the inner dimension, and columns of the result.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: usize,
    till: usize,
    column: usize,
    width: usize,
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let [_, depth, columns] = self.size;
        let many = S::REGISTER_COUNT >= 32;
        let mut from = 0;
        loop {
            let till = depth.min(from + BLOCK);
            let mut column = 0;
            while column < columns {
                let left = columns - column;
                let vectors = left.div_ceil(S::F32_LANES).min(if many { 4 } else { 2 });
                let width = left.min(vectors * S::F32_LANES);
                let span = Span {
                    from,
                    till,
                    column,
                    width,
                };
                // Sums, a row of the panel and one value of the left side
                // fill the registers.
                match vectors {
                    4 => self.rows::<S, 5, 4>(simd, span),
                    3 => self.rows::<S, 8, 3>(simd, span),
                    2 if many => self.rows::<S, 10, 2>(simd, span),
                    2 => self.rows::<S, 6, 2>(simd, span),
                    _ => self.rows::<S, 10, 1>(simd, span),
                }
                column += width;
            }
            if till == depth {
                break;
            }
            from = till;
            self.start = Start::Kept;
        }
    }
}

impl Product<'_> {
    /// All rows of the columns of a span, `R` at a time and `V` vectors wide.
    #[inline(always)]
    fn rows<S: Simd, const R: usize, const V: usize>(&mut self, simd: S, span: Span) {
        self.pack::<S, V>(span);
        let rows = self.size[0];
        let mut row = 0;
        while row + R <= rows {
            self.some_rows::<S, R, V>(simd, span, row);
            row += R;
        }
        while row + 4 <= rows {
            self.some_rows::<S, 4, V>(simd, span, row);
            row += 4;
        }
        while row < rows {
            self.some_rows::<S, 1, V>(simd, span, row);
            row += 1;
        }
    }

    /// Lays the right side of a span out row behind row, filled up with zeros.
    #[inline(always)]
    fn pack<S: Simd, const V: usize>(&mut self, span: Span) {
        let whole = V * S::F32_LANES;
        let Span {
            from,
            till,
            column,
            width,
        } = span;
        let panel = &mut self.panel[..(till - from) * whole];
        match self.right {
            Side::Plain(Matrix { values, stride }) if width == whole => {
                for (at, slot) in (from..till).zip(panel.chunks_exact_mut(whole)) {
                    let values = &values[at * stride + column..][..whole];
                    let (slot, _) = S::as_mut_simd_f32s(slot);
                    let (values, _) = S::as_simd_f32s(values);
                    slot.copy_from_slice(values);
                }
            }
            Side::Plain(Matrix { values, stride }) => {
                for (at, slot) in (from..till).zip(panel.chunks_exact_mut(whole)) {
                    let (slot, rest) = slot.split_at_mut(width);
                    slot.copy_from_slice(&values[at * stride + column..][..width]);
                    rest.fill(0.0);
                }
            }
            Side::Transposed(Matrix { values, stride }) => {
                if width < whole {
                    panel.fill(0.0);
                }
                for at in 0..width {
                    let values = &values[(column + at) * stride + from..][..till - from];
                    for (row, value) in panel.chunks_exact_mut(whole).zip(values) {
                        row[at] = *value;
                    }
                }
            }
        }
    }

    /// `R` rows of the result from `row` on. Where its columns end inside a
    /// vector, the tile is computed aside.
    #[inline(always)]
    fn some_rows<S: Simd, const R: usize, const V: usize>(
        &mut self,
        simd: S,
        span: Span,
        row: usize,
    ) {
        let whole = V * S::F32_LANES;
        let (width, columns) = (span.width, span.column..span.column + span.width);
        let (from, till) = match self.causal {
            Causal::No => (span.from, span.till),
            Causal::Result if span.column >= row + R => return,
            Causal::Result => (span.from, span.till),
            Causal::Left => (span.from, span.till.min(row + R).max(span.from)),
            Causal::LeftTurned => (span.from.max(row).min(span.till), span.till),
        };
        let panel = &self.panel[(from - span.from) * whole..(till - span.from) * whole];
        let begin = row * self.stride + span.column;
        if width == whole {
            let start = match self.start {
                Start::Bias(bias) => Start::Bias(&bias[columns]),
                start => start,
            };
            let result = (&mut self.result[begin..], self.stride);
            tile::<S, R, V>(simd, (self.left, row, from), panel, result, start);
            return;
        }
        let aside = &mut self.aside[..R * whole];
        for (at, aside) in aside.chunks_exact_mut(whole).enumerate() {
            match self.start {
                Start::Zero => aside.fill(0.0),
                Start::Bias(bias) => aside[..width].copy_from_slice(&bias[columns.clone()]),
                Start::Kept => {
                    let kept = &self.result[begin + at * self.stride..][..width];
                    aside[..width].copy_from_slice(kept);
                }
            }
        }
        let left = (self.left, row, from);
        tile::<S, R, V>(simd, left, panel, (aside, whole), Start::Kept);
        for (at, aside) in aside.chunks_exact(whole).enumerate() {
            let result = &mut self.result[begin + at * self.stride..][..width];
            result.copy_from_slice(&aside[..width]);
        }
    }
}

/// `R` rows of whole vectors: the left side from a row and a place of the inner
/// dimension on, times a panel.
#[inline(always)]
#[expect(
    clippy::manual_memcpy,
    clippy::needless_range_loop,
    reason = "loops that count to constants keep the sums in registers, iterators do not"
)]
fn tile<S: Simd, const R: usize, const V: usize>(
    simd: S,
    (left, row, from): (Side<'_>, usize, usize),
    panel: &[f32],
    (result, stride): (&mut [f32], usize),
    start: Start<'_>,
) {
    let whole = V * S::F32_LANES;
    let mut sums = [[simd.splat_f32s(0.0); V]; R];
    match start {
        Start::Zero => {}
        Start::Bias(bias) => {
            let (bias, _) = S::as_simd_f32s(&bias[..whole]);
            for r in 0..R {
                for v in 0..V {
                    sums[r][v] = bias[v];
                }
            }
        }
        Start::Kept => {
            for r in 0..R {
                let (kept, _) = S::as_simd_f32s(&result[r * stride..][..whole]);
                for v in 0..V {
                    sums[r][v] = kept[v];
                }
            }
        }
    }
    let panel = panel.chunks_exact(whole);
    match left {
        Side::Plain(Matrix { values, stride }) => {
            let rows: [&[f32]; R] = core::array::from_fn(|r| {
                let begin = (row + r) * stride + from;
                &values[begin..begin + panel.len()]
            });
            for (at, right) in panel.enumerate() {
                let (right, _) = S::as_simd_f32s(right);
                let right: [S::f32s; V] = core::array::from_fn(|v| right[v]);
                for r in 0..R {
                    let left = simd.splat_f32s(rows[r][at]);
                    for v in 0..V {
                        sums[r][v] = simd.mul_add_f32s(left, right[v], sums[r][v]);
                    }
                }
            }
        }
        Side::Transposed(Matrix { values, stride }) => {
            let columns = values.get(from * stride + row..).unwrap_or_default();
            for (left, right) in columns.chunks(stride).zip(panel) {
                let (right, _) = S::as_simd_f32s(right);
                let right: [S::f32s; V] = core::array::from_fn(|v| right[v]);
                let left = &left[..R];
                for r in 0..R {
                    let left = simd.splat_f32s(left[r]);
                    for v in 0..V {
                        sums[r][v] = simd.mul_add_f32s(left, right[v], sums[r][v]);
                    }
                }
            }
        }
    }
    for r in 0..R {
        let (found, _) = S::as_mut_simd_f32s(&mut result[r * stride..][..whole]);
        for v in 0..V {
            found[v] = sums[r][v];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use senselm_sensor::rng::Rng;

    fn random(length: usize, stream: u64) -> Vec<f32> {
        let mut rng = Rng::new(5, stream);
        (0..length).map(|_| rng.normal() as f32).collect()
    }

    /// Sizes around every border: no inner dimension, less than a vector, a block
    /// and more, each number of vectors, rows left over.
    const SIZES: [[usize; 3]; 9] = [
        [1, 1, 1],
        [3, 0, 5],
        [5, 7, 15],
        [13, 16, 16],
        [12, 33, 31],
        [9, 129, 48],
        [19, 128, 64],
        [7, 300, 67],
        [26, 40, 131],
    ];

    #[test]
    fn every_layout_and_start_is_the_same_sum_to_the_bit() {
        let mut products = Products::new();
        for [m, k, n] in SIZES {
            // Rows further apart than they are long.
            let (left, right) = (random(m * (k + 3), 1), random(k * (n + 2), 2));
            let (bias, kept) = (random(n, 3), random(m * (n + 1), 4));
            let turned = |values: &[f32], rows: usize, columns: usize, stride: usize| {
                let at = |at: usize| values[at % rows * stride + at / rows];
                (0..rows * columns).map(at).collect::<Vec<f32>>()
            };
            let (left_turned, right_turned) =
                (turned(&left, m, k, k + 3), turned(&right, k, n, n + 2));
            let lefts = [
                Side::Plain(Matrix {
                    values: &left,
                    stride: k + 3,
                }),
                Side::Transposed(Matrix {
                    values: &left_turned,
                    stride: m,
                }),
            ];
            let rights = [
                Side::Plain(Matrix {
                    values: &right,
                    stride: n + 2,
                }),
                Side::Transposed(Matrix {
                    values: &right_turned,
                    stride: k,
                }),
            ];
            for start in [Start::Zero, Start::Bias(&bias), Start::Kept] {
                let mut expected = kept.clone();
                for row in 0..m {
                    for column in 0..n {
                        let slot = &mut expected[row * (n + 1) + column];
                        let mut sum = match start {
                            Start::Zero => 0.0,
                            Start::Bias(bias) => bias[column],
                            Start::Kept => *slot,
                        };
                        for at in 0..k {
                            let value = right[at * (n + 2) + column];
                            sum = left[row * (k + 3) + at].mul_add(value, sum);
                        }
                        *slot = sum;
                    }
                }
                for left in lefts {
                    for right in rights {
                        let mut found = kept.clone();
                        let result = (found.as_mut_slice(), n + 1);
                        products.multiply(left, right, result, [m, k, n], start);
                        assert_eq!(found, expected, "{m} {k} {n}");
                    }
                }
            }
        }
    }

    #[test]
    fn causal_products_are_whole_ones_where_it_counts() {
        let mut products = Products::new();
        let zero = Start::Zero;
        for t in [1, 4, 10, 33, 90, 150] {
            let (dense, right) = (random(t * t, 6), random(t * t, 7));
            let lower = |at: usize| at % t <= at / t;
            let mask = |(at, x): (usize, &f32)| if lower(at) { *x } else { 0.0 };
            let left: Vec<f32> = dense.iter().enumerate().map(mask).collect();
            let side = |values| Matrix { values, stride: t };
            let (right, size) = (Side::Plain(side(&right)), [t, t, t]);
            for (left, causal) in [
                (Side::Plain(side(&dense)), Causal::Result),
                (Side::Plain(side(&left)), Causal::Left),
                (Side::Transposed(side(&left)), Causal::LeftTurned),
            ] {
                let (mut expected, mut found) = (vec![0.0; t * t], vec![0.0; t * t]);
                products.multiply(left, right, (&mut expected, t), size, zero);
                products.multiply_causal(left, right, (&mut found, t), size, zero, causal);
                for (at, (a, b)) in found.iter().zip(&expected).enumerate() {
                    if causal != Causal::Result || lower(at) {
                        assert_eq!(a, b, "{causal:?} {t}: {at}");
                    }
                }
            }
        }
    }
}
