//! The `senselm` program: trains, converts, inspects, runs and measures models
//! of sensor data.
//!
//! Each command is a file under `commands/` that turns arguments into calls of
//! the libraries and their results into lines of text or JSON. Nothing is
//! computed here that a library should know. Results go to standard output,
//! everything else to standard error. `docs/cli.md` is the reference.

mod commands;
mod diagnostics;
mod exit;
mod input;
mod output;
mod runtime;

use std::process::ExitCode;

use clap::Parser;

use crate::diagnostics::note;
use crate::exit::Exit;
use crate::output::Output;

/// Small language models of sensor data: train, pack into one file, run anywhere.
#[derive(Parser)]
#[command(name = "senselm", version, arg_required_else_help = true, after_help = exit::HELP)]
struct Cli {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(said) => return explain(&said),
    };
    let mut out = Output::stdout();
    let result = cli.command.run(&mut out);
    let flushed = out.flush();
    match result.and_then(|exit| flushed.map(|()| exit)) {
        Ok(exit) => exit.into(),
        Err(error) => end(&error),
    }
}

/// The exit code for an error, which is said where somebody still listens.
fn end(error: &anyhow::Error) -> ExitCode {
    // Whoever read our output has seen enough, `head` say.
    if exit::is_broken_pipe(error) {
        return Exit::Done.into();
    }
    note!("{}", exit::reason(error));
    exit::of(error).into()
}

/// Prints what clap has to say: help and version are results, the rest is not.
fn explain(said: &clap::Error) -> ExitCode {
    match said.print() {
        Err(error) if !said.use_stderr() => end(&output::unwritten(error)),
        _ if said.use_stderr() => Exit::Usage.into(),
        _ => Exit::Done.into(),
    }
}
