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
use crate::journal::Begin;

/// Too short for everything.
const HURRIED_S: u64 = 1400;

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
    let mut in_folds = 0;
    let mut listen = |event: Event<'_>| {
        in_folds += usize::from(matches!(event, Event::Training { fold: 1.., .. }));
    };
    let journal = Journal::open(&folder.path().join("out"), Begin::Anew).unwrap();
    let outcome = by_looks(&file, budget_s, &journal, &mut listen).unwrap();
    let whole = folder.path().join("whole.json");
    std::fs::copy(folder.path().join("out/unfinished.json"), whole).unwrap();
    (folder, outcome, in_folds)
}

/// The search by a clock on which every look takes a second.
fn by_looks(
    file: &Path,
    budget_s: u64,
    journal: &Journal,
    listen: &mut dyn FnMut(Event<'_>),
) -> Result<Outcome, SearchError> {
    let seen = look(&[file.to_owned()], &senselm_look::Options::default()).unwrap();
    let options = Options {
        budget: Duration::from_secs(budget_s),
        seed: 1,
        device: Device::Cpu,
        few_models: true,
        reject: None,
        name: "test".into(),
        source: "made up".into(),
    };
    let time = Cell::new(0.0);
    let now = || {
        time.set(time.get() + 1.0);
        time.get()
    };
    let clock = Clock::new(&now, options.budget.as_secs_f64());
    search_by(&clock, &seen, &options, journal, listen)
}

/// What came of a search, but for how fast this machine is.
fn results(out: &Path) -> (serde_json::Value, Vec<Vec<u8>>) {
    let report = std::fs::read(out.join("report.json")).unwrap();
    let mut report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    assert!(report["windows_per_s"].take().is_number());
    let files = ["model.gguf", "recipe.toml"].map(|name| std::fs::read(out.join(name)).unwrap());
    (report, files.to_vec())
}

/// A search of [`shapes`] that is ended from without at this event, as if it were
/// killed.
fn killed(file: &Path, out: &Path, budget_s: u64, at: impl Fn(&Event<'_>) -> bool) {
    let journal = Journal::open(out, Begin::Anew).unwrap();
    let mut listen = |event: Event<'_>| assert!(!at(&event), "the search is killed here");
    let run = || by_looks(file, budget_s, &journal, &mut listen);
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    assert!(ended.is_err() && out.join("unfinished.json").exists());
}

#[test]
fn a_search_that_was_killed_goes_on_and_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("train.csv");
    std::fs::write(&file, shapes(40)).unwrap();
    // There is time for the model, and none to train it in folds.
    let budget_s = 2500;
    let whole = folder.path().join("whole");
    let journal = Journal::open(&whole, Begin::Anew).unwrap();
    by_looks(&file, budget_s, &journal, &mut |_| {}).unwrap();
    let expected = results(&whole);
    let lines = journal.lines();
    assert!(lines > 40, "{lines}");

    // In the middle of a candidate, and behind everything, where the file of the model
    // is not that which was trained: it is trained again.
    for measured in [7, lines] {
        let out = folder.path().join(format!("after {measured}"));
        std::fs::create_dir(&out).unwrap();
        journal.killed_after(measured, &out).unwrap();
        let (told, again) = goes_on(&file, &out, budget_s);
        assert_eq!((told, again), (Some(measured), lines));
        assert_eq!(results(&out), expected, "after {measured}");
    }

    // Killed behind the model's training, it is not trained again.
    let out = folder.path().join("behind");
    killed(
        &file,
        &out,
        budget_s,
        |event| matches!(event, Event::LeftOut { what } if what.contains("in folds")),
    );
    std::fs::remove_file(out.join("log.jsonl")).unwrap();
    goes_on(&file, &out, budget_s);
    assert!(!out.join("log.jsonl").exists(), "it was trained again");
    assert_eq!(results(&out), expected);
}

/// Goes on with a search, and says how much of it had been measured and was at last.
fn goes_on(file: &Path, out: &Path, budget_s: u64) -> (Option<usize>, usize) {
    let journal = Journal::open(out, Begin::Resume).unwrap();
    let mut told = None;
    let mut listen = |event: Event<'_>| {
        if let Event::GoesOn { measured, .. } = event {
            told = Some(measured);
        }
    };
    by_looks(file, budget_s, &journal, &mut listen).unwrap();
    (told, journal.lines())
}

#[test]
fn what_there_was_no_time_for_before_counts_behind() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("train.csv");
    std::fs::write(&file, shapes(40)).unwrap();
    let whole = folder.path().join("whole");
    let journal = Journal::open(&whole, Begin::Anew).unwrap();
    let outcome = by_looks(&file, HURRIED_S, &journal, &mut |_| {}).unwrap();
    assert!(!outcome.left_out.is_empty());
    let out = folder.path().join("again");
    killed(&file, &out, HURRIED_S, |event| {
        matches!(event, Event::Measured { .. })
    });
    let again = Journal::open(&out, Begin::Resume).unwrap();
    by_looks(&file, HURRIED_S, &again, &mut |_| {}).unwrap();
    assert_eq!(results(&out), results(&whole));
}

#[test]
fn another_search_does_not_go_on_and_what_changed_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("train.csv");
    std::fs::write(&file, shapes(40)).unwrap();
    let out = folder.path().join("out");
    killed(&file, &out, 600, |event| {
        matches!(event, Event::Tried { .. })
    });
    let before = std::fs::read(out.join("unfinished.json")).unwrap();

    let unfinished = Journal::open(&out, Begin::Anew).unwrap_err().to_string();
    assert!(unfinished.contains("--resume") && unfinished.contains("--force"));
    let refused = |file: &Path, budget_s: u64| {
        let journal = Journal::open(&out, Begin::Resume).unwrap();
        let error = by_looks(file, budget_s, &journal, &mut |_| {});
        let error = journal.finish(error).unwrap_err();
        assert!(matches!(error, SearchError::Resume { .. }), "{error}");
        error.to_string()
    };
    let said = refused(&file, 601);
    assert!(
        said.contains("changed: the budget (it was 600s);"),
        "{said}"
    );
    std::fs::write(&file, shapes(42)).unwrap();
    let said = refused(&file, 600);
    assert!(
        said.contains("changed: the windows to learn from;"),
        "{said}"
    );
    // Nothing of it is lost by that, nor by data that says nothing.
    std::fs::write(&file, shapes(40).replace("fall", "rise")).unwrap();
    let journal = Journal::open(&out, Begin::Resume).unwrap();
    let error = journal.finish(by_looks(&file, 600, &journal, &mut |_| {}));
    assert!(matches!(error, Err(SearchError::Data(_))), "{error:?}");
    assert_eq!(std::fs::read(out.join("unfinished.json")).unwrap(), before);

    // One at a time.
    let second = Journal::open(&out, Begin::Resume).unwrap_err().to_string();
    assert!(second.contains("another program is at work"), "{second}");
    drop(journal);
    // Over: nothing of it counts, and in the end it is gone.
    std::fs::write(&file, shapes(42)).unwrap();
    let journal = Journal::open(&out, Begin::Over).unwrap();
    let done = by_looks(&file, 600, &journal, &mut |_| {});
    journal.finish(done).unwrap();
    drop(journal);
    assert!(!out.join("unfinished.json").exists() && !out.join("fit.lock").exists());
    let nothing = Journal::open(&out, Begin::Resume).unwrap_err().to_string();
    assert!(nothing.contains("no unfinished fit"), "{nothing}");
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
    let (folder, outcome, in_folds) = searched(&shapes(10), 100_000);
    assert_eq!(steps(folder.path()), [1200, 1200]);
    assert_eq!(
        (outcome.left_out.len(), in_folds),
        (0, 4),
        "{:?}",
        outcome.left_out
    );
    assert!(outcome.model.is_some());
    // With few windows of each label, and with all, everything is measured.
    let learning = &outcome.learning;
    let counts: Vec<(Option<usize>, usize)> = learning
        .iter()
        .map(|one| (one.of_each, one.windows))
        .collect();
    assert_eq!(counts, [(Some(2), 4), (None, 7)]);
    for one in learning {
        assert!(one.projection.is_some() && one.model.is_some(), "{one:?}");
        let names: Vec<&str> = one.baselines.iter().map(|one| one.name).collect();
        let all = [
            "5 nearest neighbours",
            "random forest",
            "random convolutions, ridge",
        ];
        assert_eq!(names, all);
    }
    let last = learning.last().unwrap();
    // One is the mean of folds, the other of windows.
    assert!((last.model.unwrap() - outcome.model.unwrap().mean).abs() < 0.1);

    // What every model told is in the journal as it was.
    let out = folder.path().join("again");
    std::fs::create_dir(&out).unwrap();
    std::fs::copy(
        folder.path().join("whole.json"),
        out.join("unfinished.json"),
    )
    .unwrap();
    let (told, again) = goes_on(&folder.path().join("train.csv"), &out, 100_000);
    assert_eq!(told, Some(again));
    assert_eq!(results(&out), results(&folder.path().join("out")));
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
