//! A simulated centrifugal pump with its sensors and its faults.
//!
//! The bundled model is trained on this, since a pump that is allowed to run
//! dry is hard to come by. Everything it makes is marked as simulated, the
//! same seed gives the same readings on every machine, and nothing here was
//! fitted to recorded data: it is textbook hydraulics (see [`Machine`]) with
//! plausible sizes. It does not replace measurements on a real pump.
//!
//! ```
//! use senselm_simulate::{Condition, Phase, Pump};
//!
//! let mut pump = Pump::new(7);
//! let readings = pump.recording(&[
//!     Phase { condition: Condition::Normal, severity: 0.0, seconds: 60 },
//!     Phase { condition: Condition::DryRunning, severity: 1.0, seconds: 120 },
//! ]);
//! let flow = |at: usize| readings[at].values[2];
//! assert!(flow(30) > 30.0 && flow(179) < 1.0);
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod condition;
mod csv;
mod fleet;
mod machine;
mod pump;
mod transmitter;

pub use condition::Condition;
pub use csv::{HEADER, to_csv};
pub use fleet::{Episode, FleetSpec, fleet, tour, windows};
pub use machine::{Machine, OperatingPoint, Suction};
pub use pump::{Phase, Pump, Reading};
pub use transmitter::Fault;

/// Readings per second.
pub const SAMPLE_RATE_HZ: f64 = 1.0;

/// A channel of the simulated pump.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channel {
    /// Its name, which is that of its column as well.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// The lower end of its transmitter's range.
    pub min: f64,
    /// The upper end of its transmitter's range.
    pub max: f64,
    /// The step of its transmitter's output.
    pub step: f64,
}

/// The channels, in the order of [`Reading::values`].
pub const CHANNELS: [Channel; 6] = [
    channel("suction", "bar", -1.0, 3.0, 0.01),
    channel("discharge", "bar", -1.0, 9.0, 0.01),
    channel("flow", "m3/h", 0.0, 120.0, 0.1),
    channel("vibration", "mm/s", 0.0, 20.0, 0.02),
    channel("bearing", "C", -20.0, 150.0, 0.1),
    channel("current", "A", 0.0, 40.0, 0.05),
];

const fn channel(name: &'static str, unit: &'static str, min: f64, max: f64, step: f64) -> Channel {
    Channel {
        name,
        unit,
        min,
        max,
        step,
    }
}
