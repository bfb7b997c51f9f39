//! `senselm generate`: free text.

use std::io::Write;
use std::ops::ControlFlow;
use std::sync::mpsc;

use anyhow::Result;
use clap::{Args, ValueEnum};
use senselm_session::{GenerateOptions, Generated, Overflow, SamplerSpec};
use serde::Serialize;

use crate::diagnostics::note;
use crate::exit::Exit;
use crate::input::Input;
use crate::output::{self, Output};
use crate::runtime::{Runtime, RuntimeArgs};

/// Arguments of `senselm generate`.
#[derive(Args)]
#[command(after_help = "\
Text appears as it is generated. With --json it comes at the end, in one object.

Example:
  senselm generate --model gpt2-q8_0.gguf --prompt \"The pump\" --temperature 0.8 --top-p 0.95 --seed 1")]
pub(crate) struct Generate {
    #[command(flatten)]
    runtime: RuntimeArgs,
    /// The text to continue
    #[arg(long, value_name = "TEXT", required_unless_present = "prompt_file")]
    prompt: Option<String>,
    /// Take the text from a file, or from standard input: -
    #[arg(long, value_name = "FILE|-", conflicts_with = "prompt")]
    prompt_file: Option<Input>,
    /// At most this many tokens
    #[arg(long, value_name = "N", default_value_t = 128)]
    max_tokens: usize,
    /// Divides the logits; 0 always takes the most probable token
    #[arg(long, value_name = "X", default_value_t = 0.0)]
    temperature: f32,
    /// Keep this many of the most probable tokens; 0 keeps all
    #[arg(long, value_name = "N", default_value_t = 0)]
    top_k: usize,
    /// Keep the most probable tokens up to this share; 1 keeps all
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    top_p: f32,
    /// Keep tokens at least this fraction as probable as the most probable; 0 keeps all
    #[arg(long, value_name = "X", default_value_t = 0.0)]
    min_p: f32,
    /// Makes recent tokens less probable; 1 leaves them alone
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    repetition_penalty: f32,
    /// How many tokens count as recent
    #[arg(long, value_name = "N", default_value_t = 64)]
    repetition_window: usize,
    /// The same seed gives the same text
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// A text that ends the generation; may be given several times
    #[arg(long, value_name = "TEXT")]
    stop: Vec<String>,
    /// What to do with a prompt that is too long for the context
    #[arg(long, value_enum, default_value_t)]
    on_overflow: OnOverflow,
    /// Find control tokens such as <|endoftext|> in the prompt
    #[arg(long)]
    parse_special: bool,
    /// Print one JSON object at the end
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum OnOverflow {
    /// Refuse it.
    #[default]
    Error,
    /// Cut off its beginning.
    KeepEnd,
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    generated: &'a Generated,
    kernels: &'a str,
    runtime: &'static str,
}

impl Generate {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        let mut runtime = Runtime::open(&self.runtime)?;
        let prompt = match (&self.prompt_file, &self.prompt) {
            (Some(file), _) => String::from_utf8_lossy(&file.read()?).into_owned(),
            (None, prompt) => prompt.clone().unwrap_or_default(),
        };
        let json = self.json;
        // The guest wants a callback that owns what it writes to.
        let (failed, failure) = mpsc::channel();
        let generated = runtime.generate(&prompt, &self.options(), move |piece| {
            if json {
                return ControlFlow::Continue(());
            }
            match print(piece) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    let _ = failed.send(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Ok(error) = failure.try_recv() {
            return Err(output::unwritten(error));
        }
        if json {
            out.json(&Report {
                generated: &generated,
                kernels: &runtime.info().kernels,
                runtime: runtime.kind().name(),
            })?;
        } else {
            out.line("")?;
            if generated.dropped_tokens > 0 {
                note!(
                    "the first {} tokens of the prompt did not fit and were left out",
                    generated.dropped_tokens
                );
            }
        }
        Ok(Exit::Done)
    }

    fn options(&self) -> GenerateOptions {
        GenerateOptions {
            max_tokens: self.max_tokens,
            sampler: SamplerSpec {
                temperature: self.temperature,
                top_k: self.top_k,
                top_p: self.top_p,
                min_p: self.min_p,
                repetition_penalty: self.repetition_penalty,
                repetition_window: self.repetition_window,
                seed: self.seed,
            },
            stop: self.stop.clone(),
            on_overflow: match self.on_overflow {
                OnOverflow::Error => Overflow::Error,
                OnOverflow::KeepEnd => Overflow::KeepEnd,
            },
            parse_special: self.parse_special,
            ..GenerateOptions::default()
        }
    }
}

/// Shows a piece at once.
fn print(piece: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout();
    out.write_all(piece.as_bytes())?;
    out.flush()
}
