//! Channels that hold one another's values.

use alloc::vec::Vec;

use super::convert::apart;
use super::values::{ends, share_outside};
use super::{FEW, Pairing, Verdict};
use crate::profile::{ChannelSketch, Sketch, Statistic};
use crate::{ChannelProfile, Profile};

/// One channel above the other in nearly all windows of training, and in nearly
/// none.
const ALWAYS: f64 = 0.98;
const NEVER: f64 = 0.1;
/// Windows from which an order of means is one.
const FEW_MEANS: u64 = 3;
/// Windows from which distributions are compared, and how far apart they must be.
const FEW_WINDOWS: u64 = 20;
const APART: f64 = 0.2;
const ALIKE: f64 = 0.1;
/// How far deviations of windows are from those of training at least where all of them
/// are elsewhere, and at most where they are the same.
const OTHER_DEVIATION: f64 = 0.35;
const SAME_DEVIATION: f64 = 0.2;

/// For each channel which other one's values it holds, and how sure that is.
pub(super) fn look(
    pairings: &[Pairing<'_>],
    profile: &Profile,
    sketch: &Sketch,
) -> Vec<Option<(usize, Verdict)>> {
    let mut candidates = Vec::new();
    for one in 0..pairings.len() {
        for other in one + 1..pairings.len() {
            let turned = is_turned(profile, sketch, one, other);
            if let Some((gain, weight)) = gain(&pairings[one], &pairings[other], turned) {
                candidates.push((gain, weight, one, other));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut found: Vec<Option<(usize, Verdict)>> = pairings.iter().map(|_| None).collect();
    for (_, weight, one, other) in candidates {
        if found[one].is_none() && found[other].is_none() {
            found[one] = Some((other, weight));
            found[other] = Some((one, weight));
        }
    }
    found
}

/// Whether one was always above the other, and is no more.
fn is_turned(profile: &Profile, sketch: &Sketch, one: usize, other: usize) -> bool {
    let is_pair = |pair: &&crate::Pair| pair.one == one && pair.other == other;
    let trained = profile.pairs.iter().find(is_pair);
    let found = sketch.pairs.iter().find(is_pair);
    trained.zip(found).is_some_and(|(trained, found)| {
        let down = trained.above >= ALWAYS && found.above <= NEVER;
        let up = trained.above <= 1.0 - ALWAYS && found.above >= 1.0 - NEVER;
        down || up
    })
}

/// How much nearer to training both channels are when they are exchanged, where
/// that explains them, and how sure it is.
fn gain(one: &Pairing<'_>, other: &Pairing<'_>, turned: bool) -> Option<(f64, Verdict)> {
    if one.found.count == 0 || other.found.count == 0 {
        return None;
    }
    let as_they_are = distance(one.trained, one.found)? + distance(other.trained, other.found)?;
    let exchanged = distance(one.trained, other.found)? + distance(other.trained, one.found)?;
    let gain = as_they_are - exchanged;
    if gain <= 0.0 {
        return None;
    }
    let distinct = one.distinct[1];
    if turned && distinct >= FEW_MEANS {
        return Some((gain, one.certain()));
    }
    let outside = |trained: &Pairing<'_>, found: &ChannelSketch| {
        let samples = trained.trained.samples;
        samples.map_or(0.0, |q| share_outside(&found.samples, ends(trained, &q)))
    };
    let is_outside = outside(one, one.found) >= 0.5 || outside(other, other.found) >= 0.5;
    let inside = outside(one, other.found) < 0.05 && outside(other, one.found) < 0.05;
    let apart = as_they_are >= 2.0 * APART && exchanged * 3.0 < as_they_are;
    if distinct >= FEW_WINDOWS && apart && exchanged < 2.0 * ALIKE && inside {
        let weight = match is_outside || as_they_are >= 3.0 * APART {
            true => Verdict::No,
            false => Verdict::Unsure,
        };
        return Some((gain, weight));
    }
    // Channels of one range may differ in how much they move.
    if distinct >= FEW_WINDOWS && inside && deviations_exchanged(one, other) {
        return Some((gain, Verdict::No));
    }
    let explains =
        is_outside && inside && (turned || distinct >= FEW) && exchanged < as_they_are / 2.0;
    explains.then_some((gain, Verdict::Unsure))
}

/// Whether windows of both channels move as those of the other one did in training, and
/// none as its own did.
fn deviations_exchanged(one: &Pairing<'_>, other: &Pairing<'_>) -> bool {
    let distance = |trained: &Pairing<'_>, found: &Pairing<'_>| {
        let quantiles = trained.trained.over_windows.deviation?;
        let found = found.found.statistic(Statistic::Deviation);
        Some(apart(&quantiles, found, 1.0, 0.0))
    };
    let [as_they_are, exchanged] = [[(one, one), (other, other)], [(one, other), (other, one)]]
        .map(|pairs| pairs.map(|(trained, found)| distance(trained, found)));
    let is_other = |found: Option<f64>| found.is_some_and(|found| found >= OTHER_DEVIATION);
    let is_same = |found: Option<f64>| found.is_some_and(|found| found <= SAME_DEVIATION);
    as_they_are.into_iter().all(is_other) && exchanged.into_iter().all(is_same)
}

/// How far the samples and windows of a channel are from those of one of training.
fn distance(trained: &ChannelProfile, found: &ChannelSketch) -> Option<f64> {
    let samples = apart(trained.samples.as_ref()?, &found.samples, 1.0, 0.0);
    let over = &trained.over_windows;
    let mut sum = samples;
    let mut parts = 1.0;
    for statistic in [Statistic::Mean, Statistic::Deviation, Statistic::Roughness] {
        // Of windows of one sample the mean is the sample.
        if let (Some(quantiles), true) = (over.get(statistic), over.deviation.is_some()) {
            sum += apart(quantiles, found.statistic(statistic), 1.0, 0.0);
            parts += 1.0;
        }
    }
    Some(sum / parts)
}

#[cfg(test)]
mod tests {
    use super::look;
    use crate::Profile;
    use crate::profile::Sketch;

    #[test]
    fn nothing_is_exchanged_with_nothing() {
        let profile = Profile {
            windows: 1,
            distinct: 1,
            channels: alloc::vec![],
            pairs: alloc::vec![],
            validation: None,
        };
        assert!(look(&[], &profile, &Sketch::of(0, [])).is_empty());
    }
}
