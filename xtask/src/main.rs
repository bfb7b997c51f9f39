//! `cargo xtask`: the chores of the project.

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <chore>

  wasm [guest|web [NAME...]]  build the gateway guest and the browser's modules
  tidy                        check the invariants of ARCHITECTURE.md
  sizes                       print the size of what a browser downloads, raw and
                              brotli
";

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = xtask::workspace_root();
    match words.as_slice() {
        ["wasm"] => {
            xtask::wasm::build_guest(&root)?;
            xtask::wasm::build_web(&root, &[])?;
        }
        ["wasm", "guest"] => xtask::wasm::build_guest(&root)?,
        ["wasm", "web", names @ ..] => xtask::wasm::build_web(&root, names)?,
        ["tidy"] => {
            let report = xtask::tidy::check(&root)?;
            for note in &report.notes {
                println!("note: {note}");
            }
            for violation in &report.violations {
                println!("error: {violation}");
            }
            if !report.violations.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
            println!("tidy: {} checks hold", report.checks);
        }
        ["sizes"] => print!("{}", xtask::sizes::measure(&root)?),
        _ => {
            eprint!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}
