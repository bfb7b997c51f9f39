//! From a window to a prompt, and the one pass over that prompt.

use senselm_sensor::{FrontEnd, Window};
use senselm_tokenize::{Special, Tokenizer};

use crate::SessionError;
use crate::feed::Feed;
use crate::likelihood::log_sum_exp;

/// A prompt as tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) ids: Vec<u32>,
    /// Tokens that lie wholly in the instruction; what follows is the window.
    pub(crate) instruction: usize,
}

impl Prompt {
    /// Renders and encodes a window. The whole prompt is encoded at once, as
    /// in training: a token may reach from the instruction into the window.
    pub(crate) fn of_window(
        front_end: &FrontEnd,
        tokenizer: &Tokenizer,
        window: &Window,
    ) -> Result<Self, SessionError> {
        front_end.check(window)?;
        let rendered = front_end.render(window)?;
        let ids = tokenizer.encode(&rendered.prompt, Special::AsText);
        let mut bytes = 0;
        let within = ids.iter().take_while(|&&id| {
            bytes += tokenizer.token_bytes(id).map_or(0, <[u8]>::len);
            bytes <= rendered.prefix_len
        });
        let instruction = within.count();
        if ids.is_empty() {
            return Err(SessionError::EmptyPrompt);
        }
        Ok(Self { ids, instruction })
    }

    /// Refuses a prompt behind which `reserved` tokens do not fit.
    pub(crate) fn check_fits(&self, context: usize, reserved: usize) -> Result<(), SessionError> {
        if self.ids.len().saturating_add(reserved) <= context {
            return Ok(());
        }
        Err(SessionError::PromptTooLong {
            tokens: self.ids.len(),
            reserved,
            context,
            advice: "give shorter windows, or train with a longer context or a terser front end",
        })
    }

    /// The tokens before the first whose logits are wanted.
    pub(crate) fn instruction(&self) -> &[u32] {
        &self.ids[..self.scored_from()]
    }

    /// From where on logits are wanted: the last token of the instruction
    /// predicts the first one of the window.
    fn scored_from(&self) -> usize {
        self.instruction.clamp(1, self.ids.len()) - 1
    }
}

/// What the pass over a prompt gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prefilled {
    /// Tokens that did not have to be computed.
    pub(crate) cached: usize,
    /// Mean negative log-likelihood of the window's tokens, in nats.
    pub(crate) anomaly: Option<f64>,
}

/// Brings the sequence to the end of the prompt and leaves the logits behind
/// it in `last`.
///
/// The instruction is fed apart from the window, whether it is cached or not,
/// so that an answer does not depend on what was asked before it.
pub(crate) fn prefill(
    feed: &mut Feed,
    prompt: &Prompt,
    anomaly: bool,
    last: &mut Vec<f32>,
) -> Result<Prefilled, SessionError> {
    let from = prompt.scored_from();
    let cached = feed.rewind(&prompt.ids, from);
    if cached < from {
        feed.append(&prompt.ids[cached..from])?;
    }
    last.clear();
    let anomaly = if anomaly {
        mean_nll(feed, &prompt.ids[from..], last)?
    } else {
        last.extend_from_slice(feed.next_logits(&prompt.ids[from..])?);
        None
    };
    Ok(Prefilled { cached, anomaly })
}

/// Feeds `ids` and returns the mean negative log-likelihood of all but the
/// first, `None` where there is no other; the last logits go to `last`.
fn mean_nll(
    feed: &mut Feed,
    ids: &[u32],
    last: &mut Vec<f32>,
) -> Result<Option<f64>, SessionError> {
    let kernels = feed.model.kernels();
    let mut sum = 0.0;
    feed.each_logits(ids, |row, logits| match ids.get(row + 1) {
        Some(&next) => {
            let logit = logits
                .get(next as usize)
                .copied()
                .map_or(f64::NAN, f64::from);
            sum += log_sum_exp(kernels, logits) - logit;
        }
        None => last.extend_from_slice(logits),
    })?;
    if !sum.is_finite() {
        return Err(SessionError::NotFinite);
    }
    let scored = ids.len() - 1;
    Ok((scored > 0).then(|| sum / scored as f64))
}

/// The mean of the final states of a prompt's window part.
///
/// # Shapes
/// `[C]`.
pub(crate) fn mean_state(feed: &mut Feed, prompt: &Prompt) -> Result<Vec<f32>, SessionError> {
    let from = prompt.scored_from();
    let cached = feed.rewind(&prompt.ids, from);
    if cached < from {
        feed.append(&prompt.ids[cached..from])?;
    }
    let width = feed.model.config().width;
    let mut sum = vec![0.0_f64; width];
    let ids = &prompt.ids[from..];
    feed.each_hidden(ids, |_, state| {
        for (sum, x) in sum.iter_mut().zip(state) {
            *sum += f64::from(*x);
        }
    })?;
    if sum.iter().any(|x| !x.is_finite()) {
        return Err(SessionError::NotFinite);
    }
    let scale = 1.0 / ids.len() as f64;
    Ok(sum.into_iter().map(|x| (x * scale) as f32).collect())
}
