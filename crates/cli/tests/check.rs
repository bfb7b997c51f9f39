//! `senselm check` on recordings that are made up for the committed models, and on
//! those that they were measured on: what is wrong is named, what is right fits.

mod program;

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use program::{Run, plain_model, senselm, sensor_model, text};
use senselm_sensor::BadRows;
use senselm_session::{LoadOptions, Session};
use senselm_tests::recorded::Recorded;
use senselm_tests::{data_dir, trained, workspace_root};
use serde_json::Value;

fn main() {
    let arguments = Arguments::from_args();
    let data = data_dir();
    if data.is_none() {
        println!("ignored: no recordings: set SENSELM_DATA to the folder that holds data/");
    }
    let mut trials = vec![
        Trial::test("pump", pump),
        Trial::test("words_json_and_exit_codes", words_json_and_exit_codes),
        Trial::test("a_model_without_a_profile", a_model_without_a_profile),
        Trial::test("what_cannot_be_checked", what_cannot_be_checked),
    ];
    for (recipe, recording) in trained::RECIPES {
        trials.push(Trial::test(format!("{recipe}_made_up"), move || {
            made_up(recipe)
        }));
        let missing = data.is_none();
        let path = data
            .clone()
            .unwrap_or_default()
            .join("data")
            .join(recording);
        let real = Trial::test(format!("{recipe}_recorded"), move || {
            recorded(recipe, &path)
        });
        trials.push(real.with_ignored_flag(missing));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// What `check --json` says of files.
fn check(model: &Path, files: &[PathBuf]) -> Result<Vec<Value>, Failed> {
    let mut arguments = vec!["check", "--json", "--model", text(model), "--data"];
    arguments.extend(files.iter().map(|path| text(path)));
    let run = senselm(&arguments);
    let lines = run.json_lines();
    if lines.len() != files.len() {
        return Err(run.stderr.into());
    }
    Ok(lines)
}

fn written(folder: &Path, recorded: &[Recorded]) -> Result<Vec<PathBuf>, Failed> {
    let paths = recorded.iter().enumerate().map(|(at, recorded)| {
        let path = folder.join(format!("{at}.csv"));
        std::fs::write(&path, recorded.csv())?;
        Ok(path)
    });
    paths.collect()
}

/// Ten ways in which a recording is wrong are named.
fn wrong_are_named(recipe: &str, right: &Recorded) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let cases = right.wrong();
    let files: Vec<Recorded> = cases.iter().map(|case| case.recorded.clone()).collect();
    let lines = check(&trained::path(recipe), &written(folder.path(), &files)?)?;
    for (case, line) in cases.iter().zip(lines) {
        let reasons = line["reasons"].as_array().ok_or("reasons")?;
        let kinds: Vec<&str> = reasons.iter().filter_map(|r| r["kind"].as_str()).collect();
        let named = case.named.iter().any(|name| kinds.contains(name));
        if line["fits"] == "yes" || !named {
            return Err(format!("{}: {line}", case.what).into());
        }
        let said = |key: &str| {
            reasons
                .iter()
                .all(|r| r[key].as_str().is_some_and(|t| !t.is_empty()))
        };
        if !["expected", "found", "repair"].into_iter().all(said) {
            return Err(format!("{}: {line}", case.what).into());
        }
    }
    Ok(())
}

/// Ten recordings of which nothing is wrong: parts of one, few rows, rows in another
/// order, files written in another way.
fn right_fit(recipe: &str, right: &Recorded, more: &[PathBuf]) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let all = right.windows.len();
    let mut reversed = right.clone();
    reversed.windows.reverse();
    let mut dealt = right.clone();
    dealt.windows = (0..7)
        .flat_map(|from| right.windows.iter().skip(from).step_by(7).cloned())
        .collect();
    let mut semicolons = right.slice(0..all / 2);
    semicolons.delimiter = ';';
    let mut tabs = right.slice(all / 2..all);
    tabs.delimiter = '\t';
    let recorded = [
        right.clone(),
        right.slice(0..1),
        right.slice(1..3),
        right.slice(all / 3..all / 3 + 5),
        right.slice(0..all / 3),
        right.slice(all / 3..all),
        reversed,
        dealt,
        semicolons,
        tabs,
    ];
    let mut files = written(folder.path(), &recorded)?;
    files.extend_from_slice(more);
    for line in check(&trained::path(recipe), &files)? {
        let said = line["reasons"].as_array().map(Vec::len);
        if line["fits"] != "yes" || said != Some(0) {
            return Err(line.to_string().into());
        }
    }
    Ok(())
}

fn made_up(recipe: &'static str) -> Result<(), Failed> {
    let right = Recorded::made_up(recipe, if recipe == "occupancy" { 2_880 } else { 60 }, 5);
    wrong_are_named(recipe, &right)?;
    right_fit(recipe, &right, &[])
}

fn recorded(recipe: &'static str, path: &Path) -> Result<(), Failed> {
    let model = std::fs::read(trained::path(recipe))?;
    let session = Session::load(std::sync::Arc::new(model), LoadOptions::default())?;
    let windows = |path: &Path| -> Result<Vec<_>, Failed> {
        let dataset = session.read_csv(&std::fs::read(path)?, BadRows::Fail)?;
        Ok(dataset
            .records
            .into_iter()
            .map(|r| r.window.channels)
            .collect())
    };
    let mut all = windows(path)?;
    // Of breathing there is one window to measure on.
    if all.len() < 5 {
        all.extend(windows(&path.with_file_name("train.csv"))?);
    }
    let right = Recorded::new(recipe, all);
    wrong_are_named(recipe, &right)?;
    right_fit(recipe, &right, &[path.to_owned()])?;
    if recipe != "occupancy" {
        return Ok(());
    }
    // Every hour by itself, those of the nights too, in which it is dark.
    let folder = tempfile::tempdir()?;
    let hours = (0..right.windows.len() / 60).map(|hour| right.slice(hour * 60..hour * 60 + 60));
    let hours: Vec<Recorded> = hours.collect();
    for line in check(&trained::path(recipe), &written(folder.path(), &hours)?)? {
        if line["fits"] != "yes" {
            return Err(line.to_string().into());
        }
    }
    Ok(())
}

/// The simulated pump: six channels of a stream, with their units.
fn pump() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let model = workspace_root().join("models/pump.gguf");
    let path = folder.path().join("right.csv");
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
    let right = std::fs::read_to_string(&path)?;
    let example = workspace_root().join("examples/pump.csv");
    for line in check(&model, &[path, example])? {
        if line["fits"] != "yes" {
            return Err(line.to_string().into());
        }
    }
    let with = |column: usize, change: fn(f64) -> f64| {
        let rows = right.lines().enumerate().map(|(row, line)| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if let (true, Ok(value)) = (row > 0, cells[column].parse::<f64>()) {
                cells[column] = change(value).to_string();
            }
            cells.join(",") + "\n"
        });
        rows.collect::<String>()
    };
    let titled = |from: &str, to: &str| right.replacen(from, to, 1);
    let (header, rows) = right.split_once('\n').ok_or("a header")?;
    let exchanged = header.replace("suction", "x").replace("current", "suction");
    let exchanged = format!("{}\n{rows}", exchanged.replace('x', "current"));
    // The same range, and other movements.
    let overlapping = header.replace("flow", "x").replace("bearing", "flow");
    let overlapping = format!("{}\n{rows}", overlapping.replace('x', "bearing"));
    let cases: [(&str, String, &str, &str); 11] = [
        ("exchanged in one range", overlapping, "flow", "exchanged"),
        ("kPa", with(3, |x| x * 100.0), "discharge", "converted"),
        ("psi", with(2, |x| x * 14.503_773_8), "suction", "converted"),
        ("K", with(6, |x| x + 273.15), "bearing", "converted"),
        ("mA", with(7, |x| x * 1000.0), "current", "converted"),
        ("in/s", with(5, |x| x / 25.4), "vibration", "converted"),
        ("constant", with(4, |_| 30.0), "flow", "constant"),
        ("out of range", with(4, |x| x + 900.0), "flow", "outside"),
        ("exchanged", exchanged, "suction", "exchanged"),
        ("another rate", with(0, |x| x / 2.0), "", "refused"),
        (
            "psi in the title",
            titled("suction", "suction (psi)"),
            "",
            "refused",
        ),
    ];
    let mut files = Vec::new();
    for (at, (_, text, ..)) in cases.iter().enumerate() {
        let path = folder.path().join(format!("{at}.csv"));
        std::fs::write(&path, text)?;
        files.push(path);
    }
    for ((what, _, channel, kind), line) in cases.iter().zip(check(&model, &files)?) {
        let reasons = line["reasons"].as_array().ok_or("reasons")?;
        let is_it = |reason: &Value| {
            reason["kind"] == *kind && reason["channel"].as_str().unwrap_or_default() == *channel
        };
        if line["fits"] == "yes" || !reasons.iter().any(is_it) {
            return Err(format!("{what}: {line}").into());
        }
    }
    Ok(())
}

fn of_occupancy(folder: &Path, recorded: &Recorded, more: &[&str]) -> Result<Run, Failed> {
    let path = folder.join("recording.csv");
    std::fs::write(&path, recorded.csv())?;
    let model = trained::path("occupancy");
    let mut arguments = vec!["check", "--model", text(&model), "--data", text(&path)];
    arguments.extend(more);
    Ok(senselm(&arguments))
}

fn words_json_and_exit_codes() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let right = Recorded::made_up("occupancy", 1440, 2);
    let fits = of_occupancy(folder.path(), &right, &[])?.ended_with(0);
    assert!(
        fits.stdout.ends_with("fits: yes (1440 windows)\n"),
        "{}",
        fits.stdout
    );
    let far = right.map(|_, x| x + 5000.0);
    let no = of_occupancy(folder.path(), &far, &[])?.ended_with(3);
    assert!(
        no.stdout
            .starts_with("light: outside of everything trained on: "),
        "{}",
        no.stdout
    );
    assert!(
        no.stdout.ends_with("fits: no (1440 windows)\n"),
        "{}",
        no.stdout
    );
    let hourly = Recorded {
        step_s: 3600.0,
        ..right.slice(0..200)
    };
    let unsure = of_occupancy(folder.path(), &hourly, &["--json"])?
        .ended_with(4)
        .json();
    assert_eq!(unsure["fits"], "unsure");
    assert_eq!(unsure["reasons"][0]["kind"], "rate");
    assert_eq!(unsure["reasons"][0]["expected"], "one reading every 60 s");
    assert_eq!(unsure["reasons"][0]["found"], "one reading every 3600 s");
    assert_eq!(unsure["reasons"][0]["channel"], Value::Null);
    assert!(unsure["reasons"][0]["values"]["found_hz"].is_f64());
    // Who knows the rate says it, and the times do not count.
    let rate = ["--rate", "0.016666667"];
    of_occupancy(folder.path(), &hourly, &rate)?.ended_with(0);
    let model = trained::path("occupancy");
    let shown = senselm(&["inspect", text(&model)]).ended_with(0);
    assert!(
        shown.stdout.contains("trained on: 8143 windows"),
        "{}",
        shown.stdout
    );
    assert!(
        shown.stdout.contains("trained on: light 0 to "),
        "{}",
        shown.stdout
    );
    Ok(())
}

const FRONT_END: &str = r#"{
    "layout": {"kind": "rows"},
    "channels": [{"name": "flow", "source": "flow", "encode": {"kind": "decimal", "decimals": 1}}],
    "template": "flow {flow} is"
}"#;

fn a_model_without_a_profile() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let task = r#"{"kind": "classify", "labels": ["ok", "worn"]}"#;
    let model = sensor_model(folder.path(), "old.gguf", FRONT_END, task);
    let path = folder.path().join("recording.csv");
    std::fs::write(&path, "flow\n1.5\n2.5\n")?;
    let run = senselm(&["check", "--model", text(&model), "--data", text(&path)]).ended_with(4);
    assert!(
        run.stdout.contains("train the model again"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.ends_with("fits: unsure (2 windows)\n"),
        "{}",
        run.stdout
    );
    Ok(())
}

fn what_cannot_be_checked() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let plain = plain_model(folder.path());
    let path = folder.path().join("recording.csv");
    std::fs::write(&path, "name,place\nhello,there\n")?;
    let run = senselm(&["check", "--model", text(&plain), "--data", text(&path)]).ended_with(3);
    assert!(run.stdout.is_empty() && run.stderr.contains("plain language model"));
    let model = trained::path("occupancy");
    let run = senselm(&["check", "--model", text(&model), "--data", text(&path)]).ended_with(3);
    assert!(
        run.stdout.is_empty() && run.stderr.contains("Light"),
        "{}",
        run.stderr
    );
    std::fs::write(&path, "date,Light\n2015-02-02 10:00:00,dark\n")?;
    let run = senselm(&["check", "--model", text(&model), "--data", text(&path)]).ended_with(3);
    assert!(
        run.stdout.is_empty() && run.stderr.contains("no whole window"),
        "{}",
        run.stderr
    );
    senselm(&["check", "--model", text(&model)]).ended_with(2);
    Ok(())
}
