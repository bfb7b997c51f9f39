//! `senselm init`: random weights of a usual size.

use anyhow::Result;
use clap::Args;
use senselm_convert::{Preset, Vocab, init};

use crate::exit::Exit;
use crate::output::{Destination, Output, Written};

/// Arguments of `senselm init`.
#[derive(Args)]
#[command(after_help = "\
tiny has a vocabulary of 512 and a context of 128; 1m, 3m and 5m a context of
512; 30m, 51m, 82m, 101m and 124m GPT-2's vocabulary size and a context of 1024.

Example:
  senselm init --preset 30m --seed 1 --type q8_0 -o random-30m.gguf")]
pub(crate) struct Init {
    /// The size: tiny, 1m, 3m, 5m, 30m, 51m, 82m, 101m or 124m
    #[arg(long, value_name = "NAME")]
    preset: String,
    /// GPT-2's vocabulary from a folder (gpt2:DIR), or a number of tokens
    #[arg(long, value_name = "gpt2:DIR|N")]
    vocab: Option<String>,
    /// The same seed gives the same file
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// The type of the weights, such as f32, f16, q8_0, q4_0 or q4_k
    #[arg(long = "type", value_name = "T", default_value = "f32")]
    target: String,
    /// The file to write, or standard output: -
    #[arg(short, long, value_name = "FILE")]
    out: Destination,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Init {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let preset = Preset::from_name(&self.preset)?;
        let vocab: Vocab = match &self.vocab {
            Some(given) => given.parse()?,
            None => preset.default_vocab(),
        };
        let bytes = init(preset, &vocab, self.seed, &self.target)?;
        out.file(&self.out, &bytes)?;
        Written {
            path: &self.out,
            bytes: Some(bytes.len() as u64),
        }
        .say(out, self.json)?;
        Ok(Exit::Done)
    }
}
