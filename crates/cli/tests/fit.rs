//! `senselm fit` seen from outside: what a fit that was stopped leaves, and how
//! another goes on with it.
#![cfg(feature = "train")]

mod program;

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use program::senselm;

/// Readings of two channels that go together.
fn recordings(rows: u32) -> String {
    let mut text = String::from("level,flow\n");
    for row in 0..rows {
        let level = (f64::from(row) * 0.7).sin();
        let noise = f64::from(row * 31 % 13) / 130.0;
        writeln!(text, "{level:.4},{:.4}", 2.0 * level + noise).expect("a string takes it");
    }
    text
}

fn arguments<'a>(data: &'a Path, out: &'a Path, more: &'a [&str]) -> Vec<&'a OsStr> {
    let mut all: Vec<&OsStr> = vec!["fit".as_ref(), data.as_ref(), "-o".as_ref(), out.as_ref()];
    // One way to write them, and time for every step: nothing depends on the time.
    let settled = ["--task", "anomaly", "--rows", "reading", "--budget", "1h"];
    all.extend(settled.map(OsStr::new));
    all.extend(more.iter().map(OsStr::new));
    all
}

fn begin(data: &Path, out: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_senselm"))
        .args(arguments(data, out, &[]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

/// Waits until so much was measured.
fn wait_for(journal: &Path, lines: usize) {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(300) {
        let text = std::fs::read_to_string(journal).unwrap_or_default();
        if text.matches("\"at_s\"").count() >= lines {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("nothing was measured");
}

/// Windows of rises, falls or bumps in noise, all in one column.
fn shapes(labels: &[&str], windows: u32) -> String {
    let mut text = String::from("input,output\n");
    for at in 0..windows {
        let label = labels[at as usize % labels.len()];
        let noise = |time: u32| f64::from((at * 7919 + time * 104_729) % 1009) / 5045.0;
        let centre = 10.0 + f64::from(at * 13 % 29) / 3.0;
        let sample = |time: u32| {
            let from = f64::from(time) - centre;
            let signal = match label {
                "rise" => from.clamp(-3.0, 3.0),
                "fall" => -from.clamp(-3.0, 3.0),
                _ => 6.0 * (-from * from / 6.0).exp(),
            };
            format!("{:.3}", signal + noise(time))
        };
        let samples: Vec<String> = (0..32).map(sample).collect();
        writeln!(text, "\"level: [{}]\",{label}", samples.join(", ")).expect("a string takes it");
    }
    text
}

#[test]
fn a_model_says_that_it_is_none_of_these() {
    let folder = tempfile::tempdir().expect("a folder");
    let [data, other, out] = ["data.csv", "other.csv", "out"].map(|name| folder.path().join(name));
    std::fs::write(&data, shapes(&["rise", "fall"], 120)).expect("written");
    let fit = |more: &[&str]| {
        let mut all = vec!["fit", program::text(&data), "-o", program::text(&out)];
        all.extend(["--reject", "0.05", "--budget", "30s", "--json"]);
        all.extend(more);
        senselm(&all)
    };
    let report = fit(&[]).ended_with(0).json();
    let rejection = &report["rejection"];
    assert_eq!(rejection["windows"], 120, "{rejection}");
    assert!(
        rejection["refused"].as_u64().is_some_and(|n| n <= 15),
        "{rejection}"
    );
    for unknown in rejection["unknown"].as_array().expect("labels") {
        assert_eq!(unknown["refused"], unknown["windows"], "{rejection}");
    }
    let page = std::fs::read_to_string(out.join("report.html")).expect("a report");
    assert!(page.contains("Does it say when it is none of these?"));
    // Bumps are none of them, and known ones are.
    std::fs::write(&other, shapes(&["rise", "bump", "fall", "bump"], 80)).expect("written");
    let model = out.join("model.gguf");
    let answer = [
        "answer",
        "--model",
        program::text(&model),
        "--input",
        program::text(&other),
    ];
    let lines = senselm(&[&answer[..], &["--json"]].concat())
        .ended_with(0)
        .json_lines();
    let (mut known, mut new) = (0, 0);
    for (at, line) in lines.iter().enumerate() {
        let answer = &line["answer"];
        let rejected = answer["rejected"].as_bool().expect("said");
        let novelty = answer["novelty"].as_f64().expect("a number");
        assert_eq!(rejected, novelty > 1.0);
        *(if at % 2 == 0 { &mut known } else { &mut new }) += u32::from(rejected);
    }
    assert!(known <= 6 && new >= 36, "{known} {new}");
    let words = senselm(&answer).ended_with(0).stdout;
    assert!(words.contains("none of these, nearest "), "{words}");
    // Bumps have no right answer; of the others it is said how many were refused.
    let (model, other) = (program::text(&model), program::text(&other));
    let eval = [
        "eval",
        "--json",
        "--no-baselines",
        "--model",
        model,
        "--data",
        other,
    ];
    let measured = senselm(&eval).ended_with(0).json();
    assert_eq!(measured["n"], 40, "{measured}");
    assert_eq!(measured["refused"]["windows"], known, "{measured}");
    assert_eq!(measured["refused"]["accuracy_of_others"], 1.0, "{measured}");
    // There is nothing to refuse where nothing is named.
    for task in ["anomaly", "number"] {
        let refused = fit(&["--task", task, "--force"]);
        assert!(refused.code != 0, "{}", refused.stderr);
    }
    let share = fit(&["--force", "--reject", "0.7"]);
    assert_eq!(share.code, 2, "{}", share.stderr);
}

#[test]
fn a_fit_that_was_killed_goes_on_and_ends_with_the_same_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("normal.csv");
    std::fs::write(&data, recordings(300)).expect("written");
    // The model is called as its folder.
    let outs = ["killed", "whole"].map(|name| folder.path().join(name).join("model"));
    let [killed, whole] = &outs;
    outs.iter()
        .for_each(|out| std::fs::create_dir_all(out).expect("made"));

    let mut first = begin(&data, killed);
    wait_for(&killed.join("unfinished.json"), 2);
    let second = senselm(&arguments(&data, killed, &["--resume"])).ended_with(3);
    assert!(
        second.stderr.contains("another program is at work"),
        "{}",
        second.stderr
    );
    first.kill().expect("killed");
    first.wait().expect("gone");

    let refused = senselm(&arguments(&data, killed, &[])).ended_with(3);
    assert!(refused.stderr.contains("--resume"), "{}", refused.stderr);
    let refused = senselm(&arguments(&data, killed, &["--resume", "--seed", "2"])).ended_with(3);
    assert!(
        refused.stderr.contains("the seed (it was 1)"),
        "{}",
        refused.stderr
    );
    let done = senselm(&arguments(&data, killed, &["--resume"])).ended_with(0);
    assert!(done.stderr.contains("going on:"), "{}", done.stderr);
    assert!(!killed.join("unfinished.json").exists() && !killed.join("fit.lock").exists());
    senselm(&arguments(&data, whole, &[])).ended_with(0);
    for name in ["model.gguf", "recipe.toml"] {
        let read = |out: &Path| std::fs::read(out.join(name)).expect(name);
        assert!(read(killed) == read(whole), "{name}");
    }

    let nothing = senselm(&arguments(&data, whole, &["--resume"])).ended_with(3);
    assert!(
        nothing.stderr.contains("no unfinished fit"),
        "{}",
        nothing.stderr
    );
    let both = senselm(&arguments(&data, whole, &["--resume", "--force"]));
    both.ended_with(2);
}
