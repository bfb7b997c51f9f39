//! The tokenizer itself: encoding and decoding.

use std::sync::Arc;

use crate::builder::Ends;
use crate::matcher::Matcher;
use crate::merges::{MergeScratch, Merges};
use crate::split::Pieces;
use crate::vocabulary::{TokenKind, Vocabulary};
use crate::{TokenizeError, TokenizeWarning, TokenizerBuilder};

/// What to do with the text of a control token, such as `<|endoftext|>`.
///
/// The reference implementations differ: the `tokenizers` library always
/// parses it, `llama_tokenize` only when called with `parse_special`. Text
/// from outside should be encoded as text, or it could end the prompt.
/// User-defined tokens are found either way, in both references and here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Special {
    /// It becomes the control token.
    Parse,
    /// It is text like any other.
    AsText,
}

/// A byte-level BPE tokenizer; clones share one vocabulary.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    inner: Arc<Inner>,
}

/// Everything of a tokenizer, checked.
#[derive(Clone, Debug)]
pub(crate) struct Inner {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) merges: Merges,
    pub(crate) with_control: Matcher,
    pub(crate) user_defined: Matcher,
    /// The token of each single byte.
    pub(crate) byte_ids: [u32; 256],
    pub(crate) ends: Ends,
    /// Whether a whole text gets its beginning put in front.
    pub(crate) begins: bool,
    pub(crate) warnings: Vec<TokenizeWarning>,
}

impl Tokenizer {
    pub(crate) fn from_inner(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// A tokenizer of `tokens` by id and `merges` by rank; see
    /// [`TokenizerBuilder`] for how they are written.
    ///
    /// # Errors
    /// As for [`TokenizerBuilder::finish`].
    pub fn from_vocab_and_merges<'a>(
        tokens: impl IntoIterator<Item = (&'a str, TokenKind)>,
        merges: impl IntoIterator<Item = (&'a str, &'a str)>,
        ends: Ends,
    ) -> Result<Self, TokenizeError> {
        let mut builder = TokenizerBuilder::new();
        for (text, kind) in tokens {
            builder.push_token(text, kind)?;
        }
        for (left, right) in merges {
            builder.push_merge(left, right)?;
        }
        builder.finish(ends)
    }

    /// The same tokenizer with other ends of a text, which must be control
    /// tokens already.
    ///
    /// # Errors
    /// [`TokenizeError::EndOutOfRange`] or [`TokenizeError::EndNotControl`].
    pub fn with_ends(self, ends: Ends) -> Result<Self, TokenizeError> {
        for (which, end) in [("eos", ends.eos), ("bos", ends.bos)] {
            let Some(id) = end else { continue };
            match self.token_kind(id) {
                Some(TokenKind::Control) => {}
                Some(_) => return Err(TokenizeError::EndNotControl { which, id }),
                None => {
                    return Err(TokenizeError::EndOutOfRange {
                        which,
                        id,
                        vocab_len: self.vocab_len(),
                    });
                }
            }
        }
        let mut inner = Arc::unwrap_or_clone(self.inner);
        inner.ends = ends;
        Ok(Self::from_inner(Arc::new(inner)))
    }

    /// The ids of `text`. Nothing is added at its ends and nothing is cut off.
    #[must_use]
    pub fn encode(&self, text: &str, special: Special) -> Vec<u32> {
        let mut ids = Vec::with_capacity(text.len() / 2);
        let mut scratch = MergeScratch::default();
        self.encode_into(text, special, &mut scratch, &mut ids);
        ids
    }

    /// The ids of any bytes, control tokens as text. Where the bytes are
    /// UTF-8 the ids are those of [`Self::encode`]; each run that is not is a
    /// piece of its own. [`Self::decode`] gives the same bytes back.
    #[must_use]
    pub fn encode_bytes(&self, bytes: &[u8]) -> Vec<u32> {
        let mut ids = Vec::with_capacity(bytes.len() / 2);
        let mut scratch = MergeScratch::default();
        for chunk in bytes.utf8_chunks() {
            self.encode_into(chunk.valid(), Special::AsText, &mut scratch, &mut ids);
            self.encode_piece(chunk.invalid(), &mut scratch, &mut ids);
        }
        ids
    }

    /// The bytes of `ids`, control tokens as their text.
    ///
    /// # Errors
    /// [`TokenizeError::UnknownId`] for an id outside the vocabulary.
    pub fn decode(&self, ids: &[u32]) -> Result<Vec<u8>, TokenizeError> {
        let mut bytes = Vec::new();
        for &id in ids {
            let token = self.token_bytes(id).ok_or(TokenizeError::UnknownId {
                id,
                vocab_len: self.vocab_len(),
            })?;
            bytes.extend_from_slice(token);
        }
        Ok(bytes)
    }

    /// The bytes of one token.
    #[must_use]
    pub fn token_bytes(&self, id: u32) -> Option<&[u8]> {
        self.inner.vocabulary.get(id)
    }

    /// What a token is for.
    #[must_use]
    pub fn token_kind(&self, id: u32) -> Option<TokenKind> {
        self.inner.vocabulary.kind(id)
    }

    /// The id of a control or user-defined token, by its text.
    #[must_use]
    pub fn special_id(&self, text: &str) -> Option<u32> {
        let found = self
            .inner
            .with_control
            .find(&self.inner.vocabulary, text.as_bytes(), 0)?;
        (found.start == 0 && found.end == text.len()).then_some(found.id)
    }

    /// The number of tokens.
    #[must_use]
    pub fn vocab_len(&self) -> usize {
        self.inner.vocabulary.len()
    }

    /// The token that ends a text.
    #[must_use]
    pub fn eos_id(&self) -> Option<u32> {
        self.inner.ends.eos
    }

    /// The token that begins a text. [`Self::encode`] does not add it.
    #[must_use]
    pub fn bos_id(&self) -> Option<u32> {
        self.inner.ends.bos
    }

    /// The token that the model saw in front of every whole text: its
    /// beginning, where the file asks for it (`add_bos_token`). GPT-2 has none.
    /// [`Self::encode`] does not add it.
    #[must_use]
    pub fn front_id(&self) -> Option<u32> {
        self.inner.ends.bos.filter(|_| self.inner.begins)
    }

    /// What was assumed or left out when the tokenizer was read.
    #[must_use]
    pub fn warnings(&self) -> &[TokenizeWarning] {
        &self.inner.warnings
    }

    /// Whether `id` is a control token.
    #[must_use]
    pub fn is_special(&self, id: u32) -> bool {
        self.token_kind(id) == Some(TokenKind::Control)
    }

    fn encode_into(
        &self,
        text: &str,
        special: Special,
        scratch: &mut MergeScratch,
        ids: &mut Vec<u32>,
    ) {
        let matcher = match special {
            Special::Parse => &self.inner.with_control,
            Special::AsText => &self.inner.user_defined,
        };
        let mut at = 0;
        while at < text.len() {
            let found = matcher.find(&self.inner.vocabulary, text.as_bytes(), at);
            let until = found.as_ref().map_or(text.len(), |found| found.start);
            for piece in Pieces::new(text.get(at..until).unwrap_or_default()) {
                self.encode_piece(piece.as_bytes(), scratch, ids);
            }
            at = until;
            if let Some(found) = found {
                ids.push(found.id);
                at = found.end;
            }
        }
    }

    fn encode_piece(&self, piece: &[u8], scratch: &mut MergeScratch, ids: &mut Vec<u32>) {
        let bytes = piece
            .iter()
            .map(|&byte| self.inner.byte_ids[usize::from(byte)]);
        self.inner.merges.apply(bytes, scratch, ids);
    }
}
