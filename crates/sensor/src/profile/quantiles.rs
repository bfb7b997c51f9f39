//! Quantiles, and what they say about where a value lies.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// The shares below which the values of [`Quantiles`] are.
pub const LEVELS: [f64; 9] = [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0];

/// The values of something at [`LEVELS`], lowest first: each is one that came, to
/// six digits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantiles(pub [f64; 9]);

impl Quantiles {
    /// Of values in any order, of which none is NaN; `None` where there are none.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted: Vec<f64> = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Self::of_sorted(&sorted)
    }

    pub(crate) fn of_sorted(sorted: &[f64]) -> Option<Self> {
        let last = sorted.len().checked_sub(1)?;
        let at = |level: f64| {
            let index = libm::round(level * last as f64) as usize;
            sorted.get(index.min(last)).copied().map(six_digits)
        };
        let mut quantiles = [0.0; 9];
        for (quantile, level) in quantiles.iter_mut().zip(LEVELS) {
            *quantile = at(level)?;
        }
        Some(Self(quantiles))
    }

    /// The lowest value.
    #[must_use]
    pub const fn low(&self) -> f64 {
        self.0[0]
    }

    /// The highest value.
    #[must_use]
    pub const fn high(&self) -> f64 {
        self.0[8]
    }

    /// The value in the middle.
    #[must_use]
    pub const fn median(&self) -> f64 {
        self.0[4]
    }

    /// The highest minus the lowest.
    #[must_use]
    pub const fn spread(&self) -> f64 {
        self.0[8] - self.0[0]
    }

    /// Between which shares the values below `value` are, and those below or equal
    /// to it: by straight lines between the quantiles, but where it is one of them
    /// and many values may be equal.
    pub(crate) fn shares(&self, value: f64) -> [(f64, f64); 2] {
        let tolerance = libm::fabs(value) * 1e-5;
        let equal = |quantile: &f64| libm::fabs(quantile - value) <= tolerance;
        if let Some(first) = self.0.iter().position(equal) {
            let last = self.0.iter().rposition(equal).unwrap_or(first);
            let before = first.checked_sub(1).map_or(0.0, |before| LEVELS[before]);
            let behind = LEVELS.get(last + 1).copied().unwrap_or(1.0);
            return [(before, LEVELS[first]), (LEVELS[last], behind)];
        }
        let share = self.share_between(value);
        [(share, share); 2]
    }

    /// The share of values below one that is no quantile.
    fn share_between(&self, value: f64) -> f64 {
        let above = self.0.iter().position(|quantile| *quantile > value);
        match above {
            Some(0) => 0.0,
            None => 1.0,
            Some(at) => {
                let (left, right) = (self.0[at - 1], self.0[at]);
                let within = (value - left) / (right - left);
                LEVELS[at - 1] + (LEVELS[at] - LEVELS[at - 1]) * within
            }
        }
    }
}

/// A value with six digits: more than a profile needs.
pub(super) fn six_digits(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        // Minus zero is zero.
        return if value == 0.0 { 0.0 } else { value };
    }
    let exponent = libm::floor(libm::log10(libm::fabs(value))) as i32;
    let digits = 5 - exponent;
    // Powers of ten are whole numbers that are exact as far as this; what has none
    // is beyond what a sensor gives.
    const EXACT: i32 = 22;
    if !(-EXACT..=EXACT).contains(&digits) {
        return value;
    }
    let power = (0..digits.abs()).fold(1.0, |power, _| power * 10.0);
    match digits < 0 {
        true => libm::round(value / power) * power,
        false => libm::round(value * power) / power,
    }
}

#[cfg(test)]
mod tests {
    use super::{LEVELS, Quantiles, six_digits};

    #[test]
    fn quantiles_are_values_that_came() {
        let values: alloc::vec::Vec<f64> = (0..=100).rev().map(f64::from).collect();
        let found = Quantiles::of(&values).expect("values");
        assert_eq!(found.0, LEVELS.map(|level| level * 100.0));
        assert_eq!(found.shares(-1.0), [(0.0, 0.0); 2]);
        assert_eq!(found.shares(101.0), [(1.0, 1.0); 2]);
        assert_eq!(found.shares(0.0), [(0.0, 0.0), (0.0, 0.01)]);
        let [(low, high), _] = found.shares(15.0);
        assert!(low == high && libm::fabs(low - 0.15) < 1e-9);
        assert_eq!(Quantiles::of(&[]), None);
    }

    #[test]
    fn equal_values_are_a_step() {
        let found = Quantiles::of(&[0.0, 0.0, 0.0, 8.0]).expect("values");
        assert_eq!(found.shares(0.0), [(0.0, 0.0), (0.75, 0.95)]);
        assert_eq!(found.shares(8.0), [(0.75, 0.95), (1.0, 1.0)]);
        let one = Quantiles::of(&[3.0]).expect("one");
        assert_eq!(one.shares(3.0), [(0.0, 0.0), (1.0, 1.0)]);
    }

    #[test]
    fn six_digits_of_anything() {
        for (value, expected) in [
            (572.666_666_67, 572.667),
            (-0.004_764_163_02, -0.004_764_16),
            (1e-300, 1e-300),
            (1e30, 1e30),
            (0.633_673_09, 0.633_673),
            (1_234_567.0, 1_234_570.0),
            (0.0, 0.0),
        ] {
            let found = six_digits(value);
            assert!(
                libm::fabs(found - expected) <= libm::fabs(expected) * 1e-12,
                "{value} {found}"
            );
        }
    }
}
