//! `cargo xtask`: the chores of the project.

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <chore>

  wasm [guest|web [NAME...]]  build the gateway guest and the browser's modules
  tidy                        check the invariants of ARCHITECTURE.md
  sizes                       print the size of what a browser downloads, raw and
                              brotli, and fail where it is over its budget
  soak --list                 print the chores of `./build.sh soak`
  soak NAME [--short]         run one, or go on with it
  stages FOLDER               print what the stages of `./build.sh test` took and
                              skipped
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
        ["sizes"] => {
            let sizes = xtask::sizes::measure(&root)?;
            print!("{sizes}");
            let exceeded = sizes.exceeded();
            for what in &exceeded {
                eprintln!("error: {what}");
            }
            if !exceeded.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
        }
        ["soak", "--list"] => print!("{}", xtask::soak::list()),
        ["soak", name] => return soak(&root, name, false),
        ["soak", name, "--short"] => return soak(&root, name, true),
        ["stages", folder] => {
            let folder = std::path::Path::new(folder);
            print!("{}", xtask::stages::Table::read(folder)?);
        }
        _ => {
            eprint!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn soak(root: &std::path::Path, name: &str, short: bool) -> anyhow::Result<ExitCode> {
    let held = xtask::soak::run(root, name, short)?;
    Ok(if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
