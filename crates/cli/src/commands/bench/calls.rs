//! The same measurements through public calls, under wasmtime and on a GPU,
//! because that is what their users pay: prefill ends with the last token's
//! logits copied out, decode samples greedily and reports every piece of text.

use std::ops::ControlFlow;

use anyhow::{Result, ensure};
use senselm_session::{GenerateOptions, Window};

use super::measure::{Speed, Workers};
use super::{DECODED, ids};
use crate::runtime::Runtime;

/// Tokens a second of a prompt of `tokens`.
pub(super) fn prefill(workers: &Workers, runtime: &Runtime, tokens: usize) -> Result<Speed> {
    let (context, vocab) = (runtime.info().context, runtime.info().vocab);
    if tokens > context {
        return Ok(Err(format!("the context holds {context} tokens")));
    }
    let ids = ids(tokens, vocab);
    workers.measure(|| {
        let (ids, mut runtime) = (&ids, runtime.fork()?);
        Ok(move || {
            runtime.logits(ids, false)?;
            Ok(tokens)
        })
    })
}

/// Tokens a second of a text from an empty prompt.
pub(super) fn decode(workers: &Workers, runtime: &Runtime) -> Result<Speed> {
    let context = runtime.info().context;
    if DECODED > context {
        return Ok(Err(format!("the context holds {context} tokens")));
    }
    let options = GenerateOptions {
        max_tokens: DECODED,
        ignore_end: true,
        ..GenerateOptions::default()
    };
    workers.measure(|| {
        let (options, mut runtime) = (&options, runtime.fork()?);
        Ok(move || {
            let text = runtime.generate("", options, |_| ControlFlow::Continue(()))?;
            ensure!(
                text.tokens.len() == DECODED,
                "the text stopped after {} tokens",
                text.tokens.len()
            );
            Ok(DECODED)
        })
    })
}

/// Answers a second.
pub(super) fn windows(workers: &Workers, runtime: &Runtime, windows: &[Window]) -> Result<Speed> {
    workers.measure(|| {
        let (mut turn, mut runtime) = (windows.iter().cycle(), runtime.fork()?);
        Ok(move || {
            if let Some(window) = turn.next() {
                runtime.answer(window)?;
            }
            Ok(1)
        })
    })
}
