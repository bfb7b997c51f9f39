//! Whether a recording is of the kind that a model was trained on: its scale, its
//! rate and the order of its channels.
//!
//! This is no judgement of shapes. A machine that fails gives windows of another
//! shape, which the anomaly score tells; it does not give degrees Fahrenheit, the
//! channels of another sensor, or twice the readings a second. So nothing here
//! looks at single samples: what counts is where most samples and windows lie
//! beside those of training, and a steady recording inside their range fits.

mod convert;
mod exchanged;
mod pace;
mod recent;
mod values;
mod words;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

pub use recent::Recent;
pub use words::Told;

use crate::profile::{ChannelSketch, OpenSketch, Sketch};
use crate::{ChannelProfile, FrontEnd, OtherPace, Profile, Refusal, SensorError, Stated, Window};

/// Different windows from which what is said may be certain.
const FEW: u64 = 6;

/// Whether a recording fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing speaks against it.
    Yes,
    /// Something is unlike training, and a person should look at it.
    Unsure,
    /// Answers about it would mean nothing.
    No,
}

impl Verdict {
    /// Its name: `yes`, `unsure` or `no`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Unsure => "unsure",
            Self::No => "no",
        }
    }
}

/// What is unlike training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finding {
    /// The recording states another unit.
    Unit {
        /// That of training.
        trained: String,
        /// That of the recording.
        stated: String,
    },
    /// The values are those of training times `scale` plus `offset`.
    Converted {
        /// What they are multiplied by.
        scale: f64,
        /// What is then added.
        offset: f64,
        /// The units that are so converted, of training and of the recording, where
        /// there are some.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        units: Option<[String; 2]>,
    },
    /// Samples are outside of everything that was trained on.
    Outside {
        /// The lowest and the highest of training.
        trained: [f64; 2],
        /// The samples that a twentieth of those found are below, and above.
        found: [f64; 2],
        /// The share of the samples found that are outside.
        share: f64,
    },
    /// The means of windows are outside of those that were trained on, though their
    /// samples are not.
    Level {
        /// The lowest and the highest mean of training.
        trained: [f64; 2],
        /// The mean of most windows.
        found: f64,
    },
    /// Most windows are where few were in training.
    Rare {
        /// Between these values were most of training.
        trained: [f64; 2],
        /// The mean of most windows.
        found: f64,
        /// How many windows are beyond.
        windows: u64,
    },
    /// All samples are one value, or nearly.
    Constant {
        /// That value.
        value: f64,
        /// How many windows hold it.
        windows: u64,
        /// The most windows one behind the other that held one value in training.
        longest: u64,
    },
    /// In some windows it stands still, and in training it did in none.
    Steady {
        /// The windows in which it does.
        windows: u64,
        /// Of so many.
        of: u64,
    },
    /// Samples are missing that were there in training.
    Missing {
        /// The share that was missing in training.
        trained: f64,
        /// The share that is.
        found: f64,
    },
    /// The channel holds what another one should.
    Exchanged {
        /// The other channel.
        with: String,
    },
    /// Readings come at another rate.
    Rate {
        /// Readings a second of training.
        trained_hz: f64,
        /// Those of the recording.
        found_hz: f64,
    },
    /// Readings of some windows come at another rate than those of most.
    OtherPace {
        /// How many windows, of how many, and seconds from one reading to the next in
        /// them and in most.
        #[serde(flatten)]
        pace: OtherPace,
    },
    /// Windows have more samples than in training, or fewer.
    Length {
        /// The fewest and the most of training.
        trained: [f64; 2],
        /// Those of most windows.
        found: f64,
    },
    /// What happens takes so many times more samples than in training, or fewer.
    Pace {
        /// How many times more.
        times: f64,
    },
    /// It cannot be read for its unit, rate, order or scale.
    Refused {
        /// What is not that of the model.
        refusal: Refusal,
        /// What the reader says.
        reason: String,
    },
    /// The file says nothing of its training.
    NoProfile,
    /// There is no window to look at.
    NoWindows,
}

/// Why a recording does not fit, or may not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The channel; absent where it is about the whole recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// How much it weighs.
    pub weight: Verdict,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
}

/// Whether a recording fits, and why not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fits {
    /// What follows from all reasons: the weightiest.
    pub verdict: Verdict,
    /// Windows that were looked at.
    pub windows: u64,
    /// What is unlike training, the weightiest first.
    pub reasons: Vec<Reason>,
}

impl Fits {
    fn new(windows: u64, mut reasons: Vec<Reason>) -> Self {
        reasons.sort_by_key(|reason| core::cmp::Reverse(reason.weight));
        Self {
            verdict: reasons.first().map_or(Verdict::Yes, |reason| reason.weight),
            windows,
            reasons,
        }
    }

    /// Of a recording that is refused for its unit, rate, order or scale; `None`
    /// where it is for something else.
    #[must_use]
    pub fn of_refused(error: &SensorError) -> Option<Self> {
        use alloc::string::ToString;
        let refusal = error.refusal()?;
        let reason = error.to_string();
        let finding = Finding::Refused { refusal, reason };
        Some(Self::new(0, [whole(Verdict::No, finding)].into()))
    }

    /// Of any recording, for a model whose file has no profile.
    #[must_use]
    pub fn unknown(windows: u64) -> Self {
        let reason = whole(Verdict::Unsure, Finding::NoProfile);
        Self::new(windows, [reason].into())
    }
}

fn whole(weight: Verdict, finding: Finding) -> Reason {
    Reason {
        channel: None,
        weight,
        finding,
    }
}

/// What a front end says of a channel, as far as it counts here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedChannel {
    /// Its name.
    pub name: String,
    /// The unit of its samples; empty where there is none.
    pub unit: String,
}

/// One channel of a recording beside that of training.
#[derive(Clone, Copy)]
struct Pairing<'a> {
    spec: &'a NamedChannel,
    trained: &'a ChannelProfile,
    found: &'a ChannelSketch,
    /// The unit that the recording states; empty where it states none.
    stated: &'a str,
    /// Windows that are different, of training and of the recording.
    distinct: [u64; 2],
    /// All of them.
    windows: [u64; 2],
}

impl Pairing<'_> {
    fn reason(&self, weight: Verdict, finding: Finding) -> Reason {
        Reason {
            channel: Some(self.spec.name.clone()),
            weight,
            finding,
        }
    }

    /// How far beyond what was trained on a value may be without being new: the
    /// fewer windows there were, the less is known of their ends.
    fn slack(&self) -> f64 {
        let few = 1.0 / libm::sqrt(self.distinct[0].max(1) as f64);
        (0.1 + few).min(0.5)
    }

    /// No, where enough windows are there to be certain.
    fn certain(&self) -> Verdict {
        match self.distinct[1] >= FEW {
            true => Verdict::No,
            false => Verdict::Unsure,
        }
    }
}

/// Holds the windows of a recording, in their order, against what a model was
/// trained on.
///
/// Few windows say little: of one to five nothing is `no` but for what is far from
/// all that was trained on.
#[must_use]
pub fn fits<'w>(
    front_end: &FrontEnd,
    profile: &Profile,
    windows: impl IntoIterator<Item = &'w Window>,
    stated: &Stated,
) -> Fits {
    let mut gathered = Gathered::new(front_end);
    windows.into_iter().for_each(|window| gathered.push(window));
    gathered.fits(profile, stated)
}

/// The windows of a recording that comes, to hold them against what a model was
/// trained on at any time. Memory does not grow with them beyond a few thousand.
#[derive(Debug, Clone)]
pub struct Gathered {
    channels: Vec<NamedChannel>,
    sketch: OpenSketch,
}

impl Gathered {
    /// None so far.
    #[must_use]
    pub fn new(front_end: &FrontEnd) -> Self {
        let channels = front_end.channels().iter().map(|channel| NamedChannel {
            name: channel.name.clone(),
            unit: channel.unit.clone(),
        });
        Self::of_channels(channels.collect())
    }

    /// The same, for who knows the channels and no front end.
    #[must_use]
    pub fn of_channels(channels: Vec<NamedChannel>) -> Self {
        let sketch = OpenSketch::new(channels.len());
        Self { channels, sketch }
    }

    /// The same channels, without a window.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self::of_channels(self.channels.clone())
    }

    /// Takes the next window.
    pub fn push(&mut self, window: &Window) {
        self.sketch.push(window);
    }

    /// How many there were.
    #[must_use]
    pub const fn windows(&self) -> u64 {
        self.sketch.windows()
    }

    /// What [`fits`] says of the windows so far.
    #[must_use]
    pub fn fits(&self, profile: &Profile, stated: &Stated) -> Fits {
        of_sketch(
            &self.channels,
            profile,
            &self.sketch.clone().close(),
            stated,
        )
    }
}

fn of_sketch(
    channels: &[NamedChannel],
    profile: &Profile,
    sketch: &Sketch,
    stated: &Stated,
) -> Fits {
    let mut reasons = refused(sketch, stated);
    if sketch.windows == 0 {
        if reasons.is_empty() {
            reasons.push(whole(Verdict::Unsure, Finding::NoWindows));
        }
        return Fits::new(0, reasons);
    }
    let channels = channels.iter().zip(&profile.channels);
    let channels = channels.zip(&sketch.channels).enumerate();
    let pairings: Vec<Pairing<'_>> = channels
        .map(|(at, ((spec, trained), found))| Pairing {
            spec,
            trained,
            found,
            stated: stated.units.get(at).map_or("", String::as_str),
            distinct: [profile.distinct, sketch.distinct],
            windows: [profile.windows, sketch.windows],
        })
        .collect();
    reasons.extend(pace::stated(&pairings, stated));
    reasons.extend(pace::of_windows(&pairings, stated));
    let exchanged = exchanged::look(&pairings, profile, sketch);
    for (at, pairing) in pairings.iter().enumerate() {
        // Of a channel that holds another's values, they say nothing else.
        if let Some((with, weight)) = exchanged.get(at).copied().flatten() {
            let with = pairings[with].spec.name.clone();
            reasons.push(pairing.reason(weight, Finding::Exchanged { with }));
            continue;
        }
        reasons.extend(values::unit(pairing));
        reasons.extend(values::missing(pairing));
        if pairing.found.count == 0 || pairing.trained.samples.is_none() {
            continue;
        }
        let constant = values::constant(pairing, &pairings, profile);
        let is_constant = constant.is_some();
        reasons.extend(constant);
        let scale = convert::look(pairing).or_else(|| values::scale(pairing, is_constant));
        let is_scaled = scale.is_some();
        // Converted values may only look as if they stood still.
        let moves = scale.as_ref().is_none_or(|reason| {
            !matches!(
                reason.finding,
                Finding::Converted { .. } | Finding::Constant { .. }
            )
        });
        let steady = match moves && !is_constant {
            true => values::steady(pairing),
            false => None,
        };
        // What stands still has no pace.
        let is_paced = !is_constant && !is_scaled && steady.is_none();
        reasons.extend(scale);
        reasons.extend(steady);
        reasons.extend(pace::length(pairing));
        if is_paced {
            reasons.extend(pace::of_samples(pairing));
        }
    }
    together(&mut reasons);
    Fits::new(sketch.windows, reasons)
}

/// What several channels show alike is certain.
fn together(reasons: &mut [Reason]) {
    let conversion = |reason: &Reason| match reason.finding {
        Finding::Converted { scale, offset, .. } => Some((scale, offset)),
        _ => None,
    };
    let all: Vec<(f64, f64)> = reasons.iter().filter_map(conversion).collect();
    for reason in reasons {
        let same = |one: &&(f64, f64)| Some(**one) == conversion(reason);
        if all.iter().filter(same).count() > 1 {
            reason.weight = Verdict::No;
        }
    }
}

/// What was refused, where it is more than what was read.
fn refused(sketch: &Sketch, stated: &Stated) -> Vec<Reason> {
    let rows = stated.refused.iter().map(|refused| {
        let most = refused.rows >= sketch.windows.max(1);
        let weight = match most {
            true => Verdict::No,
            false => Verdict::Unsure,
        };
        let finding = Finding::Refused {
            refusal: refused.refusal,
            reason: refused.reason.clone(),
        };
        whole(weight, finding)
    });
    rows.collect()
}
