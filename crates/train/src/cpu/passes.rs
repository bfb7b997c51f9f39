//! Single passes over slices that need no more than one operation a value.

use pulp::Arch;

use crate::fused::slices::fold;

/// The transpose of `x`, whose rows have `columns` values.
pub(crate) fn transpose(x: &[f32], columns: usize, y: &mut [f32]) {
    const TILE: usize = 16;
    let rows = x.len() / columns.max(1);
    for top in (0..rows).step_by(TILE) {
        for left in (0..columns).step_by(TILE) {
            for column in left..columns.min(left + TILE) {
                let y = &mut y[column * rows..][top..rows.min(top + TILE)];
                for (row, y) in (top..).zip(y) {
                    *y = x[row * columns + column];
                }
            }
        }
    }
}

/// `x = x * factors`, or `x` where there are none.
pub(crate) fn scale(factors: &[f32], x: &mut [f32]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (x, factor) in x.iter_mut().zip(factors) {
                *x *= factor;
            }
        },
    );
}

/// `sum = sum + x`.
pub(crate) fn add(x: &[f32], sum: &mut [f32]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (sum, x) in sum.iter_mut().zip(x) {
                *sum += x;
            }
        },
    );
}

/// `y = x + change * factors`, or `x + change` where there are none.
pub(crate) fn add_scaled(x: &[f32], change: &[f32], factors: &[f32], y: &mut [f32]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let sums = y.iter_mut().zip(x).zip(change);
            if factors.is_empty() {
                for ((y, x), change) in sums {
                    *y = x + change;
                }
            } else {
                for (((y, x), change), factor) in sums.zip(factors) {
                    *y = x + change * factor;
                }
            }
        },
    );
}

/// Adds each row of `sums.len()` values to `sums`.
pub(crate) fn add_rows(rows: &[f32], sums: &mut [f32]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for row in rows.chunks_exact(sums.len()) {
                for (sum, x) in sums.iter_mut().zip(row) {
                    *sum += x;
                }
            }
        },
    );
}

/// The sum of squares.
pub(crate) fn squares(x: &[f32]) -> f64 {
    // Each part in f32, so that it is vectors, and their sum in f64.
    const PART: usize = 4096;
    let parts = x.chunks(PART).map(|part| {
        Arch::new().dispatch(
            #[inline(always)]
            || f64::from(fold(part, 0.0, |_, a, b| a + b * b, |a, b| a + b)),
        )
    });
    parts.sum()
}
