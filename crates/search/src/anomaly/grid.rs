//! Which windows are learned from, and which of them are cut as the model will be
//! asked.
//!
//! A window to learn from begins at every reading, where there are not too many: a
//! model that knew a signal at some offsets alone would be surprised by the others.
//! What is measured are windows as they will be answered.

use senselm_look::{Seen, WindowSize};

use super::candidate;

/// The most windows, so that their stride becomes longer in long recordings.
const MOST: u64 = 20_000;
/// Readings of a window of what is slow or of an unknown rate, at least.
const LENGTH: usize = 64;
/// From this rate on a window is a stretch of seconds.
const FAST_HZ: f64 = 4.0;

/// How a stream is cut; nothing where a row is a window.
pub(super) fn size(seen: &Seen) -> Option<WindowSize> {
    let longest = seen.sizes.iter().map(|size| size.length).max()?;
    let length = match seen.rate_hz {
        Some(rate) if rate >= FAST_HZ => seen.sizes.first()?.length,
        // As long as each of them is written: more of a course is told from what it
        // should be.
        _ => candidate::points(seen.channels.len())
            .max(LENGTH)
            .min(longest),
    };
    let often = seen.rows.div_ceil(MOST) as usize;
    Some(WindowSize {
        length,
        stride: (length / 8).max(1).max(often),
    })
}

/// Readings between windows to learn from: the fewest that go into the stride of
/// what is answered and leave no more windows than are bearable.
pub(super) fn learned_stride(rows: u64, stride: usize) -> usize {
    let fits =
        |every: &usize| stride.is_multiple_of(*every) && rows.div_ceil(*every as u64) <= MOST;
    (1..=stride).find(fits).unwrap_or(stride)
}

/// The windows to learn from, by which of them are cut as those that are answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// The windows that are cut so.
    pub(super) answered: Vec<usize>,
    /// How many of these share a reading.
    pub(super) overlap: usize,
    /// How many of all.
    pub(super) learned_overlap: usize,
    /// Of each window: the one that is cut so and begins with it or before.
    before: Vec<usize>,
    /// How many windows there are for each that is cut so.
    each: usize,
}

impl Grid {
    pub(super) fn new(
        stretch: &[usize],
        size: Option<WindowSize>,
        learned_stride: Option<usize>,
    ) -> Self {
        let shared = |stride: usize| size.map_or(1, |size| size.length.div_ceil(stride.max(1)));
        let stride = size.map_or(1, |size| size.stride.max(1));
        let learned_stride = learned_stride.unwrap_or(stride).max(1);
        let each = (stride / learned_stride).max(1);
        let mut before = Vec::with_capacity(stretch.len());
        let mut first = 0;
        for (at, of) in stretch.iter().enumerate() {
            if at.checked_sub(1).and_then(|last| stretch.get(last)) != Some(of) {
                first = at;
            }
            before.push(at - (at - first) % each);
        }
        Self {
            answered: (0..stretch.len()).filter(|at| before[*at] == *at).collect(),
            overlap: shared(stride).max(1),
            learned_overlap: shared(learned_stride).max(1),
            before,
            each,
        }
    }

    /// The windows without some of those that are answered, in rising order, and without
    /// those between one of these and the next.
    pub(super) fn without(&self, some: &[usize], stretch: &[usize]) -> Vec<usize> {
        let is_left = |at: &usize| {
            let before = self.before[*at];
            let next = before + self.each;
            let is_behind = *at > before && stretch.get(next) == stretch.get(before);
            let is_out = |at: &usize| some.binary_search(at).is_ok();
            !(is_out(&before) || is_behind && is_out(&next))
        };
        (0..self.before.len()).filter(is_left).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Grid, learned_stride};
    use senselm_look::WindowSize;

    #[test]
    fn every_reading_begins_a_window_unless_there_are_too_many() {
        assert_eq!(learned_stride(10_000, 8), 1);
        assert_eq!(learned_stride(30_000, 8), 2);
        assert_eq!(learned_stride(10_000_000, 500), 500);
        assert_eq!(learned_stride(100_000, 7), 7, "nothing else goes into it");
    }

    #[test]
    fn what_is_answered_begins_anew_with_each_stretch() {
        let stretch = [0, 0, 0, 0, 0, 1, 1, 1];
        let size = Some(WindowSize {
            length: 8,
            stride: 4,
        });
        let grid = Grid::new(&stretch, size, Some(2));
        assert_eq!(grid.answered, [0, 2, 4, 5, 7]);
        assert_eq!((grid.overlap, grid.learned_overlap), (2, 4));
        assert_eq!(grid.without(&[2], &stretch), [0, 4, 5, 6, 7]);
        // What follows the last of a stretch is not next to the first of another.
        assert_eq!(grid.without(&[5], &stretch), [0, 1, 2, 3, 4, 7]);
    }

    #[test]
    fn rows_that_are_windows_are_all_answered() {
        let grid = Grid::new(&[0, 1, 2], None, None);
        assert_eq!(grid.answered, [0, 1, 2]);
        assert_eq!((grid.overlap, grid.learned_overlap), (1, 1));
        assert_eq!(grid.without(&[1], &[0, 1, 2]), [0, 2]);
    }
}
