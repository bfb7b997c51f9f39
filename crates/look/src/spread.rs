//! How numbers are spread: quantiles, ends, what is missing, and values that stand
//! far outside of everything else.

use crate::reservoir::{Reservoir, quantile};

/// Values at each end that are kept with their counts.
const ENDS: usize = 4;
/// A value stands outside where it is so many times as far from the next as all
/// others are from each other.
const OUTSIDE: f64 = 5.0;

/// Numbers of one channel.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spread {
    /// The numbers that stand for a missing one.
    codes: Vec<f64>,
    count: u64,
    missing: u64,
    reservoir: Reservoir,
    low: Vec<(f64, u64)>,
    high: Vec<(f64, u64)>,
}

/// Where the numbers of a channel are, without those that stand far outside.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Quantiles {
    /// The smallest.
    pub min: f64,
    /// One in a hundred is below.
    pub p01: f64,
    /// One in four is below.
    pub p25: f64,
    /// The one in the middle.
    pub p50: f64,
    /// One in four is above.
    pub p75: f64,
    /// One in a hundred is above.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

/// A number that stands for something else, such as -9999 for "no value".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sentinel {
    /// The number.
    pub value: f64,
    /// How often it is there.
    pub count: u64,
}

impl Spread {
    /// Of numbers of which these stand for a missing one.
    pub(crate) fn new(codes: &[f64]) -> Self {
        Self {
            codes: codes.to_vec(),
            ..Self::default()
        }
    }

    /// Takes a number; NaN is a missing one.
    pub(crate) fn add(&mut self, value: f64) {
        if value.is_nan() || self.codes.contains(&value) {
            self.missing += 1;
            return;
        }
        self.count += 1;
        self.reservoir.add(value);
        end(&mut self.low, value, |a, b| a < b);
        end(&mut self.high, value, |a, b| a > b);
    }

    /// Numbers that are there.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn missing_share(&self) -> f64 {
        self.missing as f64 / (self.missing + self.count).max(1) as f64
    }

    /// Whether there is one value at most.
    pub(crate) fn is_constant(&self) -> bool {
        self.low.len() <= 1
    }

    /// The values that stand far outside of everything else and are there more than
    /// once. What is there once is an outlier, and half of all values are no code.
    pub(crate) fn sentinels(&self) -> Vec<Sentinel> {
        let ends: Vec<(f64, u64)> = self.low.iter().chain(&self.high).copied().collect();
        let mut found: Vec<Sentinel> = Vec::new();
        // A second code may hide behind the first.
        for _ in 0..2 {
            let is_found = |value: f64| found.iter().any(|known| known.value == value);
            let sorted = self.reservoir.sorted(is_found);
            let inner = |value: &&(f64, u64)| !is_found(value.0);
            let far = ends.iter().filter(inner).find(|(value, count)| {
                let others: Vec<f64> = sorted.iter().copied().filter(|v| v != value).collect();
                let width = quantile(&others, 0.99) - quantile(&others, 0.01);
                let known = ends
                    .iter()
                    .filter(|(other, _)| other != value && !is_found(*other));
                let near = others.iter().copied().chain(known.map(|(other, _)| *other));
                let near = near.map(|other| (other - value).abs());
                let near = near.fold(f64::INFINITY, f64::min);
                *count >= 2
                    && count * 2 < self.count
                    && others.len() >= 8
                    && width > 0.0
                    && near > OUTSIDE * width
            });
            let Some(&(value, count)) = far else { break };
            found.push(Sentinel { value, count });
        }
        found
    }

    /// Where the numbers are, without the sentinels.
    pub(crate) fn quantiles(&self, sentinels: &[Sentinel]) -> Quantiles {
        let is_one = |value: f64| sentinels.iter().any(|known| known.value == value);
        let sorted = self.reservoir.sorted(is_one);
        let first = |ends: &[(f64, u64)]| {
            let inner = ends.iter().map(|(value, _)| *value);
            inner.into_iter().find(|value| !is_one(*value))
        };
        let at = |share| quantile(&sorted, share);
        Quantiles {
            min: first(&self.low).unwrap_or_default(),
            p01: at(0.01),
            p25: at(0.25),
            p50: at(0.5),
            p75: at(0.75),
            p99: at(0.99),
            max: first(&self.high).unwrap_or_default(),
        }
    }
}

/// Keeps a value among the ends, if it belongs there, and counts it.
fn end(ends: &mut Vec<(f64, u64)>, value: f64, before: impl Fn(f64, f64) -> bool) {
    let at = ends.iter().position(|(known, _)| !before(*known, value));
    match at {
        Some(at) if ends[at].0 == value => ends[at].1 += 1,
        Some(at) => {
            ends.insert(at, (value, 1));
            ends.truncate(ENDS);
        }
        None if ends.len() < ENDS => ends.push((value, 1)),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    fn spread(values: impl IntoIterator<Item = f64>) -> Spread {
        let mut spread = Spread::default();
        values.into_iter().for_each(|value| spread.add(value));
        spread
    }

    #[test]
    fn codes_stand_far_outside_and_come_again() {
        let usual = || (0..500).map(|at| 20.0 + f64::from(at % 50) / 10.0);
        for code in [-9999.0, 65535.0, 1e20, 85.0] {
            let found = spread(usual().chain([code; 3]));
            let sentinels = found.sentinels();
            assert_eq!(sentinels.len(), 1, "{code}");
            assert_eq!((sentinels[0].value, sentinels[0].count), (code, 3));
            let quantiles = found.quantiles(&sentinels);
            assert_eq!((quantiles.min, quantiles.max), (20.0, 24.9));
        }
        assert!(spread(usual().chain([-9999.0])).sentinels().is_empty());
        assert!(spread(usual().chain([26.0; 9])).sentinels().is_empty());
        let two = spread(usual().chain([-9999.0; 2]).chain([65535.0; 4]));
        assert_eq!(two.sentinels().len(), 2);
        // Two levels are no code and a value.
        let levels = spread((0..100).map(|at| f64::from(at % 2) * 1000.0));
        assert!(levels.sentinels().is_empty());
    }
}
