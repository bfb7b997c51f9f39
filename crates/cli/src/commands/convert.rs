//! `senselm convert`: a Hugging Face folder to GGUF, and back.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use senselm_convert::{gguf_to_hf, hf_to_gguf};

use crate::exit::{Exit, UsageError};
use crate::input;
use crate::output::{Destination, Output, Written, warn};

/// Arguments of `senselm convert`.
#[derive(Args)]
#[command(after_help = "\
A folder needs model.safetensors (or its shards), config.json and tokenizer.json
(or vocab.json and merges.txt). A file becomes a folder with the first three.

Examples:
  senselm convert gpt2/ --type f16 -o gpt2-f16.gguf
  senselm convert gpt2-f16.gguf -o gpt2-again/")]
pub(crate) struct Convert {
    /// A Hugging Face GPT-2 folder, or a GGUF file
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The GGUF file, or the folder, to write; - is standard output, for a file
    #[arg(short, long, value_name = "OUT")]
    out: Destination,
    /// The type of the weights in a GGUF file, such as f32, f16, q8_0 or q4_k
    #[arg(long = "type", value_name = "T", default_value = "f16")]
    target: String,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Convert {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let from = || self.input.display().to_string();
        let bytes = if self.input.is_dir() {
            let converted = hf_to_gguf(&self.input, &self.target).with_context(from)?;
            warn(&converted.warnings);
            out.file(&self.out, &converted.file)?;
            Some(converted.file.len() as u64)
        } else {
            let Destination::File(folder) = &self.out else {
                return Err(UsageError(
                    "a GGUF file becomes a folder, which standard output cannot take: give -o FOLDER"
                        .into(),
                )
                .into());
            };
            if is_named_as_file(folder) {
                return Err(UsageError(format!(
                    "a GGUF file becomes a folder, and {} is the name of a file: give -o FOLDER, \
                     or make a GGUF file of another type with senselm quantize",
                    folder.display()
                ))
                .into());
            }
            let file = input::model(&self.input)?;
            warn(gguf_to_hf((*file).as_ref(), folder).with_context(from)?);
            None
        };
        Written {
            path: &self.out,
            bytes,
        }
        .say(out, self.json)?;
        Ok(Exit::Done)
    }
}

/// Whether somebody who writes this means a GGUF file, and not a folder that is
/// there.
fn is_named_as_file(path: &Path) -> bool {
    let ending = path.extension();
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("gguf")) && !path.is_dir()
}
