//! A matrix that several threads fill, each its own columns.

use core::marker::PhantomData;
use core::ops::Range;

use crate::Team;
use crate::arch::share_parts;

/// Some columns of a row-major matrix of floats, to be written.
///
/// It is to a matrix what a mutable slice is to a list: nobody else has these
/// columns while it lives.
#[derive(Debug)]
pub(crate) struct Columns<'a> {
    /// Of the first column of the first row.
    start: *mut f32,
    rows: usize,
    width: usize,
    stride: usize,
    matrix: PhantomData<&'a mut [f32]>,
}

impl<'a> Columns<'a> {
    /// All columns of a matrix of `stride` columns.
    ///
    /// # Panics
    /// If `matrix` is not whole rows.
    pub(crate) fn all(matrix: &'a mut [f32], stride: usize) -> Self {
        assert!(stride > 0 && matrix.len().is_multiple_of(stride));
        Self {
            start: matrix.as_mut_ptr(),
            rows: matrix.len() / stride,
            width: stride,
            stride,
            matrix: PhantomData,
        }
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// These columns of a row.
    ///
    /// # Panics
    /// Beyond the last row.
    #[inline(always)]
    pub(crate) fn row(&mut self, row: usize) -> &mut [f32] {
        assert!(row < self.rows);
        // SAFETY: the row is one of the matrix's, its columns are only ours,
        // and `self` is borrowed for as long as the slice lives.
        unsafe { core::slice::from_raw_parts_mut(self.start.add(row * self.stride), self.width) }
    }

    /// The same columns, lent.
    pub(crate) fn reborrow(&mut self) -> Columns<'_> {
        Columns { ..*self }
    }

    /// Some of these columns, from the one at `columns.start` on.
    ///
    /// # Safety
    /// No other part with a column of the same may be alive.
    ///
    /// # Panics
    /// If there are fewer columns.
    unsafe fn part(&self, columns: Range<usize>) -> Columns<'_> {
        assert!(columns.start <= columns.end && columns.end <= self.width);
        Columns {
            // SAFETY: the column is in the matrix, or right behind it.
            start: unsafe { self.start.add(columns.start) },
            rows: self.rows,
            width: columns.len(),
            stride: self.stride,
            matrix: PhantomData,
        }
    }
}

/// All columns, to be cut.
struct Whole<'a>(Columns<'a>);

// SAFETY: `share` gives every thread columns of its own.
unsafe impl Sync for Whole<'_> {}

impl Whole<'_> {
    /// As [`Columns::part`].
    ///
    /// # Safety
    /// As [`Columns::part`].
    unsafe fn part(&self, columns: Range<usize>) -> Columns<'_> {
        // SAFETY: the caller keeps parts apart.
        unsafe { self.0.part(columns) }
    }
}

/// Lets a team fill a matrix of `stride` columns. Part `i` gets the columns
/// from `cuts[i]` to `cuts[i + 1]`, and `parts[i]` to work with.
///
/// # Panics
/// If the cuts do not ascend within the columns, or are not one more than parts.
pub(crate) fn share<P: Send>(
    team: &Team,
    matrix: &mut [f32],
    stride: usize,
    cuts: &[usize],
    parts: &mut [P],
    work: impl Fn(Range<usize>, Columns<'_>, &mut P) + Sync,
) {
    assert_eq!(cuts.len(), parts.len() + 1, "a part between every two cuts");
    assert!(cuts.is_sorted() && cuts.last().is_some_and(|&last| last <= stride));
    let whole = Whole(Columns::all(matrix, stride));
    share_parts(team, parts, |index, part| {
        let range = cuts[index]..cuts[index + 1];
        // SAFETY: every index comes once, and the cuts ascend, so that no two
        // parts have a column in common.
        let columns = unsafe { whole.part(range.clone()) };
        work(range, columns, part);
    });
}
