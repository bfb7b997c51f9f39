//! From the scores of normal windows that were held back to when there is an alarm.

use senselm_evaluate::wilson;
use senselm_sensor::{AlarmSpec, AlarmState};

use super::outcome::{KeptApart, Rate};

/// How far above the quartiles a score lies that is not of the normal: so many
/// times their distance.
const FENCE: f64 = 4.0;
/// Where an alarm ends, between the usual score and the threshold.
const RELEASE: f64 = 0.75;
/// Windows without a common reading over which the baseline is taken.
const BASELINE: f64 = 50.0;
/// How much further than ever on normal windows the baseline has to be for a drift.
const DRIFT: f64 = 3.0;
/// The normal distribution's 97.5 %.
const Z: f64 = 1.96;

/// What was found.
pub(crate) struct Calibrated {
    pub(crate) spec: AlarmSpec,
    pub(crate) rate: Rate,
}

/// The windows that are not of the normal: far beyond what the others score, and of
/// these at most a share of all.
pub(crate) fn contaminated(scores: &[f64], share: f64) -> Vec<usize> {
    let sorted = sorted(scores);
    let (low, high) = (quantile(&sorted, 0.25), quantile(&sorted, 0.75));
    let fence = high + FENCE * (high - low);
    let mut beyond: Vec<usize> = (0..scores.len()).filter(|&at| scores[at] > fence).collect();
    beyond.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    beyond.truncate((share * scores.len() as f64) as usize);
    beyond.sort_unstable();
    beyond
}

/// The threshold above which at most a share of normal windows are an alarm, with
/// smoothing and hysteresis as they are in use. `stretch` says which windows follow
/// each other, `overlap` how many windows a reading is in, and `groups` of how many
/// machines or people they are, where that is known.
pub(crate) fn calibrate(
    scores: &[f64],
    stretch: &[usize],
    overlap: usize,
    groups: Option<usize>,
    rate: f64,
    run: Option<usize>,
) -> Calibrated {
    let in_order = stretch.windows(2).any(|pair| pair[0] == pair[1]);
    let usual = quantile(&sorted(scores), 0.5);
    let mut spec = AlarmSpec {
        run,
        false_alarm_rate: rate,
        held_back: scores.len(),
        // What no window shares with the one before is told at once.
        smooth: if overlap > 1 { 0.5 } else { 1.0 },
        usual,
        drift: if in_order {
            1.0 / (BASELINE * overlap as f64)
        } else {
            0.0
        },
        ..AlarmSpec::default()
    };
    let (mut levels, mut furthest) = (Vec::with_capacity(scores.len()), 0.0_f64);
    each(&spec, scores, stretch, |_, alarm| {
        levels.push(alarm.level);
        furthest = furthest.max(alarm.baseline - usual);
    });
    let levels = sorted(&levels);
    let share = |threshold: f64| {
        let spec = with(&spec, threshold);
        let mut on = 0;
        each(&spec, scores, stretch, |_, alarm| {
            on += usize::from(alarm.on)
        });
        on as f64 / scores.len().max(1) as f64
    };
    // The lowest of the levels with few enough alarms; the highest has none.
    let (mut low, mut high) = (0, levels.len().saturating_sub(1));
    while low < high {
        let middle = (low + high) / 2;
        match levels
            .get(middle)
            .is_some_and(|&level| share(level) <= rate)
        {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    let threshold = levels.get(low).copied().unwrap_or(usual).max(usual);
    let alarms = share(threshold);
    // Windows that share readings tell about as much as one, and so may those of one
    // machine: another one may be an alarm all the time.
    let apart = (scores.len() / overlap.max(1)).max(1);
    let apart = groups.map_or(apart, |groups| apart.min(groups));
    let error = Z * (rate * (1.0 - rate) / apart as f64).sqrt();
    spec = with(&spec, threshold);
    spec.threshold_interval = Some([
        quantile(&levels, 1.0 - rate - error),
        quantile(&levels, 1.0 - rate + error),
    ]);
    // The baseline reaches the threshold at most.
    let drift = (DRIFT * furthest).max(0.25 * (threshold - usual));
    spec.drifted = in_order.then_some(usual + drift.min(0.75 * (threshold - usual)));
    Calibrated {
        rate: Rate {
            asked: rate,
            found: alarms,
            interval: wilson(alarms, apart),
            windows: scores.len(),
            apart,
        },
        spec,
    }
}

/// How many windows that were kept apart are an alarm, in their order; nothing
/// where there are none.
pub(crate) fn kept(scores: &[f64], spec: &AlarmSpec) -> Option<KeptApart> {
    let mut state = AlarmState::new(spec);
    let (mut alarms, mut drifted) = (0, 0);
    for score in scores {
        let alarm = state.push(*score);
        alarms += usize::from(alarm.on);
        drifted += usize::from(alarm.drifted);
    }
    (!scores.is_empty()).then_some(KeptApart {
        windows: scores.len(),
        alarms,
        drifted,
    })
}

fn with(spec: &AlarmSpec, threshold: f64) -> AlarmSpec {
    AlarmSpec {
        threshold: Some(threshold),
        release: Some(spec.usual + RELEASE * (threshold - spec.usual)),
        ..*spec
    }
}

/// What each score means in its stretch.
fn each(
    spec: &AlarmSpec,
    scores: &[f64],
    stretch: &[usize],
    mut take: impl FnMut(usize, senselm_sensor::Alarm),
) {
    let mut state = AlarmState::new(spec);
    let mut before = None;
    for (at, (score, stretch)) in scores.iter().zip(stretch).enumerate() {
        if before.is_some_and(|before| before != stretch) {
            state = AlarmState::new(spec);
        }
        before = Some(stretch);
        take(at, state.push(*score));
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The value below which a share lies; 0 of nothing.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1) as f64;
    let at = (share.clamp(0.0, 1.0) * last).round() as usize;
    sorted.get(at).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use senselm_sensor::rng::Rng;

    use super::{calibrate, contaminated, kept};

    fn scores(count: usize, seed: u64) -> Vec<f64> {
        let mut rng = Rng::new(seed, 0);
        (0..count).map(|_| 1.0 + 0.1 * rng.normal()).collect()
    }

    #[test]
    fn as_many_are_an_alarm_as_were_asked_for() {
        let (learned, others) = (scores(4000, 1), scores(4000, 2));
        for (rate, overlap) in [(0.01, 1), (0.05, 1), (0.02, 4)] {
            let found = calibrate(&learned, &vec![0; 4000], overlap, None, rate, None);
            assert!(found.spec.check().is_ok(), "{:?}", found.spec);
            assert!(found.rate.found <= rate && found.rate.found > 0.5 * rate);
            let [low, high] = found.spec.threshold_interval.expect("an interval");
            assert!(low < high);
            let apart = kept(&others, &found.spec).expect("windows");
            let share = apart.alarms as f64 / 4000.0;
            assert!(
                share < 2.0 * rate && share > 0.3 * rate,
                "{share} of {rate}"
            );
            assert_eq!(apart.drifted, 0);
        }
    }

    #[test]
    fn too_few_windows_give_the_largest() {
        let few = scores(30, 3);
        let found = calibrate(&few, &[0; 30], 1, None, 0.001, None);
        let of_two = calibrate(&few, &[0; 30], 1, Some(2), 0.001, None).rate;
        assert_eq!((found.rate.apart, of_two.apart), (30, 2));
        assert!(of_two.interval.expect("of 2").high > found.rate.interval.expect("of 30").high);
        let most = few.iter().copied().fold(f64::MIN, f64::max);
        assert_eq!(found.spec.threshold, Some(most));
        assert!(found.rate.interval.expect("of 30").high > 0.05);
    }

    #[test]
    fn only_what_stands_apart_is_contamination() {
        let clean = scores(1000, 4);
        assert!(contaminated(&clean, 0.05).is_empty());
        let mut dirty = clean;
        dirty[10] = 3.0;
        dirty[700] = 4.0;
        assert_eq!(contaminated(&dirty, 0.05), [10, 700]);
        assert_eq!(contaminated(&dirty, 0.001), [700]);
        assert!(contaminated(&dirty, 0.0).is_empty());
    }
}
