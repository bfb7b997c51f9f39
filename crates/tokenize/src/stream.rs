//! Turning tokens into text one at a time, whole characters only.

use crate::Tokenizer;

/// Decodes a stream of ids. A character whose bytes are spread over several
/// tokens comes out with the last of them; bytes that can never become one
/// come out as U+FFFD.
///
/// ```
/// # use senselm_tokenize::{Ends, Special, StreamDecoder, TokenizerBuilder};
/// # let mut builder = TokenizerBuilder::new();
/// # builder.push_byte_tokens()?;
/// # let tokenizer = builder.finish(Ends::default())?;
/// let mut stream = StreamDecoder::new(&tokenizer);
/// let pieces: Vec<_> = tokenizer
///     .encode("°C", Special::AsText)
///     .into_iter()
///     .map(|id| stream.push(id))
///     .collect();
/// assert_eq!(pieces, [None, Some("°".to_owned()), Some("C".to_owned())]);
/// # Ok::<(), senselm_tokenize::TokenizeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct StreamDecoder {
    tokenizer: Tokenizer,
    /// At most three bytes of an unfinished character.
    pending: Vec<u8>,
}

impl StreamDecoder {
    /// A decoder at the beginning of a text.
    #[must_use]
    pub fn new(tokenizer: &Tokenizer) -> Self {
        Self {
            tokenizer: tokenizer.clone(),
            pending: Vec::new(),
        }
    }

    /// Takes one token and returns the text that it completes, if any. An id
    /// outside the vocabulary is U+FFFD.
    pub fn push(&mut self, id: u32) -> Option<String> {
        match self.tokenizer.token_bytes(id) {
            Some(bytes) => self.pending.extend_from_slice(bytes),
            None => self.pending.extend_from_slice("\u{FFFD}".as_bytes()),
        }
        let unfinished = unfinished_len(&self.pending);
        let ready = self.pending.len() - unfinished;
        let text: Vec<u8> = self.pending.drain(..ready).collect();
        (!text.is_empty()).then(|| String::from_utf8_lossy(&text).into_owned())
    }

    /// Ends the text: what is left of an unfinished character is U+FFFD.
    pub fn finish(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.pending);
        (!rest.is_empty()).then(|| String::from_utf8_lossy(&rest).into_owned())
    }
}

/// The bytes at the end of `bytes` that begin a character and may still be
/// completed.
fn unfinished_len(bytes: &[u8]) -> usize {
    match bytes.utf8_chunks().last() {
        Some(chunk) if !chunk.invalid().is_empty() => match std::str::from_utf8(chunk.invalid()) {
            Err(error) if error.error_len().is_none() => chunk.invalid().len(),
            _ => 0,
        },
        _ => 0,
    }
}
