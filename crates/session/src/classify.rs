//! Scoring labels: the probability that the model would write each of them.
//!
//! A label's score is the sum of the log-probabilities of its tokens and of
//! the end-of-text token behind them, given the prompt. All labels go through
//! the model in one batched pass over the cached prompt. A softmax over the
//! scores turns them into probabilities, so no other answer can come out.

use senselm_gpt::Logits;

use crate::SessionError;
use crate::answer::LabelProbability;
use crate::feed::Feed;
use crate::likelihood::log_sum_exp;

/// The labels of a task as tokens.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    /// The tokens of each label, without the end.
    ids: Vec<Vec<u32>>,
    end: u32,
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

    /// The score of every label behind the cached prompt, whose last logits
    /// are `last`. Those are used up.
    pub(crate) fn scores(
        &self,
        feed: &mut Feed,
        last: &mut [f32],
    ) -> Result<Vec<f64>, SessionError> {
        let kernels = feed.model.kernels();
        let first = |ids: &Vec<u32>| {
            let id = ids.first().copied().unwrap_or(self.end);
            last.get(id as usize).copied().map_or(f64::NAN, f64::from)
        };
        let mut scores: Vec<f64> = self.ids.iter().map(first).collect();
        let all = log_sum_exp(kernels, last);
        scores.iter_mut().for_each(|score| *score -= all);

        let branches: Vec<&[u32]> = self.ids.iter().map(Vec::as_slice).collect();
        feed.each_branch_logits(&branches, Logits::All, |label, at, logits| {
            let next = self.ids[label].get(at + 1).copied().unwrap_or(self.end);
            let logit = logits
                .get(next as usize)
                .copied()
                .map_or(f64::NAN, f64::from);
            scores[label] += logit - log_sum_exp(kernels, logits);
        })?;
        Ok(scores)
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
