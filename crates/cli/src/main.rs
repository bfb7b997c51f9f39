//! The `senselm` program: trains, converts, inspects, runs and measures models
//! of sensor data.
//!
//! Each command is a file under `commands/` that turns arguments into calls of
//! the libraries and their results into lines of text or JSON. Nothing is
//! computed here that a library should know. Results go to standard output,
//! everything else to standard error. `docs/cli.md` is the reference.

mod commands;
mod exit;
mod input;
mod output;
mod runtime;
mod text;

use std::process::ExitCode;

use clap::Parser;

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
    let cli = Cli::parse();
    let mut out = Output::stdout();
    let result = cli.command.run(&mut out);
    let flushed = out.flush();
    match result.and_then(|exit| flushed.map(|()| exit)) {
        Ok(exit) => exit.into(),
        // Whoever read our output has seen enough, `head` say.
        Err(error) if exit::is_broken_pipe(&error) => Exit::Done.into(),
        Err(error) => {
            eprintln!("senselm: {error:#}");
            exit::of(&error).into()
        }
    }
}
