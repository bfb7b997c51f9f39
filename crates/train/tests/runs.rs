//! Whole runs on a tiny problem: they learn, go on exactly where they were,
//! and write files that can be read.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the failure of the test"
)]

mod once;

use std::path::Path;

use once::{options, train};
use senselm_gguf::{Gguf, keys};
use senselm_gpt::{Kernels, Logits, Model};
use senselm_sensor::{FrontEnd, Profile, Task};
use senselm_tests::models::Tiny;
use senselm_tokenize::Tokenizer;
use senselm_train::{Evaluation, Figures, LogLine, TrainError, import::Imported, model::logits_of};

const RECIPE: &str = senselm_tests::recipe_of_levels!(
    r#"
name = "tiny"
seed = 3
[data]
train = ["train.csv"]
validation = ["validation.csv"]
"#,
    r#"[task]
kind = "classify"
labels = ["low", "high"]
[model]
layers = 1
heads = 2
width = 16
initial = { position_waves = 0.1, ordered_levels = 0.1 }
[train]
steps = 120
batch = 16
learning_rate = 1e-2
warmup = 5
ema = 0.9
dropout = 0.1
window_loss = 0.2
evaluate_every = 30
checkpoint_every = 8
[augment]
noise = 0.05
"#
);

/// A folder with a recipe and data in which `x` decides about the label.
fn folder(recipe: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rows = |count: u32, shift: u32| -> String {
        (0..count)
            .map(|row| {
                let x = f64::from((row * 37 + shift) % 100) / 100.0;
                format!("{x},{}\n", if x < 0.5 { "low" } else { "high" })
            })
            .collect()
    };
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("recipe.toml", recipe);
    write("train.csv", &format!("x,output\n{}", rows(80, 0)));
    write("validation.csv", &format!("x,output\n{}", rows(20, 3)));
    folder
}

fn log(folder: &Path, out: &str) -> Vec<LogLine> {
    std::fs::read_to_string(folder.join(out).join("log.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The bits of every loss: equal means exactly equal.
fn losses(log: &[LogLine]) -> Vec<(u64, u64)> {
    log.iter()
        .map(|line| (line.step, line.loss.to_bits()))
        .collect()
}

fn weights(path: &Path) -> Vec<Vec<f32>> {
    let device = burn::tensor::Device::flex();
    let model = Imported::read(path, &device).unwrap();
    model.parameters.to_host().unwrap()
}

/// What the file says of the weight with which windows were learned.
fn window_loss(folder: &Path, recipe: &str) -> Option<String> {
    std::fs::write(folder.join("recipe.toml"), recipe).unwrap();
    train(&options(folder, "out")).unwrap();
    let bytes = std::fs::read(folder.join("out/model.gguf")).unwrap();
    let file = Gguf::parse(&bytes).unwrap();
    let found = file.metadata().get(keys::SENSELM_WINDOW_LOSS);
    found.map(|_| {
        let text = file.metadata().str(keys::SENSELM_WINDOW_LOSS);
        text.unwrap().to_owned()
    })
}

#[test]
fn a_file_says_whether_windows_were_learned() {
    let folder = folder(RECIPE);
    let folder = folder.path();
    let short = RECIPE
        .replace("steps = 120", "steps = 2")
        .replace("warmup = 5\n", "");
    let without = short.replace("window_loss = 0.2\n", "");
    assert_eq!(window_loss(folder, &without).as_deref(), Some("0.0"));
    let pretrained = without.replace(
        "[train]\n",
        "[pretrain]\nsteps = 2\nbatch = 4\nlearning_rate = 1e-3\n[train]\n",
    );
    assert_eq!(window_loss(folder, &pretrained).as_deref(), Some("1.0"));
    // What a base has learned of windows is not known here.
    let base = folder.join("base.gguf");
    std::fs::copy(folder.join("out/model.gguf"), &base).unwrap();
    let (before, model) = without.split_once("[model]\n").unwrap();
    let (_, behind) = model.split_once("[train]\n").unwrap();
    let tuned = format!("{before}[model]\nbase = \"base.gguf\"\n[train]\n{behind}");
    assert_eq!(window_loss(folder, &tuned), None);
}

#[test]
fn learns_and_writes_a_file_that_describes_itself() {
    let folder = folder(RECIPE);
    let report = train(&options(folder.path(), "out")).unwrap();
    let log = log(folder.path(), "out");
    assert_eq!(log.len(), 120);
    assert!(
        log[119].loss < 0.5 * log[0].loss,
        "{} to {}",
        log[0].loss,
        log[119].loss
    );
    let scores = report.runs[0].scores.as_ref().unwrap();
    let Figures::Classify(figures) = &scores.figures else {
        panic!("a classification");
    };
    assert!(figures.accuracy >= 0.9, "{}", figures.accuracy);

    let out = folder.path().join("out");
    let bytes = std::fs::read(out.join("model.gguf")).unwrap();
    let file = Gguf::parse(&bytes).unwrap();
    let metadata = file.metadata();
    assert_eq!(metadata.str(keys::GENERAL_ARCHITECTURE).unwrap(), "gpt2");
    assert_eq!(
        metadata.u32(keys::SENSELM_SCHEMA_VERSION).unwrap(),
        keys::SCHEMA_VERSION
    );
    assert_eq!(metadata.str(keys::SENSELM_RECIPE_SHA256).unwrap().len(), 64);
    assert_eq!(metadata.str(keys::SENSELM_WINDOW_LOSS).unwrap(), "0.2");
    let front_end = FrontEnd::from_json(metadata.str(keys::SENSELM_FRONT_END).unwrap()).unwrap();
    assert_eq!(front_end.prefix(), "level ");
    let profile = metadata.str(keys::SENSELM_PROFILE).unwrap();
    let profile = Profile::from_json(&front_end, profile).unwrap();
    assert_eq!(profile.windows, report.runs[0].trained_on as u64);
    let validation = profile.validation.unwrap();
    assert_eq!(validation.windows, figures.n as u64);
    assert!(validation.certainty.unwrap().high() <= 1.0);
    assert!(validation.anomaly.unwrap().low() > 0.0);
    let task = Task::from_json(metadata.str(keys::SENSELM_TASK).unwrap()).unwrap();
    assert_eq!(task.labels(), ["low", "high"]);
    let tokenizer = Tokenizer::from_gguf(&file).unwrap();
    assert_eq!(tokenizer.vocab_len(), report.runs[0].vocabulary);
    let embedding = file.tensor("token_embd.weight").unwrap();
    assert_eq!(
        embedding.dims.as_slice(),
        [16, tokenizer.vocab_len() as u64]
    );
    let metrics: serde_json::Value =
        serde_json::from_str(metadata.str(keys::SENSELM_METRICS).unwrap()).unwrap();
    assert_eq!(metrics["scores"]["accuracy"], figures.accuracy);
    let labels = serde_json::json!(["low", "high"]);
    assert_eq!(metrics["scores"]["labels"], labels);
    for name in ["metrics.json", "loss.svg"] {
        assert!(out.join(name).exists(), "{name}");
    }
    assert!(
        !out.join("checkpoint.gguf").exists(),
        "a finished run needs no checkpoint"
    );
}

#[test]
fn a_resumed_run_is_the_run_that_was_never_interrupted() {
    let folder = folder(RECIPE);
    train(&options(folder.path(), "whole")).unwrap();
    let mut parts = options(folder.path(), "parts");
    // Both times between two of the regular checkpoints.
    for stop in [11, 5] {
        parts.stop_after = Some(stop);
        assert!(matches!(train(&parts), Err(TrainError::Stopped { .. })));
        parts.resume = true;
    }
    parts.stop_after = None;
    train(&parts).unwrap();
    assert_eq!(
        losses(&log(folder.path(), "whole")),
        losses(&log(folder.path(), "parts"))
    );
    assert_eq!(
        weights(&folder.path().join("whole/model.gguf")),
        weights(&folder.path().join("parts/model.gguf"))
    );
}

#[test]
fn a_checkpoint_of_another_run_is_refused() {
    let folder = folder(RECIPE);
    let mut first = options(folder.path(), "out");
    first.stop_after = Some(5);
    assert!(train(&first).is_err());
    let mut second = options(folder.path(), "out");
    second.resume = true;
    second.seed = Some(4);
    assert!(matches!(train(&second), Err(TrainError::Checkpoint { .. })));
}

#[test]
fn two_half_batches_make_one_step() {
    let plain = RECIPE.replace("dropout = 0.1", "dropout = 0.0");
    let halves = plain.replace("batch = 16", "batch = 8\naccumulate = 2");
    let (whole, parts) = (folder(&plain), folder(&halves));
    train(&options(whole.path(), "out")).unwrap();
    train(&options(parts.path(), "out")).unwrap();
    let (whole, parts) = (log(whole.path(), "out"), log(parts.path(), "out"));
    for (a, b) in whole.iter().zip(&parts) {
        // Sums in another order drift apart slowly.
        assert!(
            (a.loss - b.loss).abs() < 1e-3,
            "step {}: {} and {}",
            a.step,
            a.loss,
            b.loss
        );
    }
    assert!((whole[0].loss - parts[0].loss).abs() < 1e-6);
}

#[test]
fn adapters_leave_the_base_alone_and_learn() {
    let pretrained = folder(RECIPE);
    train(&options(pretrained.path(), "base")).unwrap();
    // The labels the other way round: something to learn.
    let turned = RECIPE.replace(
        r#"labels = ["low", "high"]"#,
        r#"labels = ["low", "high"]
label_values = { "low" = "high", "high" = "low" }"#,
    );
    let shape = "layers = 1\nheads = 2\nwidth = 16\ninitial = { position_waves = 0.1, ordered_levels = 0.1 }\n";
    let recipe = turned.replace(shape, "base = \"base/model.gguf\"\n")
        + "[lora]\nrank = 4\nalpha = 8.0\ntargets = [\"attn_qkv\", \"ffn_up\"]\n";
    std::fs::write(pretrained.path().join("recipe.toml"), recipe).unwrap();
    train(&options(pretrained.path(), "tuned")).unwrap();
    let log = log(pretrained.path(), "tuned");
    assert!(
        log[119].loss < 0.6 * log[0].loss,
        "{} to {}",
        log[0].loss,
        log[119].loss
    );

    let device = burn::tensor::Device::flex();
    let read = |name: &str| {
        let path = pretrained.path().join(name).join("model.gguf");
        Imported::read(&path, &device).unwrap().parameters
    };
    let (base, tuned) = (read("base"), read("tuned"));
    let (before, after) = (base.to_host().unwrap(), tuned.to_host().unwrap());
    for ((parameter, before), after) in base.0.iter().zip(before).zip(after) {
        let adapted = parameter.name.ends_with("attn_qkv.weight")
            || parameter.name.ends_with("ffn_up.weight");
        assert_eq!(before != after, adapted, "{}", parameter.name);
    }
}

/// Norms of another epsilon than usual are computed with theirs, and what is
/// fine-tuned of such a base keeps it.
#[test]
fn the_epsilon_of_a_base_is_kept() {
    let base = Tiny {
        eps: 0.05,
        ..Tiny::default()
    };
    let shape = "layers = 1\nheads = 2\nwidth = 16\ninitial = { position_waves = 0.1, ordered_levels = 0.1 }\n";
    let recipe = RECIPE
        .replace(shape, "base = \"base.gguf\"\n")
        .replace("steps = 120", "steps = 2")
        .replace("[augment]", "[export]\ntype = \"F32\"\n[augment]");
    let folder = folder(&recipe);
    let bytes = base.bytes();
    std::fs::write(folder.path().join("base.gguf"), (*bytes).as_ref()).unwrap();
    train(&options(folder.path(), "tuned")).unwrap();

    let device = burn::tensor::Device::flex();
    for name in ["base.gguf", "tuned/model.gguf"] {
        let path = folder.path().join(name);
        let bytes = std::fs::read(&path).unwrap();
        let file = Gguf::parse(&bytes).unwrap();
        let eps = file.metadata().f32(keys::GPT2_LAYER_NORM_EPSILON).unwrap();
        assert_eq!(eps, base.eps, "{name}");
        let ids = [7, 3, 200, 41, 90];
        let trained = Imported::read(&path, &device).unwrap();
        let trained = logits_of(&trained.config, &trained.parameters, &ids, &device).unwrap();
        let served = Model::load(std::sync::Arc::new(bytes), Kernels::scalar()).unwrap();
        let served = served
            .forward(&mut served.new_state(), &ids, Logits::All)
            .unwrap();
        // Sums in another order.
        let far = trained.iter().zip(&served).map(|(a, b)| (a - b).abs());
        let far = far.fold(0.0_f32, f32::max);
        assert!(far < 1e-3, "{name}: logits differ by {far}");
    }
}

#[test]
fn pretraining_and_early_stopping_work_together() {
    let recipe = RECIPE.replace(
        "[train]",
        "[pretrain]\nsteps = 12\nbatch = 8\nlearning_rate = 1e-2\ncheckpoint_every = 5\n[train]\n\
         early_stopping = { share = 0.2, patience = 2 }",
    );
    let folder = folder(&recipe);
    train(&options(folder.path(), "whole")).unwrap();
    let whole = log(folder.path(), "whole");
    assert_eq!(
        whole.iter().filter(|line| line.phase == "pretrain").count(),
        12
    );
    assert!(
        whole
            .iter()
            .any(|l| l.evaluation.as_ref().is_some_and(|e| e.on == "held out"))
    );
    // Interrupted in both phases.
    let mut parts = options(folder.path(), "parts");
    for stop in [7, 15] {
        parts.stop_after = Some(stop);
        assert!(matches!(train(&parts), Err(TrainError::Stopped { .. })));
        parts.resume = true;
    }
    parts.stop_after = None;
    train(&parts).unwrap();
    assert_eq!(losses(&whole), losses(&log(folder.path(), "parts")));
}

#[test]
fn text_alone_makes_a_language_model() {
    let recipe = r#"
name = "words"
[data]
text = ["text.txt"]
[tokenizer]
vocabulary = 280
[model]
layers = 1
heads = 2
width = 16
context = 12
[pretrain]
steps = 60
batch = 8
learning_rate = 2e-2
bucket = true
[export]
type = "F16"
"#;
    let folder = folder(recipe);
    let text = "the pump runs and the pump stops and the pump runs. ".repeat(30);
    std::fs::write(folder.path().join("text.txt"), text).unwrap();
    train(&options(folder.path(), "out")).unwrap();
    let log = log(folder.path(), "out");
    assert!(
        log[59].loss < 0.3 * log[0].loss,
        "{} to {}",
        log[0].loss,
        log[59].loss
    );
    let bytes = std::fs::read(folder.path().join("out/model.gguf")).unwrap();
    let file = Gguf::parse(&bytes).unwrap();
    assert!(file.metadata().get(keys::SENSELM_TASK).is_none());
    assert!(Tokenizer::from_gguf(&file).unwrap().vocab_len() > 257);
}

#[test]
fn seeds_folds_and_leaving_one_out_report_every_run() {
    let quick = RECIPE
        .replace("steps = 120", "steps = 3")
        .replace("checkpoint_every = 8", "");
    let folder = folder(&quick);
    for (evaluation, runs, measured) in [
        (Evaluation::Seeds(2), 2, 20),
        (Evaluation::Folds(2), 2, 50),
        (Evaluation::LeaveOneOut, 100, 1),
    ] {
        let mut options = options(folder.path(), "report");
        options.evaluation = evaluation;
        if evaluation == Evaluation::LeaveOneOut {
            // Few windows, so that it stays quick.
            let short = "x,output\n0.1,low\n0.2,low\n0.8,high\n";
            std::fs::write(folder.path().join("train.csv"), short).unwrap();
            std::fs::write(folder.path().join("validation.csv"), "x,output\n0.9,high\n").unwrap();
        }
        let report = train(&options).unwrap();
        let expected = if evaluation == Evaluation::LeaveOneOut {
            4
        } else {
            runs
        };
        assert_eq!(report.runs.len(), expected);
        for run in &report.runs {
            let Some(Figures::Classify(figures)) = run.scores.as_ref().map(|s| &s.figures) else {
                panic!("a classification");
            };
            assert_eq!(figures.n, measured);
        }
        assert!(report.summary.is_some());
        let text = std::fs::read_to_string(options.out.join("report.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["runs"].as_array().unwrap().len(), expected);
        assert!(report.table().contains("together"));
    }
}

#[test]
fn recipes_that_cannot_work_say_why() {
    for (from, to, says) in [
        ("width = 16", "width = 15", "do not divide"),
        ("steps = 120", "steps = 0", "at least 1"),
        ("steps = 120", "stepps = 40", "stepps"),
        ("{x} is", "{y} is", "y"),
        ("[augment]", "[export]\ntype = \"Q9\"\n[augment]", "Q9"),
        ("train.csv", "missing.csv", "missing.csv"),
        ("width = 16", "width = 16\ncontext = 4", "the context is 4"),
        ("dropout = 0.1", "dropout = 1.5", "dropout"),
        (
            "[augment]",
            "[lora]\nrank = 2\nalpha = 4.0\n[augment]",
            "adapters",
        ),
        (
            "train = [\"train.csv\"]",
            "simulate = { seed = 1, windows = 6, validation_windows = 6 }",
            "simulated",
        ),
    ] {
        let folder = folder(&RECIPE.replace(from, to));
        let error = train(&options(folder.path(), "out"))
            .unwrap_err()
            .to_string();
        assert!(error.contains(says), "{to}: {error}");
    }
}
