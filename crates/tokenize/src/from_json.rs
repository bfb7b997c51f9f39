//! Reading the `tokenizer.json` of the `tokenizers` library.
//!
//! What would change the ids is checked and refused where this crate does not
//! do it. Truncation and padding are left alone: whoever calls decides them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::beside::Written;
use crate::error::excerpt;
use crate::files::{EndIds, TokenizerFiles, read_json};
use crate::numbered::Numbered;
use crate::{TokenKind, TokenizeError, Tokenizer, TokenizerBuilder};

const FILE: &str = "tokenizer.json";

#[derive(Deserialize)]
pub(crate) struct File {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    #[serde(default)]
    normalizer: Value,
    #[serde(default)]
    pre_tokenizer: Value,
    #[serde(default)]
    post_processor: Value,
    #[serde(default)]
    decoder: Value,
    model: Model,
}

#[derive(Deserialize)]
struct AddedToken {
    id: u32,
    #[serde(flatten)]
    token: Written,
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
    byte_fallback: Option<bool>,
    #[serde(default)]
    ignore_merges: Option<bool>,
    vocab: BTreeMap<String, u32>,
    #[serde(default)]
    merges: Vec<MergeText>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MergeText {
    Pair(String, String),
    Joined(String),
}

/// What the model is, where the rest of the file has another shape.
#[derive(Deserialize)]
struct Kind {
    model: KindOfModel,
}

#[derive(Deserialize)]
struct KindOfModel {
    #[serde(rename = "type")]
    kind: String,
}

/// The token that a post-processor puts in front of every text.
pub(crate) struct Front {
    text: String,
    ids: Vec<u64>,
}

impl Front {
    /// Its id, which the vocabulary must know it by.
    pub(crate) fn id(&self, tokens: &Numbered) -> Result<u32, TokenizeError> {
        let id = tokens.id(&self.text);
        match id.filter(|&id| self.ids == [u64::from(id)]) {
            Some(id) => Ok(id),
            None => Err(refusal(
                "post_processor",
                &format_args!("a template with {:?} as {:?}", self.text, self.ids),
                "a token of the vocabulary with its one id",
            )),
        }
    }
}

impl Tokenizer {
    /// The tokenizer of a `tokenizer.json` alone. The file does not say which
    /// token ends a text: a special `<|endoftext|>` is taken for both ends;
    /// [`Self::with_ends`] sets others, [`Self::from_files`] reads them.
    ///
    /// # Errors
    /// As [`Self::from_files`].
    pub fn from_json(json: &str) -> Result<Self, TokenizeError> {
        let files = TokenizerFiles {
            tokenizer_json: Some(json),
            ..TokenizerFiles::default()
        };
        Self::from_files(&files, &EndIds::default())
    }
}

impl File {
    /// Reads the file and refuses what this crate does not do.
    pub(crate) fn read(json: &str) -> Result<Self, TokenizeError> {
        let file: Self = read_json(FILE, json).map_err(|error| {
            // Other kinds of models have vocabularies of other shapes.
            match read_json::<Kind>(FILE, json) {
                Ok(file) if file.model.kind != "BPE" => {
                    refusal("model.type", &file.model.kind, "BPE")
                }
                _ => error,
            }
        })?;
        file.check()?;
        Ok(file)
    }

    /// Refuses every setting that would give other ids than ours.
    fn check(&self) -> Result<(), TokenizeError> {
        let model = &self.model;
        let refuse =
            |field, found: &dyn std::fmt::Display, expected| Err(refusal(field, found, expected));
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
        if model.byte_fallback == Some(true) {
            return refuse("model.byte_fallback", &true, "false");
        }
        if model.ignore_merges == Some(true) {
            return refuse("model.ignore_merges", &true, "false");
        }
        if !steps(&self.normalizer, "normalizers").is_empty() {
            return refuse("normalizer", &self.normalizer, "null");
        }
        let gpt2 = match steps(&self.pre_tokenizer, "pretokenizers")[..] {
            [pre] => {
                let flag = |name: &str| pre.get(name).and_then(Value::as_bool);
                // `use_regex` came later than the format: absent means true.
                is_byte_level(pre)
                    && flag("add_prefix_space") == Some(false)
                    && flag("use_regex").unwrap_or(true)
            }
            _ => false,
        };
        if !gpt2 {
            return refuse(
                "pre_tokenizer",
                &self.pre_tokenizer,
                "ByteLevel with add_prefix_space false and use_regex true",
            );
        }
        let decoders = steps(&self.decoder, "decoders");
        if !decoders.iter().all(|decoder| is_byte_level(decoder)) {
            return refuse("decoder", &self.decoder, "ByteLevel");
        }
        for added in &self.added_tokens {
            added.token.check(FILE, "added_tokens")?;
        }
        Ok(())
    }

    /// Adds the tokens of the vocabulary, and the added ones.
    pub(crate) fn number(&self, tokens: &mut Numbered) -> Result<(), TokenizeError> {
        for (text, &id) in &self.model.vocab {
            tokens.add(id, text, TokenKind::Normal)?;
        }
        for AddedToken { id, token } in &self.added_tokens {
            let kind = if token.special {
                TokenKind::Control
            } else {
                TokenKind::UserDefined
            };
            tokens.add(*id, &token.content, kind)?;
        }
        Ok(())
    }

    /// Hands the merges to a builder.
    pub(crate) fn push_merges(&self, builder: &mut TokenizerBuilder) -> Result<(), TokenizeError> {
        for (index, merge) in self.model.merges.iter().enumerate() {
            let (left, right) = match merge {
                MergeText::Pair(left, right) => (left.as_str(), right.as_str()),
                MergeText::Joined(text) => split_merge(index, text)?,
            };
            builder.push_merge(left, right)?;
        }
        Ok(())
    }

    /// The token that the post-processor puts in front of every text.
    pub(crate) fn front(&self) -> Result<Option<Front>, TokenizeError> {
        let refused = || {
            refusal(
                "post_processor",
                &self.post_processor,
                "ByteLevel, or a template that puts one token in front of a text",
            )
        };
        let steps = steps(&self.post_processor, "processors");
        let mut others = steps.into_iter().filter(|step| !is_byte_level(step));
        let Some(template) = others.next() else {
            return Ok(None);
        };
        let is_template =
            template.get("type").and_then(Value::as_str) == Some("TemplateProcessing");
        if !is_template || others.next().is_some() {
            return Err(refused());
        }
        let single = template.get("single").and_then(Value::as_array);
        let piece = |piece: &Value, kind: &str| {
            let id = piece.get(kind)?.get("id")?.as_str()?;
            Some(id.to_owned())
        };
        let is_text = |found: &Value| piece(found, "Sequence").as_deref() == Some("A");
        match single.map(Vec::as_slice) {
            Some([text]) if is_text(text) => Ok(None),
            Some([token, text]) if is_text(text) => {
                let text = piece(token, "SpecialToken").ok_or_else(refused)?;
                let ids = template
                    .get("special_tokens")
                    .and_then(|tokens| tokens.get(&text)?.get("ids")?.as_array());
                let ids = ids
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_u64)
                    .collect();
                Ok(Some(Front { text, ids }))
            }
            _ => Err(refused()),
        }
    }
}

/// The steps of a part of the pipeline: none, one, or those of a sequence.
fn steps<'a>(part: &'a Value, list: &str) -> Vec<&'a Value> {
    if part.is_null() {
        return Vec::new();
    }
    let is_sequence = part.get("type").and_then(Value::as_str) == Some("Sequence");
    match part
        .get(list)
        .and_then(Value::as_array)
        .filter(|_| is_sequence)
    {
        Some(steps) => steps.iter().collect(),
        None => vec![part],
    }
}

fn is_byte_level(step: &Value) -> bool {
    step.get("type").and_then(Value::as_str) == Some("ByteLevel")
}

fn refusal(
    field: &'static str,
    found: &dyn std::fmt::Display,
    expected: &'static str,
) -> TokenizeError {
    TokenizeError::UnsupportedSetting {
        file: FILE,
        field,
        found: excerpt(found),
        expected,
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
