//! Recipes that leave parts of the front end to be fitted.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the failure of the test"
)]

mod once;

use std::fmt::Write as _;
use std::sync::Arc;

use senselm_gguf::{Gguf, keys};
use senselm_sensor::rng::Rng;
use senselm_sensor::{FrontEnd, Validation, Window};

use once::{options, train};
use senselm_session::{Answer, LoadOptions, Session};
use senselm_train::{Figures, RunOptions, TrainError, calibrated};

const FRONT_END: &str = r#"
[front_end]
template = "scores {verdict} is"
layout = { kind = "cells", column = "input", samples = { min = 24, max = 24 } }
[[front_end.channels]]
name = "a"
source = 0
missing = { kind = "interpolate", empty = "?" }
[[front_end.operators]]
name = "shapes"
of = { kind = "convolutions", signals = ["a"], points = 24, features = 84 }
[[front_end.operators]]
name = "verdict"
of = { kind = "project", of = ["shapes"] }
write = { kind = "rank", top = 2, margin = { alphabet = "abcd" } }
"#;

const REST: &str = r#"
name = "shapes"
seed = 3
[data]
train = ["train.csv"]
validation = ["validation.csv"]
[task]
kind = "classify"
labels = ["rise", "fall"]
[model]
layers = 1
heads = 2
width = 16
initial = { position_waves = 0.1, ordered_levels = 0.1 }
[train]
steps = 120
batch = 32
learning_rate = 1e-2
warmup = 5
ema = 0.9
checkpoint_every = 40
[augment]
noise = 0.01
permute_classes = 0.5
"#;

/// Windows with a rise or a fall somewhere in noise.
fn windows(count: usize, seed: u64) -> (String, Vec<Window>) {
    let mut rng = Rng::new(seed, 1);
    let mut text = String::from("input,output\n");
    let mut windows = Vec::new();
    for at in 0..count {
        let (centre, slope) = (rng.between(8.0, 16.0), if at % 2 == 0 { 1.0 } else { -1.0 });
        let sample = |time: f64| (slope * (time - centre)).clamp(-2.0, 2.0) + 0.2 * rng.normal();
        let samples: Vec<f64> = (0..24).map(f64::from).map(sample).collect();
        let list: Vec<String> = samples.iter().map(ToString::to_string).collect();
        let label = ["rise", "fall"][at % 2];
        writeln!(text, "\"{}\",{label}", list.join(", ")).unwrap();
        windows.push(Window {
            channels: vec![samples],
        });
    }
    (text, windows)
}

fn folder(recipe: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("recipe.toml", recipe);
    write("train.csv", &windows(40, 1).0);
    write("validation.csv", &windows(40, 2).0);
    folder
}

fn accuracy(figures: &Figures) -> f64 {
    match figures {
        Figures::Classify(report) => report.accuracy,
        Figures::Number(_) => f64::NAN,
    }
}

#[test]
fn a_model_reads_the_verdict_of_what_was_fitted() {
    let folder = folder(&format!("{REST}{FRONT_END}"));
    let report = train(&options(folder.path(), "out")).unwrap();
    let run = &report.runs[0];
    let scores = run.scores.as_ref().unwrap();
    let projection = run.projection.as_ref().unwrap();
    assert!(accuracy(projection) >= 0.95, "{projection}");
    assert!(accuracy(&scores.figures) >= 0.95, "{}", scores.figures);
    assert!(
        report.table().contains("projection alone"),
        "{}",
        report.table()
    );

    // The file has everything that was fitted, and is asked by it.
    let path = folder.path().join("out/model.gguf");
    let bytes = std::fs::read(&path).unwrap();
    let file = Gguf::parse(&bytes).unwrap();
    let text = file.metadata().str(keys::SENSELM_FRONT_END).unwrap();
    let front_end = FrontEnd::from_json(text).unwrap();
    let mut session = Session::load(Arc::new(bytes.clone()), LoadOptions::default()).unwrap();
    let mut right = 0;
    for (at, window) in windows(40, 2).1.iter().enumerate() {
        let prompt = front_end.render(window).unwrap().prompt;
        assert_eq!(
            session.front_end().unwrap().render(window).unwrap().prompt,
            prompt
        );
        let Answer::Classification(answer) = session.answer(window).unwrap() else {
            panic!("no classification");
        };
        right += usize::from(answer.index == at % 2);
    }
    assert_eq!(right as f64 / 40.0, accuracy(&scores.figures));

    // A temperature that is found afterwards changes how certain it is, and no answer.
    let less = format!("{REST}{FRONT_END}").replace("[task]\n", "[task]\ntemperature = 3.0\n");
    let validation = Validation {
        windows: 40,
        ..Validation::default()
    };
    let changed = calibrated(&bytes, &less, validation.clone()).unwrap();
    let mut other = Session::load(Arc::new(changed), LoadOptions::default()).unwrap();
    assert_eq!(
        other.profile().unwrap().unwrap().validation,
        Some(validation)
    );
    for window in &windows(40, 2).1 {
        let (Answer::Classification(before), Answer::Classification(after)) = (
            session.answer(window).unwrap(),
            other.answer(window).unwrap(),
        ) else {
            panic!("no classification");
        };
        assert_eq!(before.index, after.index);
        let odds = |p: f64| (p / (1.0 - p)).ln();
        let (before, after) = (before.probability, after.probability);
        assert!(before > 1.0 - 1e-9 || (odds(after) - odds(before) / 3.0).abs() < 1e-6);
    }
}

#[test]
fn a_run_goes_on_with_the_same_fit() {
    let folder = folder(&format!("{REST}{FRONT_END}"));
    let whole = options(folder.path(), "whole");
    train(&whole).unwrap();
    let cut = RunOptions {
        stop_after: Some(50),
        ..options(folder.path(), "cut")
    };
    assert!(matches!(train(&cut), Err(TrainError::Stopped { .. })));
    let rest = RunOptions {
        resume: true,
        ..options(folder.path(), "cut")
    };
    train(&rest).unwrap();
    let tensors = |out: &str| {
        let bytes = std::fs::read(folder.path().join(out).join("model.gguf")).unwrap();
        let file = Gguf::parse(&bytes).unwrap();
        let front_end = file
            .metadata()
            .str(keys::SENSELM_FRONT_END)
            .unwrap()
            .to_owned();
        let all = file.tensors().iter();
        let all: Vec<Vec<u8>> = all
            .map(|tensor| file.tensor_bytes(tensor).to_vec())
            .collect();
        (front_end, all)
    };
    assert_eq!(tensors("whole"), tensors("cut"));
}

#[test]
fn what_cannot_be_fitted_is_refused_before_the_first_step() {
    let whole = format!("{REST}{FRONT_END}");
    let cases = [
        (whole.replace("features = 84", "features = 0"), "1 to 20000"),
        (
            whole.replace("alphabet = \"abcd\"", "alphabet = \"a\""),
            "two levels",
        ),
        (
            whole.replace("[augment]", "[fit]\nparts = 1\n[augment]"),
            "parts must be 2 to 100",
        ),
        (
            whole
                .replace("[train]\n", "[pretrain]\n")
                .replace("permute_classes = 0.5", ""),
            "needs [train]",
        ),
        (
            whole.replace("of = [\"shapes\"]", "of = [\"nothing\"]"),
            "\"nothing\" is no step",
        ),
        (
            format!("{REST}{}", senselm_tests::recipe_of_levels!("", "")),
            "no projection",
        ),
    ];
    for (recipe, expected) in cases {
        let folder = folder(&recipe);
        let said = train(&options(folder.path(), "out"))
            .unwrap_err()
            .to_string();
        assert!(said.contains(expected), "{expected:?}: {said}");
    }
}
