//! How long steps of training take here, in milliseconds, one a line:
//! `cargo run --release --example pace -- LAYERS HEADS WIDTH VOCABULARY CONTEXT BATCH TOKENS COUNTED DROPOUT STEPS`

use std::process::ExitCode;

use senselm_train::model::ModelConfig;
use senselm_train::pace::Pace;

fn main() -> ExitCode {
    let arguments: Vec<f64> = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok())
        .collect();
    let [
        layers,
        heads,
        width,
        vocabulary,
        context,
        batch,
        tokens,
        counted,
        dropout,
        steps,
    ] = arguments[..]
    else {
        eprintln!(
            "usage: pace LAYERS HEADS WIDTH VOCABULARY CONTEXT BATCH TOKENS COUNTED DROPOUT STEPS"
        );
        return ExitCode::from(2);
    };
    let sizes = [layers as usize, heads as usize, width as usize];
    let pace = Pace {
        config: ModelConfig::gpt2(sizes, context as usize, vocabulary as usize),
        batch: batch as usize,
        tokens: tokens as usize,
        counted: counted as usize,
        dropout,
    };
    match pace.measure(steps as u64) {
        Ok(times) => {
            for seconds in times {
                println!("{}", seconds * 1e3);
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
