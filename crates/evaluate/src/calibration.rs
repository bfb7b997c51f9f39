//! Whether an answer is right as often as it says, and what makes it so.

use serde::Serialize;

/// Bins of certainty, of equal width.
const BINS: usize = 10;
/// Between these the temperature is sought.
const TEMPERATURES: [f64; 2] = [0.05, 20.0];
/// Steps of the search; each leaves 62 % of the range.
const STEPS: usize = 60;

/// How certain answers were beside how often they were right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Answers by their certainty, in rising order; no bin is empty.
    pub bins: Vec<CalibrationBin>,
    /// The expected calibration error: how far certainty and accuracy are apart, in
    /// the mean over answers.
    pub ece: f64,
}

/// Answers of about one certainty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// The least certainty of these, from 0 to 1.
    pub from: f64,
    /// The largest.
    pub to: f64,
    /// How many windows.
    pub windows: usize,
    /// Their mean certainty.
    pub confidence: f64,
    /// The share of these that is right.
    pub accuracy: f64,
}

impl Calibration {
    /// Of answers, each with its certainty from 0 to 1 and whether it is right; `None`
    /// without any.
    #[must_use]
    pub fn of(answers: &[(f64, bool)]) -> Option<Self> {
        let mut bins = Vec::new();
        let mut apart = 0.0;
        for at in 0..BINS {
            let (from, to) = (at as f64 / BINS as f64, (at + 1) as f64 / BINS as f64);
            let is_last = at + 1 == BINS;
            let inside = answers
                .iter()
                .filter(|(certainty, _)| *certainty >= from && (*certainty < to || is_last));
            let (mut windows, mut confidence, mut right) = (0, 0.0, 0.0);
            for (certainty, is_right) in inside {
                windows += 1;
                confidence += certainty;
                right += f64::from(u8::from(*is_right));
            }
            if windows == 0 {
                continue;
            }
            apart += (confidence - right).abs();
            bins.push(CalibrationBin {
                from,
                to,
                windows,
                confidence: confidence / windows as f64,
                accuracy: right / windows as f64,
            });
        }
        (!bins.is_empty()).then(|| Self {
            bins,
            ece: apart / answers.len() as f64,
        })
    }
}

/// The temperature by which probabilities of labels say best how often they are right:
/// what the logarithms of the probabilities are to be divided by. `None` without an
/// answer, and where there are no two labels.
///
/// Few answers that are all right are no certainty: each counts as right by
/// `(n + 1) / (n + 2)` for `n` answers.
///
/// # Shapes
/// `probabilities` has for each answer one of each label, in the order of `truths`.
///
/// # Source
/// Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", 2017;
/// the smoothed targets are those of Platt, 1999.
#[must_use]
pub fn temperature(probabilities: &[Vec<f64>], truths: &[usize]) -> Option<f64> {
    let known = probabilities.iter().zip(truths).filter(|(shares, truth)| {
        shares.len() > 1 && **truth < shares.len() && shares.iter().all(|share| share.is_finite())
    });
    let scores: Vec<(Vec<f64>, usize)> = known
        .map(|(shares, truth)| {
            let logs = shares.iter().map(|share| share.max(1e-30).ln());
            (logs.collect(), *truth)
        })
        .collect();
    if scores.is_empty() {
        return None;
    }
    let wrong = 1.0 / (scores.len() as f64 + 2.0);
    let loss = |log_temperature: f64| -> f64 {
        let scale = (-log_temperature).exp();
        let each = scores.iter().map(|(logs, truth)| {
            let most = logs.iter().copied().fold(f64::MIN, f64::max);
            let sum: f64 = logs.iter().map(|log| ((log - most) * scale).exp()).sum();
            let others = wrong / (logs.len() - 1) as f64;
            let target = |at: usize| if at == *truth { 1.0 - wrong } else { others };
            let expected = logs.iter().enumerate();
            let expected: f64 = expected
                .map(|(at, log)| target(at) * (log - most) * scale)
                .sum();
            sum.ln() - expected
        });
        each.sum()
    };
    // The loss is convex in the inverse temperature, so it has one valley.
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let [mut low, mut high] = TEMPERATURES.map(f64::ln);
    for _ in 0..STEPS {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if loss(left) <= loss(right) {
            high = right;
        } else {
            low = left;
        }
    }
    Some(((low + high) / 2.0).exp())
}

#[cfg(test)]
mod tests {
    use super::{Calibration, temperature};
    use crate::rng::Rng;

    /// Answers that are right as often as `honest` says, told as if they were right
    /// by `told`.
    fn answers(count: usize, honest: f64, told: f64) -> (Vec<Vec<f64>>, Vec<usize>) {
        let mut rng = Rng::new(3);
        let truths = (0..count)
            .map(|_| usize::from((rng.below(1000) as f64) < 1000.0 * (1.0 - honest)))
            .collect();
        (vec![vec![told, 1.0 - told]; count], truths)
    }

    #[test]
    fn what_is_too_certain_is_made_less_so() {
        let (shares, truths) = answers(4000, 0.8, 0.98);
        let found = temperature(&shares, &truths).expect("answers");
        let told = |temperature: f64| {
            let odds = (0.98_f64 / 0.02).ln() / temperature;
            1.0 / (1.0 + (-odds).exp())
        };
        assert!((told(found) - 0.8).abs() < 0.02, "{found}: {}", told(found));
        let rated = |certainty: f64| {
            let all: Vec<(f64, bool)> = truths.iter().map(|at| (certainty, *at == 0)).collect();
            Calibration::of(&all).expect("answers").ece
        };
        assert!(rated(0.98) > 0.15 && rated(told(found)) < 0.02);
    }

    #[test]
    fn what_is_honest_stays_as_it_is_and_few_answers_are_no_certainty() {
        let (shares, truths) = answers(4000, 0.8, 0.8);
        let found = temperature(&shares, &truths).expect("answers");
        assert!((found - 1.0).abs() < 0.1, "{found}");
        let (shares, truths) = answers(20, 1.0, 0.99999);
        let found = temperature(&shares, &truths).expect("answers");
        let told = 1.0 / (1.0 + (-(0.99999_f64 / 0.00001).ln() / found).exp());
        assert!(told < 0.97, "{found}: {told}");
        assert_eq!(temperature(&[], &[]), None);
        assert_eq!(temperature(&[vec![1.0]], &[0]), None);
        assert_eq!(Calibration::of(&[]), None);
    }

    #[test]
    fn bins_hold_every_answer() {
        let found = Calibration::of(&[(0.0, false), (1.0, true), (0.95, false), (0.35, true)]);
        let found = found.expect("answers");
        let windows: Vec<usize> = found.bins.iter().map(|bin| bin.windows).collect();
        assert_eq!(windows, [1, 1, 2]);
        let expected = (0.0 + 0.65 + (1.95 - 1.0)) / 4.0;
        assert!((found.ece - expected).abs() < 1e-12);
    }
}
