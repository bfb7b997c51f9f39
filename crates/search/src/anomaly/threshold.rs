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

/// The windows that are not of the normal, the strangest first: far beyond what the
/// others score.
pub(crate) fn beyond(scores: &[f64]) -> Vec<usize> {
    let sorted = sorted(scores);
    let (low, high) = (quantile(&sorted, 0.25), quantile(&sorted, 0.75));
    let fence = high + FENCE * (high - low);
    let mut beyond: Vec<usize> = (0..scores.len()).filter(|&at| scores[at] > fence).collect();
    beyond.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    beyond
}

/// Scores of normal windows by models that did not know them.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// The scores, in the order of the windows.
    pub(crate) scores: Vec<f64>,
    /// Which windows follow each other.
    pub(crate) stretch: Vec<usize>,
    /// The part that each was held back with.
    pub(crate) part: Vec<usize>,
    /// How many windows a reading is in.
    pub(crate) overlap: usize,
    /// Of how many machines or people they are, where that is known.
    pub(crate) groups: Option<usize>,
}

impl Held {
    /// Those of some parts.
    fn of(&self, is_in: impl Fn(usize) -> bool) -> Self {
        let chosen: Vec<usize> = (0..self.scores.len())
            .filter(|&at| self.part.get(at).is_some_and(|part| is_in(*part)))
            .collect();
        let of = |all: &[usize]| chosen.iter().map(|&at| all[at]).collect();
        Self {
            scores: chosen.iter().map(|&at| self.scores[at]).collect(),
            stretch: of(&self.stretch),
            part: of(&self.part),
            ..*self
        }
    }

    /// About how many windows tell something of their own: those that share readings
    /// tell about as much as one, and so may those of one machine, since another one
    /// may be an alarm all the time.
    fn apart(&self) -> usize {
        let apart = (self.scores.len() / self.overlap.max(1)).max(1);
        self.groups.map_or(apart, |groups| apart.min(groups))
    }

    fn is_in_order(&self) -> bool {
        self.stretch.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// How many are an alarm.
    fn alarms(&self, spec: &AlarmSpec) -> usize {
        let mut on = 0;
        each(spec, &self.scores, &self.stretch, |_, alarm| {
            on += usize::from(alarm.on);
        });
        on
    }

    /// An alarm for at most a share of these, and the levels in rising order that it
    /// was found among.
    fn spec(&self, rate: f64, run: Option<usize>) -> (AlarmSpec, Vec<f64>) {
        let (scores, in_order) = (&self.scores, self.is_in_order());
        let usual = quantile(&sorted(scores), 0.5);
        let mut spec = AlarmSpec {
            run,
            false_alarm_rate: rate,
            held_back: scores.len(),
            // What no window shares with the one before is told at once.
            smooth: if self.overlap > 1 { 0.5 } else { 1.0 },
            usual,
            drift: match in_order {
                true => 1.0 / (BASELINE * self.overlap.max(1) as f64),
                false => 0.0,
            },
            ..AlarmSpec::default()
        };
        let (mut levels, mut furthest) = (Vec::with_capacity(scores.len()), 0.0_f64);
        each(&spec, scores, &self.stretch, |_, alarm| {
            levels.push(alarm.level);
            furthest = furthest.max(alarm.baseline - usual);
        });
        let levels = sorted(&levels);
        let most = rate * scores.len() as f64;
        let is_few = |level: f64| self.alarms(&with(&spec, level)) as f64 <= most;
        // The lowest of the levels with few enough alarms; the highest has none.
        let (mut low, mut high) = (0, levels.len().saturating_sub(1));
        while low < high {
            let middle = (low + high) / 2;
            match levels.get(middle).is_some_and(|&level| is_few(level)) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        let threshold = levels.get(low).copied().unwrap_or(usual).max(usual);
        spec = with(&spec, threshold);
        // The baseline reaches the threshold at most.
        let drift = (DRIFT * furthest).max(0.25 * (threshold - usual));
        spec.drifted = in_order.then_some(usual + drift.min(0.75 * (threshold - usual)));
        (spec, levels)
    }
}

/// The threshold above which at most a share of normal windows are an alarm, with
/// smoothing and hysteresis as they are in use. The rate that is found is that of
/// parts whose scores had no say in it.
pub(crate) fn calibrate(held: &Held, rate: f64, run: Option<usize>) -> Calibrated {
    let (mut spec, levels) = held.spec(rate, run);
    let mut parts = held.part.clone();
    parts.sort_unstable();
    parts.dedup();
    let of_part = |one: &usize| {
        let (others, _) = held.of(|part| part != *one).spec(rate, run);
        held.of(|part| part == *one).alarms(&others)
    };
    let alarms: usize = parts.iter().map(of_part).sum();
    let found = alarms as f64 / held.scores.len().max(1) as f64;
    let apart = held.apart();
    let error = Z * (rate * (1.0 - rate) / apart as f64).sqrt();
    spec.threshold_interval = Some([
        quantile(&levels, 1.0 - rate - error),
        quantile(&levels, 1.0 - rate + error),
    ]);
    Calibrated {
        rate: Rate {
            asked: rate,
            found,
            interval: wilson(found, apart),
            windows: held.scores.len(),
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

    use super::{Held, Rate, beyond, calibrate, kept};

    fn scores(count: usize, seed: u64) -> Vec<f64> {
        let mut rng = Rng::new(seed, 0);
        (0..count).map(|_| 1.0 + 0.1 * rng.normal()).collect()
    }

    /// In thirds of one stretch.
    fn held(scores: &[f64], overlap: usize, groups: Option<usize>) -> Held {
        Held {
            scores: scores.to_vec(),
            stretch: vec![0; scores.len()],
            part: (0..scores.len()).map(|at| at * 3 / scores.len()).collect(),
            overlap,
            groups,
        }
    }

    #[test]
    fn as_many_are_an_alarm_as_were_asked_for() {
        let (learned, others) = (scores(4000, 1), scores(4000, 2));
        for (rate, overlap) in [(0.01, 1), (0.05, 1), (0.02, 4)] {
            let found = calibrate(&held(&learned, overlap, None), rate, None);
            assert!(found.spec.check().is_ok(), "{:?}", found.spec);
            assert!(found.rate.found < 2.0 * rate && found.rate.found > 0.5 * rate);
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
    fn a_part_that_is_another_is_an_alarm_where_it_had_no_say() {
        let mut scores = scores(900, 5);
        scores[600..].iter_mut().for_each(|score| *score += 1.0);
        let found = calibrate(&held(&scores, 1, None), 0.01, None).rate;
        assert!(found.found > 0.3, "{found:?}");
    }

    #[test]
    fn too_few_windows_give_the_largest() {
        let few = scores(30, 3);
        let found = calibrate(&held(&few, 1, None), 0.001, None);
        let of_two = calibrate(&held(&few, 1, Some(2)), 0.001, None).rate;
        assert_eq!((found.rate.apart, of_two.apart), (30, 2));
        let high = |rate: Rate| rate.interval.expect("of some").high;
        assert!(high(of_two) > high(found.rate) && high(found.rate) > 0.05);
        let most = few.iter().copied().fold(f64::MIN, f64::max);
        assert_eq!(found.spec.threshold, Some(most));
    }

    #[test]
    fn only_what_stands_apart_is_contamination() {
        let clean = scores(1000, 4);
        assert!(beyond(&clean).is_empty());
        let mut dirty = clean;
        dirty[10] = 3.0;
        dirty[700] = 4.0;
        assert_eq!(beyond(&dirty), [700, 10]);
    }
}
