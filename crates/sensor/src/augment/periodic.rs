//! Periodic signals of a known rate.

use alloc::vec::Vec;
use core::f64::consts::TAU;

use super::spec::Periodic;
use crate::limits::{MAX_MAGNITUDE, setting};
use crate::resample::linear;
use crate::rng::Rng;
use crate::spectrum::dominant_cpm;
use crate::{Detrend, SensorError, Taper};

/// Draws before a window is taken as it is.
const MAX_DRAWS: usize = 4;
/// The amplitude. Scales and features that matter do not depend on it.
const AMPLITUDE: f64 = 40.0;

pub(super) fn check(spec: &Periodic, rates_hz: &[Option<f64>]) -> Result<(), SensorError> {
    let place = "augment, periodic";
    let band = spec.min_cpm > 0.0 && spec.min_cpm < spec.max_cpm && spec.max_cpm <= MAX_MAGNITUDE;
    if !band {
        return Err(setting(place, "min_cpm must be positive and below max_cpm"));
    }
    let sizes = [
        spec.wander,
        spec.swell,
        spec.harmonic,
        spec.trend,
        spec.noise,
    ];
    if sizes.iter().any(|size| !(0.0..=1.0).contains(size)) {
        return Err(setting(
            place,
            "wander, swell, harmonic, trend and noise must be between 0 and 1",
        ));
    }
    if spec.within_cpm.is_nan() || spec.within_cpm < 0.0 {
        return Err(setting(place, "within_cpm must not be negative"));
    }
    if rates_hz.iter().any(Option::is_none) {
        return Err(setting(place, "every channel needs a sample_rate_hz"));
    }
    Ok(())
}

/// Replaces all channels by signals of the same rate, and says which.
pub(super) fn replace(
    channels: &mut [Vec<f64>],
    spec: &Periodic,
    rates_hz: &[Option<f64>],
    rng: &mut Rng,
) -> f64 {
    let mut draw = 0;
    loop {
        let curve = Curve::draw(spec, rng);
        let mut truth_cpm = curve.rate_cpm;
        let mut close = true;
        for (samples, rate_hz) in channels.iter_mut().zip(rates_hz.iter().flatten()) {
            truth_cpm = curve.fill(samples, *rate_hz, rng);
            let band = (spec.min_cpm, spec.max_cpm);
            let found = dominant_cpm(samples, *rate_hz, band, Detrend::Line, Taper::None);
            close &= found.is_some_and(|found| libm::fabs(found - truth_cpm) <= spec.within_cpm);
        }
        draw += 1;
        if close || spec.within_cpm == 0.0 || draw == MAX_DRAWS {
            return truth_cpm;
        }
    }
}

/// What is drawn of a signal, besides its noise.
struct Curve {
    rate_cpm: f64,
    /// Changes of the rate, as shares, at equal distances over the window.
    wander: Vec<f64>,
    /// Changes of the amplitude, as shares.
    swell: Vec<f64>,
    phase: f64,
    harmonic: f64,
    harmonic_phase: f64,
    trend: f64,
    noise: f64,
}

impl Curve {
    fn draw(spec: &Periodic, rng: &mut Rng) -> Self {
        let octaves = libm::log(spec.max_cpm / spec.min_cpm);
        Self {
            rate_cpm: spec.min_cpm * libm::exp(octaves * rng.unit()),
            wander: wander(rng.between(0.0, spec.wander), rng),
            swell: {
                let size = rng.between(0.0, spec.swell);
                (0..6).map(|_| size * rng.between(-1.0, 1.0)).collect()
            },
            phase: rng.between(0.0, TAU),
            harmonic: rng.between(0.0, spec.harmonic),
            harmonic_phase: rng.between(0.0, TAU),
            trend: rng.between(-spec.trend, spec.trend),
            noise: rng.between(0.0, spec.noise),
        }
    }

    /// Writes the signal over the samples, and says its mean rate.
    fn fill(&self, samples: &mut [f64], rate_hz: f64, rng: &mut Rng) -> f64 {
        let count = samples.len();
        let wander = linear(&self.wander, count);
        let swell = linear(&self.swell, count);
        let (mut cycles, mut rates) = (self.phase / TAU, 0.0);
        for (index, sample) in samples.iter_mut().enumerate() {
            let rate_cpm = self.rate_cpm * (1.0 + wander[index]);
            rates += rate_cpm;
            cycles += rate_cpm / 60.0 / rate_hz;
            let angle = TAU * cycles;
            let wave =
                libm::sin(angle) + self.harmonic * libm::sin(2.0 * angle + self.harmonic_phase);
            let line = self.trend * (2.0 * index as f64 / count.max(2) as f64 - 1.0);
            let noise = self.noise * rng.normal();
            *sample = AMPLITUDE * ((1.0 + swell[index]) * wave + line + noise);
        }
        if count == 0 {
            self.rate_cpm
        } else {
            rates / count as f64
        }
    }
}

/// A random walk of eight knots around 0 whose furthest is `size` away.
fn wander(size: f64, rng: &mut Rng) -> Vec<f64> {
    let mut at = 0.0;
    let mut knots: Vec<f64> = (0..8)
        .map(|_| {
            at += rng.normal();
            at
        })
        .collect();
    let mean = knots.iter().sum::<f64>() / knots.len() as f64;
    let furthest = knots
        .iter()
        .fold(1e-9, |far: f64, knot| far.max(libm::fabs(knot - mean)));
    for knot in &mut knots {
        *knot = size * (*knot - mean) / furthest;
    }
    knots
}
