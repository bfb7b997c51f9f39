//! `senselm logits`: the numbers behind a token, for tests and comparisons.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::exit::Exit;
use crate::output::{Destination, Output};
use crate::runtime::{Runtime, RuntimeArgs};

/// How many of the highest logits are shown.
const TOP: usize = 5;

/// Arguments of `senselm logits`.
#[derive(Args)]
#[command(after_help = "\
The file holds little-endian f32: one number for each token of the vocabulary,
behind the last id, or with --all behind each id in turn.

Example:
  senselm logits --model tiny.gguf --ids 15496,995 -o logits.f32")]
pub(crate) struct Logits {
    #[command(flatten)]
    runtime: RuntimeArgs,
    /// The token ids
    #[arg(long, value_name = "ID,ID,...", value_delimiter = ',', required = true)]
    ids: Vec<u32>,
    /// The file to write, or standard output: -
    #[arg(short, long, value_name = "F32FILE")]
    out: Destination,
    /// The logits behind every id, not only behind the last
    #[arg(long)]
    all: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    path: &'a Destination,
    rows: usize,
    vocab: usize,
    /// The highest logits behind the last id.
    top: Vec<Top>,
    kernels: &'a str,
    runtime: &'static str,
}

#[derive(Serialize)]
struct Top {
    id: usize,
    text: String,
    logit: f32,
}

impl Logits {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let mut runtime = Runtime::open(&self.runtime)?;
        let logits = runtime.logits(&self.ids, self.all)?;
        let bytes: Vec<u8> = logits
            .iter()
            .flat_map(|logit| logit.to_le_bytes())
            .collect();
        out.file(&self.out, &bytes)?;
        let vocab = runtime.info().vocab.max(1);
        let last = logits.len().saturating_sub(vocab);
        let report = Report {
            path: &self.out,
            rows: logits.len() / vocab,
            vocab,
            top: top(&runtime, logits.get(last..).unwrap_or_default()),
            kernels: &runtime.info().kernels,
            runtime: runtime.kind().name(),
        };
        if self.json {
            out.json(&report)?;
        } else {
            let (rows, path) = (report.rows, &self.out);
            out.line(format_args!("wrote {rows} x {vocab} logits to {path}"))?;
            for Top { id, text, logit } in &report.top {
                out.line(format_args!("{logit:10.4}  {id:6}  {text:?}"))?;
            }
        }
        Ok(Exit::Done)
    }
}

fn top(runtime: &Runtime, logits: &[f32]) -> Vec<Top> {
    let mut order: Vec<(usize, f32)> = logits.iter().copied().enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    order.truncate(TOP);
    let tokenizer = runtime.session().tokenizer();
    order
        .into_iter()
        .map(|(id, logit)| Top {
            id,
            text: String::from_utf8_lossy(tokenizer.token_bytes(id as u32).unwrap_or_default())
                .into_owned(),
            logit,
        })
        .collect()
}
