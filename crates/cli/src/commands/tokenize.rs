//! `senselm tokenize`: text to token ids, and back.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use senselm_gguf::{Gguf, Whole};
use senselm_tokenize::{Special, Tokenizer};
use serde::Serialize;

use crate::exit::Exit;
use crate::input::{Input, InputError};
use crate::output::{Output, warn};

/// What some editors put in front of a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Arguments of `senselm tokenize`.
#[derive(Args)]
#[command(after_help = "\
Examples:
  senselm tokenize --model pump.gguf \"flow 20.5 m3/h\"
  senselm tokenize --model tokenizer.json --file prompt.txt --json
  senselm tokenize --model pump.gguf --decode 15496,995")]
pub(crate) struct Tokenize {
    /// A GGUF file or a tokenizer.json
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// The text
    #[arg(value_name = "TEXT", required_unless_present_any = ["file", "decode"])]
    text: Option<String>,
    /// Take the text from a file, or from standard input: -
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["text", "decode"])]
    file: Option<Input>,
    /// Turn these ids into text instead
    #[arg(
        long,
        value_name = "ID,ID,...",
        value_delimiter = ',',
        conflicts_with = "text"
    )]
    decode: Option<Vec<u32>>,
    /// Find control tokens such as <|endoftext|> in the text
    #[arg(long)]
    parse_special: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Tokens<'a> {
    ids: &'a [u32],
    /// The text of each; bytes that are no UTF-8 alone are U+FFFD.
    pieces: Vec<String>,
    text: String,
}

impl Tokenize {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let tokenizer = self
            .tokenizer()
            .with_context(|| self.model.display().to_string())?;
        warn(tokenizer.warnings());
        let ids = self.ids(&tokenizer)?;
        let bytes = tokenizer.decode(&ids)?;
        if self.json {
            let piece = |&id: &u32| {
                let bytes = tokenizer.token_bytes(id).unwrap_or_default();
                String::from_utf8_lossy(bytes).into_owned()
            };
            out.json(&Tokens {
                ids: &ids,
                pieces: ids.iter().map(piece).collect(),
                text: String::from_utf8_lossy(&bytes).into_owned(),
            })?;
        } else if self.decode.is_some() {
            out.line(String::from_utf8_lossy(&bytes))?;
        } else {
            let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
            out.line(ids.join(","))?;
        }
        Ok(Exit::Done)
    }

    fn tokenizer(&self) -> Result<Tokenizer> {
        let file = Whole::open(&self.model)?;
        let bytes = file.as_ref();
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        if text.trim_ascii_start().starts_with(b"{") {
            let json = std::str::from_utf8(text)
                .map_err(|_| InputError::Useless("the tokenizer.json is not UTF-8".into()))?;
            return Ok(Tokenizer::from_json(json)?);
        }
        Ok(Tokenizer::from_gguf(&Gguf::parse(bytes)?)?)
    }

    fn ids(&self, tokenizer: &Tokenizer) -> Result<Vec<u32>> {
        let special = if self.parse_special {
            Special::Parse
        } else {
            Special::AsText
        };
        match (&self.decode, &self.file, &self.text) {
            (Some(ids), _, _) => Ok(ids.clone()),
            (None, Some(file), _) => {
                let bytes = file.read()?;
                Ok(match std::str::from_utf8(&bytes) {
                    Ok(text) => tokenizer.encode(text, special),
                    Err(_) => tokenizer.encode_bytes(&bytes),
                })
            }
            (None, None, text) => {
                Ok(tokenizer.encode(text.as_deref().unwrap_or_default(), special))
            }
        }
    }
}
