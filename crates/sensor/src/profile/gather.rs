//! Gathering a profile from windows, in bounded memory.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::quantiles::six_digits;
use super::reservoir::Reservoir;
use super::{
    ChannelProfile, Common, MAX_COMMON, MAX_PAIRS, OverWindows, Pair, Profile, Quantiles, Stated,
};
use crate::features::{longest_run, roughness};
use crate::scale::{extent, moments};
use crate::{FrontEnd, Window};

/// Samples of a channel that are kept.
const SAMPLES: usize = 1 << 14;
/// Windows of which a statistic is kept.
const WINDOWS: usize = 1 << 12;
/// Different windows that are told apart.
const DISTINCT: usize = 1 << 16;
/// Values whose runs are told apart.
const RUNS: usize = 1 << 12;
/// The channels whose pairs are looked at.
const PAIRED: usize = 16;
/// The share of samples from which a value comes often.
const OFTEN: f64 = 0.01;
/// What pairs of channels are kept: where one is nearly always above the other, or
/// they move together.
const NEARLY_ALWAYS: f64 = 0.98;
const TOGETHER: f64 = 0.8;

/// A statistic of a window's channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Statistic {
    Length,
    Mean,
    Deviation,
    Range,
    Roughness,
    LongestRun,
    Missing,
}

impl Statistic {
    pub(crate) const ALL: [Self; 7] = [
        Self::Length,
        Self::Mean,
        Self::Deviation,
        Self::Range,
        Self::Roughness,
        Self::LongestRun,
        Self::Missing,
    ];

    /// Each of them for a window's channel, in the order of [`Self::ALL`]; NaN where it
    /// has no value. Those that are features are what [`crate::features::value`] gives,
    /// without the code of all others.
    fn of(samples: &[f64]) -> [f64; Self::ALL.len()] {
        let ends = extent(samples);
        let (mean, deviation) = ends.map_or((f64::NAN, f64::NAN), |_| moments(samples));
        let missing = samples.iter().filter(|sample| sample.is_nan()).count();
        let several = samples.len() >= 2;
        Self::ALL.map(|statistic| match statistic {
            Self::Length => samples.len() as f64,
            Self::Mean => mean,
            Self::Missing => missing as f64 / samples.len() as f64,
            _ if !several => f64::NAN,
            Self::Deviation => deviation,
            Self::Range => ends.map_or(f64::NAN, |(low, high)| high - low),
            // Of what stands still there is none.
            Self::Roughness if deviation > 0.0 => {
                roughness(samples).map_or(f64::NAN, |roughness| roughness / deviation)
            }
            Self::Roughness => f64::NAN,
            Self::LongestRun => longest_run(samples).unwrap_or(f64::NAN),
        })
    }
}

impl OverWindows {
    pub(crate) fn get(&self, statistic: Statistic) -> Option<&Quantiles> {
        match statistic {
            Statistic::Length => self.length.as_ref(),
            Statistic::Mean => self.mean.as_ref(),
            Statistic::Deviation => self.deviation.as_ref(),
            Statistic::Range => self.range.as_ref(),
            Statistic::Roughness => self.roughness.as_ref(),
            Statistic::LongestRun => self.longest_run.as_ref(),
            Statistic::Missing => self.missing.as_ref(),
        }
    }
}

/// What windows hold, before it becomes quantiles.
#[derive(Debug, Clone)]
pub(crate) struct Sketch {
    pub(crate) windows: u64,
    pub(crate) distinct: u64,
    pub(crate) channels: Vec<ChannelSketch>,
    pub(crate) pairs: Vec<Pair>,
}

/// What windows hold of one channel.
#[derive(Debug, Clone)]
pub(crate) struct ChannelSketch {
    /// The samples that were kept, sorted.
    pub(crate) samples: Vec<f64>,
    /// How many there were.
    pub(crate) count: u64,
    pub(crate) missing: u64,
    /// For each statistic its values that were kept, sorted.
    statistics: Vec<Vec<f64>>,
    /// The longest run of windows that held one value, for each value's bits.
    steady: BTreeMap<u64, u64>,
    longest_steady: u64,
}

impl ChannelSketch {
    pub(crate) fn statistic(&self, statistic: Statistic) -> &[f64] {
        let at = Statistic::ALL.iter().position(|one| *one == statistic);
        let values = at.and_then(|at| self.statistics.get(at));
        values.map_or(&[], Vec::as_slice)
    }

    /// The one value of all samples, where there is only one.
    pub(crate) fn only_value(&self) -> Option<f64> {
        let (first, last) = (self.samples.first()?, self.samples.last()?);
        (first == last).then_some(*first)
    }

    fn common(&self) -> Vec<Common> {
        let total = self.samples.len() as f64;
        let runs = self.samples.chunk_by(|a, b| a == b);
        let often = runs.filter(|run| run.len() > 1 && run.len() as f64 >= OFTEN * total);
        let mut common: Vec<Common> = often
            .map(|run| Common {
                value: six_digits(run[0]),
                share: six_digits(run.len() as f64 / total),
                longest: self.steady.get(&bits(run[0])).copied().unwrap_or(0),
            })
            .collect();
        common.sort_by(|a, b| b.share.total_cmp(&a.share));
        common.truncate(MAX_COMMON);
        common
    }

    fn over_windows(&self) -> OverWindows {
        let of = |statistic| Quantiles::of_sorted(self.statistic(statistic));
        OverWindows {
            length: of(Statistic::Length),
            mean: of(Statistic::Mean),
            deviation: of(Statistic::Deviation),
            range: of(Statistic::Range),
            roughness: of(Statistic::Roughness),
            longest_run: of(Statistic::LongestRun),
            missing: of(Statistic::Missing),
        }
    }
}

impl Sketch {
    pub(crate) fn of<'w>(channels: usize, windows: impl IntoIterator<Item = &'w Window>) -> Self {
        let mut open = OpenSketch::new(channels);
        windows.into_iter().for_each(|window| open.push(window));
        open.close()
    }
}

/// A sketch of windows that are coming.
#[derive(Debug, Clone)]
pub(crate) struct OpenSketch {
    windows: u64,
    distinct: BTreeSet<u64>,
    channels: Vec<OpenChannel>,
    pairs: Pairs,
}

impl OpenSketch {
    pub(crate) fn new(channels: usize) -> Self {
        Self {
            windows: 0,
            distinct: BTreeSet::new(),
            channels: (0..channels).map(|_| OpenChannel::new()).collect(),
            pairs: Pairs::new(channels.min(PAIRED)),
        }
    }

    pub(crate) const fn windows(&self) -> u64 {
        self.windows
    }

    pub(crate) fn push(&mut self, window: &Window) {
        self.windows += 1;
        if self.distinct.len() < DISTINCT {
            self.distinct.insert(window.fingerprint());
        }
        let channels = self.channels.iter_mut().zip(&window.channels);
        let means: Vec<f64> = channels
            .map(|(channel, samples)| channel.push(samples))
            .collect();
        self.pairs.push(&means);
    }

    pub(crate) fn close(self) -> Sketch {
        Sketch {
            windows: self.windows,
            distinct: self.distinct.len() as u64,
            channels: self.channels.into_iter().map(OpenChannel::close).collect(),
            pairs: self.pairs.close(),
        }
    }
}

/// A channel whose windows are coming.
#[derive(Debug, Clone)]
struct OpenChannel {
    samples: Reservoir,
    missing: u64,
    statistics: Vec<Reservoir>,
    steady: BTreeMap<u64, u64>,
    longest_steady: u64,
    /// The value that the last windows held, and how many.
    run: Option<(u64, u64)>,
}

impl OpenChannel {
    fn new() -> Self {
        Self {
            samples: Reservoir::new(SAMPLES),
            missing: 0,
            statistics: Statistic::ALL.map(|_| Reservoir::new(WINDOWS)).into(),
            steady: BTreeMap::new(),
            longest_steady: 0,
            run: None,
        }
    }

    /// Takes a window's samples and gives their mean.
    fn push(&mut self, samples: &[f64]) -> f64 {
        let mut mean = f64::NAN;
        let found = Statistic::ALL.into_iter().zip(Statistic::of(samples));
        for ((statistic, value), values) in found.zip(&mut self.statistics) {
            if statistic == Statistic::Mean {
                mean = value;
            }
            values.push(value);
        }
        let mut present = samples.iter().copied().filter(|sample| !sample.is_nan());
        let first = present.next();
        let is_steady = first.is_some_and(|first| present.all(|sample| sample == first));
        self.missing += samples.iter().filter(|sample| sample.is_nan()).count() as u64;
        samples.iter().for_each(|&sample| self.samples.push(sample));
        self.run = match (first.filter(|_| is_steady).map(bits), self.run) {
            (Some(value), Some((before, windows))) if value == before => Some((value, windows + 1)),
            (value, _) => value.map(|value| (value, 1)),
        };
        if let Some((value, windows)) = self.run {
            self.longest_steady = self.longest_steady.max(windows);
            if self.steady.len() < RUNS || self.steady.contains_key(&value) {
                let longest = self.steady.entry(value).or_default();
                *longest = (*longest).max(windows);
            }
        }
        mean
    }

    fn close(self) -> ChannelSketch {
        ChannelSketch {
            count: self.samples.seen(),
            samples: self.samples.into_sorted(),
            missing: self.missing,
            statistics: self
                .statistics
                .into_iter()
                .map(Reservoir::into_sorted)
                .collect(),
            steady: self.steady,
            longest_steady: self.longest_steady,
        }
    }
}

/// The bits of a value; those of zero for minus zero.
fn bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}

/// The means of pairs of channels.
#[derive(Debug, Clone)]
struct Pairs {
    channels: usize,
    moments: Vec<Moments>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: f64,
    above: f64,
    below: f64,
    means: [f64; 2],
    squares: [f64; 2],
    product: f64,
}

impl Pairs {
    fn new(channels: usize) -> Self {
        let pairs = channels * channels.saturating_sub(1) / 2;
        Self {
            channels,
            moments: alloc::vec![Moments::default(); pairs],
        }
    }

    fn places(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let channels = self.channels;
        (0..channels).flat_map(move |one| (one + 1..channels).map(move |other| (one, other)))
    }

    fn push(&mut self, means: &[f64]) {
        let places = self.places();
        for ((one, other), moments) in places.zip(&mut self.moments) {
            let (Some(&one), Some(&other)) = (means.get(one), means.get(other)) else {
                continue;
            };
            if one.is_nan() || other.is_nan() {
                continue;
            }
            // Welford's way, which loses nothing where means are far from zero.
            moments.count += 1.0;
            moments.above += f64::from(u8::from(one > other));
            moments.below += f64::from(u8::from(one < other));
            let apart = [one - moments.means[0], other - moments.means[1]];
            moments.means[0] += apart[0] / moments.count;
            moments.means[1] += apart[1] / moments.count;
            let now = [one - moments.means[0], other - moments.means[1]];
            moments.squares[0] += apart[0] * now[0];
            moments.squares[1] += apart[1] * now[1];
            moments.product += apart[0] * now[1];
        }
    }

    /// Every pair that had means.
    fn close(self) -> Vec<Pair> {
        let places = self.places();
        let pairs = places.zip(&self.moments).filter(|(_, m)| m.count > 0.0);
        pairs
            .map(|((one, other), moments)| {
                let size = libm::sqrt(moments.squares[0]) * libm::sqrt(moments.squares[1]);
                let correlation = match size > 0.0 {
                    true => (moments.product / size).clamp(-1.0, 1.0),
                    false => 0.0,
                };
                // Equal means are half of each.
                let equal = moments.count - moments.above - moments.below;
                Pair {
                    one,
                    other,
                    above: (moments.above + equal / 2.0) / moments.count,
                    correlation,
                }
            })
            .collect()
    }
}

impl Profile {
    /// The profile of windows that a model was trained on, in the order of their
    /// recordings; `None` where there are none.
    ///
    /// Memory does not grow with the windows beyond a few thousand of them. The
    /// same windows give the same profile on every host.
    #[must_use]
    pub fn gather<'w>(
        front_end: &FrontEnd,
        windows: impl IntoIterator<Item = &'w Window>,
        stated: &Stated,
    ) -> Option<Self> {
        let sketch = Sketch::of(front_end.channels().len(), windows);
        if sketch.windows == 0 {
            return None;
        }
        let several = *front_end.window_lengths().end() > 1;
        let measured = stated.rate_hz.filter(|_| several || front_end.is_stream());
        let named = front_end.channels().iter().zip(&sketch.channels);
        let channels = named.enumerate().map(|(at, (channel, found))| {
            let units = [Some(&channel.unit), stated.units.get(at)];
            let unit = units.into_iter().flatten().find(|unit| !unit.is_empty());
            let all = (found.count + found.missing).max(1);
            ChannelProfile {
                name: channel.name.clone(),
                unit: unit.cloned(),
                rate_hz: channel.sample_rate_hz.or(measured.map(six_digits)),
                missing: six_digits(found.missing as f64 / all as f64),
                samples: Quantiles::of_sorted(&found.samples),
                common: found.common(),
                longest_steady: found.longest_steady,
                over_windows: found.over_windows(),
            }
        });
        let tells = |pair: &&Pair| {
            let always = pair.above >= NEARLY_ALWAYS || pair.above <= 1.0 - NEARLY_ALWAYS;
            always || libm::fabs(pair.correlation) >= TOGETHER
        };
        let pairs = sketch.pairs.iter().filter(tells).take(MAX_PAIRS);
        let pairs = pairs.map(|pair| Pair {
            above: six_digits(pair.above),
            correlation: six_digits(pair.correlation),
            ..*pair
        });
        Some(Self {
            windows: sketch.windows,
            distinct: sketch.distinct,
            channels: channels.collect(),
            // A pair of one window says nothing.
            pairs: match sketch.distinct > 1 {
                true => pairs.collect(),
                false => Vec::new(),
            },
            validation: None,
        })
    }
}
