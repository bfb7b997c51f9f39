//! Whole searches on recordings that the tests write.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use senselm_gguf::{Gguf, keys};
use senselm_look::look;
use senselm_search::{Begin, Event, Journal, Options, Outcome, SearchError, search};
use senselm_sensor::Task;
use senselm_sensor::rng::Rng;
use senselm_train::{Device, Recipe};

/// Windows in cells with a rise or a fall somewhere in noise; a share of them, drawn,
/// has neither, so that its label says nothing.
fn shapes(count: usize, seed: u64, flat: f64) -> String {
    let mut rng = Rng::new(seed, 1);
    let mut text = String::from("input,output\n");
    for at in 0..count {
        let slope = if at % 2 == 0 { 1.0 } else { -1.0 };
        let slope = if rng.chance(flat) { 0.0 } else { slope };
        let centre = rng.between(8.0, 22.0);
        let sample = |time: f64| (slope * (time - centre)).clamp(-2.0, 2.0) + 0.2 * rng.normal();
        let samples: Vec<f64> = (0..30).map(f64::from).map(sample).collect();
        let list: Vec<String> = samples.iter().map(|value| format!("{value:.3}")).collect();
        let label = ["rise", "fall"][at % 2];
        writeln!(text, "\"level: [{}]\",{label}", list.join(", ")).unwrap();
    }
    text
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn options(budget_s: u64) -> Options {
    Options {
        budget: Duration::from_secs(budget_s),
        seed: 1,
        device: Device::Cpu,
        few_models: false,
        reject: None,
        name: "test".into(),
        source: "made up".into(),
    }
}

fn run(data: &Path, out: &Path) -> Result<Outcome, SearchError> {
    let seen = look(&[data.to_path_buf()], &senselm_look::Options::default()).unwrap();
    let journal = Journal::open(out, Begin::Anew)?;
    search(&seen, &options(600), &journal, &mut |_| {})
}

#[test]
fn a_model_comes_of_recordings_and_its_recipe_is_one() {
    let (train, test) = (shapes(60, 1, 0.0), shapes(40, 2, 0.0));
    let folder = folder(&[("train.csv", &train), ("test.csv", &test)]);
    let out = folder.path().join("out");
    let outcome = run(folder.path(), &out).unwrap();
    assert!(outcome.candidates.len() <= 12 && outcome.candidates[0].name == "shapes and facts");
    assert_eq!((outcome.windows, outcome.clusters), (60, 60));
    let kept = outcome.kept.unwrap();
    assert_eq!(kept.windows, 40);
    assert!(kept.mean >= 0.95, "{kept:?}");
    assert!(outcome.projection.unwrap().mean >= 0.95);
    assert!(outcome.model.unwrap().mean >= 0.9);
    // It is never said that a language model did what a projection did.
    let said = &outcome.verdicts;
    assert!(
        said.iter().any(|said| said.contains("linear projection")),
        "{said:?}"
    );
    assert_eq!(outcome.baselines.len(), 5, "{:?}", outcome.baselines);
    for name in [
        "model.gguf",
        "recipe.toml",
        "report.html",
        "report.json",
        "metrics.json",
    ] {
        assert!(out.join(name).exists(), "{name}");
    }
    assert!(
        outcome.bytes > 0 && outcome.bytes < 300_000,
        "{}",
        outcome.bytes
    );
    let (recipe, _) = Recipe::read(&out.join("recipe.toml")).unwrap();
    assert_eq!(recipe.data.train.len(), 1);
    assert!(recipe.front_end.unwrap().not_fitted().is_some());
    // It is as certain as it is right: the recipe and the file have one temperature.
    let certainty = outcome.calibration.unwrap();
    assert!(certainty.calibration.ece < 0.1, "{certainty:?}");
    let file = std::fs::read(out.join("model.gguf")).unwrap();
    let file = Gguf::parse(&file).unwrap();
    // Its temperature was written behind its training, and its checksum holds.
    assert!(file.metadata().get(keys::SENSELM_TENSORS_XXH64).is_some());
    file.check_damage().unwrap();
    let task = Task::from_json(file.metadata().str(keys::SENSELM_TASK).unwrap()).unwrap();
    assert_eq!(Some(&task), recipe.task.as_ref());
    let Task::Classify { temperature, .. } = task else {
        panic!("{task:?}");
    };
    assert!((temperature - certainty.temperature).abs() < 1e-3 && temperature != 1.0);
    let report = std::fs::read_to_string(out.join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["figure"], "accuracy");
    let html = std::fs::read_to_string(out.join("report.html")).unwrap();
    for said in [
        outcome.verdicts[0].as_str(),
        "random forest",
        "Is it worth it?",
    ] {
        assert!(html.contains(said), "{said}");
    }

    // The same again is the same.
    let again = run(folder.path(), &folder.path().join("again")).unwrap();
    assert_eq!((again.chosen, again.kept), (outcome.chosen, outcome.kept));
}

#[test]
fn what_there_is_no_time_for_is_named() {
    let folder = folder(&[("train.csv", &shapes(40, 1, 0.0))]);
    let data = folder.path().join("train.csv");
    let seen = look(&[data], &senselm_look::Options::default()).unwrap();
    let mut left = Vec::new();
    let hurried = options(0);
    let journal = Journal::open(&folder.path().join("out"), Begin::Anew).unwrap();
    let mut listen = |event: Event<'_>| {
        if let Event::LeftOut { what } = event {
            left.push(what);
        }
    };
    let outcome = search(&seen, &hurried, &journal, &mut listen).unwrap();
    assert_eq!(outcome.chosen, 0, "the default is always tried");
    assert_eq!(outcome.left_out, left);
    for what in [
        "candidate \"facts\"",
        "folds of candidate \"shapes and facts\"",
        "random forest",
        "200 of 1200 steps of the model's training",
        "the model in folds",
        "fewer windows to learn from",
    ] {
        assert!(
            left.iter().any(|left| left.contains(what)),
            "{what}: {left:?}"
        );
    }
    assert!(outcome.model.is_none() && outcome.projection.is_some());
}

#[test]
fn groups_are_never_split() {
    // Each machine has a level of its own, and what it is called is chance: folds
    // that split machines would reach 100 %.
    let mut rng = Rng::new(5, 1);
    let mut text = String::from("time_s,machine,x,label\n");
    for (machine, label) in ["good", "bad", "bad", "good", "bad", "good", "good", "bad"]
        .into_iter()
        .enumerate()
    {
        for row in 0..200 {
            let x = machine as f64 * 10.0 + rng.normal();
            writeln!(
                text,
                "{:.1},m{machine},{x:.3},{label}",
                f64::from(row) * 0.1
            )
            .unwrap();
        }
    }
    let folder = folder(&[("rows.csv", &text)]);
    let named = senselm_look::Options {
        label: Some("label".into()),
        group: Some("machine".into()),
        ..senselm_look::Options::default()
    };
    let seen = look(&[folder.path().join("rows.csv")], &named).unwrap();
    let journal = Journal::open(&folder.path().join("out"), Begin::Anew).unwrap();
    let outcome = search(&seen, &options(600), &journal, &mut |_| {}).unwrap();
    assert_eq!((outcome.never_split, outcome.clusters), ("group", 8));
    let figure = outcome.candidates[outcome.chosen].figure.unwrap();
    assert!(figure < 0.9, "{figure}");
    assert_eq!(outcome.groups.len(), 8);
}

#[test]
fn numbers_are_estimated() {
    let mut rng = Rng::new(7, 1);
    let mut text = String::from("input,output\n");
    for _ in 0..30 {
        let (level, slope) = (rng.between(0.0, 10.0), rng.between(-1.0, 1.0));
        let mut sample = |time: f64| level + slope * time + 0.05 * rng.normal();
        let samples: Vec<String> = (0..24)
            .map(|time| format!("{:.3}", sample(f64::from(time))))
            .collect();
        writeln!(
            text,
            "\"[{}]\",{:.2}",
            samples.join(", "),
            20.0 + 10.0 * slope
        )
        .unwrap();
    }
    let folder = folder(&[("train.csv", &text)]);
    let outcome = run(&folder.path().join("train.csv"), &folder.path().join("out")).unwrap();
    assert_eq!(
        (outcome.task, outcome.figure),
        ("number", "mean absolute error")
    );
    let mean = outcome
        .baselines
        .iter()
        .find(|one| one.name == "mean")
        .unwrap();
    let projection = outcome.projection.unwrap().mean;
    assert!(
        projection < 0.3 * mean.figure,
        "{projection} {}",
        mean.figure
    );
    let model = outcome.model.unwrap().mean;
    assert!(model < 0.5 * mean.figure, "{model} {}", mean.figure);
}

#[test]
fn a_simpler_model_that_is_as_good_is_named() {
    // Labels are chance: nothing is better than anything.
    let folder = folder(&[("train.csv", &shapes(60, 3, 1.0))]);
    let outcome = run(&folder.path().join("train.csv"), &folder.path().join("out")).unwrap();
    let own = outcome.model.unwrap().mean;
    let best = outcome
        .baselines
        .iter()
        .map(|one| one.figure)
        .fold(0.0, f64::max);
    let said = &outcome.verdicts;
    assert!(
        best <= own || said[0].contains("A simpler model is"),
        "{best} {own} {said:?}"
    );
    assert!(own < 0.75, "{own}");
}

#[test]
fn nothing_to_tell_apart_is_refused() {
    let one = shapes(1, 1, 0.0);
    let row = one.lines().nth(1).unwrap();
    let folder = folder(&[("train.csv", &format!("{one}{row}\n"))]);
    let looked = look(
        &[folder.path().join("train.csv")],
        &senselm_look::Options::default(),
    );
    // Looking says it already, or the search does.
    if let Ok(seen) = looked {
        let journal = Journal::open(&folder.path().join("out"), Begin::Anew).unwrap();
        let said = search(&seen, &options(60), &journal, &mut |_| {});
        assert!(matches!(said, Err(SearchError::Data(_))), "{said:?}");
    }
    assert!(!folder.path().join("out").exists());
}
