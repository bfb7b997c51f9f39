//! Reading the `tokenizer.json` of the `tokenizers` library.
//!
//! What would change the ids is checked and refused where this crate does not
//! do it. Truncation, padding and the post-processor are left alone: they
//! concern what surrounds a text, and `encode` adds nothing to it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::builder::Ends;
use crate::{TokenKind, TokenizeError, Tokenizer, TokenizerBuilder};

/// The token that ends a text in GPT-2's vocabulary.
const END_OF_TEXT: &str = "<|endoftext|>";

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    #[serde(default)]
    normalizer: Value,
    #[serde(default)]
    pre_tokenizer: Value,
    model: Model,
}

#[derive(Deserialize)]
struct AddedToken {
    id: u32,
    content: String,
    #[serde(default)]
    single_word: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
    #[serde(default)]
    special: bool,
}

#[derive(Deserialize)]
struct Model {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    dropout: Option<f64>,
    #[serde(default)]
    continuing_subword_prefix: Option<String>,
    #[serde(default)]
    end_of_word_suffix: Option<String>,
    #[serde(default)]
    byte_fallback: bool,
    #[serde(default)]
    ignore_merges: bool,
    vocab: BTreeMap<String, u32>,
    merges: Vec<MergeText>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MergeText {
    Pair(String, String),
    Joined(String),
}

impl Tokenizer {
    /// The tokenizer of a `tokenizer.json`. The file does not say which token
    /// ends a text: a special `<|endoftext|>` is taken for both ends, and
    /// [`Self::with_ends`] sets others.
    ///
    /// # Errors
    /// When it is not JSON of that shape, asks for anything but GPT-2's
    /// byte-level BPE, or its vocabulary is refused.
    pub fn from_json(json: &str) -> Result<Self, TokenizeError> {
        let file: File = serde_json::from_str(json).map_err(|error| TokenizeError::Json {
            line: error.line(),
            column: error.column(),
            reason: error.to_string(),
        })?;
        file.check()?;
        let mut builder = TokenizerBuilder::new();
        for (text, kind) in file.tokens()? {
            builder.push_token(text, kind)?;
        }
        for (index, merge) in file.model.merges.iter().enumerate() {
            let (left, right) = match merge {
                MergeText::Pair(left, right) => (left.as_str(), right.as_str()),
                MergeText::Joined(text) => split_merge(index, text)?,
            };
            builder.push_merge(left, right)?;
        }
        let end = file
            .added_tokens
            .iter()
            .find(|token| token.special && token.content == END_OF_TEXT)
            .map(|token| token.id);
        builder.finish(Ends { eos: end, bos: end })
    }
}

/// The two tokens of a merge that is written with a space between.
pub(crate) fn split_merge(index: usize, merge: &str) -> Result<(&str, &str), TokenizeError> {
    merge
        .split_once(' ')
        .filter(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains(' '))
        .ok_or_else(|| TokenizeError::BadMerge {
            index,
            merge: merge.to_owned(),
        })
}

impl File {
    /// Refuses every setting that would give other ids than ours.
    fn check(&self) -> Result<(), TokenizeError> {
        let model = &self.model;
        let refuse = |field, found: &dyn std::fmt::Display, expected| {
            Err(TokenizeError::UnsupportedSetting {
                field,
                found: found.to_string(),
                expected,
            })
        };
        if let Some(kind) = model.kind.as_deref().filter(|kind| *kind != "BPE") {
            return refuse("model.type", &kind, "BPE");
        }
        if let Some(dropout) = model.dropout.filter(|dropout| *dropout != 0.0) {
            return refuse("model.dropout", &dropout, "null");
        }
        for (field, affix) in [
            (
                "model.continuing_subword_prefix",
                &model.continuing_subword_prefix,
            ),
            ("model.end_of_word_suffix", &model.end_of_word_suffix),
        ] {
            if let Some(affix) = affix.as_deref().filter(|affix| !affix.is_empty()) {
                return refuse(field, &affix, "null");
            }
        }
        if model.byte_fallback {
            return refuse("model.byte_fallback", &true, "false");
        }
        if model.ignore_merges {
            return refuse("model.ignore_merges", &true, "false");
        }
        if !self.normalizer.is_null() {
            return refuse("normalizer", &self.normalizer, "null");
        }
        let pre = &self.pre_tokenizer;
        let flag = |name: &str| pre.get(name).and_then(Value::as_bool);
        // `use_regex` came later than the format: absent means true.
        let gpt2 = pre.get("type").and_then(Value::as_str) == Some("ByteLevel")
            && flag("add_prefix_space") == Some(false)
            && flag("use_regex").unwrap_or(true);
        if !gpt2 {
            return refuse(
                "pre_tokenizer",
                pre,
                "ByteLevel with add_prefix_space false and use_regex true",
            );
        }
        for token in &self.added_tokens {
            if token.single_word || token.lstrip || token.rstrip {
                return refuse(
                    "added_tokens",
                    &format_args!("{:?} with single_word, lstrip or rstrip", token.content),
                    "none of the three",
                );
            }
        }
        Ok(())
    }

    /// The tokens by id, from the vocabulary and the added ones.
    fn tokens(&self) -> Result<Vec<(&str, TokenKind)>, TokenizeError> {
        let mut by_id: BTreeMap<u32, (&str, TokenKind)> = BTreeMap::new();
        let vocab = self
            .model
            .vocab
            .iter()
            .map(|(text, &id)| (id, text.as_str(), TokenKind::Normal));
        let added = self.added_tokens.iter().map(|token| {
            let kind = if token.special {
                TokenKind::Control
            } else {
                TokenKind::UserDefined
            };
            (token.id, token.content.as_str(), kind)
        });
        for (id, text, kind) in vocab.chain(added) {
            let before = by_id.insert(id, (text, kind));
            if let Some((other, _)) = before.filter(|(other, _)| *other != text) {
                return Err(TokenizeError::SharedId {
                    id,
                    first: other.to_owned(),
                    second: text.to_owned(),
                });
            }
        }
        for (expected, &id) in (0..).zip(by_id.keys()) {
            if id != expected {
                return Err(TokenizeError::MissingId { id: expected });
            }
        }
        Ok(by_id.into_values().collect())
    }
}
