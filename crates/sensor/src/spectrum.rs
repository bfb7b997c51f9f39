//! The frequency of a periodic signal, three ways.
//!
//! All frequencies are in cycles per minute, since what is measured here
//! breathes, beats or turns. Functions give `None` where the signal is too
//! short or too flat to have a frequency in the band.

use alloc::vec::Vec;
use core::f64::consts::TAU;

use crate::{Detrend, Taper};

/// Scanned frequencies for each bin of the discrete Fourier transform. With 16
/// the peak of a Hann-windowed tone is flat enough over three of them for a
/// parabola to place it within a ten-thousandth of a bin.
const SCAN_PER_BIN: f64 = 16.0;
/// McLeod and Wyvill's threshold between a peak and the highest one.
const NEARLY: f64 = 0.9;
/// Fewer samples than this have no spectrum worth the name.
const MIN_SAMPLES: usize = 8;

/// The frequency of the largest magnitude of the spectrum within a band.
///
/// # Source
/// Goertzel, "An algorithm for the evaluation of finite trigonometric series",
/// 1958; the peak is refined by a parabola through three log-magnitudes
/// (Smith and Serra, "PARSHL", 1987).
#[must_use]
pub fn dominant_cpm(
    samples: &[f64],
    rate_hz: f64,
    band_cpm: (f64, f64),
    detrend: Detrend,
    taper: Taper,
) -> Option<f64> {
    let mut signal = detrended(samples, detrend)?;
    if taper == Taper::Hann {
        let last = (signal.len() - 1) as f64;
        for (index, value) in signal.iter_mut().enumerate() {
            *value *= 0.5 - 0.5 * libm::cos(TAU * index as f64 / last);
        }
    }
    let step = rate_hz * 60.0 / (signal.len() as f64 * SCAN_PER_BIN);
    let (low, high) = (band_cpm.0, band_cpm.1.min(rate_hz * 30.0));
    let points = libm::floor((high - low) / step) + 1.0;
    if !(points >= 1.0 && points <= SCAN_PER_BIN * signal.len() as f64) {
        return None;
    }
    let power = |point: f64| goertzel_power(&signal, (low + point * step) / 60.0 / rate_hz);
    let (mut peak, mut highest) = (0.0, 0.0);
    for point in 0..points as usize {
        let here = power(point as f64);
        if here > highest {
            (peak, highest) = (point as f64, here);
        }
    }
    if highest <= 0.0 {
        return None;
    }
    let offset = parabola_peak(
        libm::log(power(peak - 1.0).max(f64::MIN_POSITIVE)),
        libm::log(highest),
        libm::log(power(peak + 1.0).max(f64::MIN_POSITIVE)),
    );
    Some((low + (peak + offset) * step).max(low).min(high))
}

/// The frequency of the first high peak of the normalised autocorrelation
/// `2 sum(x[i] x[i+lag]) / sum(x[i]^2 + x[i+lag]^2)`.
///
/// # Source
/// McLeod and Wyvill, "A smarter way to find pitch", 2005.
#[must_use]
pub fn autocorrelation_cpm(
    samples: &[f64],
    rate_hz: f64,
    band_cpm: (f64, f64),
    detrend: Detrend,
) -> Option<f64> {
    let signal = detrended(samples, detrend)?;
    let similarity = |lag: usize| {
        let pairs = || signal.iter().zip(&signal[lag..]);
        let energy: f64 = pairs().map(|(a, b)| a * a + b * b).sum();
        let product: f64 = pairs().map(|(a, b)| a * b).sum();
        2.0 * product / energy
    };
    let shortest = libm::floor(rate_hz * 60.0 / band_cpm.1).max(1.0) as usize;
    // Half of the signal at least must overlap, or chance decides.
    let longest = (libm::ceil(rate_hz * 60.0 / band_cpm.0) as usize).min(signal.len() / 2);
    let mut peaks: Vec<(f64, f64)> = Vec::new();
    for lag in shortest..=longest {
        let (left, here, right) = (similarity(lag - 1), similarity(lag), similarity(lag + 1));
        if here >= left && here > right {
            peaks.push((lag as f64 + parabola_peak(left, here, right), here));
        }
    }
    // Twice the period is as good a match as the period: the first peak that
    // is nearly as high as the highest is meant.
    let highest = peaks
        .iter()
        .fold(0.0, |high: f64, (_, here)| high.max(*here));
    let first = peaks.iter().find(|(_, here)| *here >= NEARLY * highest);
    first.map(|(lag, _)| rate_hz * 60.0 / lag)
}

/// The rate of upward crossings through zero, from the first to the last one,
/// held to the band. The signal is smoothed by a moving average as long as
/// `smooth` periods of its dominant frequency. With fewer than two crossings
/// the rate is that frequency.
#[must_use]
pub fn crossing_cpm(
    samples: &[f64],
    rate_hz: f64,
    band_cpm: (f64, f64),
    detrend: Detrend,
    smooth: f64,
) -> Option<f64> {
    let dominant = dominant_cpm(samples, rate_hz, band_cpm, detrend, Taper::None)?;
    let period = rate_hz * 60.0 / dominant;
    let signal = moving_average(&detrended(samples, detrend)?, smooth * period);
    let crossings: Vec<f64> = signal
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0] < 0.0 && pair[1] >= 0.0)
        .map(|(index, pair)| index as f64 + pair[0] / (pair[0] - pair[1]))
        .collect();
    let rate = match (crossings.first(), crossings.last()) {
        (Some(first), Some(last)) if last > first => {
            (crossings.len() - 1) as f64 * rate_hz * 60.0 / (last - first)
        }
        _ => dominant,
    };
    Some(rate.max(band_cpm.0).min(band_cpm.1))
}

/// The power at each frequency of the discrete Fourier transform, without the
/// mean: the lowest first, half the sample rate last. `None` as for frequencies.
fn powers(samples: &[f64]) -> Option<Vec<f64>> {
    let signal = detrended(samples, Detrend::Mean)?;
    let count = signal.len() as f64;
    let bins = 1..=signal.len() / 2;
    // Rounding may leave a little less than nothing.
    let power = |bin: usize| goertzel_power(&signal, bin as f64 / count).max(0.0);
    Some(bins.map(power).collect())
}

/// The mean frequency, weighted by power, as a share of half the sample rate.
#[must_use]
pub fn spectral_centroid(samples: &[f64]) -> Option<f64> {
    let powers = powers(samples)?;
    let sum: f64 = powers.iter().sum();
    let weighted = powers.iter().enumerate();
    let weighted: f64 = weighted.map(|(bin, power)| (bin + 1) as f64 * power).sum();
    (sum > 0.0).then(|| weighted / sum / powers.len() as f64)
}

/// The entropy of the power over frequencies, as a share of the largest.
#[must_use]
pub fn spectral_entropy(samples: &[f64]) -> Option<f64> {
    let powers = powers(samples)?;
    let sum: f64 = powers.iter().sum();
    let shares = powers
        .iter()
        .map(|power| power / sum)
        .filter(|share| *share > 0.0);
    let entropy: f64 = shares.map(|share| -share * libm::log(share)).sum();
    (sum > 0.0).then(|| entropy / libm::log(powers.len() as f64))
}

/// The average over an odd number of samples, about `length`, with the ends
/// repeated.
fn moving_average(signal: &[f64], length: f64) -> Vec<f64> {
    let half = (length.min(signal.len() as f64) as usize) / 2;
    let at = |index: usize| signal[index.saturating_sub(half).min(signal.len() - 1)];
    (0..signal.len())
        .map(|centre| {
            let around = (centre..=centre + 2 * half).map(at);
            around.sum::<f64>() / (2 * half + 1) as f64
        })
        .collect()
}

/// The signal minus its mean, line or parabola; `None` where it is too short,
/// has a missing sample, or is nothing but its trend.
fn detrended(samples: &[f64], detrend: Detrend) -> Option<Vec<f64>> {
    if samples.len() < MIN_SAMPLES || samples.iter().any(|sample| !sample.is_finite()) {
        return None;
    }
    let count = samples.len();
    let degree = match detrend {
        Detrend::Mean => 0,
        Detrend::Line => 1,
        Detrend::Parabola => 2,
    };
    // Orthogonal polynomials over the samples (Gram): each is fitted and
    // subtracted by itself, without a system of equations.
    let mut signal = samples.to_vec();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for power in 0..=degree {
        let mut next: Vec<f64> = (0..count)
            .map(|index| {
                let x = 2.0 * index as f64 / (count - 1) as f64 - 1.0;
                (0..power).fold(1.0, |product, _| product * x)
            })
            .collect();
        for earlier in &basis {
            subtract_projection(&mut next, earlier);
        }
        subtract_projection(&mut signal, &next);
        basis.push(next);
    }
    let largest = samples.iter().fold(0.0, |a: f64, b| a.max(libm::fabs(*b)));
    let rest = signal.iter().fold(0.0, |a: f64, b| a.max(libm::fabs(*b)));
    // What rounding leaves of a pure trend is not a signal.
    (rest > largest * 1e-12).then_some(signal)
}

fn subtract_projection(signal: &mut [f64], direction: &[f64]) {
    let product: f64 = signal.iter().zip(direction).map(|(a, b)| a * b).sum();
    let square: f64 = direction.iter().map(|value| value * value).sum();
    let share = product / square;
    for (value, along) in signal.iter_mut().zip(direction) {
        *value -= share * along;
    }
}

/// The power of the signal at a frequency in cycles per sample.
fn goertzel_power(signal: &[f64], cycles_per_sample: f64) -> f64 {
    let coefficient = 2.0 * libm::cos(TAU * cycles_per_sample);
    let (mut last, mut before) = (0.0, 0.0);
    for &value in signal {
        (last, before) = (value + coefficient * last - before, last);
    }
    last * last + before * before - coefficient * last * before
}

/// Where the parabola through three equally spaced values has its peak,
/// relative to the middle one and at most half a step away.
fn parabola_peak(left: f64, middle: f64, right: f64) -> f64 {
    let curvature = left - 2.0 * middle + right;
    let offset = 0.5 * (left - right) / curvature;
    if curvature < 0.0 && offset.is_finite() {
        offset.clamp(-0.5, 0.5)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use core::f64::consts::TAU;

    use super::{
        autocorrelation_cpm, crossing_cpm, dominant_cpm, spectral_centroid, spectral_entropy,
    };
    use crate::{Detrend, Taper};

    fn tone(cpm: f64, rate_hz: f64, count: usize, drift: f64) -> Vec<f64> {
        (0..count)
            .map(|index| {
                let seconds = index as f64 / rate_hz;
                50.0 + 20.0 * libm::sin(TAU * cpm / 60.0 * seconds + 0.7) + drift * seconds
            })
            .collect()
    }

    #[test]
    fn finds_a_tone() {
        for cpm in [7.0, 10.3, 12.11, 18.5, 30.0] {
            let signal = tone(cpm, 15.9, 477, 0.0);
            let band = (4.0, 40.0);
            let found = dominant_cpm(&signal, 15.9, band, Detrend::Mean, Taper::Hann);
            assert!(
                libm::fabs(found.expect("tone") - cpm) < 0.15,
                "{cpm} {found:?}"
            );
            let found = autocorrelation_cpm(&signal, 15.9, band, Detrend::Mean);
            assert!(
                libm::fabs(found.expect("tone") - cpm) < 0.3,
                "{cpm} {found:?}"
            );
            let found = crossing_cpm(&signal, 15.9, band, Detrend::Mean, 0.25);
            assert!(
                libm::fabs(found.expect("tone") - cpm) < 0.4,
                "{cpm} {found:?}"
            );
        }
    }

    #[test]
    fn power_is_low_or_high_narrow_or_wide() {
        let tone = |cycles: f64| -> Vec<f64> {
            let at = |index: i32| libm::sin(TAU * cycles * f64::from(index) / 64.0);
            (0..64).map(at).collect()
        };
        let low = spectral_centroid(&tone(4.0)).expect("power");
        let high = spectral_centroid(&tone(24.0)).expect("power");
        assert!(
            libm::fabs(low - 0.125) < 1e-6 && libm::fabs(high - 0.75) < 1e-6,
            "{low} {high}"
        );
        assert!(spectral_entropy(&tone(4.0)).expect("power") < 1e-6);
        // One sample that is not 0 has all frequencies alike.
        let mut impulse = [0.0; 64];
        impulse[20] = 1.0;
        let wide = spectral_entropy(&impulse).expect("power");
        assert!(wide > 0.99 && wide <= 1.0 + 1e-12, "{wide}");
        assert_eq!(spectral_centroid(&[3.0; 64]), None);
        assert_eq!(spectral_entropy(&[1.0; 3]), None);
    }

    #[test]
    fn a_line_is_no_tone() {
        let line: Vec<f64> = (0..64).map(|index| f64::from(index) * 0.1).collect();
        for detrend in [Detrend::Line, Detrend::Parabola] {
            assert_eq!(
                dominant_cpm(&line, 10.0, (1.0, 60.0), detrend, Taper::Hann),
                None
            );
        }
        assert_eq!(
            crossing_cpm(&[1.0; 64], 10.0, (1.0, 60.0), Detrend::Mean, 0.0),
            None
        );
        assert_eq!(
            autocorrelation_cpm(&[1.0; 4], 10.0, (1.0, 60.0), Detrend::Mean),
            None
        );
    }

    #[test]
    fn drift_is_taken_away() {
        let signal = tone(12.0, 15.9, 477, 2.0);
        let found = dominant_cpm(&signal, 15.9, (4.0, 40.0), Detrend::Line, Taper::Hann);
        assert!(libm::fabs(found.expect("tone") - 12.0) < 0.1, "{found:?}");
    }
}
