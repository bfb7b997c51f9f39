//! Units that are stated, and values that are not where those of training were.

use super::{Finding, Pairing, Reason, Verdict};
use crate::profile::Statistic;
use crate::{Profile, Quantiles};
use senselm_readings::unit;

/// The share of samples outside of training from which it is said.
pub(super) const SOME_OUTSIDE: f64 = 0.05;
/// The share that is farther outside than training was wide, from which it is
/// certain.
const MUCH_OUTSIDE: f64 = 0.3;
/// Different windows of training from which its tails are known.
const TAILED: u64 = 100;
/// The samples from which a constant is one.
const FEW_SAMPLES: u64 = 8;
/// The windows that stand still or are empty from which it is said.
const FEW_WINDOWS: usize = 3;
/// The windows from which it is certain.
const MANY_WINDOWS: u64 = 20;
/// A range of this share of the least in training is that of a constant.
const NEARLY_CONSTANT: f64 = 0.01;
/// Values that are this near, as a share of them, may be one in a profile.
const ROUNDED: f64 = 1e-5;

/// The unit that the recording states, where it is another one.
pub(super) fn unit(pairing: &Pairing<'_>) -> Option<Reason> {
    // What the front end has a unit for has been brought into it.
    let trained = pairing.trained.unit.as_deref()?;
    if !pairing.spec.unit.is_empty() || pairing.stated.is_empty() {
        return None;
    }
    let same = match (unit::find(trained), unit::find(pairing.stated)) {
        (Some(one), Some(other)) => one == other,
        _ => trained.trim().eq_ignore_ascii_case(pairing.stated.trim()),
    };
    (!same).then(|| {
        let finding = Finding::Unit {
            trained: trained.into(),
            stated: pairing.stated.into(),
        };
        pairing.reason(Verdict::No, finding)
    })
}

/// Samples that are missing and were not.
pub(super) fn missing(pairing: &Pairing<'_>) -> Option<Reason> {
    let all = pairing.found.count + pairing.found.missing;
    let found = pairing.found.missing as f64 / all.max(1) as f64;
    let most = pairing
        .trained
        .over_windows
        .missing
        .map_or(0.0, |q| q.high());
    let trained = pairing.trained.missing;
    let all_gone = pairing.found.count == 0 && trained < 1.0;
    let many = found > 0.5 && found > most && found > 2.0 * trained;
    // Windows in which nothing is there, where in training there was something in each.
    let shares = pairing.found.statistic(Statistic::Missing);
    let gone = shares.iter().filter(|share| **share >= 1.0).count();
    let some_gone = most < 1.0 && is_some(gone, shares.len());
    (all_gone || many || some_gone).then(|| {
        let weight = match all_gone && most < 1.0 {
            true => pairing.certain(),
            false => Verdict::Unsure,
        };
        pairing.reason(weight, Finding::Missing { trained, found })
    })
}

/// Samples that stand still where those of training did not, or not as long.
pub(super) fn constant(
    pairing: &Pairing<'_>,
    all: &[Pairing<'_>],
    profile: &Profile,
) -> Option<Reason> {
    let Pairing { trained, found, .. } = pairing;
    if found.count < FEW_SAMPLES {
        return None;
    }
    let samples = trained.samples?;
    let ranges = trained.over_windows.range;
    let value = found.only_value()?;
    let windows = pairing.windows[1];
    let was = trained
        .common
        .iter()
        .find(|common| libm::fabs(common.value - value) <= libm::fabs(value) * ROUNDED);
    let longest = was.map_or(trained.longest_steady, |common| common.longest);
    let reason = |weight| {
        let finding = Finding::Constant {
            value,
            windows,
            longest,
        };
        Some(pairing.reason(weight, finding))
    };
    if samples.spread() == 0.0 && samples.low() == value {
        return None;
    }
    // Windows of several samples, of which none stood still in training.
    if ranges.is_some_and(|range| range.low() > 0.0) {
        return reason(match windows >= MANY_WINDOWS {
            true => Verdict::No,
            false => Verdict::Unsure,
        });
    }
    if windows > 20 * longest + 100 {
        return reason(Verdict::No);
    }
    if windows > 2 * longest + FEW_SAMPLES {
        return reason(Verdict::Unsure);
    }
    // Another channel moves, and in training this one moved with it.
    let at = all
        .iter()
        .position(|one| one.spec.name == pairing.spec.name);
    let moves = |index: usize| {
        all.get(index).is_some_and(|other| {
            let (Some(q), Some(first), Some(last)) = (
                other.trained.samples,
                other.found.samples.first(),
                other.found.samples.last(),
            ) else {
                return false;
            };
            last - first > (q.0[5] - q.0[3]).max(0.25 * q.spread()) && q.spread() > 0.0
        })
    };
    let together = profile.pairs.iter().any(|pair| {
        let other = match at {
            Some(at) if at == pair.one => pair.other,
            Some(at) if at == pair.other => pair.one,
            _ => return false,
        };
        libm::fabs(pair.correlation) >= 0.8 && moves(other)
    });
    match together && windows >= FEW_SAMPLES {
        true => reason(Verdict::Unsure),
        false => None,
    }
}

/// Whether so many windows of all are no chance.
fn is_some(windows: usize, of: usize) -> bool {
    windows >= FEW_WINDOWS && windows as f64 >= SOME_OUTSIDE * of as f64
}

/// Some windows that stand still, where in training none did.
pub(super) fn steady(pairing: &Pairing<'_>) -> Option<Reason> {
    let ranges = pairing.trained.over_windows.range?;
    let found = pairing.found.statistic(Statistic::Range);
    let still = found.partition_point(|range| *range < NEARLY_CONSTANT * ranges.low());
    is_some(still, found.len()).then(|| {
        let share = still as f64 / found.len() as f64;
        let all = pairing.windows[1];
        let finding = Finding::Steady {
            windows: libm::round(share * all as f64) as u64,
            of: all,
        };
        let weight = match share >= 0.5 && all >= MANY_WINDOWS {
            true => Verdict::No,
            false => Verdict::Unsure,
        };
        pairing.reason(weight, finding)
    })
}

/// Windows in which next to nothing happens, where in training something did.
fn quiet(pairing: &Pairing<'_>) -> Option<Reason> {
    let ranges = pairing.trained.over_windows.range?;
    let found = *pairing.found.statistic(Statistic::Range).last()?;
    let samples = &pairing.found.samples;
    (found < NEARLY_CONSTANT * ranges.low()).then(|| {
        let finding = Finding::Constant {
            value: samples[samples.len() / 2],
            windows: pairing.windows[1],
            longest: pairing.trained.longest_steady,
        };
        pairing.reason(Verdict::Unsure, finding)
    })
}

/// Values that are elsewhere than those of training, and no conversion of them.
pub(super) fn scale(pairing: &Pairing<'_>, is_constant: bool) -> Option<Reason> {
    outside(pairing)
        .or_else(|| level(pairing))
        .or_else(|| rare(pairing).filter(|_| !is_constant))
        .or_else(|| quiet(pairing).filter(|_| !is_constant))
}

/// Where training's samples end, with some slack.
pub(super) fn ends(pairing: &Pairing<'_>, trained: &Quantiles) -> (f64, f64) {
    let spread = trained.spread();
    // A channel that never changed is not to change: what six digits do not tell apart
    // is all the slack.
    let slack = match spread > 0.0 {
        true => spread * pairing.slack(),
        false => 0.0,
    };
    let slack = slack.max(libm::fabs(trained.low()).max(libm::fabs(trained.high())) * ROUNDED);
    (trained.low() - slack, trained.high() + slack)
}

/// The share of sorted samples that are outside of these ends.
pub(super) fn share_outside(samples: &[f64], (low, high): (f64, f64)) -> f64 {
    let below = samples.partition_point(|sample| *sample < low);
    let above = samples.len() - samples.partition_point(|sample| *sample <= high);
    (below + above) as f64 / samples.len().max(1) as f64
}

/// Whether many samples are farther outside than training was wide.
pub(super) fn is_far(pairing: &Pairing<'_>, trained: &Quantiles) -> bool {
    let spread = trained.spread().max(libm::fabs(trained.low()) * 0.01);
    let ends = (trained.low() - spread, trained.high() + spread);
    let far = share_outside(&pairing.found.samples, ends);
    far >= MUCH_OUTSIDE && pairing.found.count >= 3
}

fn outside(pairing: &Pairing<'_>) -> Option<Reason> {
    let trained = pairing.trained.samples?;
    let samples = &pairing.found.samples;
    let share = share_outside(samples, ends(pairing, &trained));
    let few = pairing.found.count < FEW_SAMPLES;
    if share < SOME_OUTSIDE || (few && share < 0.5) {
        return None;
    }
    let at = |level: f64| {
        let last = samples.len().saturating_sub(1) as f64;
        samples[libm::round(level * last) as usize]
    };
    let weight = match is_far(pairing, &trained) {
        true => Verdict::No,
        false => Verdict::Unsure,
    };
    let finding = Finding::Outside {
        trained: [trained.low(), trained.high()],
        found: [at(0.05), at(0.95)],
        share,
    };
    Some(pairing.reason(weight, finding))
}

/// Windows whose means are outside of those of training.
pub(super) fn level(pairing: &Pairing<'_>) -> Option<Reason> {
    // Of windows of one sample the mean is the sample.
    pairing.trained.over_windows.deviation?;
    let trained = pairing.trained.over_windows.mean?;
    let means = pairing.found.statistic(Statistic::Mean);
    let found = *means.get(means.len() / 2)?;
    let (low, high) = ends(pairing, &trained);
    (found < low || found > high).then(|| {
        let finding = Finding::Level {
            trained: [trained.low(), trained.high()],
            found,
        };
        pairing.reason(Verdict::Unsure, finding)
    })
}

/// More windows in a tail of training's than it had there itself, and most of the
/// recording.
fn rare(pairing: &Pairing<'_>) -> Option<Reason> {
    let trained = pairing.trained.over_windows.mean?;
    let means = pairing.found.statistic(Statistic::Mean);
    let all = means.len().max(1) as f64;
    let windows = pairing.windows[1] as f64;
    // The quantiles of a twentieth at either end, and of a hundredth.
    let tails = [
        (2, 0.05, true),
        (6, 0.05, false),
        (1, 0.01, true),
        (7, 0.01, false),
    ];
    if pairing.distinct[0] < TAILED {
        return None;
    }
    tails.into_iter().find_map(|(at, level, is_low)| {
        let bound = trained.0[at];
        let beyond = match is_low {
            true => means.partition_point(|mean| *mean < bound),
            false => means.len() - means.partition_point(|mean| *mean <= bound),
        };
        let share = beyond as f64 / all;
        let had = level * pairing.windows[0] as f64;
        (share >= 0.5 && share * windows > 2.0 * had + FEW_SAMPLES as f64).then(|| {
            let finding = Finding::Rare {
                trained: [trained.0[2], trained.0[6]],
                found: means[means.len() / 2],
                windows: (share * windows) as u64,
            };
            pairing.reason(Verdict::Unsure, finding)
        })
    })
}
