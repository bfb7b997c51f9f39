//! From a window to a prompt, and the one pass over that prompt.

use senselm_sensor::{FrontEnd, Window};
use senselm_tokenize::{Special, Tokenizer};

use crate::SessionError;
use crate::feed::Feed;

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

    /// Encodes a text that has no instruction.
    pub(crate) fn of_text(tokenizer: &Tokenizer, text: &str) -> Result<Self, SessionError> {
        let ids = tokenizer.encode(text, Special::AsText);
        if ids.is_empty() {
            return Err(SessionError::EmptyPrompt);
        }
        Ok(Self {
            ids,
            instruction: 0,
        })
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

/// Brings the sequence to the end of the prompt and keeps the logits behind it.
///
/// The instruction is fed apart from the window, whether it is cached or not,
/// so that an answer does not depend on what was asked before it.
pub(crate) async fn prefill(
    feed: &mut Feed,
    prompt: &Prompt,
    anomaly: bool,
) -> Result<Prefilled, SessionError> {
    let (cached, ids) = instruct(feed, prompt).await?;
    let anomaly = if anomaly {
        mean_nll(feed, ids).await?
    } else {
        feed.prefill(ids).await?;
        None
    };
    Ok(Prefilled { cached, anomaly })
}

/// Brings the sequence to the end of the instruction. Returns how much of it
/// was cached, and the tokens that follow.
async fn instruct<'a>(
    feed: &mut Feed,
    prompt: &'a Prompt,
) -> Result<(usize, &'a [u32]), SessionError> {
    let (instruction, ids) = prompt.ids.split_at(prompt.scored_from());
    let cached = feed.rewind(instruction, instruction.len());
    if cached < instruction.len() {
        feed.append(&instruction[cached..]).await?;
    }
    Ok((cached, ids))
}

/// Feeds `ids` and returns the mean negative log-likelihood of all but the
/// first, `None` where there is no other.
async fn mean_nll(feed: &mut Feed, ids: &[u32]) -> Result<Option<f64>, SessionError> {
    let sum = feed.prefill_scored(ids).await?;
    if !sum.is_finite() {
        return Err(SessionError::NotFinite);
    }
    let scored = ids.len() - 1;
    Ok((scored > 0).then(|| -sum / scored as f64))
}

/// The mean of the final states of a prompt's window part; the sequence is on
/// the CPU.
///
/// # Shapes
/// `[C]`.
pub(crate) async fn mean_state(feed: &mut Feed, prompt: &Prompt) -> Result<Vec<f32>, SessionError> {
    let (_, ids) = instruct(feed, prompt).await?;
    let width = feed.model.config().width;
    let mut sum = vec![0.0_f64; width];
    feed.each_hidden(ids, |state| {
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
