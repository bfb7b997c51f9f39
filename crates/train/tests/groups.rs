//! Whose a window is: folds keep people together, and no window spans two of them.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the failure of the test"
)]

use std::path::Path;

use senselm_train::{Device, Evaluation, Recipe, Report, RunOptions, TrainError, run};
use tempfile::TempDir;

fn recipe(data: &str) -> String {
    format!(
        r#"
name = "tiny"
seed = 3
[data]
{data}
[front_end]
template = "t {{t}} is"
layout = {{ kind = "stream", length = 3, stride = 3, label = "majority" }}
[[front_end.channels]]
name = "t"
source = "t"
scale = {{ kind = "global", min = 0.0, max = 10.0 }}
encode = {{ kind = "levels", count = 10, alphabet = "0123456789" }}
[task]
kind = "classify"
labels = ["idle", "busy"]
[model]
layers = 1
heads = 2
width = 8
[train]
steps = 2
batch = 4
learning_rate = 1e-2
"#
    )
}

fn train(folder: &TempDir, data: &str) -> Result<Report, TrainError> {
    let path = folder.path().join("recipe.toml");
    std::fs::write(&path, recipe(data)).unwrap();
    let options = RunOptions {
        recipe: path,
        data: folder.path().to_path_buf(),
        out: folder.path().join("out"),
        seed: None,
        resume: false,
        stop_after: None,
        device: Device::Cpu,
        evaluation: Evaluation::Folds(3),
    };
    run(&options, &mut |_| {})
}

/// Ten rows of each of three people, each idle first.
fn rows() -> String {
    let mut text = String::from("who,t,output\n");
    for who in ["ann", "bob", "cy"] {
        for row in 0..10 {
            let label = if row < 5 { "idle" } else { "busy" };
            text += &format!("{who},{},{label}\n", row + who.len() / 3);
        }
    }
    text
}

#[test]
fn folds_are_people() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("train.csv"), rows()).unwrap();
    let report = train(&folder, "train = [\"train.csv\"]\ngroup = \"who\"").unwrap();
    // Three windows of three rows a person; the tenth row is in none.
    assert_eq!(report.files[0].records, 9);
    // Each fold is measured on one of the three and learned from two.
    assert!(report.runs.iter().all(|run| run.trained_on == 6));
    let one = "train = [\"train.csv\"]\ngroup = \"who\"\none_answer = true";
    let report = train(&folder, one).unwrap();
    // One of five rows of each answer.
    assert_eq!(report.files[0].records, 6);
    let three = train(&folder, "train = [\"train.csv\"]\ngroup = \"whom\"");
    assert!(three.unwrap_err().to_string().contains("whom"));
}

#[test]
fn folders_are_labels_and_files_are_people() {
    let folder = TempDir::new().unwrap();
    let mut files = Vec::new();
    for label in ["idle", "busy"] {
        std::fs::create_dir(folder.path().join(label)).unwrap();
        for file in 0..3 {
            let name = format!("{label}/{file}.csv");
            let text: String = (0..7).map(|row| format!("{}\n", row + file)).collect();
            std::fs::write(folder.path().join(&name), format!("t\n{text}")).unwrap();
            files.push(name);
        }
    }
    let data = format!("train = {files:?}\nlabel_by = \"folder\"\ngroup_by = \"file\"");
    let report = train(&folder, &data).unwrap();
    assert!(report.files.iter().all(|file| file.labelled == 2));
    assert!(report.files.iter().all(|file| {
        file.warnings
            .iter()
            .all(|w| !w.to_string().contains("folder"))
    }));
}

#[test]
fn settings_that_exclude_each_other() {
    for data in [
        "train = [\"a\"]\ngroup = \"who\"\ngroup_by = \"file\"",
        "train = [\"a\"]\ngroup_by = \"person\"",
    ] {
        assert!(
            Recipe::parse(&recipe(data), Path::new("r")).is_err(),
            "{data}"
        );
    }
    let number = recipe("train = [\"a\"]\nlabel_by = \"folder\"").replace(
        "kind = \"classify\"\nlabels = [\"idle\", \"busy\"]",
        "kind = \"number\"\nmin = 0.0\nmax = 9.0\ndecimals = 0",
    );
    let refused = Recipe::parse(&number, Path::new("r")).unwrap_err();
    assert!(refused.to_string().contains("label_by"), "{refused}");
}
