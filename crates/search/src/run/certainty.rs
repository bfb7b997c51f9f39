//! How certain the model is of its labels, and the temperature that makes it right as
//! often as it says.

use senselm_evaluate::{Calibration, temperature};
use senselm_sensor::{Quantiles, Task, Truth, Validation};

use crate::data::Data;
use crate::outcome::Certainty;
use crate::trial::Trial;

/// Fewer answers than this say nothing about certainty.
const FEWEST: usize = 20;

/// What the model said in folds, window by window.
struct Said<'a> {
    shares: Vec<&'a [f64]>,
    truths: Vec<usize>,
    /// Which half of the clusters each window is in.
    is_second: Vec<bool>,
}

/// The temperature by the answers in folds, and the certainty with that of the other
/// half of the recordings. `None` where there are too few answers with probabilities.
pub(super) fn certainty(data: &Data, trial: &Trial) -> Option<(Certainty, Validation)> {
    let mut said = Said {
        shares: Vec::new(),
        truths: Vec::new(),
        is_second: Vec::new(),
    };
    let mut clusters: Vec<u64> = data.records.iter().map(|record| record.group).collect();
    clusters.sort_unstable();
    clusters.dedup();
    for (record, shares) in data.records.iter().zip(&trial.shares) {
        if let (Some(Truth::Label(truth)), Some(shares)) = (&record.truth, shares) {
            let cluster = clusters.binary_search(&record.group).unwrap_or_default();
            said.shares.push(shares);
            said.truths.push(*truth);
            said.is_second.push(cluster % 2 == 1);
        }
    }
    if said.shares.len() < FEWEST {
        return None;
    }
    let all = said.temperature(|_| true)?;
    let halves = [true, false].map(|half| said.temperature(|is_second| is_second == half));
    let before = said.calibration(|_| 1.0)?;
    let after = said.calibration(|is_second| {
        let of_the_other = halves[usize::from(is_second)];
        of_the_other.unwrap_or(all)
    })?;
    let told: Vec<f64> = said.shares.iter().map(|shares| most(shares, all)).collect();
    let validation = Validation {
        windows: told.len() as u64,
        certainty: Quantiles::of(&told),
        anomaly: None,
    };
    let certainty = Certainty {
        temperature: all,
        ece_before: before.ece,
        calibration: after,
    };
    Some((certainty, validation))
}

/// The task with another temperature.
pub(super) fn with_temperature(task: &Task, found: f64) -> Task {
    let mut task = task.clone();
    if let Task::Classify { temperature, .. } = &mut task {
        // A recipe is read by people.
        *temperature = (found * 1000.0).round() / 1000.0;
    }
    task
}

impl Said<'_> {
    fn temperature(&self, is_in: impl Fn(bool) -> bool) -> Option<f64> {
        let chosen = (0..self.truths.len()).filter(|&at| is_in(self.is_second[at]));
        let chosen: Vec<usize> = chosen.collect();
        let shares: Vec<Vec<f64>> = chosen.iter().map(|&at| self.shares[at].to_vec()).collect();
        let truths: Vec<usize> = chosen.iter().map(|&at| self.truths[at]).collect();
        temperature(&shares, &truths)
    }

    fn calibration(&self, temperature: impl Fn(bool) -> f64) -> Option<Calibration> {
        let answers: Vec<(f64, bool)> = (0..self.truths.len())
            .map(|at| {
                let shares = self.shares[at];
                let certain = most(shares, temperature(self.is_second[at]));
                (certain, best(shares) == self.truths[at])
            })
            .collect();
        Calibration::of(&answers)
    }
}

/// The label with the largest probability, the first of equals.
fn best(shares: &[f64]) -> usize {
    let better = |best: usize, at: usize| if shares[at] > shares[best] { at } else { best };
    (0..shares.len()).reduce(better).unwrap_or_default()
}

/// The largest probability at a temperature.
fn most(shares: &[f64], temperature: f64) -> f64 {
    let most = shares.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let sum: f64 = shares
        .iter()
        .map(|share| (share / most).powf(1.0 / temperature))
        .sum();
    1.0 / sum.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::{best, most};

    #[test]
    fn a_temperature_of_one_changes_nothing() {
        let shares = [0.1, 0.7, 0.2];
        assert_eq!(best(&shares), 1);
        assert!((most(&shares, 1.0) - 0.7).abs() < 1e-12);
        assert!(most(&shares, 3.0) < 0.6 && most(&shares, 0.3) > 0.9);
        assert!(most(&[0.0, 0.0], 1.0).is_finite());
    }
}
