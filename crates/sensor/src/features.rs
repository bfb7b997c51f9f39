//! Values computed from the samples of a channel: statistics here, frequencies
//! in [`crate::spectrum`].

use crate::missing::interpolate;
use crate::scale::{extent, moments};
use crate::spectrum::{
    autocorrelation_cpm, crossing_cpm, dominant_cpm, spectral_centroid, spectral_entropy,
};

mod distribution;

use crate::FeatureKind;
use distribution::{autocorrelation, crossing_share, position, quantile, standard_moment};

/// The value of a feature; NaN where it has none. Missing samples, which are
/// NaN, do not count; frequencies are taken over interpolated ones.
pub(crate) fn value(kind: &FeatureKind, rate_hz: Option<f64>, samples: &[f64]) -> f64 {
    let per_second = rate_hz.unwrap_or(1.0);
    let rate_hz = rate_hz.unwrap_or(f64::NAN);
    let present = || samples.iter().copied().filter(|sample| !sample.is_nan());
    let ends = extent(samples);
    let defined = match kind {
        FeatureKind::Min {} => ends.map(|(low, _)| low),
        FeatureKind::Max {} => ends.map(|(_, high)| high),
        FeatureKind::Range {} => ends.map(|(low, high)| high - low),
        FeatureKind::Mean {} => ends.map(|_| moments(samples).0),
        FeatureKind::Std {} => ends.map(|_| moments(samples).1),
        FeatureKind::First {} => present().next(),
        FeatureKind::Last {} => present().next_back(),
        FeatureKind::Slope {} => slope(samples, per_second),
        FeatureKind::Roughness {} => roughness(samples),
        FeatureKind::MissingShare {} => {
            let missing = samples.len() - present().count();
            Some(missing as f64 / samples.len() as f64)
        }
        FeatureKind::DominantFrequency {
            min_cpm,
            max_cpm,
            detrend,
            taper,
        } => dominant_cpm(
            &interpolate(samples),
            rate_hz,
            (*min_cpm, *max_cpm),
            *detrend,
            *taper,
        ),
        FeatureKind::AutocorrelationFrequency {
            min_cpm,
            max_cpm,
            detrend,
        } => autocorrelation_cpm(
            &interpolate(samples),
            rate_hz,
            (*min_cpm, *max_cpm),
            *detrend,
        ),
        FeatureKind::CrossingRate {
            min_cpm,
            max_cpm,
            detrend,
            smooth,
        } => crossing_cpm(
            &interpolate(samples),
            rate_hz,
            (*min_cpm, *max_cpm),
            *detrend,
            *smooth,
        ),
        FeatureKind::LongestRun {} => longest_run(samples),
        FeatureKind::Median {} => quantile(samples, 0.5),
        FeatureKind::InterquartileRange {} => quantile(samples, 0.75)
            .zip(quantile(samples, 0.25))
            .map(|(high, low)| high - low),
        FeatureKind::Skewness {} => standard_moment(samples, 3),
        FeatureKind::Kurtosis {} => standard_moment(samples, 4),
        FeatureKind::CrossingShare {} => crossing_share(samples),
        FeatureKind::SpectralCentroid {} => spectral_centroid(&interpolate(samples)),
        FeatureKind::SpectralEntropy {} => spectral_entropy(&interpolate(samples)),
        FeatureKind::MinPosition {} => ends.and_then(|(low, _)| position(samples, low)),
        FeatureKind::MaxPosition {} => ends.and_then(|(_, high)| position(samples, high)),
        FeatureKind::Length {} => Some(samples.len() as f64),
        FeatureKind::Autocorrelation { lag } => autocorrelation(&interpolate(samples), *lag),
    };
    defined.unwrap_or(f64::NAN)
}

/// The least-squares slope per second.
fn slope(samples: &[f64], rate_hz: f64) -> Option<f64> {
    let points = || {
        samples
            .iter()
            .enumerate()
            .filter(|(_, sample)| !sample.is_nan())
            .map(|(index, &sample)| (index as f64 / rate_hz, sample))
    };
    let count = points().count() as f64;
    let (x_sum, y_sum) = points().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    let (x_mean, y_mean) = (x_sum / count, y_sum / count);
    let (covariance, variance) = points().fold((0.0, 0.0), |(covariance, variance), (x, y)| {
        let dx = x - x_mean;
        (covariance + dx * (y - y_mean), variance + dx * dx)
    });
    (variance > 0.0).then(|| covariance / variance)
}

/// Over the neighbours of which neither is missing.
pub(crate) fn roughness(samples: &[f64]) -> Option<f64> {
    let squares = || {
        let steps = samples.windows(2).map(|pair| pair[1] - pair[0]);
        steps
            .map(|step| step * step)
            .filter(|square| !square.is_nan())
    };
    let count = squares().count();
    (count > 0).then(|| libm::sqrt(squares().sum::<f64>() / (2 * count) as f64))
}

/// The length of the longest run of equal samples over that of the window.
/// Missing samples are in no run.
pub(crate) fn longest_run(samples: &[f64]) -> Option<f64> {
    let runs = samples.chunk_by(|a, b| a == b);
    let longest = runs
        .filter(|run| !run[0].is_nan())
        .map(<[f64]>::len)
        .max()?;
    Some(longest as f64 / samples.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::{longest_run, roughness, slope};

    #[test]
    fn roughness_knows_noise_from_drift() {
        assert_eq!(roughness(&[1.0, -1.0, 1.0, -1.0]), Some(libm::sqrt(2.0)));
        let drift = roughness(&[0.0, 0.1, 0.2, f64::NAN, 0.4]).expect("neighbours");
        assert!(drift < 0.08, "{drift}");
        assert_eq!(roughness(&[1.0]), None);
    }

    #[test]
    fn slope_is_that_of_the_line() {
        let found = slope(&[1.0, f64::NAN, 2.0, 2.5], 10.0).expect("two samples");
        assert!(libm::fabs(found - 5.0) < 1e-12, "{found}");
        assert_eq!(slope(&[1.0, f64::NAN], 10.0), None);
    }

    #[test]
    fn a_run_is_of_equal_samples() {
        assert_eq!(
            longest_run(&[1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0]),
            Some(0.375)
        );
        assert_eq!(longest_run(&[f64::NAN, f64::NAN, 1.0, 2.0]), Some(0.25));
        assert_eq!(longest_run(&[f64::NAN, f64::NAN]), None);
    }
}
