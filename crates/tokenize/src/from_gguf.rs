//! Reading the `tokenizer.ggml.*` keys of a GGUF file.

use senselm_gguf::{Gguf, GgufError, Metadata, keys};

use crate::builder::Ends;
use crate::from_json::split_merge;
use crate::{TokenKind, TokenizeError, Tokenizer, TokenizerBuilder};

impl Tokenizer {
    /// The tokenizer of a GGUF file. A file without `tokenizer.ggml.pre` is
    /// taken for GPT-2's, one without token types has ordinary tokens only,
    /// and the tokens that end and begin a text are control tokens whatever
    /// their type says. The keys that ask for a token to be added at either
    /// end are left to the caller.
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
        if let Some(found) = optional(metadata.str(keys::TOKENIZER_PRE))?
            && found != "gpt-2"
        {
            return Err(TokenizeError::UnsupportedPreTokenizer {
                found: found.to_owned(),
            });
        }
        let mut builder = TokenizerBuilder::new();
        let kinds = token_kinds(metadata)?;
        let tokens = metadata.array(keys::TOKENIZER_TOKENS)?;
        if let Some(kinds) = kinds.as_ref().filter(|kinds| kinds.len() != tokens.len()) {
            return Err(TokenizeError::LengthMismatch {
                tokens: tokens.len(),
                kinds: kinds.len(),
            });
        }
        let ends = Ends {
            eos: optional(metadata.u32(keys::TOKENIZER_EOS_ID))?,
            bos: optional(metadata.u32(keys::TOKENIZER_BOS_ID))?,
        };
        for (id, token) in (0..).zip(tokens.strings()?) {
            let kind = match &kinds {
                _ if ends.eos == Some(id) || ends.bos == Some(id) => TokenKind::Control,
                Some(kinds) => kinds.get(id as usize).copied().unwrap_or(TokenKind::Normal),
                None => TokenKind::Normal,
            };
            builder.push_token(token, kind)?;
        }
        if let Some(merges) = optional(metadata.array(keys::TOKENIZER_MERGES))? {
            for (index, merge) in merges.strings()?.enumerate() {
                let (left, right) = split_merge(index, merge)?;
                builder.push_merge(left, right)?;
            }
        }
        builder.finish(ends)
    }
}

fn token_kinds(metadata: &Metadata<'_>) -> Result<Option<Vec<TokenKind>>, TokenizeError> {
    let Some(array) = optional(metadata.array(keys::TOKENIZER_TOKEN_TYPE))? else {
        return Ok(None);
    };
    let kinds = (0..).zip(array.i32s()?).map(|(id, found)| {
        TokenKind::from_id(found).ok_or(TokenizeError::UnknownTokenKind { id, found })
    });
    kinds.collect::<Result<_, _>>().map(Some)
}

/// A key that need not be there, but is of the right type when it is.
fn optional<T>(value: Result<T, GgufError>) -> Result<Option<T>, GgufError> {
    match value {
        Ok(value) => Ok(Some(value)),
        Err(GgufError::MissingKey { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
