//! Many pumps in many conditions: the data a model is trained on.

use alloc::vec::Vec;

use senselm_sensor::rng::Rng;
use senselm_sensor::{Labelled, Position, Truth, Window};

use crate::{CHANNELS, Condition, Phase, Pump, Reading};

/// How many pumps are watched for how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FleetSpec {
    /// What everything is a function of. Other seeds are other machines.
    pub seed: u64,
    /// Episodes, each of a pump of its own, with the conditions in turn.
    pub episodes: u32,
    /// Readings of an episode.
    pub seconds: u32,
    /// Share of the episodes with a fault that begins only after a while.
    pub with_onset: f64,
    /// The condition of all pumps; each has the next one where it is left out.
    pub only: Option<Condition>,
}

/// A stretch of readings of one pump.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// The number of the pump.
    pub machine: u32,
    /// Its readings, without a gap.
    pub readings: Vec<Reading>,
}

/// The least severity of an episode: fainter faults are not to be told from a
/// healthy pump, and calling them by name would teach guessing.
const MIN_SEVERITY: f64 = 0.1;

/// Watches a fleet.
#[must_use]
pub fn fleet(spec: FleetSpec) -> Vec<Episode> {
    (0..spec.episodes)
        .map(|machine| {
            let mut rng = Rng::new(spec.seed, u64::from(machine));
            let in_turn = Condition::ALL[machine as usize % Condition::ALL.len()];
            let condition = spec.only.unwrap_or(in_turn);
            let mut pump = Pump::new(rng.next_u64());
            let severity = rng.between(MIN_SEVERITY, 1.0);
            let lasted_s = rng.between(60.0, 3_600.0);
            let late = rng.chance(spec.with_onset);
            let start = (f64::from(spec.seconds) * rng.between(0.1, 0.6)) as u32;
            let mut readings = Vec::new();
            if late {
                readings.extend((0..start.min(spec.seconds)).map(|_| pump.step()));
                pump.begin(condition, severity);
            } else {
                pump.begin(condition, severity);
                pump.settle(lasted_s);
            }
            while readings.len() < spec.seconds as usize {
                readings.push(pump.step());
            }
            let first = readings
                .first()
                .map_or(0, |reading: &Reading| reading.time_s);
            for reading in &mut readings {
                reading.time_s -= first;
            }
            Episode { machine, readings }
        })
        .collect()
}

/// One pump through all conditions, for `seconds` each and as long normal
/// between them: a recording to show. What heats the bearing comes last, since
/// it takes a quarter of an hour to cool down.
#[must_use]
pub fn tour(seed: u64, seconds: u32) -> Episode {
    let phase = |condition| Phase {
        condition,
        severity: 0.8,
        seconds,
    };
    let faults = [
        Condition::BlockedFilter,
        Condition::Cavitation,
        Condition::SensorDropout,
        Condition::BearingWear,
        Condition::DryRunning,
    ];
    let phases = faults.map(|fault| [phase(Condition::Normal), phase(fault)]);
    Episode {
        machine: 0,
        readings: Pump::new(seed).recording(phases.as_flattened()),
    }
}

/// Windows of `length` readings, one of each of `count` pumps, labelled by the
/// index of their condition in [`Condition::ALL`]: the next one each, or `only`
/// one.
#[must_use]
pub fn windows(seed: u64, count: u32, length: u32, only: Option<Condition>) -> Vec<Labelled> {
    let episodes = fleet(FleetSpec {
        seed,
        episodes: count,
        seconds: length,
        with_onset: 0.0,
        only,
    });
    episodes
        .iter()
        .enumerate()
        .filter_map(|(index, episode)| {
            let condition = episode.readings.last()?.condition;
            let window = Window {
                channels: (0..CHANNELS.len())
                    .map(|at| episode.readings.iter().map(|r| r.values[at]).collect())
                    .collect(),
            };
            let row = index as u64 + 1;
            Some(Labelled {
                truth: Condition::ALL
                    .iter()
                    .position(|known| *known == condition)
                    .map(Truth::Label),
                place: Position { line: row + 1, row },
                group: window.fingerprint(),
                window,
            })
        })
        .collect()
}
