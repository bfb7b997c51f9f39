//! Anomalies made of windows that were held back.

use senselm_evaluate::{Fold, auroc};
use senselm_look::Seen;
use senselm_sensor::resample::linear;
use senselm_sensor::rng::Rng;
use senselm_sensor::{Labelled, Window};

use super::candidate::reach;

const STREAM: u64 = 0xa70a_1700_0000_0000;
/// Held-back windows that are scored, and those of which anomalies are made.
const NORMAL: usize = 240;
const MADE: usize = 48;

/// What is wrong with a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Spike,
    Flat,
    Noise,
    Reversed,
    Slowed,
    Shifted,
    Spliced,
    Displaced,
}

pub(crate) const KINDS: [Kind; 8] = [
    Kind::Spike,
    Kind::Flat,
    Kind::Noise,
    Kind::Reversed,
    Kind::Slowed,
    Kind::Shifted,
    Kind::Spliced,
    Kind::Displaced,
];

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Spike => "spike",
            Self::Flat => "flat",
            Self::Noise => "noise",
            Self::Reversed => "time reversed",
            Self::Slowed => "slowed",
            Self::Shifted => "level shift",
            Self::Spliced => "another part",
            Self::Displaced => "another place",
        }
    }
}

/// Normal windows that were held back, and anomalies made of some of them.
#[derive(Debug, Clone)]
pub(crate) struct MadeUp {
    /// Windows to learn from.
    pub(crate) train: Vec<usize>,
    /// Those that were held back and are scored.
    pub(crate) normal: Vec<usize>,
    /// The anomalies, kind after kind, as many of each.
    pub(crate) made: Vec<Window>,
}

impl MadeUp {
    /// Of the last part of the windows: what comes later is closest to use.
    pub(crate) fn new(seen: &Seen, records: &[Labelled], folds: &[Fold], seed: u64) -> Self {
        let (train, test) = folds.last().map_or((Vec::new(), Vec::new()), |fold| {
            (fold.train.clone(), fold.test.clone())
        });
        let reaches: Vec<f64> = seen.channels.iter().map(reach).collect();
        let normal = thinned(&test, NORMAL);
        let mut made = Vec::new();
        for (at, kind) in KINDS.into_iter().enumerate() {
            for (nth, &source) in thinned(&test, MADE).iter().enumerate() {
                let mut rng = Rng::new(seed, STREAM ^ ((at as u64) << 32) ^ nth as u64);
                let other = normal.get(rng.below(normal.len().max(1))).copied();
                let other = other.and_then(|at| records.get(at));
                if let (Some(record), Some(other)) = (records.get(source), other) {
                    made.push(spoilt(
                        &record.window,
                        &other.window,
                        kind,
                        &reaches,
                        &mut rng,
                    ));
                }
            }
        }
        Self {
            train,
            normal,
            made,
        }
    }

    /// All windows that are scored, the normal ones first.
    pub(crate) fn all(&self, records: &[Labelled]) -> Vec<Labelled> {
        let normal = self
            .normal
            .iter()
            .filter_map(|&at| records.get(at).cloned());
        let made = self.made.iter().map(|window| Labelled {
            group: window.fingerprint(),
            window: window.clone(),
            truth: None,
            place: records
                .first()
                .map_or_else(Default::default, |record| record.place),
        });
        normal.chain(made).collect()
    }

    /// By the scores of [`MadeUp::all`] how well each kind is told from the normal.
    pub(crate) fn aurocs(&self, scores: &[f64]) -> Vec<f64> {
        let (normal, made) = scores.split_at(self.normal.len().min(scores.len()));
        let each = (made.len() / KINDS.len()).max(1);
        let kinds = made.chunks_exact(each).take(KINDS.len());
        kinds
            .map(|made| {
                let scores = [normal, made].concat();
                let is: Vec<bool> = (0..scores.len()).map(|at| at >= normal.len()).collect();
                auroc(&scores, &is).unwrap_or(0.5)
            })
            .collect()
    }
}

/// At most so many, evenly.
fn thinned(which: &[usize], most: usize) -> Vec<usize> {
    let step = which.len().div_ceil(most).max(1);
    which.iter().copied().step_by(step).collect()
}

/// A window of which something is wrong, in one channel or in its time.
fn spoilt(window: &Window, other: &Window, kind: Kind, reaches: &[f64], rng: &mut Rng) -> Window {
    let mut window = window.clone();
    let at = rng.below(window.channels.len().max(1));
    let reach = reaches.get(at).copied().unwrap_or(1.0);
    let sign = if rng.chance(0.5) { 1.0 } else { -1.0 };
    if let Some(samples) = window.channels.get_mut(at) {
        let count = samples.len();
        let long = (count / 4).max(1) + rng.below((count / 4).max(1));
        let from = rng.below(count.saturating_sub(long).max(1));
        let part = samples.iter_mut().skip(from).take(long);
        match kind {
            Kind::Spike => {
                if let Some(sample) = samples.get_mut(rng.below(count.max(1))) {
                    *sample += sign * 0.4 * reach;
                }
            }
            Kind::Flat => {
                let mut held = None;
                part.for_each(|sample| *sample = *held.get_or_insert(*sample));
            }
            Kind::Noise => part.for_each(|sample| *sample += 0.08 * reach * rng.normal()),
            Kind::Shifted => {
                let rest = samples.iter_mut().skip(from + long / 2);
                rest.for_each(|sample| *sample += sign * 0.25 * reach);
            }
            Kind::Displaced => samples
                .iter_mut()
                .for_each(|sample| *sample += sign * 0.5 * reach),
            Kind::Spliced => {
                if let Some(other) = other.channels.get(at) {
                    let pairs = samples.iter_mut().zip(other).skip(count / 2);
                    pairs.for_each(|(sample, other)| *sample = *other);
                }
            }
            Kind::Reversed | Kind::Slowed => {}
        }
    }
    for samples in &mut window.channels {
        match kind {
            Kind::Reversed => samples.reverse(),
            Kind::Slowed => {
                let count = samples.len();
                let two_thirds = count - count / 3;
                let some = samples.get(..two_thirds).unwrap_or_default();
                *samples = linear(some, count);
            }
            _ => {}
        }
    }
    window
}
