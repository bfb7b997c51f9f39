//! Rates: those that are stated, and those that the windows show.

use alloc::vec::Vec;

use senselm_readings::recording::check_rate;

use super::convert::apart;
use super::{Finding, Pairing, Reason, Verdict, whole};
use crate::Stated;
use crate::profile::Statistic;

/// How many times more samples than in training a window may have, or fewer.
const LONGER: f64 = 1.25;
/// A rate this much another, where no window has more than one reading.
const OTHER: f64 = 1.5;
/// A rate this much another is said, though it is answered: the steps of one clock
/// jitter more than that, the rate of a recording does not.
const CLOSE: f64 = 1.1;
/// Windows from which their roughness is a distribution; how far it must be from
/// that of training, and how near once the pace is taken into account.
const FEW_WINDOWS: u64 = 20;
const APART: f64 = 0.2;
const ALIKE: f64 = 0.07;
/// How many times more samples the same may take.
const TIMES: [f64; 12] = [
    2.0,
    0.5,
    4.0,
    0.25,
    10.0,
    0.1,
    5.0,
    0.2,
    3.0,
    1.0 / 3.0,
    1.5,
    1.0 / 1.5,
];

/// The rate of the recording, where it is another one.
pub(super) fn stated(pairings: &[Pairing<'_>], stated: &Stated) -> Option<Reason> {
    let found_hz = stated.rate_hz?;
    let first = pairings
        .iter()
        .find(|pairing| pairing.trained.rate_hz.is_some())?;
    let trained_hz = first.trained.rate_hz?;
    let several = first.trained.over_windows.deviation.is_some();
    let ratio = found_hz / trained_hz;
    let within = |factor: f64| (1.0 / factor..=factor).contains(&ratio);
    let is_answered = check_rate(found_hz, trained_hz).is_ok();
    // Where a window is one reading, no answer depends on the rate.
    let weight = match several {
        true if is_answered && within(CLOSE) => return None,
        true if is_answered => Verdict::Unsure,
        true => Verdict::No,
        false if is_answered || within(OTHER) => return None,
        false => Verdict::Unsure,
    };
    let finding = Finding::Rate {
        trained_hz,
        found_hz,
    };
    Some(whole(weight, finding))
}

/// Windows whose readings came faster or slower than those of most, and parts that are
/// too slow for any window: whatever was trained on, not all of it is alike.
pub(super) fn of_windows(pairings: &[Pairing<'_>], stated: &Stated) -> Vec<Reason> {
    let other = stated.other_pace.map(|pace| Finding::OtherPace { pace });
    let trained = pairings.iter().find_map(|pairing| pairing.trained.rate_hz);
    let slow = stated.slow_hz.zip(trained);
    let slow = slow.map(|(found_hz, trained_hz)| Finding::Rate {
        trained_hz,
        found_hz,
    });
    let found = other.into_iter().chain(slow);
    found.map(|one| whole(Verdict::Unsure, one)).collect()
}

/// Windows that are longer or shorter than those of training.
pub(super) fn length(pairing: &Pairing<'_>) -> Option<Reason> {
    let trained = pairing.trained.over_windows.length?;
    let lengths = pairing.found.statistic(Statistic::Length);
    let found = *lengths.get(lengths.len() / 2)?;
    let usual = trained.low() / LONGER..=trained.high() * LONGER;
    (!usual.contains(&found)).then(|| {
        let finding = Finding::Length {
            trained: [trained.low(), trained.high()],
            found,
        };
        pairing.reason(Verdict::Unsure, finding)
    })
}

/// Whether windows look as those of training do at another rate: what is sampled
/// twice as fast is half as rough.
pub(super) fn of_samples(pairing: &Pairing<'_>) -> Option<Reason> {
    let trained = pairing.trained.over_windows.roughness?;
    let found = pairing.found.statistic(Statistic::Roughness);
    if pairing.distinct[1] < FEW_WINDOWS || trained.spread() == 0.0 {
        return None;
    }
    let now = apart(&trained, found, 1.0, 0.0);
    let after = |times: f64| apart(&trained, found, 1.0 / times, 0.0);
    let best = TIMES
        .into_iter()
        .min_by(|a, b| after(*a).total_cmp(&after(*b)))?;
    let explained = now >= APART && after(best) < ALIKE && after(best) * 3.0 < now;
    explained.then(|| pairing.reason(Verdict::Unsure, Finding::Pace { times: best }))
}
