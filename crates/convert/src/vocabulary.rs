//! The tokenizer of a folder, and one made of bytes alone.

use std::collections::BTreeMap;
use std::path::Path;

use senselm_tokenize::{Ends, TokenKind, Tokenizer, TokenizerBuilder};

use crate::ConvertError;

/// GPT-2's token between texts.
const END_OF_TEXT: &str = "<|endoftext|>";

/// The tokenizer of a Hugging Face folder: `tokenizer.json`, else `vocab.json`
/// and `merges.txt`.
pub(crate) fn from_folder(dir: &Path) -> Result<Tokenizer, ConvertError> {
    let whole = dir.join("tokenizer.json");
    if whole.is_file() {
        return Ok(Tokenizer::from_json(&read_text(&whole)?)?);
    }
    if !dir.join("vocab.json").is_file() || !dir.join("merges.txt").is_file() {
        return Err(ConvertError::NoTokenizer {
            dir: dir.to_owned(),
        });
    }
    from_gpt2_folder(dir)
}

/// The tokenizer of `vocab.json` and `merges.txt`, as OpenAI published GPT-2's.
pub(crate) fn from_gpt2_folder(dir: &Path) -> Result<Tokenizer, ConvertError> {
    let path = dir.join("vocab.json");
    let ids: BTreeMap<String, u64> =
        serde_json::from_str(&read_text(&path)?).map_err(|source| ConvertError::Json {
            path: path.clone(),
            source,
        })?;
    let mut tokens: Vec<(u64, &str)> = ids.iter().map(|(text, id)| (*id, text.as_str())).collect();
    tokens.sort_unstable();
    let mut builder = TokenizerBuilder::new();
    let mut end = None;
    for (expected, (found, text)) in tokens.iter().enumerate() {
        if *found != expected as u64 {
            return Err(ConvertError::BadVocabId {
                path,
                found: *found,
                tokens: tokens.len(),
            });
        }
        let is_end = *text == END_OF_TEXT;
        let kind = if is_end {
            TokenKind::Control
        } else {
            TokenKind::Normal
        };
        let id = builder.push_token(text, kind)?;
        if is_end {
            end = Some(id);
        }
    }
    push_merges(&mut builder, &dir.join("merges.txt"))?;
    Ok(builder.finish(Ends { eos: end, bos: end })?)
}

fn push_merges(builder: &mut TokenizerBuilder, path: &Path) -> Result<(), ConvertError> {
    let text = read_text(path)?;
    for (index, line) in text.lines().enumerate() {
        let is_header = index == 0 && line.starts_with("#version");
        if is_header || line.is_empty() {
            continue;
        }
        match line.split_once(' ') {
            Some((left, right)) if !right.contains(' ') => builder.push_merge(left, right)?,
            _ => {
                return Err(ConvertError::BadMergeLine {
                    path: path.to_owned(),
                    line: index + 1,
                    text: line.to_owned(),
                });
            }
        }
    }
    Ok(())
}

/// The 256 bytes, unused tokens, and at the end the one that ends a text:
/// `tokens` in all, at least 257.
pub(crate) fn of_bytes(tokens: u64) -> Result<Tokenizer, ConvertError> {
    let mut builder = TokenizerBuilder::new();
    builder.push_byte_tokens()?;
    for id in 256..tokens.saturating_sub(1) {
        builder.push_token(&format!("<|unused{id}|>"), TokenKind::Unused)?;
    }
    let end = Some(builder.push_token(END_OF_TEXT, TokenKind::Control)?);
    Ok(builder.finish(Ends { eos: end, bos: end })?)
}

/// A file as text.
pub(crate) fn read_text(path: &Path) -> Result<String, ConvertError> {
    std::fs::read_to_string(path).map_err(|source| ConvertError::Read {
        path: path.to_owned(),
        source,
    })
}
