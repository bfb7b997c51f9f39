//! Building a tokenizer from parts, with every check in one place.

use std::ops::Range;
use std::sync::Arc;

use crate::index::Index;
use crate::matcher::Matcher;
use crate::merges::{Merge, Merges};
use crate::tokenizer::{Inner, Tokenizer};
use crate::vocabulary::{TokenKind, Vocabulary};
use crate::{
    MAX_MERGES, MAX_TOKEN_BYTES, MAX_TOKENS, MAX_VOCABULARY_BYTES, TokenizeError, TokenizeWarning,
    alphabet,
};

/// The tokens that end and begin a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ends {
    /// The token that ends a text.
    pub eos: Option<u32>,
    /// The token that begins one.
    pub bos: Option<u32>,
}

/// Collects tokens in the order of their ids and merges in the order of their
/// ranks, then checks the whole.
#[derive(Debug, Default)]
pub struct TokenizerBuilder {
    vocabulary: Vocabulary,
    /// Both tokens of every merge, one after the other.
    merge_texts: String,
    /// Where the first token of each merge ends in `merge_texts`, and where
    /// the second does.
    merge_ends: Vec<(usize, usize)>,
    /// Whether a whole text gets its beginning put in front.
    begins: bool,
    warnings: Vec<TokenizeWarning>,
}

impl TokenizerBuilder {
    /// An empty vocabulary.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a token and returns its id. Normal and unused tokens are
    /// written in the byte-level alphabet (`Ġ` for a space), others as they
    /// are. An unused token that is not in the alphabet is taken as it is.
    ///
    /// # Errors
    /// When the token is empty, too long, not in the alphabet, or one too many.
    pub fn push_token(&mut self, text: &str, kind: TokenKind) -> Result<u32, TokenizeError> {
        let id = self.next_id()?;
        let mut bytes = Vec::with_capacity(text.len());
        match kind {
            TokenKind::Normal => {
                for character in text.chars() {
                    bytes.push(alphabet::byte(character).ok_or_else(|| {
                        TokenizeError::NotByteLevel {
                            id,
                            token: text.to_owned(),
                            character,
                        }
                    })?);
                }
            }
            TokenKind::Unused => match text.chars().map(alphabet::byte).collect() {
                Some(decoded) => bytes = decoded,
                None => bytes.extend_from_slice(text.as_bytes()),
            },
            TokenKind::Control | TokenKind::UserDefined => bytes.extend_from_slice(text.as_bytes()),
        }
        self.push_bytes(&bytes, kind)
    }

    /// Appends the 256 single bytes in GPT-2's order: printable ones first.
    ///
    /// # Errors
    /// When there are too many tokens already.
    pub fn push_byte_tokens(&mut self) -> Result<(), TokenizeError> {
        let mut bytes: Vec<u8> = (0..=255).collect();
        bytes.sort_by_key(|&byte| alphabet::character(byte));
        for byte in bytes {
            self.push_bytes(&[byte], TokenKind::Normal)?;
        }
        Ok(())
    }

    /// Appends a merge of two normal tokens, written in the byte-level
    /// alphabet. Its rank is the number of merges before it.
    ///
    /// # Errors
    /// When there are more than [`MAX_MERGES`].
    pub fn push_merge(&mut self, left: &str, right: &str) -> Result<(), TokenizeError> {
        if self.merge_ends.len() >= MAX_MERGES {
            return Err(TokenizeError::TooManyMerges {
                found: self.merge_ends.len() + 1,
                limit: MAX_MERGES,
            });
        }
        self.merge_texts.push_str(left);
        let middle = self.merge_texts.len();
        self.merge_texts.push_str(right);
        self.merge_ends.push((middle, self.merge_texts.len()));
        Ok(())
    }

    /// Whether a text can become this token: it is one character of the
    /// alphabet, or some merge makes it.
    pub(crate) fn makes(&self, text: &str) -> bool {
        let mut start = 0;
        let made = self.merge_ends.iter().any(|&(_, end)| {
            let merged = self.merge_texts.get(start..end);
            start = end;
            merged == Some(text)
        });
        made || text.chars().nth(1).is_none()
    }

    /// Has the beginning of a text put in front of every whole one; see
    /// [`Tokenizer::front_id`].
    pub(crate) fn begin_texts(&mut self) {
        self.begins = true;
    }

    /// The id of an end or a beginning as a file states it; one outside the
    /// vocabulary of `vocab_len` tokens is none.
    pub(crate) fn end(&mut self, which: &'static str, found: i64, vocab_len: usize) -> Option<u32> {
        let id = u32::try_from(found).ok();
        let id = id.filter(|&id| (id as usize) < vocab_len);
        if id.is_none() {
            self.warn(TokenizeWarning::EndIgnored {
                which,
                found,
                vocab_len,
            });
        }
        id
    }

    pub(crate) fn warn(&mut self, warning: TokenizeWarning) {
        self.warnings.push(warning);
    }

    /// Checks the whole and makes the tokenizer. The ends of a text become
    /// control tokens whatever kind they were pushed as.
    ///
    /// # Errors
    /// When a byte has no token, two tokens are equal, a merge names or makes
    /// a token that does not exist, there are no merges for tokens that need
    /// them, or an end is outside the vocabulary.
    pub fn finish(mut self, ends: Ends) -> Result<Tokenizer, TokenizeError> {
        for (which, end) in [("eos", ends.eos), ("bos", ends.bos)] {
            let Some(id) = end else { continue };
            if self.vocabulary.kind(id).is_none() {
                return Err(TokenizeError::EndOutOfRange {
                    which,
                    id,
                    vocab_len: self.vocabulary.len(),
                });
            }
            self.vocabulary.set_kind(id, TokenKind::Control);
        }
        let index = Index::new(&self.vocabulary, |kind| {
            matches!(kind, TokenKind::Normal | TokenKind::Unused)
        })?;
        refuse_shared_texts(&self.vocabulary, &index)?;
        let mut byte_ids = [0; 256];
        for (byte, slot) in (0..=255).zip(&mut byte_ids) {
            *slot = index
                .find(&[byte])
                .ok_or(TokenizeError::MissingByte { byte })?;
        }
        let merges = self.resolve(&index)?;
        if let Some(unmerged) = unmerged(&self.vocabulary, &merges) {
            if merges.is_empty() {
                return Err(unmerged.without_merges());
            }
            self.warnings.push(unmerged.warning());
        }
        if self.begins && ends.bos.is_none() {
            self.warnings.push(TokenizeWarning::NoBeginning);
        }
        let vocabulary = self.vocabulary;
        Ok(Tokenizer::from_inner(Arc::new(Inner {
            merges: Merges::new(merges, vocabulary.len())?,
            with_control: Matcher::new(&vocabulary, |kind| {
                matches!(kind, TokenKind::Control | TokenKind::UserDefined)
            })?,
            user_defined: Matcher::new(&vocabulary, |kind| kind == TokenKind::UserDefined)?,
            vocabulary,
            byte_ids,
            ends,
            begins: self.begins,
            warnings: self.warnings,
        })))
    }

    /// Turns merges of texts into merges of ids.
    fn resolve(&self, index: &Index<'_>) -> Result<Vec<Merge>, TokenizeError> {
        let mut resolved = Vec::with_capacity(self.merge_ends.len());
        let mut bytes = Vec::new();
        let mut start = 0;
        for (rank, &(middle, end)) in self.merge_ends.iter().enumerate() {
            bytes.clear();
            let mut find = |part: Range<usize>| {
                let text = self.merge_texts.get(part).unwrap_or_default();
                let before = bytes.len();
                for character in text.chars() {
                    bytes.push(alphabet::byte(character)?);
                }
                index.find(bytes.get(before..)?)
            };
            let left = find(start..middle);
            let right = find(middle..end);
            let missing = |part: Range<usize>| TokenizeError::MergeNotInVocabulary {
                index: rank,
                token: self.merge_texts.get(part).unwrap_or_default().to_owned(),
            };
            resolved.push(Merge {
                left: left.ok_or_else(|| missing(start..middle))?,
                right: right.ok_or_else(|| missing(middle..end))?,
                rank: rank as u32,
                merged: index.find(&bytes).ok_or_else(|| missing(start..end))?,
            });
            start = end;
        }
        Ok(resolved)
    }

    fn next_id(&self) -> Result<u32, TokenizeError> {
        let id = self.vocabulary.len();
        if id >= MAX_TOKENS {
            return Err(TokenizeError::TooManyTokens {
                found: id + 1,
                limit: MAX_TOKENS,
            });
        }
        Ok(id as u32)
    }

    fn push_bytes(&mut self, bytes: &[u8], kind: TokenKind) -> Result<u32, TokenizeError> {
        let id = self.next_id()?;
        if bytes.is_empty() {
            return Err(TokenizeError::EmptyToken { id });
        }
        if bytes.len() > MAX_TOKEN_BYTES {
            return Err(TokenizeError::TokenTooLong {
                id,
                bytes: bytes.len(),
                limit: MAX_TOKEN_BYTES,
            });
        }
        if self.vocabulary.total_bytes() + bytes.len() > MAX_VOCABULARY_BYTES {
            return Err(TokenizeError::VocabularyTooLarge {
                limit: MAX_VOCABULARY_BYTES,
            });
        }
        self.vocabulary.push(bytes, kind);
        Ok(id)
    }
}

/// Ordinary tokens that no text becomes.
struct Unmerged {
    count: usize,
    id: u32,
    token: String,
}

impl Unmerged {
    fn without_merges(self) -> TokenizeError {
        TokenizeError::NoMerges {
            count: self.count,
            token: self.token,
        }
    }

    fn warning(self) -> TokenizeWarning {
        TokenizeWarning::Unmerged {
            count: self.count,
            id: self.id,
            token: self.token,
        }
    }
}

/// The ordinary tokens of several bytes that no merge makes, if there are any.
fn unmerged(vocabulary: &Vocabulary, merges: &[Merge]) -> Option<Unmerged> {
    let mut made = vec![false; vocabulary.len()];
    for merge in merges {
        if let Some(slot) = made.get_mut(merge.merged as usize) {
            *slot = true;
        }
    }
    let mut lost = vocabulary
        .iter()
        .zip(made)
        .filter(|((id, bytes, kind), made)| {
            *kind == TokenKind::Normal && bytes.len() > 1 && !made && !is_filler(*id, bytes)
        })
        .map(|(token, _)| token);
    let (id, bytes, _) = lost.next()?;
    Some(Unmerged {
        count: 1 + lost.count(),
        id,
        token: alphabet::text(bytes),
    })
}

/// Whether a token only fills a vocabulary up, by what converters call it:
/// formats without token types hold these as ordinary tokens.
fn is_filler(id: u32, bytes: &[u8]) -> bool {
    let (pad, unused) = (format!("[PAD{id}]"), format!("<|unused{id}|>"));
    bytes == pad.as_bytes() || bytes == unused.as_bytes()
}

/// Refuses a special token whose text is also that of an ordinary one: a file
/// could not hold both.
fn refuse_shared_texts(vocabulary: &Vocabulary, index: &Index<'_>) -> Result<(), TokenizeError> {
    for (id, bytes, kind) in vocabulary.iter() {
        if !matches!(kind, TokenKind::Control | TokenKind::UserDefined) {
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        let decoded: Option<Vec<u8>> = text.chars().map(alphabet::byte).collect();
        if let Some(other) = decoded.and_then(|bytes| index.find(&bytes)) {
            return Err(TokenizeError::DuplicateToken {
                first: id.min(other),
                second: id.max(other),
                token: text.into_owned(),
            });
        }
    }
    Ok(())
}
