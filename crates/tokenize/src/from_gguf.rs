//! Reading the `tokenizer.ggml.*` keys of a GGUF file.

use senselm_gguf::{Gguf, GgufError, Metadata, Value, ValueType, keys};

use crate::builder::Ends;
use crate::from_json::split_merge;
use crate::{TokenKind, TokenizeError, TokenizeWarning, Tokenizer, TokenizerBuilder};

impl Tokenizer {
    /// The tokenizer of a GGUF file. A file without `tokenizer.ggml.pre` is
    /// taken for GPT-2's, one without token types has ordinary tokens only,
    /// and the tokens that end and begin a text are control tokens whatever
    /// their type says. An end outside the vocabulary is none. All but the
    /// last are in [`Tokenizer::warnings`] where they matter.
    ///
    /// # Errors
    /// When a key is missing or of another type, the file asks for anything
    /// but GPT-2's byte-level BPE, or its vocabulary is refused.
    pub fn from_gguf(gguf: &Gguf<'_>) -> Result<Self, TokenizeError> {
        let metadata = gguf.metadata();
        let model = metadata.str(keys::TOKENIZER_MODEL)?;
        if model != "gpt2" {
            return Err(TokenizeError::UnsupportedModel {
                found: model.to_owned(),
            });
        }
        let mut builder = TokenizerBuilder::new();
        match optional(metadata.str(keys::TOKENIZER_PRE))? {
            Some("gpt-2") => {}
            Some(found) => {
                return Err(TokenizeError::UnsupportedPreTokenizer {
                    found: found.to_owned(),
                });
            }
            None => builder.warn(TokenizeWarning::PreTokenizerAssumed),
        }
        let kinds = token_kinds(metadata)?;
        let tokens = metadata.array(keys::TOKENIZER_TOKENS)?;
        if let Some(kinds) = kinds.as_ref().filter(|kinds| kinds.len() != tokens.len()) {
            return Err(TokenizeError::LengthMismatch {
                tokens: tokens.len(),
                kinds: kinds.len(),
            });
        }
        let mut end = |which, key| -> Result<Option<u32>, TokenizeError> {
            let found = integer(metadata, key)?;
            Ok(found.and_then(|found| builder.end(which, found, tokens.len())))
        };
        let ends = Ends {
            eos: end("eos", keys::TOKENIZER_EOS_ID)?,
            bos: end("bos", keys::TOKENIZER_BOS_ID)?,
        };
        // Ends that the file has as ordinary tokens.
        let mut ordinary = Vec::new();
        for (id, token) in (0..).zip(tokens.strings()?) {
            let kind = kinds.as_ref().and_then(|kinds| kinds.get(id as usize));
            let mut kind = kind.copied().unwrap_or(TokenKind::Normal);
            for (which, end) in [("eos", ends.eos), ("bos", ends.bos)] {
                if end == Some(id) {
                    if kind == TokenKind::Normal {
                        ordinary.push((which, id, token));
                    }
                    kind = TokenKind::Control;
                }
            }
            builder.push_token(token, kind)?;
        }
        if let Some(merges) = optional(metadata.array(keys::TOKENIZER_MERGES))? {
            for (index, merge) in merges.strings()?.enumerate() {
                let (left, right) = split_merge(index, merge)?;
                builder.push_merge(left, right)?;
            }
        }
        if let Some((which, id, _)) = ordinary.into_iter().find(|end| builder.makes(end.2)) {
            return Err(TokenizeError::EndNotControl { which, id });
        }
        if optional(metadata.bool(keys::TOKENIZER_ADD_BOS))? == Some(true) {
            builder.begin_texts();
        }
        if optional(metadata.bool(keys::TOKENIZER_ADD_EOS))? == Some(true) {
            builder.warn(TokenizeWarning::EndNotAdded);
        }
        builder.finish(ends)
    }
}

fn token_kinds(metadata: &Metadata<'_>) -> Result<Option<Vec<TokenKind>>, TokenizeError> {
    let Some(array) = optional(metadata.array(keys::TOKENIZER_TOKEN_TYPE))? else {
        return Ok(None);
    };
    let kinds = (0..).zip(array.integers()?).map(|(id, found)| {
        let kind = i32::try_from(found).ok().and_then(TokenKind::from_id);
        kind.ok_or(TokenizeError::UnknownTokenKind { id, found })
    });
    kinds.collect::<Result<_, _>>().map(Some)
}

/// An integer that need not be there.
fn integer(metadata: &Metadata<'_>, key: &str) -> Result<Option<i64>, GgufError> {
    let found = metadata.get(key);
    found.map(|value| read_integer(key, value)).transpose()
}

fn read_integer(key: &str, value: &Value<'_>) -> Result<i64, GgufError> {
    let beyond = || value.as_u64().map(|_| i64::MAX);
    value
        .as_i64()
        .or_else(beyond)
        .ok_or_else(|| GgufError::WrongType {
            key: key.to_owned(),
            found: value.value_type(),
            expected: ValueType::U32,
        })
}

/// A key that need not be there, but is of the right type when it is.
fn optional<T>(value: Result<T, GgufError>) -> Result<Option<T>, GgufError> {
    match value {
        Ok(value) => Ok(Some(value)),
        Err(GgufError::MissingKey { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
