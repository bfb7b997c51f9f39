//! A sample of many values in bounded memory, the same on every host.

use alloc::vec::Vec;

use crate::rng::Rng;

/// All values while they are few, then an even sample of them.
///
/// # Source
/// Vitter, "Random sampling with a reservoir", ACM TOMS 11 (1985), algorithm R.
#[derive(Debug, Clone)]
pub(super) struct Reservoir {
    values: Vec<f64>,
    capacity: usize,
    seen: u64,
    ends: Option<(f64, f64)>,
    rng: Rng,
}

impl Reservoir {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            values: Vec::new(),
            capacity,
            seen: 0,
            ends: None,
            rng: Rng::new(0, 0),
        }
    }

    /// Takes a value; NaN is none.
    pub(super) fn push(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        self.seen += 1;
        let (low, high) = self.ends.unwrap_or((value, value));
        self.ends = Some((low.min(value), high.max(value)));
        if self.values.len() < self.capacity {
            self.values.push(value);
            return;
        }
        let at = self
            .rng
            .below(usize::try_from(self.seen).unwrap_or(usize::MAX));
        if let Some(slot) = self.values.get_mut(at) {
            *slot = value;
        }
    }

    /// How many values there were.
    pub(super) const fn seen(&self) -> u64 {
        self.seen
    }

    /// What was kept, sorted, with the lowest and the highest of all values at its
    /// ends.
    pub(super) fn into_sorted(self) -> Vec<f64> {
        let mut sorted = self.values;
        sorted.sort_by(f64::total_cmp);
        if let (Some((low, high)), Some(last)) = (self.ends, sorted.len().checked_sub(1)) {
            sorted[0] = low;
            sorted[last] = high;
        }
        sorted
    }
}

#[cfg(test)]
mod tests {
    use super::Reservoir;

    #[test]
    fn few_values_are_all_kept_and_many_evenly() {
        let mut few = Reservoir::new(8);
        for value in [3.0, f64::NAN, 1.0, 2.0] {
            few.push(value);
        }
        assert_eq!(few.seen(), 3);
        assert_eq!(few.into_sorted(), [1.0, 2.0, 3.0]);
        let mut many = Reservoir::new(1_000);
        for value in 0..100_000 {
            many.push(f64::from(value));
        }
        let sorted = many.into_sorted();
        assert_eq!((sorted[0], sorted[999]), (0.0, 99_999.0));
        let middle = sorted[500];
        assert!((45_000.0..55_000.0).contains(&middle), "{middle}");
    }
}
