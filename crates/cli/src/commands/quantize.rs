//! `senselm quantize`: the same model with its weights in another type.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use senselm_convert::requantize;

use crate::exit::Exit;
use crate::input;
use crate::output::{Destination, Output, Written, warn};

/// Arguments of `senselm quantize`.
#[derive(Args)]
#[command(after_help = "\
Every other key is kept, the sensor front end and the task too. Start from the
most precise file there is: what was rounded away once does not come back.

Example:
  senselm quantize pump-f32.gguf --type q8_0 -o pump-q8_0.gguf")]
pub(crate) struct Quantize {
    /// A GGUF file
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The type, such as f32, f16, q8_0, q4_0 or q4_k
    #[arg(long = "type", value_name = "T")]
    target: String,
    /// The file to write, or standard output: -
    #[arg(short, long, value_name = "OUT")]
    out: Destination,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Quantize {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let file = input::model(&self.input)?;
        let converted = requantize((*file).as_ref(), &self.target)
            .with_context(|| self.input.display().to_string())?;
        warn(&converted.warnings);
        let bytes = converted.file;
        out.file(&self.out, &bytes)?;
        Written {
            path: &self.out,
            bytes: Some(bytes.len() as u64),
        }
        .say(out, self.json)?;
        Ok(Exit::Done)
    }
}
