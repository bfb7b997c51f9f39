//! What training prints is what serving answers: every figure of a run is
//! computed again from the answers of a session over the file that it wrote.
//!
//! Recipes are cut short here. With `SENSELM_FIGURES=long` they run to their
//! end, which takes most of an hour on two cores.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_evaluate::{ClassificationReport, Clusters, NumberReport};
use senselm_sensor::{BadRows, Labelled, Task, Truth, Window, read_csv};
use senselm_session::{Answer, LoadOptions, Session};
use senselm_tests::{data_dir, trained, workspace_root};
use senselm_train::data::Recordings;
use senselm_train::{Device, Evaluation, Figures, Recipe, RunOptions, run};
use serde_json::Value;
use toml::Table;

/// Of so many windows one may be answered otherwise where serving rounds
/// activations to bytes, which training does not.
const ONE_OF: usize = 1000;

/// Steps of a recipe that is cut short.
const STEPS: i64 = 12;

/// Labels and numbers that follow from one level, with data made here.
const MADE: [&str; 2] = [
    r#"
[task]
kind = "classify"
labels = ["low", "high"]
"#,
    r#"
[task]
kind = "number"
min = 0.0
max = 20.0
decimals = 1
width = 2
"#,
];

const MADE_REST: &str = senselm_tests::recipe_of_levels!(
    r#"
name = "made"
seed = 3
data = { train = ["train.csv"], validation = ["validation.csv"] }
export = { type = "TYPE" }
"#,
    r#"[model]
layers = 1
heads = 2
width = 32
initial = { position_waves = 0.1, ordered_levels = 0.1 }
[train]
steps = 150
batch = 16
learning_rate = 1e-2
warmup = 5
ema = 0.9
"#
);

/// A figure of a file, recomputed from a session's answers about `records`.
fn served(model: &Path, task: &Task, records: &[Labelled]) -> Result<Figures, Failed> {
    let bytes = Arc::new(std::fs::read(model)?);
    let mut session = Session::load(bytes, LoadOptions::default())?;
    let known = || records.iter().filter(|record| record.truth.is_some());
    let windows: Vec<Window> = known().map(|record| record.window.clone()).collect();
    let clusters = Clusters::of_keys(known().map(|record| record.window.fingerprint()));
    let (mut labels, mut numbers) = ((vec![], vec![]), (vec![], vec![]));
    for (record, answer) in known().zip(session.answer_all(&windows)?) {
        match (record.truth.as_ref().unwrap(), answer?) {
            (Truth::Label(truth), Answer::Classification(answer)) => {
                labels.0.push(*truth);
                labels.1.push(answer.index);
            }
            (Truth::Number(truth), Answer::Number(answer)) => {
                numbers.0.push(*truth);
                numbers.1.push(answer.value);
            }
            (truth, answer) => return Err(format!("{truth:?} and {answer:?}").into()),
        }
    }
    Ok(match task {
        Task::Classify { labels: names, .. } => Figures::Classify(ClassificationReport::new(
            names.len(),
            &labels.0,
            &labels.1,
            &clusters,
            0,
        )?),
        _ => Figures::Number(NumberReport::new(&numbers.0, &numbers.1, &clusters, 0)?),
    })
}

/// How many windows two figures differ by at least; for numbers whether they
/// differ.
fn apart(a: &Figures, b: &Figures) -> usize {
    match (a, b) {
        (Figures::Classify(a), Figures::Classify(b)) => {
            let cells = |of: &ClassificationReport| of.confusion.counts().concat();
            let cells = cells(a).into_iter().zip(cells(b));
            cells.map(|(a, b)| a.abs_diff(b)).sum::<u64>() as usize / 2
        }
        _ => usize::from(a != b),
    }
}

fn same(trained: &Figures, served: &Figures, windows: usize, rounded: bool) -> Result<(), Failed> {
    if trained == served {
        return Ok(());
    }
    let (apart, allowed) = (apart(trained, served), windows.div_ceil(ONE_OF));
    if rounded && apart <= allowed {
        return Ok(());
    }
    Err(format!("training: {trained}\nserving: {served}\n{apart} windows differ").into())
}

/// Trains, and compares.
fn check(recipe: &Path, data: &Path, out: &Path) -> Result<(), Failed> {
    let options = RunOptions {
        recipe: recipe.to_path_buf(),
        data: data.to_path_buf(),
        out: out.to_path_buf(),
        device: Device::Cpu,
        seed: None,
        resume: false,
        evaluation: Evaluation::Once,
        stop_after: None,
    };
    let report = run(&options, &mut |_| {})?;
    let (recipe, _) = Recipe::read(recipe)?;
    let (front_end, task) = (recipe.front_end()?.unwrap(), recipe.task.clone().unwrap());
    let records = Recordings::load(&recipe.data, data, &front_end, &task)?.validation;
    let found = served(&out.join("model.gguf"), &task, &records)?;
    let scores = report.runs[0]
        .scores
        .as_ref()
        .ok_or("nothing was measured")?;
    let rounded = !["F32", "F16"].contains(&recipe.export.ty.as_str());
    same(&scores.figures, &found, records.len(), rounded)
}

/// Labels and numbers made here, in a type.
fn made(task: &str, ty: &str) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let number = task.contains("number");
    let rows = |count: u32, shift: u32| -> String {
        let row = |row: u32| {
            let x = f64::from((row * 37 + shift) % 100) / 100.0;
            match number {
                true => format!("{x},{:.1}\n", 20.0 * x),
                false => format!("{x},{}\n", if x < 0.5 { "low" } else { "high" }),
            }
        };
        format!("x,output\n{}", (0..count).map(row).collect::<String>())
    };
    std::fs::write(folder.path().join("train.csv"), rows(100, 0))?;
    std::fs::write(folder.path().join("validation.csv"), rows(60, 3))?;
    let recipe = folder.path().join("recipe.toml");
    std::fs::write(&recipe, MADE_REST.replace("TYPE", ty) + task)?;
    check(&recipe, folder.path(), &folder.path().join("out"))
}

/// A committed recipe.
fn committed(name: &str, data: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let text = std::fs::read_to_string(workspace_root().join(format!("recipes/{name}.toml")))?;
    let mut recipe: Table = text.parse()?;
    let table = |recipe: &mut Table, key: &str| -> Option<Table> {
        recipe.get_mut(key)?.as_table_mut().map(std::mem::take)
    };
    let mut files = table(&mut recipe, "data").ok_or("no data")?;
    if name == "breathing" {
        // One recording is little to compare.
        files["validation"] = files["train"].clone();
    }
    if std::env::var("SENSELM_FIGURES").as_deref() != Ok("long") {
        let mut train = table(&mut recipe, "train").ok_or("no train")?;
        train.insert("steps".into(), STEPS.into());
        train.remove("evaluate_every");
        recipe.insert("train".into(), train.into());
        if let Some(simulate) = files.get_mut("simulate").and_then(|s| s.as_table_mut()) {
            simulate.insert("windows".into(), 200.into());
            simulate.insert("validation_windows".into(), 200.into());
        }
    }
    recipe.insert("data".into(), files.into());
    let path = folder.path().join("recipe.toml");
    std::fs::write(&path, toml::to_string(&recipe)?)?;
    check(&path, data, &folder.path().join("out"))
}

/// A model of the repository: what its file says was measured.
fn in_repository(name: &str, recording: &Path) -> Result<(), Failed> {
    let path = trained::path(name);
    let session = Session::load(Arc::new(std::fs::read(&path)?), LoadOptions::default())?;
    let metrics = session.info().metrics.clone().ok_or("no metrics")?;
    let (front_end, task) = (session.front_end().unwrap(), session.task().unwrap());
    let records = read_csv(front_end, task, &std::fs::read(recording)?, BadRows::Skip)?.records;
    let found = serde_json::to_value(served(&path, task, &records)?)?;
    for figure in ["accuracy", "macro_f1", "mae", "n"] {
        let said = |value: &Value| value.get(figure).and_then(Value::as_f64);
        let (trained, served) = (said(&metrics["scores"]), said(&found));
        // Through text and back: the last digit may turn.
        let close = |(a, b): (f64, f64)| (a - b).abs() < 1e-12;
        if trained.is_some() != served.is_some() || !trained.zip(served).is_none_or(close) {
            return Err(format!("{figure}: {trained:?}, served {served:?}").into());
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let data = data_dir().map(|dir| dir.join("data"));
    let data = data.filter(|dir| dir.is_dir());
    if data.is_none() {
        println!("recordings ignored: set SENSELM_DATA to the folder that holds data/");
    }
    let mut trials = Vec::new();
    for (task, name) in MADE.into_iter().zip(["labels", "numbers"]) {
        for ty in ["F32", "F16", "Q8_0"] {
            trials.push(Trial::test(format!("made::{name}::{ty}"), move || {
                made(task, ty)
            }));
        }
    }
    for name in ["gesture", "localisation", "occupancy", "breathing", "pump"] {
        let missing = data.is_none() && name != "pump";
        let data = data.clone().unwrap_or_default();
        let trial = Trial::test(format!("recipe::{name}"), move || committed(name, &data));
        trials.push(trial.with_ignored_flag(missing));
    }
    for (name, recording) in trained::RECIPES {
        let path = data.clone().unwrap_or_default().join(recording);
        let trial = Trial::test(format!("file::{name}"), move || in_repository(name, &path));
        let missing = data.is_none() || !trained::path(name).exists();
        trials.push(trial.with_ignored_flag(missing));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
