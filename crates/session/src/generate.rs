//! Free text: one token after the other, until something ends it.

use std::ops::ControlFlow;

use senselm_gpt::{GptError, Sampler};
use senselm_tokenize::{Special, StreamDecoder, Tokenizer};

use crate::SessionError;
use crate::answer::StoppedBy;
use crate::feed::Feed;
use crate::options::{GenerateOptions, Overflow};
use crate::stop::StopMatcher;

/// A prompt of free text, cut to size.
pub(crate) struct TextPrompt {
    pub(crate) ids: Vec<u32>,
    pub(crate) dropped: usize,
}

impl TextPrompt {
    /// Encodes a prompt. An empty one becomes the token that begins (or, as in
    /// GPT-2, ends) a text.
    pub(crate) fn new(
        tokenizer: &Tokenizer,
        text: &str,
        context: usize,
        options: &GenerateOptions,
    ) -> Result<Self, SessionError> {
        let special = if options.parse_special {
            Special::Parse
        } else {
            Special::AsText
        };
        let mut ids = tokenizer.encode(text, special);
        if ids.is_empty() {
            let begin = tokenizer.bos_id().or(tokenizer.eos_id());
            ids.push(begin.ok_or(SessionError::EmptyPrompt)?);
        }
        let dropped = match options.on_overflow {
            Overflow::Error => {
                if ids.len() > context {
                    return Err(SessionError::PromptTooLong {
                        tokens: ids.len(),
                        reserved: 0,
                        context,
                        advice: "shorten the prompt, or choose to keep only its end",
                    });
                }
                0
            }
            Overflow::KeepEnd => {
                let wanted = context.saturating_sub(options.max_tokens);
                let room = wanted.max(context / 2).max(1);
                ids.len().saturating_sub(room)
            }
        };
        ids.drain(..dropped);
        Ok(Self { ids, dropped })
    }
}

/// What decoding gave.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) tokens: Vec<u32>,
    pub(crate) stopped_by: StoppedBy,
}

/// Decodes behind the cached prompt, whose last logits are `logits`.
///
/// `on_piece` is called once a token with the text that became certain by it,
/// which may be none, and can end it all.
pub(crate) fn decode(
    feed: &mut Feed,
    tokenizer: &Tokenizer,
    logits: &mut [f32],
    options: &GenerateOptions,
    on_piece: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Decoded, SessionError> {
    let mut sampler = Sampler::new(options.sampler.clone())?;
    let mut stream = StreamDecoder::new(tokenizer);
    let mut stops = StopMatcher::new(&options.stop);
    let end = tokenizer.eos_id().filter(|_| !options.ignore_end);
    let mut text = String::new();
    let mut tokens = Vec::new();

    let mut id = sampler.next(logits, feed.ids(), None).map_err(not_finite)?;
    let stopped_by = loop {
        if Some(id) == end {
            break StoppedBy::End;
        }
        tokens.push(id);
        let passed = stops.push(&stream.push(id).unwrap_or_default());
        text.push_str(&passed.text);
        let goes_on = on_piece(&passed.text).is_continue();
        if let Some(stop) = passed.stop {
            return Ok(Decoded {
                text,
                tokens,
                stopped_by: StoppedBy::Stop(stop.into()),
            });
        }
        if !goes_on {
            break StoppedBy::Cancelled;
        }
        if tokens.len() >= options.max_tokens {
            break StoppedBy::MaxTokens;
        }
        if feed.room() == 0 {
            break StoppedBy::Context;
        }
        let (logits, history) = feed.step(id)?;
        id = sampler.next(logits, history, None).map_err(not_finite)?;
    };

    if stopped_by != StoppedBy::Cancelled {
        let rest = stops.push(&stream.finish().unwrap_or_default()).text + &stops.finish();
        text.push_str(&rest);
        if !rest.is_empty() {
            // Nothing is left to be cancelled.
            let _ = on_piece(&rest);
        }
    }
    Ok(Decoded {
        text,
        tokens,
        stopped_by,
    })
}

fn not_finite(error: GptError) -> SessionError {
    match error {
        GptError::NothingToSample { .. } => SessionError::NotFinite,
        other => other.into(),
    }
}
