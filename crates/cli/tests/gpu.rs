//! The program with `--backend gpu`, on whatever adapter is here.

#[path = "program/mod.rs"]
mod program;

use std::path::Path;
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use program::{Run, plain_model, senselm, text};
use serde_json::Value;

fn main() {
    let model = pump("models/pump.gguf");
    let probe = senselm(&["bench", "--model", &model, "--backend", "gpu", "--json"]);
    let absent = probe.code == 3;
    if absent {
        println!("ignored: {}", probe.stderr);
    }
    let trials = [
        Trial::test("speeds", move || speeds(probe)),
        Trial::test("answers", answers),
        Trial::test("texts", texts),
        Trial::test("measured_once", measured_once),
        Trial::test("not_in_a_guest", not_in_a_guest),
    ];
    let trials = trials.map(|trial| trial.with_ignored_flag(absent));
    libtest_mimic::run(&Arguments::from_args(), trials.into()).exit();
}

/// A file of this repository.
fn pump(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    text(&root.join(name)).to_owned()
}

fn speeds(run: Run) -> Result<(), Failed> {
    let report = run.ended_with(0).json();
    assert_eq!(report["backend"], "gpu");
    assert!(report["adapter"].is_string(), "{report}");
    let windows = report["windows_per_s"].as_f64();
    assert!(windows > Some(0.0), "{report}");
    Ok(())
}

fn answers() -> Result<(), Failed> {
    let (model, input) = (pump("models/pump.gguf"), pump("examples/pump.csv"));
    let answers = |backend: &str| {
        let arguments = ["answer", "--model", &model, "--input", &input];
        let options = ["--backend", backend, "--json"];
        senselm(&[&arguments[..], &options].concat())
            .ended_with(0)
            .json_lines()
    };
    let (cpu, gpu) = (answers("cpu"), answers("gpu"));
    assert_eq!(cpu.len(), gpu.len());
    for (cpu, gpu) in cpu.iter().zip(&gpu) {
        assert_eq!(cpu["answer"]["label"], gpu["answer"]["label"]);
    }
    Ok(())
}

fn texts() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let model = plain_model(folder.path());
    let tokens = |backend: &str| -> Value {
        let arguments = ["generate", "--model", text(&model), "--prompt", "A pump"];
        let options = ["--backend", backend, "--temperature", "0.7", "--seed", "4"];
        let run = senselm(&[&arguments[..], &options, &["--json"]].concat());
        run.ended_with(0).json()["tokens"].clone()
    };
    let cpu = tokens("cpu");
    assert!(cpu.as_array().is_some_and(|tokens| tokens.len() > 3));
    assert_eq!(tokens("gpu"), cpu);
    Ok(())
}

/// The second run takes what the first one wrote down.
fn measured_once() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("senselm/backends.json");
    let run = || -> Result<Value, Failed> {
        let output = Command::new(env!("CARGO_BIN_EXE_senselm"))
            .args(["bench", "--repetitions", "1", "--backend", "auto", "--json"])
            .args(["--model", &pump("models/pump.gguf")])
            .env("XDG_CACHE_HOME", folder.path())
            .output()?;
        assert!(output.status.success(), "{output:?}");
        Ok(serde_json::from_slice(&output.stdout)?)
    };
    let first = run()?["backend"].clone();
    let known: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    let (model, backend) = known
        .as_object()
        .and_then(|k| k.iter().next())
        .ok_or("empty")?;
    assert!(model.contains("pump.gguf"), "{model}");
    assert_eq!(backend, &first);
    // Whatever stands there is taken.
    let other = if first == "cpu" { "gpu" } else { "cpu" };
    let changed = known
        .to_string()
        .replace(&format!("\":{backend}"), &format!("\":\"{other}\""));
    std::fs::write(&file, changed)?;
    assert_eq!(run()?["backend"], other);
    // A damaged file costs a measurement.
    std::fs::write(&file, "{\"")?;
    run()?;
    serde_json::from_slice::<Value>(&std::fs::read(&file)?)?;
    Ok(())
}

fn not_in_a_guest() -> Result<(), Failed> {
    let model = pump("models/pump.gguf");
    let arguments = [
        "bench",
        "--model",
        &model,
        "--backend",
        "gpu",
        "--runtime",
        "wasmtime",
    ];
    let run = senselm(&arguments).ended_with(2);
    assert!(run.stderr.contains("--backend"), "{}", run.stderr);
    Ok(())
}
