//! What a recording states beside its numbers.

use alloc::string::String;
use alloc::vec::Vec;

use senselm_readings::Refusal;
use senselm_readings::recording::check_rate;
use serde::{Deserialize, Serialize};

/// What a recording states of its units and rates, and which of its rows were
/// refused for them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Stated {
    /// The unit of each channel's numbers, in the order of the front end; empty
    /// where none is stated, and all of them where channels have no columns.
    #[serde(default)]
    pub units: Vec<String>,
    /// Readings a second, as somebody said or as times show.
    #[serde(default)]
    pub rate_hz: Option<f64>,
    /// Windows whose readings came faster or slower than those of most.
    #[serde(default)]
    pub other_pace: Option<OtherPace>,
    /// Readings a second of a part that is in no window, as each of its steps is a gap.
    #[serde(default)]
    pub slow_hz: Option<f64>,
    /// Rows that were refused for their scale, rate or order, by the reason.
    #[serde(default)]
    pub refused: Vec<RefusedRows>,
}

/// Windows of a recording whose readings came faster or slower than those of most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OtherPace {
    /// Seconds from one reading to the next, in most windows.
    pub usual_s: f64,
    /// And in most of the others.
    pub other_s: f64,
    /// How many others.
    pub windows: u64,
    /// Of so many whose pace is known.
    pub of: u64,
    /// The line up to which the first of the others reaches.
    pub line: u64,
}

/// Rows that were refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRows {
    /// What is not that of the model.
    pub refusal: Refusal,
    /// How many rows.
    pub rows: u64,
    /// Why the first of them was refused.
    pub reason: String,
}

impl Stated {
    /// Adds what another recording of the same training states: the first that
    /// states a unit has said it, a rate is known where all agree about it, and of
    /// windows of another pace the first ones stand for all.
    pub fn join(&mut self, other: &Self) {
        if self.units.len() < other.units.len() {
            self.units.resize(other.units.len(), String::new());
        }
        for (unit, others) in self.units.iter_mut().zip(&other.units) {
            if unit.is_empty() {
                unit.clone_from(others);
            }
        }
        self.other_pace = self.other_pace.or(other.other_pace);
        self.slow_hz = self.slow_hz.or(other.slow_hz);
        self.rate_hz = match (self.rate_hz, other.rate_hz) {
            (Some(one), Some(other)) => check_rate(other, one).is_ok().then_some(one),
            (one, other) => one.or(other),
        };
    }
}
