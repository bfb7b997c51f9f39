//! Changing the number of samples of a window.
//!
//! NaN, a missing sample, stays missing where it decides about the result.

use alloc::vec::Vec;

use crate::{Resample, ResampleMethod};

/// Applies one step.
#[must_use]
pub fn resample(samples: &[f64], step: Resample) -> Vec<f64> {
    match step.method {
        ResampleMethod::Linear => linear(samples, step.points),
        ResampleMethod::Mean => mean(samples, step.points),
    }
}

/// Linear interpolation at `points` equally spaced positions from the first to
/// the last sample; of a single point, the middle. No samples give NaN.
#[must_use]
pub fn linear(samples: &[f64], points: usize) -> Vec<f64> {
    let Some(last) = samples.len().checked_sub(1) else {
        return alloc::vec![f64::NAN; points];
    };
    (0..points)
        .map(|point| {
            let position = if points > 1 {
                point as f64 * last as f64 / (points - 1) as f64
            } else {
                last as f64 / 2.0
            };
            at(samples, position)
        })
        .collect()
}

/// The value at a fractional position, held beyond the ends.
pub(crate) fn at(samples: &[f64], position: f64) -> f64 {
    let Some(last) = samples.len().checked_sub(1) else {
        return f64::NAN;
    };
    let position = position.max(0.0).min(last as f64);
    let left = (position as usize).min(last);
    let share = position - left as f64;
    if share <= 0.0 {
        return samples[left];
    }
    samples[left] + (samples[left + 1] - samples[left]) * share
}

/// The mean over `points` equal stretches of the window. A sample that lies in
/// two stretches counts in each by its share; missing ones do not count.
#[must_use]
pub fn mean(samples: &[f64], points: usize) -> Vec<f64> {
    // Positions in units of 1/points of a sample, so that shares are exact; in
    // 64 bits, since a product of two lengths has no room in 32.
    let (count, points) = (samples.len() as u64, points as u64);
    (0..points)
        .map(|point| {
            let (start, end) = (point * count, (point + 1) * count);
            let first = start / points;
            let touched = samples
                .iter()
                .zip(0_u64..)
                .skip(first as usize)
                .take((end.div_ceil(points) - first) as usize);
            let (mut sum, mut weight) = (0.0, 0.0);
            for (&sample, index) in touched.filter(|(sample, _)| !sample.is_nan()) {
                let overlap = end.min((index + 1) * points) - start.max(index * points);
                sum += sample * overlap as f64;
                weight += overlap as f64;
            }
            sum / weight
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::{linear, mean};

    #[test]
    fn linear_keeps_the_ends() {
        assert_eq!(linear(&[0.0, 2.0, 4.0], 5), vec![0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(linear(&[1.0, 3.0], 1), vec![2.0]);
        assert_eq!(linear(&[7.0], 3), vec![7.0; 3]);
        assert_eq!(linear(&[1.0, 5.0, 2.0], 3), vec![1.0, 5.0, 2.0]);
        assert!(linear(&[], 2).iter().all(|value| value.is_nan()));
    }

    #[test]
    fn mean_weighs_shares() {
        assert_eq!(mean(&[1.0, 3.0, 5.0, 7.0], 2), vec![2.0, 6.0]);
        assert_eq!(mean(&[0.0, 3.0, 6.0], 2), vec![1.0, 5.0]);
        assert_eq!(mean(&[1.0, 2.0], 4), vec![1.0, 1.0, 2.0, 2.0]);
        assert_eq!(mean(&[1.0, f64::NAN, 5.0, 7.0], 2), vec![1.0, 6.0]);
        assert!(mean(&[], 1)[0].is_nan());
    }
}
