//! When the scores of windows are an alarm: a threshold with hysteresis over
//! smoothed scores, and the drift of what is normal told apart.
//!
//! A score is how unlike the learned a window is. Whoever answers windows in their
//! order keeps an [`AlarmState`] for each stream.

use serde::{Deserialize, Serialize};

use crate::SensorError;
use crate::limits::setting;
use crate::raw::{FromSection, Misread, Section, deserialize_raw};

/// What scores mean, as it was found on normal windows that were held back.
///
/// Scores are in nats a token, or a sample by [`AlarmSpec::run`]. One that was never calibrated has no threshold, and
/// nothing is an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AlarmSpec {
    /// An alarm begins with a smoothed score above this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Where the threshold is, with 95 %: more windows would have told better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold_interval: Option<[f64; 2]>,
    /// The score of a window is the highest mean over so many samples of a channel
    /// that follow each other, as they are written, in nats a sample: what is strange
    /// about a few samples is not lost among the others. The mean over all tokens
    /// where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<usize>,
    /// The share of normal windows that are to be above the threshold.
    pub false_alarm_rate: f64,
    /// How many normal windows the threshold was found on.
    pub held_back: usize,
    /// An alarm ends with a smoothed score below this; the threshold where it is
    /// left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<f64>,
    /// The weight of a new score in the smoothed one, above 0 to 1; 1 does not
    /// smooth.
    pub smooth: f64,
    /// The usual score: the median of normal windows.
    pub usual: f64,
    /// The weight of a new score in the baseline, 0 to 1; 0 follows no drift.
    pub drift: f64,
    /// The baseline has drifted where it is above this; never where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drifted: Option<f64>,
}

/// What a score means behind those before it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Whether there is an alarm.
    pub on: bool,
    /// The smoothed score, less what the baseline has drifted: what is held against
    /// the threshold, in nats a token.
    pub level: f64,
    /// The slow course of the scores.
    pub baseline: f64,
    /// Whether that has moved away from what it was on normal windows. A drift is no
    /// alarm: the normal itself changes, and the model is to be trained again.
    pub drifted: bool,
}

/// The scores of a stream so far, in constant memory.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmState {
    spec: AlarmSpec,
    smoothed: Option<f64>,
    baseline: f64,
    on: bool,
}

impl AlarmSpec {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`SensorError::Setting`] for numbers that are no scores or shares, and for
    /// ends in the wrong order.
    pub fn check(&self) -> Result<(), SensorError> {
        let scores = [self.threshold, self.release, self.drifted, Some(self.usual)];
        let ends = self.threshold_interval.iter().flatten().copied();
        if !scores.into_iter().flatten().chain(ends).all(f64::is_finite) {
            return Err(setting("task, anomaly", "scores must be finite numbers"));
        }
        if !(self.false_alarm_rate > 0.0 && self.false_alarm_rate < 1.0) {
            return Err(setting("task, false_alarm_rate", "must lie inside 0 to 1"));
        }
        if self.run == Some(0) {
            return Err(setting("task, run", "must be at least 1"));
        }
        if !(self.smooth > 0.0 && self.smooth <= 1.0) {
            return Err(setting("task, smooth", "must be above 0 and at most 1"));
        }
        if !(0.0..1.0).contains(&self.drift) {
            return Err(setting("task, drift", "must be at least 0 and below 1"));
        }
        let Some(threshold) = self.threshold else {
            return Ok(());
        };
        if self.usual > threshold || self.release.is_some_and(|release| release > threshold) {
            return Err(setting(
                "task, threshold",
                "must not lie below the usual score or the release",
            ));
        }
        Ok(())
    }
}

deserialize_raw!(AlarmSpec);

impl FromSection for AlarmSpec {
    fn from_section(section: &mut Section) -> Result<Self, Misread> {
        Ok(Self {
            threshold: section.may("threshold")?,
            threshold_interval: section.may("threshold_interval")?,
            run: section.may("run")?,
            false_alarm_rate: section.or("false_alarm_rate", one_percent)?,
            held_back: section.may("held_back")?,
            release: section.may("release")?,
            smooth: section.or("smooth", whole)?,
            usual: section.may("usual")?,
            drift: section.may("drift")?,
            drifted: section.may("drifted")?,
        })
    }
}

impl Default for AlarmSpec {
    fn default() -> Self {
        Self {
            threshold: None,
            threshold_interval: None,
            run: None,
            false_alarm_rate: one_percent(),
            held_back: 0,
            release: None,
            smooth: whole(),
            usual: 0.0,
            drift: 0.0,
            drifted: None,
        }
    }
}

impl AlarmState {
    /// A stream of which nothing was seen.
    #[must_use]
    pub fn new(spec: &AlarmSpec) -> Self {
        Self {
            spec: *spec,
            smoothed: None,
            baseline: spec.usual,
            on: false,
        }
    }

    /// Takes the score of the next window. One that is no number changes nothing.
    pub fn push(&mut self, score: f64) -> Alarm {
        let spec = &self.spec;
        if score.is_finite() {
            let before = self.smoothed.unwrap_or(score);
            self.smoothed = Some(before + spec.smooth * (score - before));
            // What is an alarm moves the baseline no further than the threshold:
            // an anomaly that stays is not taken for the normal.
            let moved = spec.threshold.map_or(score, |most| score.min(most));
            self.baseline += spec.drift * (moved - self.baseline);
        }
        let drift = self.baseline - spec.usual;
        let drifted = spec.drifted.is_some_and(|most| self.baseline > most);
        // Only what is called a drift is taken off.
        let level = self.smoothed.unwrap_or(spec.usual) - if drifted { drift } else { 0.0 };
        let edge = match self.on {
            true => spec.release.or(spec.threshold),
            false => spec.threshold,
        };
        self.on = edge.is_some_and(|edge| level > edge);
        Alarm {
            on: self.on,
            level,
            baseline: self.baseline,
            drifted,
        }
    }
}

fn one_percent() -> f64 {
    0.01
}

fn whole() -> f64 {
    1.0
}

#[cfg(test)]
mod tests {
    use super::{AlarmSpec, AlarmState};
    use alloc::vec::Vec;

    fn spec() -> AlarmSpec {
        AlarmSpec {
            threshold: Some(2.0),
            release: Some(1.5),
            usual: 1.0,
            ..AlarmSpec::default()
        }
    }

    fn on(spec: &AlarmSpec, scores: &[f64]) -> Vec<bool> {
        let mut state = AlarmState::new(spec);
        scores.iter().map(|score| state.push(*score).on).collect()
    }

    #[test]
    fn an_alarm_ends_lower_than_it_begins() {
        let found = on(&spec(), &[1.0, 1.9, 2.1, 1.7, 1.4, 1.7, f64::NAN]);
        assert_eq!(found, [false, false, true, true, false, false, false]);
        assert_eq!(on(&AlarmSpec::default(), &[1e9]), [false]);
    }

    #[test]
    fn smoothing_passes_over_one_window() {
        let smooth = AlarmSpec {
            smooth: 0.3,
            ..spec()
        };
        assert_eq!(on(&smooth, &[1.0, 3.0, 1.0, 1.0]), [false; 4]);
        assert!(on(&smooth, &[1.0, 3.0, 3.0, 3.0, 3.0])[4]);
    }

    #[test]
    fn a_slow_rise_is_a_drift_and_a_jump_an_alarm() {
        let drift = AlarmSpec {
            drift: 0.05,
            drifted: Some(1.3),
            ..spec()
        };
        let mut state = AlarmState::new(&drift);
        let mut last = None;
        for at in 0..600 {
            let alarm = state.push(1.0 + f64::from(at) / 600.0 * 1.4);
            assert!(!alarm.on, "{at}: {alarm:?}");
            last = Some(alarm);
        }
        assert!(last.expect("pushed").drifted);
        assert!(state.push(9.0).on);
        let mut state = AlarmState::new(&drift);
        let alarms: Vec<_> = (0..600)
            .map(|at| state.push(if at < 50 { 1.0 } else { 6.0 }))
            .collect();
        assert!(!alarms[49].on && alarms[50].on && alarms[599].on);
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        assert_eq!(spec().check(), Ok(()));
        for bad in [
            AlarmSpec {
                threshold: Some(f64::NAN),
                ..spec()
            },
            AlarmSpec {
                release: Some(2.5),
                ..spec()
            },
            AlarmSpec {
                usual: 3.0,
                ..spec()
            },
            AlarmSpec {
                false_alarm_rate: 0.0,
                ..spec()
            },
            AlarmSpec {
                run: Some(0),
                ..spec()
            },
            AlarmSpec {
                smooth: 0.0,
                ..spec()
            },
            AlarmSpec {
                drift: 1.0,
                ..spec()
            },
            AlarmSpec {
                threshold_interval: Some([0.0, f64::INFINITY]),
                ..spec()
            },
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }
}
