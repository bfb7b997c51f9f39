//! Choosing the next token from its logits.
//!
//! The filters run in llama.cpp's default order: mask, repetition penalty,
//! top-k, top-p, min-p, temperature, draw. Top-p and min-p therefore see the
//! distribution before the temperature flattens or sharpens it.
//!
//! The draw is Gumbel-max: every surviving token gets noise that depends only
//! on the seed, the step and its own id, and the largest `logit / temperature +
//! noise` wins. That samples the softmax exactly, needs neither a sum nor an
//! order, and so comes out the same on a CPU and on a GPU.
//!
//! A logit that is not a number counts as impossible, an infinite one as the
//! largest finite one.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::philox::{open_unit, philox4x32};
use crate::{GptError, TokenMask};

/// How to choose the next token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SamplerSpec {
    /// Divides the logits; 0 takes the most probable token (greedy).
    pub temperature: f32,
    /// Keep this many of the most probable tokens; 0 keeps all.
    pub top_k: usize,
    /// Keep the most probable tokens until their probabilities add up to this;
    /// 1 keeps all.
    pub top_p: f32,
    /// Keep tokens at least this fraction as probable as the most probable
    /// one; 0 keeps all.
    pub min_p: f32,
    /// Divides positive and multiplies negative logits of recent tokens; 1
    /// leaves them alone.
    pub repetition_penalty: f32,
    /// How many of the latest tokens count as recent.
    pub repetition_window: usize,
    /// The same seed gives the same tokens.
    pub seed: u64,
}

impl Default for SamplerSpec {
    /// Greedy, without any filter.
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            repetition_penalty: 1.0,
            repetition_window: 64,
            seed: 0,
        }
    }
}

impl SamplerSpec {
    fn check(&self) -> Result<(), GptError> {
        let settings = [
            (
                "temperature",
                self.temperature,
                self.temperature >= 0.0 && self.temperature.is_finite(),
                "0 or a positive number",
            ),
            (
                "top_p",
                self.top_p,
                self.top_p > 0.0 && self.top_p <= 1.0,
                "a number above 0 and at most 1",
            ),
            (
                "min_p",
                self.min_p,
                (0.0..=1.0).contains(&self.min_p),
                "a number from 0 to 1",
            ),
            (
                "repetition_penalty",
                self.repetition_penalty,
                self.repetition_penalty > 0.0 && self.repetition_penalty.is_finite(),
                "a positive number",
            ),
        ];
        match settings.into_iter().find(|(_, _, good, _)| !good) {
            Some((setting, found, _, expected)) => Err(GptError::SamplerSetting {
                setting,
                found,
                expected,
            }),
            None => Ok(()),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    id: u32,
    logit: f32,
}

impl Candidate {
    /// Most probable first, equal ones by id.
    fn order(a: &Self, b: &Self) -> Ordering {
        b.logit.total_cmp(&a.logit).then(a.id.cmp(&b.id))
    }
}

/// Chooses tokens by a [`SamplerSpec`]; counts its steps for the generator.
#[derive(Clone, Debug)]
pub struct Sampler {
    spec: SamplerSpec,
    step: u64,
    candidates: Vec<Candidate>,
    seen: TokenMask,
}

impl Sampler {
    /// A sampler at its first step.
    ///
    /// # Errors
    /// [`GptError::SamplerSetting`] for a setting out of its range.
    pub fn new(spec: SamplerSpec) -> Result<Self, GptError> {
        spec.check()?;
        Ok(Self {
            spec,
            step: 0,
            candidates: Vec::new(),
            seen: TokenMask::none(0),
        })
    }

    /// The settings.
    #[must_use]
    pub fn spec(&self) -> &SamplerSpec {
        &self.spec
    }

    /// How many tokens were chosen so far, here or on a GPU.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Counts tokens that were chosen elsewhere with the same seed.
    #[cfg(feature = "gpu")]
    pub(crate) fn skip(&mut self, tokens: u64) {
        self.step = self.step.wrapping_add(tokens);
    }

    /// Chooses the next token. `logits` are changed by the repetition penalty;
    /// `history` is what was fed and chosen so far, oldest first; only tokens
    /// in `mask` may be chosen.
    ///
    /// # Errors
    /// [`GptError::NothingToSample`] where no allowed token has a probability.
    pub fn next(
        &mut self,
        logits: &mut [f32],
        history: &[u32],
        mask: Option<&TokenMask>,
    ) -> Result<u32, GptError> {
        self.penalise(logits, history);
        let step = self.step;
        self.step = self.step.wrapping_add(1);
        let chosen = if self.spec.temperature == 0.0 {
            most_probable(logits, mask)
        } else {
            self.gather(logits, mask);
            self.keep_top_k();
            self.keep_top_p();
            self.keep_min_p();
            self.draw(step)
        };
        chosen.ok_or(GptError::NothingToSample {
            vocab: logits.len(),
        })
    }

    fn penalise(&mut self, logits: &mut [f32], history: &[u32]) {
        let penalty = self.spec.repetition_penalty;
        if penalty == 1.0 {
            return;
        }
        let from = history.len().saturating_sub(self.spec.repetition_window);
        if !self.seen.covers(logits.len()) {
            self.seen = TokenMask::none(logits.len());
        }
        self.seen.clear();
        for &id in &history[from..] {
            let Some(logit) = logits.get_mut(id as usize) else {
                continue;
            };
            if !self.seen.allows(id) {
                self.seen.allow(id);
                *logit = if *logit > 0.0 {
                    *logit / penalty
                } else {
                    *logit * penalty
                };
            }
        }
    }

    fn gather(&mut self, logits: &[f32], mask: Option<&TokenMask>) {
        self.candidates.clear();
        self.candidates.extend(possible(logits, mask));
    }

    fn keep_top_k(&mut self) {
        let k = self.spec.top_k;
        if k > 0 && k < self.candidates.len() {
            self.candidates
                .select_nth_unstable_by(k - 1, Candidate::order);
            self.candidates.truncate(k);
        }
    }

    fn keep_top_p(&mut self) {
        if self.spec.top_p >= 1.0 || self.candidates.len() < 2 {
            return;
        }
        let max = self.max_logit();
        let weight = |c: &Candidate| (c.logit - max).exp();
        let total: f32 = self.candidates.iter().map(weight).sum();
        let mut kept = 0;
        let mut cumulated = 0.0;
        let mut sorted = 0;
        while kept < self.candidates.len() {
            if kept == sorted {
                sorted = self.sort_more(sorted);
            }
            cumulated += weight(&self.candidates[kept]);
            kept += 1;
            if cumulated >= self.spec.top_p * total {
                break;
            }
        }
        self.candidates.truncate(kept);
    }

    /// Brings more of the candidates behind the first `sorted` into order and
    /// says how many are now. Most distributions end within the first few, so
    /// sorting a whole vocabulary would be waste.
    fn sort_more(&mut self, sorted: usize) -> usize {
        let target = (4 * sorted).max(64);
        let rest = &mut self.candidates[sorted..];
        let step = (target - sorted).min(rest.len());
        if step < rest.len() {
            rest.select_nth_unstable_by(step - 1, Candidate::order);
        }
        rest[..step].sort_unstable_by(Candidate::order);
        sorted + step
    }

    fn keep_min_p(&mut self) {
        if self.spec.min_p > 0.0 {
            let least = self.max_logit() + self.spec.min_p.ln();
            self.candidates.retain(|c| c.logit >= least);
        }
    }

    fn max_logit(&self) -> f32 {
        self.candidates
            .iter()
            .map(|c| c.logit)
            .fold(f32::MIN, f32::max)
    }

    fn draw(&self, step: u64) -> Option<u32> {
        let first = self
            .candidates
            .iter()
            .min_by(|a, b| Candidate::order(a, b))?;
        let score = |c: &Candidate| (c.logit - first.logit) / self.spec.temperature;
        let mut best = *first;
        let mut best_score = self.noise(step, first.id);
        for candidate in &self.candidates {
            let score = score(candidate);
            // Most of a vocabulary cannot win with any noise.
            if score + MAX_NOISE < best_score {
                continue;
            }
            let score = score + self.noise(step, candidate.id);
            if score > best_score || (score == best_score && candidate.id < best.id) {
                best = *candidate;
                best_score = score;
            }
        }
        Some(best.id)
    }

    /// Gumbel noise of one token at one step: word `id % 4` of the block that
    /// counter `[id / 4, step, step >> 32, 0]` gives under the seed.
    fn noise(&self, step: u64, id: u32) -> f32 {
        let counter = [id / 4, step as u32, (step >> 32) as u32, 0];
        let key = [self.spec.seed as u32, (self.spec.seed >> 32) as u32];
        let word = philox4x32(counter, key)[id as usize % 4];
        -(-open_unit(word).ln()).ln()
    }
}

/// Above the largest noise, -ln(-ln(1 - 2^-24)) = 16.64.
const MAX_NOISE: f32 = 17.0;

/// The allowed tokens which have a probability.
fn possible<'a>(
    logits: &'a [f32],
    mask: Option<&'a TokenMask>,
) -> impl Iterator<Item = Candidate> + 'a {
    (0..).zip(logits).filter_map(move |(id, &logit)| {
        let allowed = mask.is_none_or(|mask| mask.allows(id));
        (allowed && logit > f32::NEG_INFINITY).then_some(Candidate {
            id,
            logit: logit.min(f32::MAX),
        })
    })
}

fn most_probable(logits: &[f32], mask: Option<&TokenMask>) -> Option<u32> {
    let best = possible(logits, mask).reduce(
        |best, next| {
            if next.logit > best.logit { next } else { best }
        },
    );
    best.map(|best| best.id)
}

#[cfg(test)]
mod tests;
