//! Bringing samples into a known range.

use alloc::vec::Vec;

use crate::Scale;

impl Scale {
    /// The range of scaled values; `None` where nothing is known of it.
    pub(crate) fn range(&self) -> Option<(f64, f64)> {
        match self {
            Self::None {} => None,
            Self::WindowMinMax { .. } | Self::Change { .. } | Self::Global { .. } => {
                Some((0.0, 1.0))
            }
            Self::WindowZScore { clip, .. } => Some((-clip, *clip)),
        }
    }

    /// The group whose minimum and maximum are shared.
    pub(crate) fn group(&self) -> Option<&str> {
        match self {
            Self::WindowMinMax { group, .. } => group.as_deref(),
            _ => None,
        }
    }
}

/// The smallest and the largest value that is not NaN.
pub(crate) fn extent<'a>(samples: impl IntoIterator<Item = &'a f64>) -> Option<(f64, f64)> {
    let mut values = samples.into_iter().copied().filter(|value| !value.is_nan());
    let first = values.next()?;
    Some(values.fold((first, first), |(low, high), value| {
        (low.min(value), high.max(value))
    }))
}

/// Scales samples in place; `shared` is the extent of the group, where the
/// scale has one.
pub(crate) fn apply(scale: &Scale, samples: &mut [f64], shared: Option<(f64, f64)>) {
    match *scale {
        Scale::None {} => {}
        Scale::WindowMinMax { min_range, .. } => {
            if let Some((low, high)) = shared.or_else(|| extent(&*samples)) {
                let range = (high - low).max(min_range);
                each(samples, |value| (value - low) / range);
            }
        }
        Scale::WindowZScore { min_std, clip } => {
            let (mean, std) = moments(samples);
            let std = std.max(min_std);
            each(samples, |value| ((value - mean) / std).max(-clip).min(clip));
        }
        Scale::Change { max } => {
            let mut before = samples.first().copied().unwrap_or_default();
            for sample in samples.iter_mut() {
                let change = *sample - before;
                before = core::mem::replace(sample, change);
            }
            each(samples, |change| (0.5 + 0.5 * change / max).clamp(0.0, 1.0));
        }
        Scale::Global { min, max } => {
            each(samples, |value| {
                ((value - min) / (max - min)).clamp(0.0, 1.0)
            });
        }
    }
}

/// Mean and standard deviation (divided by n) of the values that are not NaN.
pub(crate) fn moments(samples: &[f64]) -> (f64, f64) {
    let values: Vec<f64> = samples.iter().copied().filter(|v| !v.is_nan()).collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let square = values.iter().map(|value| (value - mean) * (value - mean));
    (mean, libm::sqrt(square.sum::<f64>() / count))
}

/// NaN stays NaN: `max` and `min` of the clamps would swallow it.
fn each(samples: &mut [f64], scaled: impl Fn(f64) -> f64) {
    for sample in samples.iter_mut().filter(|sample| !sample.is_nan()) {
        *sample = scaled(*sample);
    }
}

#[cfg(test)]
mod tests {
    use super::{Scale, apply};

    fn scaled<const N: usize>(scale: &Scale, mut samples: [f64; N]) -> [f64; N] {
        apply(scale, &mut samples, None);
        samples
    }

    #[test]
    fn scales_into_the_range() {
        let min_max = |min_range| Scale::WindowMinMax {
            min_range,
            group: None,
        };
        assert_eq!(scaled(&min_max(1.0), [2.0, 4.0, 3.0]), [0.0, 1.0, 0.5]);
        assert_eq!(scaled(&min_max(4.0), [2.0, 3.0]), [0.0, 0.25]);
        let global = Scale::Global {
            min: 0.0,
            max: 10.0,
        };
        assert_eq!(scaled(&global, [-1.0, 5.0, 11.0]), [0.0, 0.5, 1.0]);
        let z_score = Scale::WindowZScore {
            min_std: 0.5,
            clip: 1.5,
        };
        assert_eq!(scaled(&z_score, [-1.0, 1.0]), [-1.0, 1.0]);
        assert_eq!(scaled(&z_score, [3.0, 3.0]), [0.0, 0.0]);
        let change = Scale::Change { max: 4.0 };
        assert_eq!(
            scaled(&change, [7.0, 9.0, 9.0, 8.0, 99.0, -5.0]),
            [0.5, 0.75, 0.5, 0.375, 1.0, 0.0]
        );
        let found = scaled(&change, [1.0, f64::NAN, 3.0, 3.0]);
        assert!(found[0] == 0.5 && found[1].is_nan() && found[2].is_nan() && found[3] == 0.5);
        let with_gap = scaled(&global, [f64::NAN, 5.0]);
        assert!(with_gap[0].is_nan());
        assert_eq!(with_gap[1], 0.5);
    }
}
