//! The one pass over a prompt.

use senselm_ask::{AskError, Likelihood, Prompt};

use crate::SessionError;
use crate::feed::Feed;

/// Refuses a prompt behind which `reserved` tokens do not fit.
pub(crate) fn check_fits(
    prompt: &Prompt,
    context: usize,
    reserved: usize,
) -> Result<(), SessionError> {
    if prompt.fits(context, reserved) {
        return Ok(());
    }
    Err(SessionError::PromptTooLong {
        tokens: prompt.ids().len(),
        reserved,
        context,
        advice: "give shorter windows, or train with a longer context or a terser front end",
    })
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
    let held = prompt.held();
    let cached = feed.rewind(held, held.len());
    if cached < held.len() {
        feed.append(&held[cached..]).await?;
    }
    Ok((cached, prompt.scored()))
}

/// Feeds `ids` and returns how unlikely all but the first are.
async fn mean_nll(feed: &mut Feed, ids: &[u32]) -> Result<Option<f64>, SessionError> {
    let scores = feed.prefill_scored(ids).await?;
    let window = Likelihood {
        sum: scores.iter().sum(),
        tokens: ids.len() - 1,
    };
    Ok(window.anomaly()?)
}

/// Brings the sequence to the end of the prompt. Returns how many tokens were
/// cached, and how likely each token of the window was.
pub(crate) async fn likelihoods(
    feed: &mut Feed,
    prompt: &Prompt,
) -> Result<(usize, Vec<f64>), SessionError> {
    let (cached, ids) = instruct(feed, prompt).await?;
    Ok((cached, feed.prefill_scored(ids).await?))
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
        return Err(AskError::NotFinite.into());
    }
    let scale = 1.0 / ids.len() as f64;
    Ok(sum.into_iter().map(|x| (x * scale) as f32).collect())
}
