//! What is unlike training, in words.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use senselm_readings::recording::three_digits;
use serde::Serialize;

use super::convert::in_words;
use super::{Finding, Reason, Verdict};
use crate::Refusal;

impl Finding {
    /// Its name, as in JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unit { .. } => "unit",
            Self::Converted { .. } => "converted",
            Self::Outside { .. } => "outside",
            Self::Level { .. } => "level",
            Self::Rare { .. } => "rare",
            Self::Constant { .. } => "constant",
            Self::Steady { .. } => "steady",
            Self::Missing { .. } => "missing",
            Self::Exchanged { .. } => "exchanged",
            Self::Rate { .. } => "rate",
            Self::OtherPace { .. } => "other_pace",
            Self::Length { .. } => "length",
            Self::Pace { .. } => "pace",
            Self::Refused { .. } => "refused",
            Self::NoProfile => "no_profile",
            Self::NoWindows => "no_windows",
        }
    }

    /// What training had.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Unit { trained, .. } => trained.clone(),
            Self::Converted { units, .. } => match units {
                Some([trained, _]) => format!("values in {trained}"),
                None => "values of the trained scale".to_string(),
            },
            Self::Outside { trained, .. }
            | Self::Level { trained, .. }
            | Self::Length { trained, .. } => between(*trained),
            Self::Rare { trained, .. } => format!("mostly {}", between(*trained)),
            Self::Constant { longest, .. } => match longest {
                0 => "values that change".to_string(),
                1 => "values that change from window to window".to_string(),
                longest => format!("at most {longest} windows that stand still"),
            },
            Self::Steady { .. } => "values that change in every window".to_string(),
            Self::Missing { trained, .. } => format!("{} missing", percent(*trained)),
            Self::Exchanged { .. } => "its own values".to_string(),
            Self::Rate { trained_hz, .. } => pace(*trained_hz),
            Self::OtherPace { pace: other } => pace(1.0 / other.usual_s),
            Self::Pace { .. } => "the pace of training".to_string(),
            Self::Refused { .. } => "a recording that can be read".to_string(),
            Self::NoProfile => "a profile of what the model was trained on".to_string(),
            Self::NoWindows => "a whole window".to_string(),
        }
    }

    /// What the recording has.
    #[must_use]
    pub fn found(&self) -> String {
        match self {
            Self::Unit { stated, .. } => stated.clone(),
            Self::Converted { scale, offset, .. } => {
                format!("these {}", in_words(*scale, *offset))
            }
            Self::Outside { found, share, .. } => {
                format!("mostly {}, {} outside", between(*found), percent(*share))
            }
            Self::Level { found, .. } => format!("windows around {}", figure(*found)),
            Self::Rare { found, windows, .. } => {
                format!("{windows} windows around {}", figure(*found))
            }
            Self::Constant { value, windows, .. } => match windows {
                1 => format!("{} in the only window", figure(*value)),
                windows => format!("{} in {windows} windows", figure(*value)),
            },
            Self::Steady { windows, of } => {
                format!("none that changes in {windows} windows of {of}")
            }
            Self::Missing { found, .. } => format!("{} missing", percent(*found)),
            Self::Exchanged { with } => format!("what {with} had in training"),
            Self::Rate { found_hz, .. } => pace(*found_hz),
            Self::OtherPace { pace: other } => format!(
                "{} in {} windows of {}, the first up to line {}",
                pace(1.0 / other.other_s),
                other.windows,
                other.of,
                other.line
            ),
            Self::Length { found, .. } => format!("{found} samples"),
            Self::Pace { times } => match *times >= 1.0 {
                true => format!("the same over {} times the samples", figure(*times)),
                false => format!("the same over a {}th of the samples", figure(1.0 / times)),
            },
            Self::Refused { reason, .. } => reason.clone(),
            Self::NoProfile => "none".to_string(),
            Self::NoWindows => "none".to_string(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn repair(&self) -> String {
        match self {
            Self::Unit { trained, stated } => format!("convert {stated} to {trained}"),
            Self::Converted { units, .. } => match units {
                Some([trained, found]) => format!(
                    "see whether the values are in {found} where they should be in {trained}, and \
                     convert them"
                ),
                None => "see in which unit the values are, and convert them".to_string(),
            },
            Self::Outside { .. } | Self::Level { .. } => {
                "see that it is the right sensor and the right unit; if it is, train with such \
                 recordings"
                    .to_string()
            }
            Self::Rare { .. } => {
                "see that unit and sensor are right; if they are, train with more such recordings"
                    .to_string()
            }
            Self::Constant { .. } | Self::Steady { .. } => {
                "see that the sensor is connected and alive".to_string()
            }
            Self::Missing { .. } => "see why samples are missing".to_string(),
            Self::Exchanged { with } => {
                format!("see whether it was exchanged with {with}, and give it its own column")
            }
            Self::Rate { trained_hz, .. } => {
                format!("record {}, or resample to that", pace(*trained_hz))
            }
            Self::OtherPace { .. } => {
                "cut the recording where its rate changes, and resample what is at another one"
                    .to_string()
            }
            Self::Length { .. } => {
                "see that readings come at the rate of training; cut or resample windows to its \
                 length"
                    .to_string()
            }
            Self::Pace { .. } => {
                "see that readings come at the rate of training, or resample".to_string()
            }
            Self::Refused { refusal, .. } => match refusal {
                Refusal::Unit => "convert the values, or name the unit that they are in",
                Refusal::Rate => "record or resample at the rate of training",
                Refusal::Order => "sort the rows by time",
                Refusal::Scale => "see that these are readings of the sensor",
            }
            .to_string(),
            Self::NoProfile => {
                "it cannot be known: train the model again with this version of senselm".to_string()
            }
            Self::NoWindows => "give a longer recording".to_string(),
        }
    }

    /// What is unlike training, as the first part of a sentence.
    fn title(&self) -> &'static str {
        match self {
            Self::Unit { .. } => "another unit",
            Self::Converted { .. } => "values look like those of another unit",
            Self::Outside { .. } => "outside of everything trained on",
            Self::Level { .. } => "another level than in training",
            Self::Rare { .. } => "rare in training",
            Self::Constant { .. } => "constant",
            Self::Steady { .. } => "stands still",
            Self::Missing { .. } => "missing",
            Self::Exchanged { .. } => "channels look exchanged",
            Self::Rate { .. } => "another rate",
            Self::OtherPace { .. } => "the rate changes within the recording",
            Self::Length { .. } => "another length of windows",
            Self::Pace { .. } => "another pace",
            Self::Refused { refusal, .. } => match refusal {
                Refusal::Unit => "refused for its unit",
                Refusal::Rate => "refused for its rate",
                Refusal::Order => "refused for its order",
                Refusal::Scale => "refused for its scale",
            },
            Self::NoProfile => "the model does not say what it was trained on",
            Self::NoWindows => "no window",
        }
    }
}

/// A reason in words, with the figures behind them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told<'a> {
    /// The channel; absent where it is about the whole recording.
    pub channel: Option<&'a str>,
    /// What kind of thing was found, as [`Finding::code`].
    pub kind: &'static str,
    /// How much it weighs.
    pub weight: Verdict,
    /// What training had.
    pub expected: String,
    /// What the recording has.
    pub found: String,
    /// What to do about it.
    pub repair: String,
    /// All of it, as a sentence.
    pub message: String,
    /// The figures.
    pub values: &'a Finding,
}

impl Reason {
    /// In words.
    #[must_use]
    pub fn told(&self) -> Told<'_> {
        Told {
            channel: self.channel.as_deref(),
            kind: self.finding.code(),
            weight: self.weight,
            expected: self.finding.expected(),
            found: self.finding.found(),
            repair: self.finding.repair(),
            message: self.to_string(),
            values: &self.finding,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(channel) = &self.channel {
            write!(out, "{channel}: ")?;
        }
        let Finding::NoProfile = self.finding else {
            return write!(
                out,
                "{}: expected {}, found {}; {}",
                self.finding.title(),
                self.finding.expected(),
                self.finding.found(),
                self.finding.repair()
            );
        };
        write!(out, "{}; {}", self.finding.title(), self.finding.repair())
    }
}

fn figure(value: f64) -> f64 {
    three_digits(value)
}

fn between([low, high]: [f64; 2]) -> String {
    match low == high {
        true => figure(low).to_string(),
        false => format!("{} to {}", figure(low), figure(high)),
    }
}

fn percent(share: f64) -> String {
    format!("{} %", figure(share * 100.0))
}

/// A rate as people say it: `2 readings a second`, `one reading every 60 s`.
fn pace(rate_hz: f64) -> String {
    match figure(rate_hz) {
        1.0 => "one reading a second".to_string(),
        rate_hz if rate_hz > 1.0 => format!("{rate_hz} readings a second"),
        _ => format!("one reading every {} s", figure(1.0 / rate_hz)),
    }
}
