//! Rows that are all there twice, whether or not they have times.

/// Runs from which it is no chance that none has an odd number of rows.
const FEW_RUNS: u64 = 16;

/// Runs of equal rows: where each has an even number, every row is there twice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Twins {
    /// Rows of this run so far.
    run: u64,
    even: u64,
    odd: u64,
}

impl Twins {
    /// Takes the next row, which is the one above it once more or is not.
    pub fn add(&mut self, is_again: bool) {
        if !is_again {
            self.end();
        }
        self.run += 1;
    }

    /// A run ends here: the file does, or something else is recorded.
    pub fn end(&mut self) {
        match (self.run, self.run % 2) {
            (0, _) => {}
            (_, 0) => self.even += 1,
            _ => self.odd += 1,
        }
        self.run = 0;
    }

    /// Whether every row so far is there twice.
    #[must_use]
    pub fn are_all(mut self) -> bool {
        self.end();
        self.odd == 0 && self.even >= FEW_RUNS
    }
}

#[cfg(test)]
mod tests {
    use super::Twins;

    fn are_all(runs: impl Iterator<Item = usize>) -> bool {
        let mut twins = Twins::default();
        for length in runs {
            (0..length).for_each(|at| twins.add(at > 0));
        }
        twins.are_all()
    }

    #[test]
    fn one_row_that_is_there_once_is_enough() {
        assert!(are_all([2].into_iter().cycle().take(16)));
        assert!(are_all([2, 4, 2, 6].into_iter().cycle().take(40)));
        assert!(!are_all([2].into_iter().cycle().take(15)));
        assert!(!are_all([2].into_iter().cycle().take(40).chain([1])));
        assert!(!are_all([100].into_iter()));
    }
}
