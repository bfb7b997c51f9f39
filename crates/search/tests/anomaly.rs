//! From a recording without right answers to a model of the normal.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a failure is the failure of the test"
)]

use std::fmt::Write as _;
use std::time::Duration;

use senselm_look::{Goal, Options as LookOptions, look};
use senselm_search::{AnomalyOptions, Options, SearchError, anomaly};
use senselm_sensor::rng::Rng;
use senselm_sensor::{FrontEnd, Task};
use senselm_train::Device;

/// A wave, with a stretch of noise in its place where `strange` says.
fn recording(rows: u32, strange: std::ops::Range<u32>) -> String {
    let mut rng = Rng::new(5, 5);
    let mut text = String::from("level,is_anomaly\n");
    for row in 0..rows {
        let wave = (f64::from(row) * std::f64::consts::TAU / 8.0).sin();
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

fn options(folder: &std::path::Path) -> Options {
    Options {
        budget: Duration::from_secs(1),
        seed: 1,
        out: folder.join("out"),
        device: Device::Cpu,
        name: "wave".into(),
        source: "a test".into(),
    }
}

#[test]
fn a_recording_becomes_a_model_with_a_threshold() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("wave.csv");
    std::fs::write(&csv, recording(1200, 600..620)).unwrap();
    let wanted = LookOptions {
        task: Some(Goal::Anomaly),
        ..LookOptions::default()
    };
    let seen = look(&[csv], &wanted).unwrap();
    let options = options(folder.path());
    let share = AnomalyOptions {
        false_alarm_rate: 0.02,
        contamination: 0.2,
    };
    let outcome = anomaly(&seen, &options, &share, &mut |_| {}).unwrap();
    // Only the default is tried in a second, and what is left out is said.
    assert_eq!(outcome.candidates.len(), 1);
    assert!(!outcome.left_out.is_empty());
    assert!(outcome.candidates[0].figure.unwrap() > 0.6);
    assert_eq!(outcome.baselines.len(), 3);
    // What is noise is not of the normal.
    assert!(!outcome.contaminated.is_empty());
    for one in &outcome.contaminated {
        assert!((600..700).contains(&one.line), "{one:?}");
    }
    assert!(outcome.false_alarms.found < 0.2);
    let alarm = outcome.alarm;
    assert!(alarm.check().is_ok());
    assert!(alarm.threshold.unwrap() > alarm.usual);

    let recipe = std::fs::read_to_string(options.out.join("recipe.toml")).unwrap();
    assert!(!recipe.contains("is_anomaly"), "{recipe}");
    let parsed =
        senselm_train::Recipe::parse(&recipe, std::path::Path::new("recipe.toml")).unwrap();
    assert_eq!(parsed.task, Some(Task::Anomaly(alarm)));
    FrontEnd::new(parsed.front_end.unwrap()).unwrap();
    assert!(options.out.join("model.gguf").exists());
    assert!(options.out.join("report.json").exists());
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
    let outcome = anomaly(
        &seen,
        &options(folder.path()),
        &AnomalyOptions::default(),
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
        let found = anomaly(&seen, &options(folder.path()), &share, &mut |_| {});
        assert!(
            matches!(found, Err(SearchError::Data(_))),
            "{share:?}: {found:?}"
        );
    }
}
