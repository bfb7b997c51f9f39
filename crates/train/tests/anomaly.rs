//! Recipes without right answers: what is normal is learned.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use senselm_sensor::rng::Rng;
use senselm_sensor::{Labelled, Position, Stated, Window};
use senselm_session::{LoadOptions, Session};
use senselm_train::{
    Device, Evaluation, Event, Recipe, RunOptions, TrainError, Windows, run, train_on, train_while,
};

const RECIPE: &str = r#"
name = "normal"
[data]
train = ["windows.csv"]
[front_end]
template = "window {x}"
layout = { kind = "stream", length = 16, stride = 4 }
[[front_end.channels]]
name = "x"
source = "x"
scale = { kind = "window_z_score", min_std = 0.05, clip = 3.0 }
encode = { kind = "levels", count = 16, alphabet = "0123456789abcdef" }
[task]
kind = "anomaly"
threshold = 1.5
usual = 1.0
[model]
layers = 1
heads = 2
width = 16
initial = { position_waves = 0.1, ordered_levels = 0.1 }
[pretrain]
steps = 120
batch = 32
learning_rate = 1e-2
warmup = 5
ema = 0.9
"#;

/// Windows of a wave, or of noise of its size.
fn windows(count: usize, is_wave: bool, seed: u64) -> Vec<Labelled> {
    let mut rng = Rng::new(seed, 7);
    let mut window = || {
        let phase = rng.between(0.0, 8.0);
        let sample = |at: u32| {
            let wave = ((f64::from(at) + phase) * std::f64::consts::TAU / 8.0).sin();
            if is_wave {
                wave + 0.05 * rng.normal()
            } else {
                0.7 * rng.normal()
            }
        };
        let window = Window {
            channels: vec![(0..16).map(sample).collect()],
        };
        Labelled {
            group: window.fingerprint(),
            window,
            truth: None,
            place: Position::default(),
        }
    };
    (0..count).map(|_| window()).collect()
}

#[test]
fn what_is_not_normal_scores_higher_and_the_file_gives_the_same_scores() {
    let folder = tempfile::tempdir().unwrap();
    let train = windows(200, true, 1);
    let test = [windows(20, true, 2), windows(20, false, 3)].concat();
    let parts = Windows {
        train: &train,
        test: &test,
        stated: &Stated::default(),
    };
    let out = Some(folder.path());
    let trained = train_on(RECIPE, parts, out, Device::Cpu, 1, &mut |_| {}).unwrap();
    assert!(trained.answers.is_empty() && trained.report.scores.is_none());
    let (normal, strange) = trained.surprise.split_at(20);
    let most = normal.iter().copied().fold(f64::MIN, f64::max);
    let least = strange.iter().copied().fold(f64::MAX, f64::min);
    assert!(least > most, "{least} is not above {most}");

    let bytes = std::fs::read(folder.path().join("model.gguf")).unwrap();
    let mut session = Session::load(Arc::new(bytes), LoadOptions::default()).unwrap();
    for (record, expected) in test.iter().zip(&trained.surprise) {
        let answer = session.anomaly(&record.window).unwrap();
        let found = answer.anomaly.unwrap();
        // Kernels round activations to bytes where weights are quantised; these
        // are F16.
        assert!((found - expected).abs() < 2e-2, "{found}, not {expected}");
        assert_eq!(answer.surprise[0].len(), 16);
    }
}

#[test]
fn there_is_no_answer_to_train_on() {
    let recipe = RECIPE.replace("[pretrain]", "[train]");
    let error = Recipe::parse(&recipe, Path::new("recipe")).unwrap_err();
    assert!(error.to_string().contains("[pretrain]"), "{error}");
}

#[test]
fn recordings_without_answers_and_simulated_pumps_are_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = String::from("x\n");
    for window in windows(40, true, 4) {
        for sample in &window.window.channels[0] {
            csv += &format!("{sample:.4}\n");
        }
    }
    std::fs::write(folder.path().join("windows.csv"), csv).unwrap();
    let short = RECIPE.replace("steps = 120", "steps = 4");
    let pumps = short
        .replace(
            "train = [\"windows.csv\"]",
            "simulate = { seed = 1, windows = 40, validation_windows = 8 }",
        )
        .replace("source = \"x\"", "source = \"flow\"")
        + "[card]\nsimulated = true\n";
    for (name, text) in [("files", &short), ("pumps", &pumps)] {
        let recipe = folder.path().join(name);
        std::fs::write(&recipe, text).unwrap();
        let out = folder.path().join(format!("{name}-out"));
        let options = RunOptions {
            data: folder.path().to_path_buf(),
            recipe,
            out: out.clone(),
            device: Device::Cpu,
            seed: None,
            resume: false,
            evaluation: Evaluation::Once,
            stop_after: None,
        };
        run(&options, &mut |_| {}).unwrap();
        assert!(out.join("model.gguf").exists(), "{name}");
    }
}

#[test]
fn a_training_that_is_ended_leaves_no_model() {
    let folder = tempfile::tempdir().unwrap();
    let train = windows(40, true, 1);
    let parts = Windows {
        train: &train,
        test: &[],
        stated: &Stated::default(),
    };
    let out = Some(folder.path());
    let ended = |last: u64| {
        let mut heard = 0;
        let mut listen = |event: Event<'_>| {
            let Event::Progress(progress) = event else {
                return ControlFlow::Continue(());
            };
            heard = progress.step;
            match progress.step < last {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        };
        let done = train_while(RECIPE, parts, out, Device::Cpu, 1, &mut listen);
        (done.map(|trained| trained.report.steps), heard)
    };
    let (done, heard) = ended(3);
    assert!(
        matches!(done, Err(TrainError::Ended { step: 3, .. })),
        "{done:?}"
    );
    assert_eq!(heard, 3, "no step behind the one that ended it");
    assert!(!folder.path().join("model.gguf").exists());
    // The last step has made a model, whoever wanted to end it there.
    assert_eq!(ended(120).0.unwrap(), 120);
    assert!(folder.path().join("model.gguf").exists());
}
