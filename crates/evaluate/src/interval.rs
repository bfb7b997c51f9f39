//! 95 % intervals: a bootstrap over distinct windows, and Wilson's interval
//! for a share.
//!
//! A model that makes no error resamples to no error, so its bootstrap
//! interval has no width and says nothing. Wilson's interval still does: 93
//! right of 93 leaves everything from 0.960 upwards possible. Reports give
//! both.

use serde::Serialize;

use crate::Clusters;
use crate::rng::Rng;

/// The ends of a 95 % interval; in JSON `[low, high]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(into = "[f64; 2]")]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl From<Interval> for [f64; 2] {
    fn from(interval: Interval) -> Self {
        [interval.low, interval.high]
    }
}

/// The percentile interval of `statistic` over resampled distinct windows.
///
/// Each of `resamples` draws as many clusters as there are, with replacement,
/// and passes how often every row occurs. `None` with fewer than two distinct
/// windows or no resample, where a resample says nothing.
///
/// # Source
/// Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13,
/// with clusters as the units that are drawn (Field and Welsh, 2007).
pub fn bootstrap(
    clusters: &Clusters,
    resamples: usize,
    seed: u64,
    mut statistic: impl FnMut(&[u32]) -> f64,
) -> Option<Interval> {
    let groups = clusters.groups();
    if groups.len() < 2 || resamples == 0 {
        return None;
    }
    let mut rng = Rng::new(seed);
    let mut weights = vec![0_u32; clusters.len()];
    let mut values: Vec<f64> = (0..resamples)
        .map(|_| {
            weights.fill(0);
            for _ in 0..groups.len() {
                for &row in &groups[rng.below(groups.len())] {
                    weights[row] += 1;
                }
            }
            statistic(&weights)
        })
        .collect();
    values.sort_unstable_by(f64::total_cmp);
    Some(Interval {
        low: quantile(&values, 0.025),
        high: quantile(&values, 0.975),
    })
}

/// Wilson's interval of a share `part / whole`; `None` for a whole of zero.
///
/// # Source
/// Wilson, "Probable inference, the law of succession, and statistical
/// inference", JASA 22, 1927.
#[must_use]
pub fn wilson(share: f64, whole: usize) -> Option<Interval> {
    /// The 0.975 quantile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    if whole == 0 {
        return None;
    }
    let n = whole as f64;
    let scale = 1.0 + Z * Z / n;
    let centre = (share + Z * Z / (2.0 * n)) / scale;
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / scale;
    Some(Interval {
        low: (centre - half).max(0.0),
        high: (centre + half).min(1.0),
    })
}

/// A quantile of ascending values, linear between neighbours.
fn quantile(sorted: &[f64], at: f64) -> f64 {
    let place = at * (sorted.len() - 1) as f64;
    let below = sorted[place.floor() as usize];
    let above = sorted[place.ceil() as usize];
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_of_known_cases() {
        let all = wilson(1.0, 93).unwrap();
        assert!((all.low - 93.0 / (93.0 + 3.841_458_820_694_124)).abs() < 1e-9);
        assert!((all.high - 1.0).abs() < 1e-12);
        let some = wilson(0.9, 100).unwrap();
        assert!((some.low - 0.825_63).abs() < 1e-4, "{some:?}");
        assert!((some.high - 0.944_77).abs() < 1e-4, "{some:?}");
        assert_eq!(wilson(1.0, 0), None);
    }

    /// The interval of a mean is close to the one of the normal distribution.
    #[test]
    fn bootstrap_covers_as_theory_says() {
        let rights: Vec<f64> = (0..400).map(|i| f64::from(u8::from(i % 10 != 0))).collect();
        let mean = |weights: &[u32]| {
            let sum: f64 = rights
                .iter()
                .zip(weights)
                .map(|(r, &w)| r * f64::from(w))
                .sum();
            sum / f64::from(weights.iter().sum::<u32>())
        };
        let interval = bootstrap(&Clusters::singletons(400), 4000, 1, mean).unwrap();
        assert!(
            (interval.low - (0.9 - 1.96 * 0.015)).abs() < 0.004,
            "{interval:?}"
        );
        assert!(
            (interval.high - (0.9 + 1.96 * 0.015)).abs() < 0.004,
            "{interval:?}"
        );
        let again = bootstrap(&Clusters::singletons(400), 4000, 1, mean).unwrap();
        assert_eq!(interval, again);
    }

    #[test]
    fn copies_of_a_window_do_not_narrow_the_interval() {
        let rights = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0];
        let copied: Vec<f64> = (0..600).map(|i| rights[i % 6]).collect();
        let rows: Vec<Vec<f64>> = (0..600).map(|i| vec![(i % 6) as f64]).collect();
        let mean = |values: &[f64], weights: &[u32]| {
            let sum: f64 = values
                .iter()
                .zip(weights)
                .map(|(r, &w)| r * f64::from(w))
                .sum();
            sum / f64::from(weights.iter().sum::<u32>())
        };
        let few = bootstrap(&Clusters::singletons(6), 500, 3, |w| mean(&rights, w)).unwrap();
        let clusters = Clusters::of_rows(rows.iter().map(Vec::as_slice));
        let many = bootstrap(&clusters, 500, 3, |w| mean(&copied, w)).unwrap();
        assert_eq!(few, many);
        assert_eq!(bootstrap(&Clusters::singletons(1), 500, 3, |_| 1.0), None);
    }
}
