//! Values that are those of training in another unit.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::unit;

use super::values::{SOME_OUTSIDE, ends, is_far, level, share_outside};
use super::{Finding, Pairing, Reason, Verdict};
use crate::Quantiles;
use crate::profile::Statistic;

/// How far apart found and trained values are without a conversion, from which one
/// is looked for, and with it, up to which it is the one: see [`distance`].
const APART: f64 = 0.25;
const ALIKE: f64 = 0.12;
/// How near it must be where values are outside without it, or the unit is one of the
/// same quantity.
const NEARLY_ALIKE: f64 = 0.2;
/// Different values from which a distribution is one.
const FEW_VALUES: usize = 8;
/// The windows from which it is, where nothing is outside.
const FEW_WINDOWS: u64 = 20;

/// From training's values to those found: times `scale` plus `offset`.
#[derive(Debug, Clone, PartialEq)]
struct Conversion {
    scale: f64,
    offset: f64,
    /// Of training and of the recording, where they can be told.
    units: Option<[String; 2]>,
    /// Whether it is one of the channel's own quantity.
    own: bool,
}

/// The conversion that explains the values, where they are not those of training
/// and one does.
pub(super) fn look(pairing: &Pairing<'_>) -> Option<Reason> {
    let trained = pairing.trained.samples?;
    let ends = ends(pairing, &trained);
    let outside = share_outside(&pairing.found.samples, ends);
    let apart = distance(pairing, 1.0, 0.0);
    let is_outside = outside >= 0.5 || level(pairing).is_some();
    if trained.spread() == 0.0 || (apart < APART && !is_outside) {
        return None;
    }
    let values = pairing.found.samples.chunk_by(|a, b| a == b).count();
    let known = values >= FEW_VALUES && pairing.distinct[1] >= FEW_WINDOWS;
    let mut best: Option<(f64, Conversion)> = None;
    // Of few windows: some conversion brings any values inside, but a unit of the
    // same quantity is likely.
    let likely = |conversion: &Conversion| known || conversion.own;
    for conversion in conversions(pairing).into_iter().filter(likely) {
        let Conversion { scale, offset, .. } = conversion;
        let after = distance(pairing, scale, offset);
        // Of nearly equal ones that of the quantity, then the first.
        let handicap = if conversion.own { 0.0 } else { 0.03 };
        if best
            .as_ref()
            .is_none_or(|(least, _)| after + handicap < *least)
        {
            best = Some((after + handicap, conversion));
        }
    }
    let (after, best) = best?;
    let back = |value: &f64| (value - best.offset) / best.scale;
    let mut inside: Vec<f64> = pairing.found.samples.iter().map(back).collect();
    inside.sort_by(f64::total_cmp);
    let explains = share_outside(&inside, ends) < 0.02;
    let near = match best.own || outside >= SOME_OUTSIDE {
        true => after < NEARLY_ALIKE,
        false => after < ALIKE,
    };
    let alike = near && after * 3.0 < apart;
    let weight = match known && alike {
        true if best.own || outside >= SOME_OUTSIDE => Verdict::No,
        true => Verdict::Unsure,
        false if is_outside && best.own && explains && values >= 2 => {
            match (is_far(pairing, &trained), outside >= 0.5) {
                (true, _) => Verdict::No,
                (false, true) => pairing.certain(),
                (false, false) => Verdict::Unsure,
            }
        }
        false => return None,
    };
    let finding = Finding::Converted {
        scale: best.scale,
        offset: best.offset,
        units: best.units,
    };
    Some(pairing.reason(weight, finding))
}

/// How far the values found are from those of training, once they are converted
/// back: the mean difference of shares at twenty levels, plus how far they are
/// outside, in spreads; over samples, means and deviations of windows.
fn distance(pairing: &Pairing<'_>, scale: f64, offset: f64) -> f64 {
    let over = &pairing.trained.over_windows;
    let found = pairing.found;
    let of = |trained: Option<&Quantiles>, found: &[f64], offset: f64, scale: f64| {
        trained.map(|trained| apart(trained, found, scale, offset))
    };
    let parts = [
        of(
            pairing.trained.samples.as_ref(),
            &found.samples,
            offset,
            scale,
        ),
        of(
            over.mean.as_ref().filter(|_| over.deviation.is_some()),
            found.statistic(Statistic::Mean),
            offset,
            scale,
        ),
        of(
            over.deviation.as_ref(),
            found.statistic(Statistic::Deviation),
            0.0,
            libm::fabs(scale),
        ),
    ];
    let known: Vec<f64> = parts.into_iter().flatten().collect();
    known.iter().sum::<f64>() / known.len().max(1) as f64
}

/// How far sorted values are from quantiles of training, once they are converted
/// back.
pub(super) fn apart(trained: &Quantiles, found: &[f64], scale: f64, offset: f64) -> f64 {
    const LEVELS: usize = 20;
    let Some(last) = found.len().checked_sub(1) else {
        return 0.0;
    };
    let size = found.len() as f64;
    let spread = trained.spread();
    let mut sum = 0.0;
    for level in 0..LEVELS {
        let at = (level * 2 + 1) * last / (LEVELS * 2);
        let value = found[at];
        let below = found.partition_point(|one| *one < value) as f64 / size;
        let up_to = found.partition_point(|one| *one <= value) as f64 / size;
        let back = (value - offset) / scale;
        let [trained_below, trained_up_to] = trained.shares(back);
        // Turned round, what was below is above.
        let (below, up_to) = match scale < 0.0 {
            true => (1.0 - up_to, 1.0 - below),
            false => (below, up_to),
        };
        let between = beyond(below, trained_below).max(beyond(up_to, trained_up_to));
        let outside = (trained.low() - back).max(back - trained.high()).max(0.0);
        let outside = match spread > 0.0 {
            true => (outside / spread).min(1.0),
            false => f64::from(u8::from(outside > 0.0)),
        };
        sum += between + outside;
    }
    sum / LEVELS as f64
}

/// How far a share is from where it may be.
fn beyond(share: f64, (low, high): (f64, f64)) -> f64 {
    (low - share).max(share - high).max(0.0)
}

/// What may have happened to the values: of a channel whose unit is known, its
/// conversions; of any, those between two units of some quantity.
fn conversions(pairing: &Pairing<'_>) -> Vec<Conversion> {
    let written = pairing.trained.unit.as_deref().unwrap_or_default();
    let known = unit::find(written);
    let mut found: Vec<Conversion> = Vec::new();
    let mut add = |conversion: Conversion| {
        let same = |one: &Conversion| {
            let near =
                |a: f64, b: f64| libm::fabs(a - b) <= libm::fabs(a).max(libm::fabs(b)) * 1e-6;
            near(one.scale, conversion.scale) && near(one.offset, conversion.offset)
        };
        let nothing = conversion.scale == 1.0 && conversion.offset == 0.0;
        if !nothing && !found.iter().any(same) {
            found.push(conversion);
        }
    };
    for other in known.iter().flat_map(|unit| unit.alternatives()) {
        let own = known.and_then(|unit| unit.conversion(other));
        if let Some((scale, offset)) = own {
            add(Conversion {
                scale,
                offset,
                units: Some([written.to_string(), other.symbol().to_string()]),
                own: true,
            });
        }
    }
    for unit in unit::all() {
        for other in unit.alternatives() {
            if let Some((scale, offset)) = unit.conversion(other) {
                add(Conversion {
                    scale,
                    offset,
                    // Only temperatures have another zero.
                    units: (known.is_none() && offset != 0.0)
                        .then(|| [unit.symbol().to_string(), other.symbol().to_string()]),
                    own: false,
                });
            }
        }
    }
    add(Conversion {
        scale: -1.0,
        offset: 0.0,
        units: None,
        own: false,
    });
    found
}

/// A conversion in words: `times 1.8 plus 32`.
pub(super) fn in_words(scale: f64, offset: f64) -> String {
    use alloc::format;
    let figure = senselm_readings::recording::three_digits;
    let times = match scale {
        1.0 => String::new(),
        _ if (1e-3..1e6).contains(&libm::fabs(scale)) => format!("times {}", figure(scale)),
        _ => format!("times {scale:e}"),
    };
    let plus = match offset {
        0.0 => String::new(),
        offset if offset < 0.0 => format!("minus {}", figure(-offset)),
        offset => format!("plus {}", figure(offset)),
    };
    [times, plus].join(" ").trim().to_string()
}
