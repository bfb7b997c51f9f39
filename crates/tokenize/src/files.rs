//! The tokenizer of a Hugging Face folder, from the texts of its files.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use crate::beside::Beside;
use crate::builder::Ends;
use crate::from_json::{File, Front};
use crate::numbered::Numbered;
use crate::{TokenKind, TokenizeError, TokenizeWarning, Tokenizer, TokenizerBuilder};

/// The token that ends a text in GPT-2's vocabulary.
pub(crate) const END_OF_TEXT: &str = "<|endoftext|>";

/// The texts of the tokenizer files of a folder, where they are there. A byte
/// order mark in front is left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenizerFiles<'a> {
    /// The whole tokenizer of the `tokenizers` library. Where it is there,
    /// `vocab_json` and `merges_txt` are not needed and not looked at.
    pub tokenizer_json: Option<&'a str>,
    /// Tokens and their ids.
    pub vocab_json: Option<&'a str>,
    /// Merges in the order of their ranks, one a line.
    pub merges_txt: Option<&'a str>,
    /// Tokens that were added later, and their ids.
    pub added_tokens_json: Option<&'a str>,
    /// Which tokens are special, and as what.
    pub special_tokens_map_json: Option<&'a str>,
    /// The same, added tokens, and settings.
    pub tokenizer_config_json: Option<&'a str>,
}

/// The ends of a text as a model's configuration states them, each a list of
/// which the first counts.
#[derive(Clone, Debug, Default)]
pub struct EndIds {
    /// Tokens that end a text.
    pub eos: Vec<i64>,
    /// Tokens that begin one.
    pub bos: Vec<i64>,
}

impl Tokenizer {
    /// The tokenizer of a Hugging Face folder. The ends of a text are those of
    /// `ids`, else the ones that the files name, else `<|endoftext|>`.
    ///
    /// # Errors
    /// When a file is not of its shape or asks for anything but GPT-2's
    /// byte-level BPE, two files disagree, ids have a gap, or the vocabulary
    /// is refused.
    pub fn from_files(files: &TokenizerFiles<'_>, ids: &EndIds) -> Result<Self, TokenizeError> {
        let beside = Beside::read(files)?;
        beside.check_prefix_space()?;
        let mut builder = TokenizerBuilder::new();
        let mut tokens = Numbered::default();
        let front = match (files.tokenizer_json, files.vocab_json, files.merges_txt) {
            (Some(json), _, _) => {
                let file = File::read(json)?;
                file.number(&mut tokens)?;
                file.push_merges(&mut builder)?;
                file.front()?
            }
            (None, Some(vocab), Some(merges)) => {
                beside.check_class()?;
                number(vocab, &mut tokens)?;
                push_merges(merges, &mut builder)?;
                None
            }
            _ => return Err(TokenizeError::NoFiles),
        };
        for warning in beside.add_to(&mut tokens)? {
            builder.warn(warning);
        }
        let eos = stated("eos", &ids.eos, &tokens, &mut builder);
        let bos = stated("bos", &ids.bos, &tokens, &mut builder);
        let named = beside.named("bos_token", &tokens)?;
        let begin = begins(&beside, files, front.as_ref(), bos.or(named), &tokens)?;
        if begin.in_front {
            builder.begin_texts();
        }
        if beside.adds_eos() {
            builder.warn(TokenizeWarning::EndNotAdded);
        }
        let usual = tokens.id(END_OF_TEXT).filter(|&id| {
            tokens
                .get(id)
                .is_some_and(|(_, kind)| kind == TokenKind::Control)
        });
        let ends = Ends {
            eos: eos.or(beside.named("eos_token", &tokens)?).or(usual),
            bos: begin.id.or(usual),
        };
        for (which, end) in [("eos", ends.eos), ("bos", ends.bos)] {
            refuse_ordinary(which, end, &tokens, &builder)?;
        }
        tokens.push_into(&mut builder)?;
        builder.finish(ends)
    }
}

/// The first of the ids, where it is in the vocabulary.
fn stated(
    which: &'static str,
    ids: &[i64],
    tokens: &Numbered,
    builder: &mut TokenizerBuilder,
) -> Option<u32> {
    let &taken = ids.first()?;
    if ids.len() > 1 {
        let count = ids.len();
        builder.warn(TokenizeWarning::OnlyFirstEnd {
            which,
            taken,
            count,
        });
    }
    builder.end(which, taken, tokens.len())
}

/// The token that begins a text, and whether it stands in front of every one.
struct Begin {
    id: Option<u32>,
    in_front: bool,
}

fn begins(
    beside: &Beside,
    files: &TokenizerFiles<'_>,
    front: Option<&Front>,
    said: Option<u32>,
    tokens: &Numbered,
) -> Result<Begin, TokenizeError> {
    let text = |id: u32| tokens.get(id).map_or("none", |(text, _)| text).to_owned();
    let disagree = |first: String, second_file, second| {
        Err(TokenizeError::Disagree {
            what: "the token in front of every text",
            first_file: "tokenizer.json (post_processor)",
            first,
            second_file,
            second,
        })
    };
    let adds = beside.adds_bos();
    let Some(front) = front else {
        let whole = files.tokenizer_json.is_some();
        return match adds.filter(|_| whole) {
            Some(true) => disagree(
                "none".to_owned(),
                "tokenizer_config.json (add_bos_token)",
                said.map_or_else(|| "the beginning".to_owned(), text),
            ),
            _ => Ok(Begin {
                id: said,
                in_front: adds == Some(true) && !whole,
            }),
        };
    };
    let id = front.id(tokens)?;
    if adds == Some(false) {
        let file = "tokenizer_config.json (add_bos_token)";
        return disagree(text(id), file, "none".to_owned());
    }
    match said.filter(|&said| said != id) {
        Some(said) => disagree(text(id), "bos_token", text(said)),
        None => Ok(Begin {
            id: Some(id),
            in_front: true,
        }),
    }
}

/// Refuses an end that a text can hold: it would no longer be text.
fn refuse_ordinary(
    which: &'static str,
    end: Option<u32>,
    tokens: &Numbered,
    builder: &TokenizerBuilder,
) -> Result<(), TokenizeError> {
    let Some(id) = end else { return Ok(()) };
    match tokens.get(id) {
        Some((text, TokenKind::Normal)) if builder.makes(text) => {
            Err(TokenizeError::EndNotControl { which, id })
        }
        _ => Ok(()),
    }
}

fn number(vocab: &str, tokens: &mut Numbered) -> Result<(), TokenizeError> {
    let vocab: BTreeMap<String, u32> = read_json("vocab.json", vocab)?;
    for (text, id) in vocab {
        let kind = if text == END_OF_TEXT {
            TokenKind::Control
        } else {
            TokenKind::Normal
        };
        tokens.add(id, &text, kind)?;
    }
    Ok(())
}

fn push_merges(text: &str, builder: &mut TokenizerBuilder) -> Result<(), TokenizeError> {
    for (index, line) in without_mark(text).lines().enumerate() {
        let is_header = index == 0 && line.starts_with("#version");
        if is_header || line.is_empty() {
            continue;
        }
        match line.split_once(' ') {
            Some((left, right))
                if !left.is_empty() && !right.is_empty() && !right.contains(' ') =>
            {
                builder.push_merge(left, right)?;
            }
            _ => {
                return Err(TokenizeError::BadMergeLine {
                    line: index + 1,
                    text: crate::error::excerpt(&line),
                });
            }
        }
    }
    Ok(())
}

/// Reads a file of JSON.
pub(crate) fn read_json<T: DeserializeOwned>(
    file: &'static str,
    text: &str,
) -> Result<T, TokenizeError> {
    serde_json::from_str(without_mark(text)).map_err(|error| TokenizeError::Json {
        file,
        line: error.line(),
        column: error.column(),
        reason: error.to_string(),
    })
}

/// A text without the byte order mark that some editors put in front.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
