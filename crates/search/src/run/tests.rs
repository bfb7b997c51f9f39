//! Searches by a clock on which every look takes a second: nothing of them depends on
//! how fast this machine is.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::cell::Cell;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use senselm_look::look;
use senselm_sensor::rng::Rng;
use senselm_train::{Device, Recipe};

use super::*;

/// Windows with a rise or a fall.
fn shapes(count: usize) -> String {
    let mut rng = Rng::new(1, 1);
    let mut text = String::from("input,output\n");
    for at in 0..count {
        let slope = [1.0, -1.0][at % 2];
        let sample = |time: u32| slope * (f64::from(time) - 8.0) + rng.normal();
        let samples: Vec<f64> = (0..16).map(sample).collect();
        writeln!(text, "\"{samples:?}\",{}", ["rise", "fall"][at % 2]).unwrap();
    }
    text
}

/// Single readings; what is between two values has one label, what is outside the
/// other.
fn readings(count: usize) -> String {
    let mut rng = Rng::new(2, 1);
    let mut text = String::from("x,y,label\n");
    for _ in 0..count {
        let (x, y) = (rng.between(0.0, 10.0), rng.between(0.0, 10.0));
        let label = if (2.5..7.5).contains(&x) {
            "inside"
        } else {
            "outside"
        };
        writeln!(text, "{x:.3},{y:.3},{label}").unwrap();
    }
    text
}

/// The search, and the trainings in folds that it told of.
fn searched(text: &str, budget_s: u64) -> (tempfile::TempDir, Outcome, usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("train.csv");
    std::fs::write(&file, text).unwrap();
    let seen = look(&[file], &senselm_look::Options::default()).unwrap();
    let options = Options {
        budget: Duration::from_secs(budget_s),
        seed: 1,
        out: folder.path().join("out"),
        device: Device::Cpu,
        name: "test".into(),
        source: "made up".into(),
    };
    let time = Cell::new(0.0);
    let now = || {
        time.set(time.get() + 1.0);
        time.get()
    };
    let clock = Clock::new(&now, options.budget.as_secs_f64());
    let mut in_folds = 0;
    let mut listen = |event: Event<'_>| {
        in_folds += usize::from(matches!(event, Event::Training { fold: 1.., .. }));
    };
    let outcome = search_by(clock, &seen, &options, &mut listen).unwrap();
    (folder, outcome, in_folds)
}

/// Steps that the recipe asks for, and that were done.
fn steps(folder: &Path) -> [u64; 2] {
    let out = folder.join("out");
    let (recipe, _) = Recipe::read(&out.join("recipe.toml")).unwrap();
    let metrics = std::fs::read_to_string(out.join("metrics.json")).unwrap();
    let metrics: serde_json::Value = serde_json::from_str(&metrics).unwrap();
    [
        recipe.train.unwrap().steps,
        metrics["steps"].as_u64().unwrap(),
    ]
}

fn names(outcome: &Outcome, what: &str) -> bool {
    outcome.left_out.iter().any(|left| left.contains(what))
}

#[test]
fn a_model_is_trained_in_the_steps_for_which_there_is_time() {
    let (folder, outcome, in_folds) = searched(&shapes(40), 1550);
    let [asked, done] = steps(folder.path());
    // The schedule is that of fewer steps: it is no training that was cut off.
    assert_eq!(asked, done);
    assert!((1000..1200).contains(&asked), "{asked}");
    assert!(outcome.seconds <= 1550.0, "{}", outcome.seconds);
    assert!(
        names(&outcome, "steps of the model's training"),
        "{:?}",
        outcome.left_out
    );
    assert!(
        names(&outcome, "the model in folds: it takes about"),
        "{:?}",
        outcome.left_out
    );
    assert!(outcome.model.is_none() && in_folds == 0);
}

#[test]
fn where_there_is_time_nothing_is_left_out() {
    let (folder, outcome, in_folds) = searched(&shapes(40), 100_000);
    assert_eq!(steps(folder.path()), [1200, 1200]);
    assert_eq!(
        (outcome.left_out.len(), in_folds),
        (0, 4),
        "{:?}",
        outcome.left_out
    );
    assert!(outcome.model.is_some());
    let windows: Vec<usize> = outcome.learning.iter().map(|one| one.windows).collect();
    assert_eq!(windows, [4, 8, 15, 30]);
}

#[test]
fn a_model_to_compare_is_trained_as_far_as_it_fits_or_not_at_all() {
    // 400 steps in each of four folds are too many, and so are the fewest.
    let (_folder, outcome, _) = searched(&readings(80), 1900);
    let levels = outcome
        .candidates
        .iter()
        .position(|one| one.by == "model")
        .unwrap();
    assert_eq!(outcome.candidates[levels].figure, None);
    assert!(outcome.chosen != levels && outcome.candidates[outcome.chosen].figure.is_some());
    assert!(
        names(&outcome, "candidate \"levels\": it takes about 1"),
        "{:?}",
        outcome.left_out
    );
    assert!(outcome.seconds <= 1900.0, "{}", outcome.seconds);

    // The fewest fit, and each fold has as many; the figures are those of the folds.
    let (folder, outcome, in_folds) = searched(&readings(80), 2800);
    assert!(
        names(&outcome, "steps of candidate \"levels\""),
        "{:?}",
        outcome.left_out
    );
    let levels = &outcome.candidates[levels];
    assert_eq!((levels.folds.len(), levels.by), (4, "model"));
    let [asked, done] = steps(folder.path());
    assert_eq!(asked, done);
    assert!(outcome.seconds <= 2800.0, "{}", outcome.seconds);
    assert!(in_folds <= 4);
}
