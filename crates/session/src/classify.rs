//! Scoring labels: the probability that the model would write each of them.
//!
//! A label's score is the sum of the log-probabilities of its tokens and of
//! the end-of-text token behind them, given the prompt. A softmax over the
//! scores turns them into probabilities, so no other answer can come out.
//!
//! The instruction is cached. Behind it several windows, and behind each of
//! them all labels, go through the model in one batched pass.

use senselm_gpt::{Logits, Stem, StemPlace};

use crate::SessionError;
use crate::answer::LabelProbability;
use crate::feed::Feed;
use crate::window::Prompt;

/// The labels of a task as tokens.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    /// The tokens of each label, without the end.
    ids: Vec<Vec<u32>>,
    end: u32,
}

/// What a pass says about one window.
#[derive(Clone, Debug)]
pub(crate) struct Scored {
    /// The score of every label.
    pub(crate) labels: Vec<f64>,
    /// The negative log-likelihoods of the window's tokens, added up.
    nll: f64,
    /// How many tokens those are.
    tokens: usize,
}

impl Scored {
    /// Mean negative log-likelihood of the window's tokens, in nats; `None`
    /// where it has none.
    pub(crate) fn anomaly(&self) -> Result<Option<f64>, SessionError> {
        if !self.nll.is_finite() {
            return Err(SessionError::NotFinite);
        }
        Ok((self.tokens > 0).then(|| self.nll / self.tokens as f64))
    }
}

impl Labels {
    /// Labels that are never empty, and the token that ends each.
    pub(crate) fn new(ids: Vec<Vec<u32>>, end: u32) -> Self {
        Self { ids, end }
    }

    /// Tokens that must fit behind a prompt. The end is predicted, not fed.
    pub(crate) fn longest(&self) -> usize {
        self.ids.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Tokens of all labels together.
    pub(crate) fn tokens(&self) -> usize {
        self.ids.iter().map(Vec::len).sum()
    }

    /// Scores the labels behind every prompt, of which all begin with the
    /// tokens that are cached.
    pub(crate) async fn scores(
        &self,
        feed: &mut Feed,
        prompts: &[&Prompt],
        anomaly: bool,
    ) -> Result<Vec<Scored>, SessionError> {
        let cached = feed.ids().len();
        let branches: Vec<&[u32]> = self.ids.iter().map(Vec::as_slice).collect();
        let want = if anomaly { Logits::All } else { Logits::Last };
        let mut all: Vec<Scored> = prompts
            .iter()
            .map(|prompt| Scored {
                labels: vec![0.0; self.ids.len()],
                nll: 0.0,
                tokens: if anomaly {
                    prompt.ids.len() - cached - 1
                } else {
                    0
                },
            })
            .collect();
        let stems: Vec<Stem<'_>> = prompts
            .iter()
            .map(|prompt| Stem {
                ids: &prompt.ids[cached..],
                want,
                branches: &branches,
            })
            .collect();
        let mut ask = |place: StemPlace, ids: &mut Vec<u32>| match place.branch {
            Some(label) => ids.push(self.token(label, place.at + 1)),
            None => match stems[place.stem].ids.get(place.at + 1) {
                Some(&next) => ids.push(next),
                None => ids.extend((0..self.ids.len()).map(|label| self.token(label, 0))),
            },
        };
        let mut each = |place: StemPlace, scores: &[f64]| {
            let scored = &mut all[place.stem];
            match place.branch {
                Some(label) => scored.labels[label] += scores[0],
                None if place.at + 1 < stems[place.stem].ids.len() => scored.nll -= scores[0],
                None => {
                    for (label, score) in scored.labels.iter_mut().zip(scores) {
                        *label += score;
                    }
                }
            }
        };
        feed.each_stem_score(&stems, &mut ask, &mut each).await?;
        Ok(all)
    }

    /// The token at an index of a label, and the end behind its last.
    fn token(&self, label: usize, at: usize) -> u32 {
        *self.ids[label].get(at).unwrap_or(&self.end)
    }
}

/// Probabilities from scores, and the index of the largest.
pub(crate) fn probabilities(
    labels: &[String],
    scores: &[f64],
) -> Result<(usize, Vec<LabelProbability>), SessionError> {
    let mut best = 0;
    for (index, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = index;
        }
    }
    // Relative to the largest and divided by their sum: the weights of a
    // damaged file can give scores so large that subtracting a logarithm from
    // them changes nothing.
    let shares: Vec<f64> = scores.iter().map(|s| (s - scores[best]).exp()).collect();
    let sum: f64 = shares.iter().sum();
    if !scores[best].is_finite() || !sum.is_finite() {
        return Err(SessionError::NotFinite);
    }
    let probabilities = labels.iter().zip(shares);
    let probabilities = probabilities
        .map(|(label, share)| LabelProbability {
            label: label.clone(),
            probability: share / sum,
        })
        .collect();
    Ok((best, probabilities))
}
