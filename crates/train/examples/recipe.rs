//! Trains by a recipe from a program of your own:
//! `cargo run --release --example recipe -- RECIPE DATA OUT [seeds=5|folds=5|leave-one-out]`

use std::path::PathBuf;
use std::process::ExitCode;

use senselm_train::{Device, Evaluation, RunOptions, run};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [recipe, data, out, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: recipe RECIPE DATA OUT [seeds=N|folds=N|leave-one-out]");
        return ExitCode::from(2);
    };
    let count = |text: &str| text.parse().unwrap_or(5);
    let evaluation = match rest
        .first()
        .map(|word| word.split_once('=').unwrap_or((word, "")))
    {
        Some(("seeds", n)) => Evaluation::Seeds(count(n)),
        Some(("folds", n)) => Evaluation::Folds(count(n)),
        Some(("leave-one-out", _)) => Evaluation::LeaveOneOut,
        _ => Evaluation::Once,
    };
    let options = RunOptions {
        recipe: PathBuf::from(recipe),
        data: PathBuf::from(data),
        out: PathBuf::from(out),
        device: Device::Cpu,
        seed: None,
        resume: false,
        evaluation,
        stop_after: None,
    };
    let mut listen = |event: senselm_train::Event<'_>| match event {
        senselm_train::Event::Progress(now)
            if now.evaluation.is_some() || now.step.is_multiple_of(50) =>
        {
            eprintln!("{now}");
        }
        senselm_train::Event::Note(note) => eprintln!("{note}"),
        _ => {}
    };
    match run(&options, &mut listen) {
        Ok(report) => {
            print!("{}", report.table());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
