//! Log-probabilities from logits, and the likelihood of a window.

use crate::AskError;

/// The log-probabilities of `ids` by the logits of what may follow, in nats;
/// the logits are used up. NaN for a token that has no logit.
///
/// A host gives its own `argmax`, the index of a largest value, and `softmax`,
/// which is all that takes time here: [`argmax`] and [`softmax`] are the plain
/// ones. The softmax of the largest logit is `exp(0) / sum`, so that it gives
/// the logarithm of the sum too.
///
/// # Shapes
/// `logits` is `[V]`.
pub fn log_probabilities(
    logits: &mut [f32],
    argmax: impl FnOnce(&[f32]) -> usize,
    softmax: impl FnOnce(&mut [f32]),
    ids: &[u32],
    scores: &mut Vec<f64>,
) {
    scores.clear();
    if ids.is_empty() {
        return;
    }
    scores.extend(ids.iter().map(|&id| {
        let logit = logits.get(id as usize).copied();
        logit.map_or(f64::NAN, f64::from)
    }));
    let top = argmax(logits);
    let at_top = |logits: &[f32]| logits.get(top).copied().map_or(f64::NAN, f64::from);
    let max = at_top(logits);
    softmax(logits);
    let all = max - at_top(logits).ln();
    scores.iter_mut().for_each(|score| *score -= all);
}

/// The index of the first largest value; 0 where there is none.
#[must_use]
pub fn argmax(values: &[f32]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if values.get(best).is_some_and(|top| value > top) {
            best = index;
        }
    }
    best
}

/// Logits to probabilities, in place.
pub fn softmax(values: &mut [f32]) {
    let top = values.get(argmax(values)).copied().unwrap_or_default();
    let mut sum = 0.0;
    for value in values.iter_mut() {
        *value = (*value - top).exp();
        sum += f64::from(*value);
    }
    let scale = (1.0 / sum) as f32;
    values.iter_mut().for_each(|value| *value *= scale);
}

/// The logarithm of the sum of the exponentials of a few values.
pub(crate) fn log_sum_exp(values: &[f64]) -> f64 {
    let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if max == f64::NEG_INFINITY {
        return max;
    }
    max + values
        .iter()
        .map(|value| (value - max).exp())
        .sum::<f64>()
        .ln()
}

/// How likely some tokens were.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likelihood {
    /// Their log-probabilities, added up, in nats.
    pub sum: f64,
    /// How many they are.
    pub tokens: usize,
}

impl Likelihood {
    /// Mean negative log-likelihood, in nats a token: high where the model has
    /// not seen the like. `None` where there are no tokens.
    ///
    /// # Errors
    /// [`AskError::NotFinite`].
    pub fn anomaly(&self) -> Result<Option<f64>, AskError> {
        if !self.sum.is_finite() {
            return Err(AskError::NotFinite);
        }
        Ok((self.tokens > 0).then(|| -self.sum / self.tokens as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_probabilities_are_those_of_the_softmax() {
        let logits = [1.0_f32, -2.0, 3.5, 3.5, 0.0];
        let sum: f64 = logits.iter().map(|&x| f64::from(x).exp()).sum();
        let mut scores = Vec::new();
        let mut used = logits;
        log_probabilities(&mut used, argmax, softmax, &[2, 0, 9], &mut scores);
        assert!((scores[0] - (3.5 - sum.ln())).abs() < 1e-6);
        assert!((scores[1] - (1.0 - sum.ln())).abs() < 1e-6);
        assert!(scores[2].is_nan(), "there is no token 9");
        assert_eq!(argmax(&logits), 2, "the first of equals");
        let total: f32 = used.iter().sum();
        assert!((total - 1.0).abs() < 1e-6);
        log_probabilities(&mut [], argmax, softmax, &[0], &mut scores);
        assert!(scores[0].is_nan());
    }

    #[test]
    fn nothing_is_no_anomaly() {
        assert!(matches!(Likelihood::default().anomaly(), Ok(None)));
        let broken = Likelihood {
            sum: f64::NAN,
            tokens: 1,
        };
        assert!(matches!(broken.anomaly(), Err(AskError::NotFinite)));
        assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
    }
}
