//! Scoring labels: the probability that a model would write each of them.
//!
//! A label's score is the sum of the log-probabilities of its tokens and of
//! the end of text behind them, given the prompt. A softmax over the scores
//! turns them into probabilities, so no other answer can come out. The scores are
//! divided by the task's temperature before.

use crate::{AskError, Likelihood, Rounds, Spot, SpotScores, Stem};

/// The labels of a task as tokens.
#[derive(Clone, Debug)]
pub struct Labels {
    /// The tokens of each label, without the end.
    ids: Vec<Vec<u32>>,
    end: u32,
    temperature: f64,
}

impl Labels {
    /// Labels that are never empty, the token that ends each, and what scores are
    /// divided by.
    pub(crate) fn new(ids: Vec<Vec<u32>>, end: u32, temperature: f64) -> Self {
        Self {
            ids,
            end,
            temperature,
        }
    }

    /// Tokens that must fit behind a prompt.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.ids.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Tokens of all labels together.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.ids.iter().map(Vec::len).sum()
    }

    /// Scores the labels behind each of several prompts, in one round. Of a
    /// prompt only the tokens behind what the model holds are given, at least
    /// one. With `anomaly` all of these but the first are scored too.
    #[must_use]
    pub fn rounds<'a>(&'a self, prompts: Vec<&'a [u32]>, anomaly: bool) -> LabelRounds<'a> {
        let scored = prompts.iter().map(|prompt| Scored {
            labels: vec![0.0; self.ids.len()],
            temperature: self.temperature,
            window: Likelihood {
                sum: 0.0,
                tokens: if anomaly {
                    prompt.len().saturating_sub(1)
                } else {
                    0
                },
            },
        });
        LabelRounds {
            labels: self,
            branches: self.ids.iter().map(Vec::as_slice).collect(),
            anomaly,
            scored: scored.collect(),
            prompts,
        }
    }

    /// The token at an index of a label, and the end behind its last.
    fn token(&self, label: usize, at: usize) -> u32 {
        let ids = self.ids.get(label);
        *ids.and_then(|ids| ids.get(at)).unwrap_or(&self.end)
    }
}

/// Labels behind prompts, being scored.
#[derive(Clone, Debug)]
pub struct LabelRounds<'a> {
    labels: &'a Labels,
    branches: Vec<&'a [u32]>,
    anomaly: bool,
    scored: Vec<Scored>,
    /// Those that are still to be scored.
    prompts: Vec<&'a [u32]>,
}

/// What scoring says about one window.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The score of every label.
    labels: Vec<f64>,
    temperature: f64,
    /// How likely the tokens of its window are.
    pub window: Likelihood,
}

/// Which label it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// The index of the most probable label, the first of equals.
    pub best: usize,
    /// The probability of each, in the order of the task.
    pub probabilities: Vec<f64>,
}

impl LabelRounds<'_> {
    /// What was found about each prompt.
    #[must_use]
    pub fn finish(self) -> Vec<Scored> {
        self.scored
    }
}

impl Rounds for LabelRounds<'_> {
    fn stems(&self) -> Vec<Stem<'_>> {
        let stems = self.prompts.iter().map(|ids| Stem {
            ids,
            all: self.anomaly,
            branches: &self.branches,
        });
        stems.collect()
    }

    fn wanted(&self, spot: Spot, ids: &mut Vec<u32>) {
        if let Some(label) = spot.branch {
            ids.push(self.labels.token(label, spot.at + 1));
            return;
        }
        let prompt = self.prompts.get(spot.stem);
        match prompt.and_then(|prompt| prompt.get(spot.at + 1)) {
            Some(&next) => ids.push(next),
            None => ids.extend((0..self.branches.len()).map(|label| self.labels.token(label, 0))),
        }
    }

    fn take(&mut self, scores: &SpotScores) -> Result<(), AskError> {
        for (spot, found) in scores.iter() {
            let (Some(scored), Some(prompt)) =
                (self.scored.get_mut(spot.stem), self.prompts.get(spot.stem))
            else {
                continue;
            };
            let all: f64 = found.iter().sum();
            match spot.branch {
                Some(label) => {
                    if let Some(score) = scored.labels.get_mut(label) {
                        *score += all;
                    }
                }
                None if spot.at + 1 < prompt.len() => scored.window.sum += all,
                None => {
                    for (label, score) in scored.labels.iter_mut().zip(found) {
                        *label += score;
                    }
                }
            }
        }
        self.prompts.clear();
        Ok(())
    }
}

impl Scored {
    /// Probabilities from scores.
    ///
    /// # Errors
    /// [`AskError::NotFinite`].
    pub fn shares(&self) -> Result<Shares, AskError> {
        let mut best = 0;
        let mut highest = f64::NAN;
        for (index, &score) in self.labels.iter().enumerate() {
            if index == 0 || score > highest {
                (best, highest) = (index, score);
            }
        }
        // Relative to the largest and divided by their sum: the weights of a
        // damaged file can give scores so large that subtracting a logarithm
        // from them changes nothing.
        let mut shares: Vec<f64> = self
            .labels
            .iter()
            .map(|s| ((s - highest) / self.temperature).exp())
            .collect();
        let sum: f64 = shares.iter().sum();
        if !highest.is_finite() || !sum.is_finite() {
            return Err(AskError::NotFinite);
        }
        shares.iter_mut().for_each(|share| *share /= sum);
        Ok(Shares {
            best,
            probabilities: shares,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(labels: &[f64]) -> Scored {
        Scored {
            labels: labels.to_vec(),
            temperature: 1.0,
            window: Likelihood::default(),
        }
    }

    #[test]
    fn the_first_of_equal_labels_is_the_answer() {
        let shares = scored(&[-3.0, -1.0, -1.0]).shares().unwrap();
        assert_eq!(shares.best, 1);
        assert_eq!(shares.probabilities[1], shares.probabilities[2]);
        assert!((shares.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_temperature_changes_how_certain_an_answer_is_and_no_answer() {
        let mut scored = scored(&[-3.0, -1.0, -2.0]);
        let sure = scored.shares().unwrap();
        scored.temperature = 4.0;
        let less = scored.shares().unwrap();
        assert_eq!(less.best, sure.best);
        assert!(less.probabilities[1] < sure.probabilities[1]);
        let ratio = (less.probabilities[1] / less.probabilities[2]).ln();
        assert!((ratio - 0.25).abs() < 1e-12);
        assert!((less.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn scores_that_are_no_numbers_are_refused() {
        for broken in [
            &[f64::NAN, 0.0][..],
            &[0.0, f64::NAN],
            &[f64::NEG_INFINITY; 2],
            &[],
        ] {
            assert!(
                matches!(scored(broken).shares(), Err(AskError::NotFinite)),
                "{broken:?}"
            );
        }
    }
}
