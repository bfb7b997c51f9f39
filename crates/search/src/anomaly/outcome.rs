//! What came out of a search for a model of the normal.

use senselm_evaluate::Interval;
use senselm_sensor::AlarmSpec;
use serde::Serialize;

use crate::outcome::{Baseline, CandidateOutcome};

/// A kind of anomaly is hardly seen where one less its AUROC is above this.
const UNSEEN: f64 = 0.3;

/// Bins of scores.
const BINS: usize = 32;

/// Everything that was found, as `report.json` has it.
#[derive(Debug, Clone, Serialize)]
pub struct AnomalyOutcome {
    /// The name of the model.
    pub name: String,
    /// `anomaly`.
    pub task: &'static str,
    /// What the figures of candidates and baselines are.
    pub figure: &'static str,
    /// Windows that were learned from.
    pub windows: usize,
    /// Of these, distinct ones.
    pub distinct: usize,
    /// The kinds of anomalies that were made up, in the order of the errors of
    /// candidates and baselines.
    pub made_up: Vec<&'static str>,
    /// Every candidate that was tried, the default first; its errors are one less
    /// the AUROC of each kind.
    pub candidates: Vec<CandidateOutcome>,
    /// Which of them was taken.
    pub chosen: usize,
    /// Simple scores on the same windows.
    pub baselines: Vec<Baseline>,
    /// False alarms on normal windows that the scoring model did not know.
    pub false_alarms: Rate,
    /// The threshold and what belongs to it, as the file has it.
    pub alarm: AlarmSpec,
    /// The scores of normal windows by models that did not know them.
    pub scores: Vec<ScoreBin>,
    /// Whether the recordings say of themselves that they are simulated.
    pub simulated: bool,
    /// Windows that were left out because they are not of the normal.
    pub contaminated: Vec<Contaminated>,
    /// How many windows are as unlike the others as these, left out or not.
    pub beyond: usize,
    /// What the model says of files that were kept apart.
    pub kept: Option<KeptApart>,
    /// What is to be said first.
    pub verdicts: Vec<String>,
    /// A window as the model reads it.
    pub prompt: String,
    /// Bytes of the model.
    pub bytes: u64,
    /// What was left out for lack of time.
    pub left_out: Vec<String>,
    /// What is to be known about the recordings.
    pub notes: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// Seconds altogether.
    pub seconds: f64,
}

/// How many normal windows are an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// The share that was asked for.
    pub asked: f64,
    /// The share that was found.
    pub found: f64,
    /// 95 % of it, for as many windows as are apart.
    pub interval: Option<Interval>,
    /// Windows that it was found on.
    pub windows: usize,
    /// About how many of these share no reading, and no group where that is known.
    pub apart: usize,
}

/// How many normal windows have a score between two.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScoreBin {
    /// The least score, in nats.
    pub from: f64,
    /// The largest.
    pub to: f64,
    /// How many windows.
    pub windows: usize,
}

impl ScoreBin {
    /// Scores in bins of equal width; none where there are none.
    pub(crate) fn of(scores: &[f64]) -> Vec<Self> {
        let low = scores.iter().copied().fold(f64::INFINITY, f64::min);
        let high = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if !(low.is_finite() && high.is_finite()) {
            return Vec::new();
        }
        let width = ((high - low) / BINS as f64).max(1e-9);
        let mut bins: Vec<Self> = (0..BINS)
            .map(|at| Self {
                from: low + at as f64 * width,
                to: low + (at + 1) as f64 * width,
                windows: 0,
            })
            .collect();
        for score in scores {
            let at = (((score - low) / width) as usize).min(BINS - 1);
            if let Some(bin) = bins.get_mut(at) {
                bin.windows += 1;
            }
        }
        bins
    }
}

/// A window that is not of the normal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Contaminated {
    /// Its line.
    pub line: u64,
    /// Its score, in nats.
    pub score: f64,
}

/// What the model says of windows that were kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KeptApart {
    /// How many there are.
    pub windows: usize,
    /// Of these, in an alarm.
    pub alarms: usize,
    /// Of these, where the baseline had drifted.
    pub drifted: usize,
}

/// What has to be said first.
pub(super) fn verdicts(outcome: &AnomalyOutcome) -> Vec<String> {
    let mut all = Vec::new();
    let own = outcome
        .candidates
        .get(outcome.chosen)
        .and_then(|one| one.figure);
    let best = outcome
        .baselines
        .iter()
        .max_by(|a, b| a.figure.total_cmp(&b.figure));
    if let (Some(own), Some(best)) = (own, best)
        && best.figure > own
    {
        all.push(format!(
            "A simpler score does better on anomalies made of these recordings: {} has an AUROC \
             of {:.3}, this model {own:.3}.",
            best.name, best.figure
        ));
    }
    let chosen = outcome.candidates.get(outcome.chosen);
    let errors = chosen.map_or(&[][..], |one| one.folds.as_slice());
    let each = outcome.made_up.iter().zip(errors);
    let unseen: Vec<&str> = each
        .filter(|(_, error)| **error > UNSEEN)
        .map(|(kind, _)| *kind)
        .collect();
    if !unseen.is_empty() {
        all.push(format!(
            "It hardly sees these kinds of anomalies: {}.",
            unseen.join(", ")
        ));
    }
    let rate = &outcome.false_alarms;
    if let Some(interval) = rate.interval {
        all.push(format!(
            "{:.2} % of the normal windows are an alarm ({:.2} to {:.2} %); {:.2} % were asked for.",
            100.0 * rate.found,
            100.0 * interval.low,
            100.0 * interval.high,
            100.0 * rate.asked
        ));
    }
    if rate.apart as f64 * rate.asked < 1.0 {
        all.push(format!(
            "{} windows that share neither readings nor a machine are too few for a rate of {:.2} %: \
             the threshold is about the largest score that was seen. Record more of the normal.",
            rate.apart,
            100.0 * rate.asked
        ));
    }
    if !outcome.contaminated.is_empty() {
        let lines: Vec<String> = outcome
            .contaminated
            .iter()
            .take(8)
            .map(|one| one.line.to_string())
            .collect();
        let more = if outcome.contaminated.len() > 8 {
            ", ..."
        } else {
            ""
        };
        all.push(format!(
            "{} windows are so unlike the others that they were not learned from; they end at the \
             lines {}{more}.",
            outcome.contaminated.len(),
            lines.join(", ")
        ));
    }
    let normal = rate.windows;
    let left = outcome.beyond - outcome.contaminated.len().min(outcome.beyond);
    if left > 0 {
        let share = outcome.beyond as f64 / (normal + outcome.contaminated.len()).max(1) as f64;
        all.insert(
            0,
            format!(
                "{left} more windows are as unlike the others and were learned from as if they were \
                 normal, since no more were to be left out: the threshold lies among them. Where they \
                 are faults, say --contamination {:.2}, or leave these stretches out.",
                (100.0 * share).ceil() / 100.0
            ),
        );
    }
    all
}
