//! How the samples of a window are distributed, over their values and over the
//! window. Missing samples, which are NaN, do not count.

use alloc::vec::Vec;

use crate::scale::moments;

/// The value below which this share of the samples is, by a straight line between
/// the two nearest.
///
/// # Source
/// Hyndman and Fan, "Sample quantiles in statistical packages", 1996, definition 7.
pub(super) fn quantile(samples: &[f64], share: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = samples.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let position = share * last as f64;
    let left = (position as usize).min(last);
    let right = (left + 1).min(last);
    Some(sorted[left] + (sorted[right] - sorted[left]) * (position - left as f64))
}

/// The mean power of the samples' distances from their mean, in standard
/// deviations; 0 where nothing varies.
pub(super) fn standard_moment(samples: &[f64], power: u8) -> Option<f64> {
    let count = samples.iter().filter(|sample| !sample.is_nan()).count();
    if count == 0 {
        return None;
    }
    let (mean, deviation) = moments(samples);
    // What rounding leaves of a constant is no variation.
    if deviation <= libm::fabs(mean) * 1e-12 {
        return Some(0.0);
    }
    let distances = samples.iter().filter(|sample| !sample.is_nan());
    let powers = distances.map(|sample| {
        let distance = (sample - mean) / deviation;
        (0..power).fold(1.0, |product, _| product * distance)
    });
    Some(powers.sum::<f64>() / count as f64)
}

/// The share of steps that cross the mean.
pub(super) fn crossing_share(samples: &[f64]) -> Option<f64> {
    let (mean, _) = moments(samples);
    let present: Vec<f64> = samples.iter().copied().filter(|v| !v.is_nan()).collect();
    let steps = present.len().checked_sub(1).filter(|steps| *steps > 0)?;
    let crosses = |pair: &&[f64]| (pair[0] > mean) != (pair[1] > mean);
    Some(present.windows(2).filter(crosses).count() as f64 / steps as f64)
}

/// Where the first sample of this value is, from 0 at the start to 1 at the end.
pub(super) fn position(samples: &[f64], value: f64) -> Option<f64> {
    let at = samples.iter().position(|sample| *sample == value)?;
    let last = (samples.len() - 1).max(1);
    Some(at as f64 / last as f64)
}

/// The correlation with the samples `lag` later: the sum of products of distances
/// from the mean over that of squares; 0 where nothing varies.
pub(super) fn autocorrelation(samples: &[f64], lag: usize) -> Option<f64> {
    let later = samples.get(lag..).filter(|later| !later.is_empty())?;
    if samples.iter().any(|sample| sample.is_nan()) {
        return None;
    }
    let (mean, deviation) = moments(samples);
    if deviation <= libm::fabs(mean) * 1e-12 {
        return Some(0.0);
    }
    let products = samples
        .iter()
        .zip(later)
        .map(|(a, b)| (a - mean) * (b - mean));
    Some(products.sum::<f64>() / (deviation * deviation * samples.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::{autocorrelation, crossing_share, position, quantile, standard_moment};

    const N: f64 = f64::NAN;

    #[test]
    fn quantiles_lie_between_samples() {
        assert_eq!(quantile(&[3.0, 1.0, N, 2.0, 10.0], 0.5), Some(2.5));
        assert_eq!(quantile(&[4.0, 1.0, 2.0, 3.0, 5.0], 0.25), Some(2.0));
        assert_eq!(
            (quantile(&[7.0], 0.9), quantile(&[N], 0.5)),
            (Some(7.0), None)
        );
    }

    #[test]
    fn moments_know_a_tail_and_a_constant() {
        let skew = standard_moment(&[0.0, 0.0, 0.0, 4.0], 3).expect("samples");
        assert!(libm::fabs(skew - 2.0 / libm::sqrt(3.0)) < 1e-12, "{skew}");
        assert_eq!(standard_moment(&[1.0, -1.0, 1.0, -1.0], 4), Some(1.0));
        assert_eq!(standard_moment(&[0.1; 7], 3), Some(0.0));
        assert_eq!(standard_moment(&[N], 3), None);
    }

    #[test]
    fn order_counts() {
        let samples = [0.0, 2.0, 0.0, 2.0, 2.0];
        assert_eq!(crossing_share(&samples), Some(0.75));
        assert_eq!(crossing_share(&[1.0, N]), None);
        assert_eq!(position(&samples, 2.0), Some(0.25));
        assert_eq!(position(&[5.0], 5.0), Some(0.0));
        let alternating = [1.0, -1.0, 1.0, -1.0];
        assert_eq!(autocorrelation(&alternating, 1), Some(-0.75));
        assert_eq!(autocorrelation(&alternating, 2), Some(0.5));
        assert_eq!(autocorrelation(&[2.0; 4], 1), Some(0.0));
        assert_eq!(autocorrelation(&alternating, 4), None);
        assert_eq!(autocorrelation(&[1.0, N, 2.0], 1), None);
    }
}
