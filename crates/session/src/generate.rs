//! Free text: one token after the other, until something ends it.

use std::ops::ControlFlow;

use senselm_ask::AskError;
use senselm_gpt::Sampler;
use senselm_tokenize::{Special, StreamDecoder, Tokenizer};

use crate::SessionError;
use crate::answer::StoppedBy;
use crate::clock::Stopwatch;
use crate::feed::Feed;
use crate::options::{Clock, GenerateOptions, LoadOptions, Overflow, Pause};
use crate::stop::StopMatcher;

/// A prompt of free text, cut to size.
pub(crate) struct TextPrompt {
    pub(crate) ids: Vec<u32>,
    pub(crate) dropped: usize,
}

impl TextPrompt {
    /// Encodes a prompt, behind the token that the file wants in front of every
    /// text where it wants one. An empty prompt becomes the token that begins
    /// (or, as in GPT-2, ends) a text.
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
        let front = tokenizer.front_id().filter(|_| !ids.is_empty());
        let front = front.filter(|front| ids.first() != Some(front));
        if let Some(front) = front {
            ids.insert(0, front);
        }
        if ids.is_empty() {
            let begin = tokenizer.bos_id().or(tokenizer.eos_id());
            ids.push(begin.ok_or(AskError::EmptyPrompt)?);
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
        // The front stays in front of what is kept.
        let kept = usize::from(front.is_some() && dropped > 0 && ids.len() > dropped + 1);
        ids.drain(kept..kept + dropped);
        Ok(Self { ids, dropped })
    }
}

/// What decoding gave.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) tokens: Vec<u32>,
    pub(crate) stopped_by: StoppedBy,
}

/// A batch of tokens on a GPU takes about as long as this, in milliseconds: a
/// reader does not see it stutter, and it can be cancelled in time.
const BATCH_MS: f64 = 40.0;
/// The most tokens of a batch where no clock says how long they take.
const BLIND_BATCH: usize = 16;

/// How many tokens are asked for at once. A GPU decodes as many as that in one
/// submission, a CPU one.
struct Batch {
    tokens: usize,
    clock: Option<Clock>,
    watch: Stopwatch,
}

impl Batch {
    /// The first token comes by itself.
    fn first(clock: Option<Clock>) -> Self {
        Self {
            tokens: 1,
            clock,
            watch: Stopwatch::start(clock),
        }
    }

    /// Twice as many as before, or half, by how long `decoded` tokens took.
    fn adapt(&mut self, decoded: usize) {
        let took = self.watch.lap();
        let most = self.clock.map_or(BLIND_BATCH, |_| usize::MAX);
        if took > 2.0 * BATCH_MS {
            self.tokens = (self.tokens / 2).max(1);
        } else if took < BATCH_MS && decoded == self.tokens {
            self.tokens = (2 * self.tokens).min(most);
        }
    }
}

/// For how long the host has heard of nothing.
struct Unheard {
    pause: Option<Pause>,
    for_ms: f64,
    watch: Stopwatch,
}

impl Unheard {
    fn new(host: &LoadOptions) -> Self {
        Self {
            pause: host.pause,
            for_ms: 0.0,
            watch: Stopwatch::start(host.clock),
        }
    }

    async fn pause(&mut self) {
        self.for_ms += self.watch.lap();
        if self.for_ms >= BATCH_MS
            && let Some(pause) = self.pause
        {
            pause().await;
            self.for_ms = 0.0;
            self.watch.lap();
        }
    }
}

/// Decodes behind the prompt that was prefilled.
///
/// `on_piece` is called once a token with the text that became certain by it,
/// which may be none, and can end it all.
pub(crate) async fn decode(
    feed: &mut Feed,
    tokenizer: &Tokenizer,
    host: &LoadOptions,
    options: &GenerateOptions,
    on_piece: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Decoded, SessionError> {
    let mut sampler = Sampler::new(options.sampler.clone())?;
    let mut stream = StreamDecoder::new(tokenizer);
    let mut stops = StopMatcher::new(&options.stop);
    let end = tokenizer.eos_id().filter(|_| !options.ignore_end);
    let mut text = String::new();
    let mut tokens = Vec::new();
    let mut batch = Batch::first(host.clock);
    let mut unheard = Unheard::new(host);

    let stopped_by = 'decoded: loop {
        unheard.pause().await;
        let most = batch.tokens.min(options.max_tokens - tokens.len());
        let ids = feed.decode(most, &mut sampler).await?;
        batch.adapt(ids.len());
        if ids.is_empty() {
            break StoppedBy::Context;
        }
        for id in ids {
            if Some(id) == end {
                break 'decoded StoppedBy::End;
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
                break 'decoded StoppedBy::Cancelled;
            }
            if tokens.len() >= options.max_tokens {
                break 'decoded StoppedBy::MaxTokens;
            }
        }
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
