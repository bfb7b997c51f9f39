//! The tokenizer of a folder, and one made of bytes alone.

use std::path::Path;

use senselm_tokenize::{EndIds, Ends, TokenKind, Tokenizer, TokenizerBuilder, TokenizerFiles};

use crate::ConvertError;
use crate::text::{MAX_TOKENIZER_BYTES, read_text};

/// GPT-2's token between texts.
const END_OF_TEXT: &str = "<|endoftext|>";

/// What people have instead of a tokenizer, and what to do.
const INSTEAD: [(&str, &str); 4] = [
    (
        "meta.pkl",
        "meta.pkl is a vocabulary of single characters, which is not byte-level BPE",
    ),
    (
        "tokenizer.model",
        "tokenizer.model is SentencePiece's, which is not byte-level BPE",
    ),
    (
        "vocab.txt",
        "vocab.txt is WordPiece's, which is not byte-level BPE",
    ),
    (
        "vocab.bpe",
        "vocab.bpe and encoder.json are the first names of merges.txt and vocab.json: rename them",
    ),
];

/// The tokenizer of a Hugging Face folder: `tokenizer.json`, else `vocab.json`
/// and `merges.txt`, with what stands beside them. `ids` are the ends that the
/// model's configuration states.
pub(crate) fn from_folder(dir: &Path, ids: &EndIds) -> Result<Tokenizer, ConvertError> {
    let whole = read(dir, "tokenizer.json")?;
    let (vocab, merges) = match &whole {
        Some(_) => (None, None),
        None => (read(dir, "vocab.json")?, read(dir, "merges.txt")?),
    };
    if whole.is_none() && (vocab.is_none() || merges.is_none()) {
        let there = |name: &str| dir.join(name).is_file();
        let half = match (&vocab, &merges) {
            (Some(_), None) => Some("vocab.json needs merges.txt beside it"),
            (None, Some(_)) => Some("merges.txt needs vocab.json beside it"),
            _ => None,
        };
        let instead = INSTEAD.iter().find(|(name, _)| there(name));
        return Err(ConvertError::NoTokenizer {
            dir: dir.to_owned(),
            hint: half
                .or(instead.map(|(_, hint)| *hint))
                .unwrap_or("copy the tokenizer of the model into it (nanoGPT's is gpt2's)"),
        });
    }
    let added = read(dir, "added_tokens.json")?;
    let map = read(dir, "special_tokens_map.json")?;
    let config = read(dir, "tokenizer_config.json")?;
    let files = TokenizerFiles {
        tokenizer_json: whole.as_deref(),
        vocab_json: vocab.as_deref(),
        merges_txt: merges.as_deref(),
        added_tokens_json: added.as_deref(),
        special_tokens_map_json: map.as_deref(),
        tokenizer_config_json: config.as_deref(),
    };
    Ok(Tokenizer::from_files(&files, ids)?)
}

/// The tokenizer of `vocab.json` and `merges.txt`, as OpenAI published GPT-2's.
pub(crate) fn from_gpt2_folder(dir: &Path) -> Result<Tokenizer, ConvertError> {
    let text = |name: &str| read_text(&dir.join(name), MAX_TOKENIZER_BYTES);
    let (vocab, merges) = (text("vocab.json")?, text("merges.txt")?);
    let files = TokenizerFiles {
        vocab_json: Some(&vocab),
        merges_txt: Some(&merges),
        ..TokenizerFiles::default()
    };
    Ok(Tokenizer::from_files(&files, &EndIds::default())?)
}

/// A file of the folder, where it is there.
fn read(dir: &Path, name: &str) -> Result<Option<String>, ConvertError> {
    let path = dir.join(name);
    let is_there = path.is_file();
    is_there
        .then(|| read_text(&path, MAX_TOKENIZER_BYTES))
        .transpose()
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
