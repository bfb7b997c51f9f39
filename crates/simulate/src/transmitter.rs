//! From a physical value to what a transmitter says: calibration, noise,
//! steps, and the ways in which one fails.

use senselm_sensor::rng::Rng;

use crate::CHANNELS;

/// How a sensor fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It repeats its last value.
    Stuck,
    /// It says zero, or the lower end of its range where that is above.
    Zero,
    /// It says nothing: NaN, an empty cell in a file.
    Missing,
    /// It says anything within its range.
    Noise,
}

/// Standard deviation of each transmitter's noise, in its unit.
const NOISE: [f64; 6] = [0.006, 0.012, 0.25, 0.015, 0.06, 0.06];
/// How far off a transmitter may be calibrated, in its unit; vibration's is a
/// share of the value.
const BIAS: [f64; 6] = [0.02, 0.03, 0.5, 0.05, 0.8, 0.15];
const VIBRATION: usize = 3;

/// The six transmitters of one machine.
#[derive(Debug, Clone)]
pub(crate) struct Transmitters {
    bias: [f64; 6],
    last: [f64; 6],
}

impl Transmitters {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        Self {
            bias: core::array::from_fn(|at| BIAS[at] * rng.between(-1.0, 1.0)),
            last: [0.0; 6],
        }
    }

    /// What they say of the physical values, one of them perhaps failing.
    pub(crate) fn read(
        &mut self,
        physical: [f64; 6],
        failing: Option<(usize, Fault)>,
        rng: &mut Rng,
    ) -> [f64; 6] {
        let healthy: [f64; 6] = core::array::from_fn(|at| {
            let calibrated = if at == VIBRATION {
                physical[at] * (1.0 + self.bias[at])
            } else {
                physical[at] + self.bias[at]
            };
            quantised(at, calibrated + NOISE[at] * rng.normal())
        });
        let any = rng.unit();
        let mut said = healthy;
        if let Some((at, fault)) = failing {
            let channel = CHANNELS[at];
            said[at] = match fault {
                Fault::Stuck => self.last[at],
                Fault::Zero => channel.min.max(0.0),
                Fault::Missing => f64::NAN,
                Fault::Noise => quantised(at, channel.min + (channel.max - channel.min) * any),
            };
        }
        for (at, (last, healthy)) in self.last.iter_mut().zip(healthy).enumerate() {
            if failing != Some((at, Fault::Stuck)) {
                *last = healthy;
            }
        }
        said
    }
}

/// Within the range and in steps of the transmitter.
fn quantised(at: usize, value: f64) -> f64 {
    let channel = CHANNELS[at];
    let steps = libm::round(value.max(channel.min).min(channel.max) / channel.step);
    // Steps are decimal: dividing by their inverse gives the nearest f64 of
    // the decimal number, which multiplying does not.
    steps / libm::round(1.0 / channel.step)
}
