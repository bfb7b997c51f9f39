//! From a recording without right answers to a model of the normal.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the failure of the test"
)]

use std::fmt::Write as _;
use std::time::Duration;

use senselm_look::{Goal, Options as LookOptions, look};
use senselm_search::{AnomalyOptions, Begin, Journal, Options, SearchError, anomaly};
use senselm_sensor::rng::Rng;
use senselm_sensor::{FrontEnd, Task};
use senselm_train::Device;

/// A wave, with a stretch of noise in its place where `strange` says.
fn recording(rows: u32, strange: std::ops::Range<u32>) -> String {
    recording_from(0, rows, strange)
}

/// The same, that begins so many rows later, with other noise.
fn recording_from(start: u32, rows: u32, strange: std::ops::Range<u32>) -> String {
    let mut rng = Rng::new(5 + u64::from(start), 5);
    let mut text = String::from("level,is_anomaly\n");
    for row in 0..rows {
        let wave = (f64::from(start + row) * std::f64::consts::TAU / 8.0).sin();
        let is = strange.contains(&row);
        let level = if is {
            rng.normal()
        } else {
            wave + 0.05 * rng.normal()
        };
        writeln!(text, "{level:.4},{}", u8::from(is)).unwrap();
    }
    text
}

fn options() -> Options {
    Options {
        budget: Duration::from_secs(1),
        seed: 1,
        device: Device::Cpu,
        few_models: false,
        reject: None,
        name: "wave".into(),
        source: "a test".into(),
    }
}

#[test]
fn a_recording_becomes_a_model_with_a_threshold() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("wave.csv");
    std::fs::write(&csv, recording(1200, 600..620)).unwrap();
    let test = folder.path().join("wave-test.csv");
    std::fs::write(&test, recording_from(3, 1200, 0..0)).unwrap();
    let wanted = LookOptions {
        task: Some(Goal::Anomaly),
        ..LookOptions::default()
    };
    let seen = look(&[csv, test], &wanted).unwrap();
    let out = folder.path().join("out");
    let journal = Journal::open(&out, Begin::Anew).unwrap();
    let share = AnomalyOptions {
        false_alarm_rate: 0.02,
        contamination: 0.2,
    };
    let outcome = anomaly(&seen, &options(), &share, &journal, &mut |_| {}).unwrap();
    // Only the default is tried in a second, and what is left out is said.
    assert_eq!(outcome.candidates.len(), 1);
    assert!(!outcome.left_out.is_empty());
    assert!(outcome.candidates[0].figure.unwrap() > 0.6);
    assert_eq!(outcome.baselines.len(), 3);
    // What is noise is not of the normal.
    assert!(!outcome.contaminated.is_empty());
    for one in &outcome.contaminated {
        assert!((600..750).contains(&one.line), "{one:?}");
    }
    // Another recording of the same, that begins elsewhere, is hardly an alarm.
    let kept = outcome.kept.unwrap();
    assert!(
        kept.windows > 60 && kept.alarms * 10 < kept.windows,
        "{kept:?}"
    );
    let alarm = outcome.alarm;
    assert!(alarm.check().is_ok());
    assert!(alarm.threshold.unwrap() > alarm.usual);

    let recipe = std::fs::read_to_string(out.join("recipe.toml")).unwrap();
    assert!(!recipe.contains("is_anomaly"), "{recipe}");
    let parsed =
        senselm_train::Recipe::parse(&recipe, std::path::Path::new("recipe.toml")).unwrap();
    assert_eq!(parsed.task, Some(Task::Anomaly(alarm)));
    FrontEnd::new(parsed.front_end.unwrap()).unwrap();
    assert!(out.join("model.gguf").exists());
    assert!(out.join("report.json").exists());
}

#[test]
fn what_could_not_be_left_out_is_said_first() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("wave.csv");
    std::fs::write(&csv, recording(1600, 600..660)).unwrap();
    let wanted = LookOptions {
        task: Some(Goal::Anomaly),
        ..LookOptions::default()
    };
    let seen = look(&[csv], &wanted).unwrap();
    let share = AnomalyOptions {
        contamination: 0.02,
        ..AnomalyOptions::default()
    };
    let journal = Journal::open(&folder.path().join("out"), Begin::Anew).unwrap();
    let outcome = anomaly(&seen, &options(), &share, &journal, &mut |_| {}).unwrap();
    assert!(outcome.beyond > outcome.contaminated.len(), "{outcome:?}");
    let said = |one: &String| one.contains("learned from as if they were normal");
    let first = outcome.verdicts.iter().find(|one| said(one)).unwrap();
    assert!(first.contains("--contamination 0."), "{first}");
}

#[test]
fn machines_are_held_back_whole_and_count_as_one_each() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("waves.csv");
    let recorded = recording(900, 0..0);
    let rows = recorded.lines().enumerate().map(|(at, line)| match at {
        0 => format!("machine,{line}\n"),
        at => format!("pump {},{line}\n", (at - 1) / 150),
    });
    std::fs::write(&csv, rows.collect::<String>()).unwrap();
    let wanted = LookOptions {
        task: Some(Goal::Anomaly),
        group: Some("machine".into()),
        ..LookOptions::default()
    };
    let seen = look(&[csv], &wanted).unwrap();
    let journal = Journal::open(&folder.path().join("out"), Begin::Anew).unwrap();
    let outcome = anomaly(
        &seen,
        &options(),
        &AnomalyOptions::default(),
        &journal,
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(outcome.false_alarms.apart, 6);
    assert!(outcome.verdicts[0].starts_with("The time was short"));
    let few = "6 windows that share neither readings nor a machine are too few";
    assert!(outcome.verdicts.iter().any(|one| one.starts_with(few)));
    let recipe = std::fs::read_to_string(folder.path().join("out/recipe.toml")).unwrap();
    assert!(recipe.contains("group = \"machine\""), "{recipe}");
}

#[test]
fn too_little_and_shares_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("wave.csv");
    std::fs::write(&csv, recording(40, 0..0)).unwrap();
    let wanted = LookOptions {
        task: Some(Goal::Anomaly),
        ..LookOptions::default()
    };
    let seen = look(&[csv], &wanted).unwrap();
    for share in [
        AnomalyOptions {
            false_alarm_rate: 0.0,
            ..AnomalyOptions::default()
        },
        AnomalyOptions {
            contamination: f64::NAN,
            ..AnomalyOptions::default()
        },
        AnomalyOptions::default(),
    ] {
        let journal = Journal::open(&folder.path().join("out"), Begin::Anew).unwrap();
        let found = anomaly(&seen, &options(), &share, &journal, &mut |_| {});
        assert!(
            matches!(found, Err(SearchError::Data(_))),
            "{share:?}: {found:?}"
        );
    }
}
