//! The commands, one file each.

mod answer;
mod bench;
mod check;
mod convert;
mod doubt;
mod eval;
#[cfg_attr(feature = "train", path = "fit/enabled.rs")]
#[cfg_attr(not(feature = "train"), path = "fit/disabled.rs")]
mod fit;
mod generate;
mod init;
mod inspect;
mod logits;
mod looking;
mod new;
mod quantize;
mod read;
mod recording;
mod simulate;
mod tokenize;
#[cfg_attr(feature = "train", path = "train/enabled.rs")]
#[cfg_attr(not(feature = "train"), path = "train/disabled.rs")]
mod train;

use anyhow::Result;
use clap::Subcommand;

use crate::exit::Exit;
use crate::output::Output;
pub(crate) use fit::fit_exit;
pub(crate) use train::train_exit;

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Find out from recordings how to make a model of them, and make it
    Fit(fit::Fit),
    /// Look at recordings, and write a recipe for them
    New(new::New),
    /// Train a model by a recipe
    Train(train::Train),
    /// Make a model with random weights, for benchmarks
    Init(init::Init),
    /// Convert a Hugging Face GPT-2 folder to GGUF, or back
    Convert(convert::Convert),
    /// Store the weights of a model in another type
    Quantize(quantize::Quantize),
    /// Show what a file holds
    Inspect(inspect::Inspect),
    /// Turn text into token ids, or back
    Tokenize(tokenize::Tokenize),
    /// Write the logits behind some token ids
    Logits(logits::Logits),
    /// Continue a text
    Generate(generate::Generate),
    /// Answer the windows of a recording
    Answer(answer::Answer),
    /// Say whether a recording is of the kind that a model was trained on
    Check(check::Check),
    /// Measure a model on a labelled recording, beside classical baselines
    Eval(eval::Eval),
    /// Show what each cell of a recording is read as
    Read(read::ReadText),
    /// Measure how fast a model runs here
    Bench(bench::Bench),
    /// Simulate a pump with its faults
    Simulate(simulate::Simulate),
}

impl Command {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        match self {
            Self::Fit(command) => command.run(out),
            Self::New(command) => command.run(out),
            Self::Train(command) => command.run(out),
            Self::Init(command) => command.run(out),
            Self::Convert(command) => command.run(out),
            Self::Quantize(command) => command.run(out),
            Self::Inspect(command) => command.run(out),
            Self::Tokenize(command) => command.run(out),
            Self::Logits(command) => command.run(out),
            Self::Generate(command) => command.run(out),
            Self::Answer(command) => command.run(out),
            Self::Check(command) => command.run(out),
            Self::Eval(command) => command.run(out),
            Self::Read(command) => command.run(out),
            Self::Bench(command) => command.run(out),
            Self::Simulate(command) => command.run(out),
        }
    }
}
