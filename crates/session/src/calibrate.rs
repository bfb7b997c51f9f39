//! How fast a model answers here: what a choice between backends rests on.

use senselm_ask::{Asks, Question};
use senselm_gpt::{Sampler, SamplerSpec};
use serde::{Deserialize, Serialize};

use crate::clock::Stopwatch;
use crate::{AsyncSession, SessionError};

/// Tokens of the measured prompt, where the context holds so many.
const PROMPT: usize = 64;
/// Tokens that are decoded behind it.
const DECODED: usize = 16;
/// How often both are done; the first time warms up, the fastest counts.
const TURNS: usize = 3;

/// How fast a model is on its backend.
///
/// # Units
/// Milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Speed {
    /// A prompt of 64 tokens, or of half the context.
    pub prompt_ms: f64,
    /// A token behind it.
    pub token_ms: f64,
    /// A typical question of the model's task, estimated from these: the
    /// smaller, the better the backend suits it.
    pub question_ms: f64,
}

impl AsyncSession {
    /// Measures how fast the model is on its backend: a fraction of a second
    /// for a small one.
    ///
    /// # Errors
    /// [`SessionError::Option`] for a session without a clock, and what a pass
    /// fails with.
    pub async fn measure(&mut self) -> Result<Speed, SessionError> {
        let clock = self.shared.options.clock;
        if clock.is_none() {
            return Err(SessionError::Option {
                option: "clock",
                reason: "there is none to measure with".into(),
            });
        }
        let config = self.shared.model.config();
        let prompt = PROMPT.min(config.context / 2).max(1);
        let decoded = DECODED.min(config.context - prompt).max(1);
        let ids: Vec<u32> = (0..prompt).map(|i| (i * 7 % config.vocab) as u32).collect();
        let mut best = [f64::INFINITY; 2];
        for _ in 0..TURNS {
            let mut watch = Stopwatch::start(clock);
            self.feed.rewind(&ids, 0);
            self.feed.prefill(&ids).await?;
            // What is asked of a GPU is only done once it has answered.
            let mut sampler = Sampler::new(SamplerSpec::default())?;
            self.feed.decode(1, &mut sampler).await?;
            let prefilled = watch.lap();
            let mut left = decoded;
            while left > 0 {
                let ids = self.feed.decode(left, &mut sampler).await?;
                left -= ids.len().clamp(1, left);
            }
            for (best, took) in best.iter_mut().zip([prefilled, watch.lap()]) {
                *best = best.min(took);
            }
        }
        let [prompt_ms, decode_ms] = best;
        let token_ms = decode_ms / decoded as f64;
        Ok(Speed {
            prompt_ms,
            token_ms,
            question_ms: prompt_ms + token_ms * self.typical_tokens(),
        })
    }

    /// Tokens that are decoded one by one for a typical question.
    fn typical_tokens(&self) -> f64 {
        let tokens = match self.shared.question.as_ref().map(Question::asks) {
            // Labels are one pass together with the window, which is all of an anomaly.
            Some(Asks::Labels(_) | Asks::Anomaly(_)) => 0,
            Some(Asks::Number(numbers)) => numbers.longest(),
            Some(Asks::Text { max_tokens }) => *max_tokens,
            None => PROMPT,
        };
        tokens as f64
    }
}
