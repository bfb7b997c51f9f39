//! What the program says before anybody believes its answers: damaged models,
//! recordings that do not fit, labels by folder, numbers that stand for nothing.

mod program;

use std::path::{Path, PathBuf};

use program::{senselm, senselm_with, text};
use senselm_gguf::Gguf;
use senselm_tests::recorded::Recorded;
use senselm_tests::{trained, workspace_root};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A recording for the occupancy model, in lux or in a tenth of it and far too high.
fn occupancy(folder: &Path, scale: f64) -> PathBuf {
    let right = Recorded::made_up("occupancy", 600, 5);
    let path = folder.join(format!("{scale}.csv"));
    std::fs::write(&path, right.map(|_, value| value * scale).csv()).expect("written");
    path
}

#[test]
fn a_damaged_weight_is_named_with_its_file_by_every_command() {
    let folder = folder();
    let model = folder.path().join("model.gguf");
    // Written anew, so that it has a checksum whenever the original was made.
    let original = trained::path("occupancy");
    let quantized = [
        "quantize",
        text(&original),
        "--type",
        "f16",
        "-o",
        text(&model),
    ];
    senselm(&quantized).ended_with(0);
    let data = occupancy(folder.path(), 1.0);
    let answer = ["answer", "--model", text(&model), "--input", text(&data)];
    let whole = senselm(&answer).ended_with(0);
    assert!(!whole.stdout.is_empty());

    let mut bytes = std::fs::read(&model).expect("the model");
    let file = Gguf::parse(&bytes).expect("valid");
    let tensor = &file.tensors()[file.tensors().len() / 2];
    let at = tensor.range.start + tensor.range.len() / 2;
    bytes[at] ^= 0x10;
    std::fs::write(&model, bytes).expect("written");
    let copy = folder.path().join("copy.gguf");
    let copied = [
        "quantize",
        text(&model),
        "--type",
        "q8_0",
        "-o",
        text(&copy),
    ];
    let check = ["check", "--model", text(&model), "--data", text(&data)];
    for arguments in [&answer[..], &check[..], &copied[..]] {
        let run = senselm(arguments).ended_with(3);
        for part in ["weights are damaged", "again"] {
            assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
        }
    }
    for arguments in [&answer[..], &check[..]] {
        let run = senselm(arguments);
        assert!(run.stderr.contains("model.gguf"), "{}", run.stderr);
    }
}

#[test]
fn answers_come_with_what_check_would_say() {
    let folder = folder();
    let model = trained::path("occupancy");
    let (right, wrong) = (
        occupancy(folder.path(), 1.0),
        occupancy(folder.path(), 100.0),
    );
    let answer = |data: &Path, more: &[&str]| {
        let mut arguments = vec!["answer", "--model", text(&model), "--input", text(data)];
        arguments.extend(more);
        senselm(&arguments).ended_with(0)
    };
    assert!(!answer(&right, &[]).stderr.contains("fits"));
    let said = answer(&wrong, &[]);
    let lines: Vec<&str> = said
        .stderr
        .lines()
        .filter(|l| l.contains("fits: no"))
        .collect();
    assert_eq!(lines.len(), 1, "{}", said.stderr);
    assert!(lines[0].contains("100.csv") && lines[0].contains("expected"));
    let lines = answer(&wrong, &["--json"]).json_lines();
    assert!(lines.iter().all(|line| line["fits"]["verdict"] == "no"));
    let check = [
        "check",
        "--json",
        "--model",
        text(&model),
        "--data",
        text(&wrong),
    ];
    let check = senselm(&check).ended_with(3).json();
    let reason = lines[0]["fits"]["reason"].as_str().expect("a reason");
    let expected = check["reasons"][0]["expected"].as_str().expect("words");
    assert!(reason.contains(expected), "{reason} {expected}");
    for line in answer(&right, &["--json"]).json_lines() {
        assert!(line.get("fits").is_none(), "{line}");
    }
    let silent = answer(&wrong, &["--no-check", "--json"]);
    assert!(!silent.stderr.contains("fits"));
    assert!(
        silent
            .json_lines()
            .iter()
            .all(|line| line.get("fits").is_none())
    );
}

/// Of windows that come one at a time it is said once enough have come, or at the end.
#[test]
fn windows_are_looked_at_as_they_come() {
    let model = trained::path("occupancy");
    let arguments = [
        "answer",
        "--json",
        "--model",
        text(&model),
        "--format",
        "windows",
        "--input",
        "-",
    ];
    let lines = |count: usize, scale: f64| {
        // By day: what is dark is so in any unit.
        let right = Recorded::made_up("occupancy", 1_200, 5);
        let day = right.windows.iter().skip(600).take(count);
        let windows = day.map(|window| {
            let scaled: Vec<Vec<f64>> = (window.iter())
                .map(|samples| samples.iter().map(|value| value * scale).collect())
                .collect();
            serde_json::json!({ "channels": scaled }).to_string() + "\n"
        });
        windows.collect::<String>()
    };
    let many = senselm_with(&lines(80, 100.0), &arguments).ended_with(0);
    assert_eq!(
        many.stderr.matches("fits: no").count(),
        1,
        "{}",
        many.stderr
    );
    let found = many.json_lines();
    assert!(found[0].get("fits").is_none() && found[79]["fits"]["verdict"] == "no");
    let few = senselm_with(&lines(20, 100.0), &arguments).ended_with(0);
    assert_eq!(few.stderr.matches("fits: ").count(), 1, "{}", few.stderr);
    let right = senselm_with(&lines(80, 1.0), &arguments).ended_with(0);
    assert!(!right.stderr.contains("fits"), "{}", right.stderr);
}

/// Recordings of the simulated pump without their labels, in a folder for each.
fn labelled_by_folder(folder: &Path) {
    let path = folder.join("all.csv");
    let made = [
        "simulate",
        "--seed",
        "41",
        "--episodes",
        "8",
        "-o",
        text(&path),
    ];
    senselm(&made).ended_with(0);
    let all = std::fs::read_to_string(&path).expect("the recording");
    std::fs::remove_file(&path).expect("removed");
    let mut rows = all.lines();
    let head: Vec<&str> = rows.next().expect("a header").split(',').collect();
    let label = head.iter().position(|t| *t == "output").expect("labels");
    let episode = head.iter().position(|t| *t == "machine");
    let cut = |row: &str| {
        let cells = row.split(',').enumerate().filter(|(at, _)| *at != label);
        cells.map(|(_, cell)| cell).collect::<Vec<_>>().join(",") + "\n"
    };
    let mut files: std::collections::BTreeMap<PathBuf, String> = Default::default();
    for row in rows {
        let cells: Vec<&str> = row.split(',').collect();
        let name = episode.map_or("0", |at| cells[at]);
        let file = folder.join(cells[label]).join(format!("{name}.csv"));
        let text = files.entry(file).or_insert_with(|| cut(&head.join(",")));
        *text += &cut(row);
    }
    for (path, text) in files {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }
}

#[test]
fn a_model_is_measured_on_folders_that_are_the_labels() {
    let folder = folder();
    labelled_by_folder(folder.path());
    let model = workspace_root().join("models/pump.gguf");
    let eval = [
        "eval",
        "--json",
        "--no-baselines",
        "--model",
        text(&model),
        text(folder.path()),
    ];
    let run = senselm(&eval).ended_with(0);
    let report = run.json();
    assert_eq!(report["unlabelled"], 0, "{}", run.stderr);
    assert!(report["n"].as_u64().is_some_and(|n| n > 20), "{report}");
    assert!(
        report["accuracy"].as_f64().is_some_and(|a| a > 0.8),
        "{report}"
    );
    assert!(!run.stderr.contains("no column"), "{}", run.stderr);
    // An empty file is named and left out; what has no label is refused by its name.
    let empty = folder.path().join("normal/empty.csv");
    std::fs::write(empty, "").expect("written");
    let run = senselm(&eval).ended_with(0);
    assert!(
        run.stderr.contains("empty.csv has no rows"),
        "{}",
        run.stderr
    );
    std::fs::rename(folder.path().join("normal"), folder.path().join("calm")).expect("renamed");
    let run = senselm(&eval).ended_with(3);
    assert!(
        run.stderr.contains("calm") && run.stderr.contains("none of"),
        "{}",
        run.stderr
    );
    let nothing = senselm(&["eval", "--model", text(&model)]);
    assert_eq!(nothing.code, 2, "{}", nothing.stderr);
}

/// A folder and a column that say different labels, and recordings that do not fit.
#[test]
fn what_is_measured_on_is_looked_at_first() {
    let folder = folder();
    let model = workspace_root().join("models/pump.gguf");
    let made = |name: &str, condition: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let made = [
            &["simulate", "--condition", condition, "-o"][..],
            &[text(&path)],
        ]
        .concat();
        senselm(&made).ended_with(0);
        path
    };
    made("normal/a.csv", "normal");
    let other = made("normal/b.csv", "cavitation");
    let eval = ["eval", "--json", "--no-baselines", "--model", text(&model)];
    let run = senselm(&[&eval[..], &[text(folder.path())]].concat()).ended_with(0);
    for part in [
        "b.csv",
        "called normal",
        "say cavitation",
        "what rows say counts",
    ] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    assert!(!run.stderr.contains("a.csv: its folder"), "{}", run.stderr);
    assert!(run.json().get("fits").is_none());
    // Half of the recording at half the rate: each window is whole, and of other time.
    let rows = std::fs::read_to_string(&other).expect("read");
    let mut at = 0.0;
    let mut half = 0;
    let slower = rows.lines().enumerate().map(|(row, line)| {
        let Some((_, rest)) = line.split_once(',').filter(|_| row > 0) else {
            return line.to_owned();
        };
        half += 1;
        at += if half > 200 { 2.0 } else { 1.0 };
        format!("{at},{rest}")
    });
    let slower: Vec<String> = slower.collect();
    std::fs::write(&other, slower.join("\n")).expect("written");
    let run = senselm(&[&eval[..], &[text(&other)]].concat()).ended_with(0);
    assert_eq!(run.json()["fits"]["verdict"], "unsure", "{}", run.stderr);
    let check = [
        "check",
        "--model",
        text(&model),
        "--json",
        "--data",
        text(&other),
    ];
    let found = senselm(&check).ended_with(4).json();
    let reason = &found["reasons"][0];
    assert_eq!(reason["kind"], "other_pace", "{found}");
    assert_eq!(reason["values"]["other_s"], 2.0);
}

#[test]
fn new_takes_numbers_that_stand_for_nothing() {
    let folder = folder();
    let path = folder.path().join("room.csv");
    let mut rows = String::from("time_s,temp,state\n");
    for at in 0..400 {
        let temp = match at % 40 {
            3 => "-999".to_owned(),
            _ => format!("{:.3}", 20.0 + (f64::from(at) / 9.0).sin()),
        };
        rows += &format!("{at},{temp},{}\n", ["on", "off"][at as usize / 50 % 2]);
    }
    std::fs::write(&path, rows).expect("written");
    let run = senselm(&["new", text(&path)]).ended_with(0);
    assert!(run.stderr.contains("--missing=-999"), "{}", run.stderr);
    assert!(!run.stdout.contains("missing_values"));
    for missing in [&["--missing", "-999"][..], &["--missing=-999"][..]] {
        let run = senselm(&[&["new", text(&path)], missing].concat()).ended_with(0);
        assert!(run.stdout.contains("missing_values = [-999.0]"));
        assert!(!run.stderr.contains("say --missing"), "{}", run.stderr);
    }
    let wrong = senselm(&["new", text(&path), "--missing", "none"]);
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
}

#[test]
fn a_recipe_never_replaces_the_recording_that_it_is_of() {
    let folder = folder();
    let path = folder.path().join("room.csv");
    let rows: String = (0..400).map(|at| format!("{at},{}\n", at % 7)).collect();
    let whole = format!("time_s,temp\n{rows}");
    std::fs::write(&path, &whole).expect("written");
    let run = senselm(&["new", text(&path), "-o", text(&path), "--force"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("name another file"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(&path).expect("read"), whole);
}
