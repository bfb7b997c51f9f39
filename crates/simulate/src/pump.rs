//! A pump over time: its load wanders, faults come on, temperatures follow.

use alloc::vec::Vec;

use senselm_sensor::rng::Rng;

use crate::transmitter::{Fault, Transmitters};
use crate::{CHANNELS, Condition, Machine, Suction};

/// A pump with its sensors, at some moment.
#[derive(Debug, Clone)]
pub struct Pump {
    machine: Machine,
    transmitters: Transmitters,
    rng: Rng,
    time_s: u64,
    air_c: f64,
    bearing_c: f64,
    flow: f64,
    speed: Wander,
    valve: Wander,
    level: Wander,
    npsh_margin_m: f64,
    /// How far the fault has come on, 0 to 1.
    onset: f64,
    fault: FaultSpec,
}

/// A stretch of time in one condition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Phase {
    /// The condition.
    pub condition: Condition,
    /// From 0, hardly there, to 1, unmistakable. It does not matter to a
    /// normal pump; of a sensor dropout it is ignored.
    pub severity: f64,
    /// How long, in readings of a second.
    pub seconds: u32,
}

/// The six values of one second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Seconds since the beginning.
    pub time_s: u64,
    /// In the order of [`CHANNELS`]; NaN is missing.
    pub values: [f64; 6],
    /// What the pump suffers from.
    pub condition: Condition,
}

/// A fault, drawn once when it begins.
#[derive(Debug, Clone, Copy)]
struct FaultSpec {
    condition: Condition,
    severity: f64,
    /// Seconds until it has come on.
    onset_s: f64,
    /// Of cavitation: how much of it a low level causes; the rest is heat.
    by_level: f64,
    sensor: usize,
    sensor_fault: Fault,
}

/// A value that wanders around a set point which changes now and then
/// (Ornstein and Uhlenbeck's process).
#[derive(Debug, Clone, Copy)]
struct Wander {
    value: f64,
    set_point: f64,
    range: (f64, f64),
    lag_s: f64,
    noise: f64,
    /// Mean seconds between two changes of the set point.
    every_s: f64,
}

impl Wander {
    fn new(range: (f64, f64), lag_s: f64, noise: f64, every_s: f64, rng: &mut Rng) -> Self {
        let value = rng.between(range.0, range.1);
        Self {
            value,
            set_point: value,
            range,
            lag_s,
            noise,
            every_s,
        }
    }

    fn step(&mut self, rng: &mut Rng) -> f64 {
        if rng.chance(1.0 / self.every_s) {
            self.set_point = rng.between(self.range.0, self.range.1);
        }
        self.value += (self.set_point - self.value) / self.lag_s;
        self.value += self.noise * rng.normal() * libm::sqrt(2.0 / self.lag_s);
        self.value
    }
}

impl Pump {
    /// A pump that has been running for a while; its machine, its sensors and
    /// all that happens to it are a function of the seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let machine = Machine::new(&mut Rng::new(seed, 0));
        Self::with_machine(machine, seed)
    }

    /// A pump of the caller's sizes.
    #[must_use]
    pub fn with_machine(machine: Machine, seed: u64) -> Self {
        let transmitters = Transmitters::new(&mut Rng::new(seed, 1));
        let mut rng = Rng::new(seed, 2);
        let mut pump = Self {
            time_s: 0,
            air_c: rng.between(14.0, 32.0),
            bearing_c: 0.0,
            flow: machine.best_flow,
            speed: Wander::new((0.84, 1.0), 6.0, 0.002, 90.0, &mut rng),
            valve: Wander::new((0.75, 1.6), 12.0, 0.02, 120.0, &mut rng),
            level: Wander::new((-0.8, 0.8), 120.0, 0.05, 600.0, &mut rng),
            npsh_margin_m: 5.0,
            onset: 0.0,
            fault: FaultSpec::none(),
            machine,
            transmitters,
            rng,
        };
        pump.bearing_c = pump.bearing_goal_c(1.0);
        // Until flow and sensors have settled.
        for _ in 0..20 {
            pump.step();
        }
        pump.time_s = 0;
        pump
    }

    /// The sizes of this pump.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Begins a condition, which comes on over the next seconds.
    pub fn begin(&mut self, condition: Condition, severity: f64) {
        let same = self.fault.condition == condition;
        self.fault = FaultSpec::draw(condition, severity, &mut self.rng);
        if !same {
            self.onset = 0.0;
        }
    }

    /// Lets the present condition have lasted for this long: it has come on
    /// entirely, and the bearing's temperature has followed.
    pub fn settle(&mut self, seconds: f64) {
        self.onset = 1.0;
        for _ in 0..8 {
            self.step();
        }
        let goal_c = self.bearing_goal_c(self.speed.value);
        let share = 1.0 - libm::exp(-seconds / self.bearing_lag_s());
        self.bearing_c += (goal_c - self.bearing_c) * share;
    }

    /// The reading of the next second.
    pub fn step(&mut self) -> Reading {
        let fault = self.fault;
        self.onset = (self.onset + 1.0 / fault.onset_s).min(1.0);
        let speed = self.speed.step(&mut self.rng).clamp(0.7, 1.05);
        let valve = self.valve.step(&mut self.rng).max(0.4);
        let level_m = self.level.step(&mut self.rng);
        let suction = self.suction(level_m);
        let head_factor = Machine::head_factor(self.npsh_margin_m);
        let point = self
            .machine
            .operating_point(speed, valve, suction, head_factor);
        // Water has inertia, and bubbles come and go more slowly than the flow.
        self.flow += (point.flow - self.flow) / 1.8;
        self.npsh_margin_m += (point.npsh_margin_m - self.npsh_margin_m) / 3.0;
        self.bearing_c += (self.bearing_goal_c(speed) - self.bearing_c) / self.bearing_lag_s();

        let cavitation = Machine::cavitation(self.npsh_margin_m) * suction.liquid;
        let slugs = 4.0 * suction.liquid * (1.0 - suction.liquid);
        let rough = cavitation + 0.7 * slugs;
        let mut shake = |size: f64| size * self.rng.normal();
        let flow = self.flow * (1.0 + shake(0.006)) + shake(2.2 * rough);
        let suction_bar = point.suction_bar + shake(0.006) + shake(0.03 * rough);
        let discharge_bar = point.discharge_bar + shake(0.01) + shake(0.11 * rough);
        let shaft_kw = (point.shaft_kw * (1.0 + shake(0.008 + 0.02 * rough)))
            .max(self.machine.friction_kw * 0.5)
            + 0.25 * self.strength(Condition::BearingWear);
        let vibration = self.vibration(speed, cavitation, slugs, suction.liquid);
        let physical = [
            suction_bar,
            discharge_bar,
            flow.max(0.0),
            vibration,
            self.bearing_c,
            self.machine.current(shaft_kw),
        ];
        let failing = (fault.condition == Condition::SensorDropout)
            .then_some((fault.sensor, fault.sensor_fault));
        let values = self.transmitters.read(physical, failing, &mut self.rng);
        let reading = Reading {
            time_s: self.time_s,
            values,
            condition: fault.condition,
        };
        self.time_s += 1;
        reading
    }

    /// The readings of phases that follow one another without a gap.
    #[must_use]
    pub fn recording(&mut self, phases: &[Phase]) -> Vec<Reading> {
        let mut readings = Vec::new();
        for phase in phases {
            self.begin(phase.condition, phase.severity);
            readings.extend((0..phase.seconds).map(|_| self.step()));
        }
        readings
    }

    /// How strong a fault is now, 0 to 1; 0 where the pump has another one.
    fn strength(&self, condition: Condition) -> f64 {
        if self.fault.condition == condition {
            self.onset * (0.12 + 0.88 * self.fault.severity)
        } else {
            0.0
        }
    }

    fn suction(&self, level_m: f64) -> Suction {
        let clean = Suction::default();
        let lost_m = if self.fault.condition == Condition::Cavitation {
            self.onset * self.lost_npsh_m()
        } else {
            0.0
        };
        let dry = self.strength(Condition::DryRunning);
        Suction {
            level_m: level_m - lost_m * self.fault.by_level,
            blockage: 0.15 + 10.0 * self.strength(Condition::BlockedFilter),
            vapour_m: clean.vapour_m + lost_m * (1.0 - self.fault.by_level),
            liquid: if dry > 0.0 {
                1.0 - self.onset * (0.25 + 0.75 * dry)
            } else {
                1.0
            },
        }
    }

    /// How much of the net positive suction head is lost when cavitation has
    /// come on: at usual load, what leaves the margin at which bubbles begin to
    /// be heard, or in a severe case a deficit of a metre.
    fn lost_npsh_m(&self) -> f64 {
        let usual = self
            .machine
            .operating_point(0.92, 1.1, Suction::default(), 1.0);
        usual.npsh_margin_m - 1.2 + 2.3 * self.fault.severity
    }

    /// Vibration in mm/s: unbalance grows with the square of the speed, flow
    /// beside the best one and bubbles add their own, wear adds most.
    fn vibration(&mut self, speed: f64, cavitation: f64, slugs: f64, liquid: f64) -> f64 {
        let base = self.machine.vibration;
        let load = self.flow / (speed * self.machine.best_flow);
        let beside = 0.9 * (load - 1.0) * (load - 1.0) * liquid;
        let wear = self.strength(Condition::BearingWear);
        let parts = [
            base * speed * speed * (0.75 + 0.25 * liquid),
            base * beside,
            cavitation * 3.4 * (1.0 + 0.22 * self.rng.normal()),
            slugs * 1.6 * (1.0 + 0.3 * self.rng.normal()),
            wear * 4.2 * speed * (1.0 + 0.07 * self.rng.normal()),
        ];
        // Sources that know nothing of one another add their squares.
        let square: f64 = parts.iter().map(|part| part * part).sum();
        libm::sqrt(square) * (1.0 + 0.035 * self.rng.normal())
    }

    /// The temperature that the bearing is heading for.
    fn bearing_goal_c(&self, speed: f64) -> f64 {
        let wear = self.strength(Condition::BearingWear);
        let dry = self.strength(Condition::DryRunning);
        self.air_c + self.machine.bearing_rise_c * speed * (1.0 + 1.1 * wear) + 45.0 * dry
    }

    /// Without liquid to carry it away, heat comes quickly.
    fn bearing_lag_s(&self) -> f64 {
        self.machine.bearing_lag_s * (1.0 - 0.6 * self.strength(Condition::DryRunning))
    }
}

impl FaultSpec {
    fn none() -> Self {
        Self {
            condition: Condition::Normal,
            severity: 0.0,
            onset_s: 1.0,
            by_level: 0.0,
            sensor: 0,
            sensor_fault: Fault::Missing,
        }
    }

    fn draw(condition: Condition, severity: f64, rng: &mut Rng) -> Self {
        let faults = [Fault::Stuck, Fault::Zero, Fault::Missing, Fault::Noise];
        let sensor_fault = faults[rng.below(faults.len())];
        let mut sensor = rng.below(CHANNELS.len());
        // A temperature hardly moves within a minute: that it is stuck cannot
        // be seen, so something else sticks.
        if sensor_fault == Fault::Stuck && CHANNELS[sensor].name == "bearing" {
            sensor = rng.below(4);
        }
        Self {
            condition,
            // Not a number is no fault.
            severity: if severity > 0.0 {
                severity.min(1.0)
            } else {
                0.0
            },
            onset_s: match condition {
                Condition::Normal | Condition::SensorDropout => 1.0,
                Condition::DryRunning => rng.between(4.0, 12.0),
                Condition::Cavitation => rng.between(6.0, 20.0),
                Condition::BlockedFilter | Condition::BearingWear => rng.between(10.0, 30.0),
            },
            by_level: rng.between(0.1, 0.45),
            sensor,
            sensor_fault,
        }
    }
}
