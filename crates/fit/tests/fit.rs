//! What is fitted to windows, and what is refused.

use senselm_fit::{FitError, Ridge, Sample, cross_fit, fit, provisional};
use senselm_sensor::rng::Rng;
use senselm_sensor::{FrontEnd, FrontEndSpec, SensorError, Task, Truth, Window};
use serde_json::{Value, json};

/// A front end of one channel with these operators.
fn spec(operators: &Value, template: &str) -> FrontEndSpec {
    let channel = json!({
        "name": "a", "source": "a", "missing": {"kind": "interpolate", "empty": "?"},
    });
    let spec = json!({
        "layout": {"kind": "cells", "column": "input", "samples": {"min": 2, "max": 64}},
        "channels": [channel],
        "operators": operators,
        "template": template,
    });
    serde_json::from_value(spec).expect("a specification")
}

/// Shapes of the signal and of its changes, and where it lies, into a verdict.
fn shapes() -> FrontEndSpec {
    let operators = json!([
        {"name": "change", "of": {"kind": "difference", "signal": "a"}},
        {"name": "shapes", "of": {
            "kind": "convolutions", "signals": ["a", "change"], "points": 48, "features": 168,
        }},
        {"name": "facts", "of": {"kind": "statistics", "signals": ["a"], "of": [{"kind": "mean"}]}},
        {
            "name": "verdict",
            "of": {"kind": "project", "of": ["shapes", "facts"]},
            "write": {"kind": "rank", "top": 2, "margin": {"alphabet": "abcd"}},
        },
    ]);
    spec(&operators, "scores {verdict} is")
}

/// A rise or a fall somewhere in noise.
fn window(label: usize, rng: &mut Rng) -> Window {
    let (at, slope) = (rng.between(15.0, 35.0), if label == 0 { 1.0 } else { -1.0 });
    let sample = |time: f64| (slope * (time - at)).clamp(-3.0, 3.0) + 0.3 * rng.normal();
    Window {
        channels: vec![(0..48).map(f64::from).map(sample).collect()],
    }
}

struct Data(Vec<(Window, Truth)>);

impl Data {
    fn labels(count: usize, seed: u64) -> Self {
        let mut rng = Rng::new(seed, 1);
        let one = |at: usize| (window(at % 2, &mut rng), Truth::Label(at % 2));
        Self((0..count).map(one).collect())
    }

    fn samples(&self) -> Vec<Sample<'_>> {
        let each = self.0.iter().enumerate();
        each.map(|(at, (window, truth))| Sample {
            window,
            truth,
            cluster: at as u64,
        })
        .collect()
    }
}

fn task() -> Task {
    Task::classify(["rise", "fall"])
}

fn right(front_end: &FrontEnd, data: &Data) -> usize {
    let is_right = |(window, truth): &&(Window, Truth)| {
        let computed = front_end.compute(window).expect("numbers");
        front_end.projected(&computed, &task()).as_ref() == Some(truth)
    };
    data.0.iter().filter(is_right).count()
}

#[test]
fn a_projection_of_shapes_tells_windows_apart_that_it_never_saw() {
    let (train, test) = (Data::labels(60, 1), Data::labels(100, 2));
    let fitted = cross_fit(&shapes(), &task(), &train.samples(), 5, 7).expect("a fit");
    let front_end = FrontEnd::new(fitted.spec.clone()).expect("fitted");
    assert!(
        right(&front_end, &test) >= 98,
        "{}",
        right(&front_end, &test)
    );
    // The file holds what was fitted, and says the same.
    let read = FrontEnd::from_json(&front_end.to_json()).expect("read back");
    for (window, _) in &test.0 {
        assert_eq!(
            front_end.render(window).expect("a prompt"),
            read.render(window).expect("a prompt")
        );
    }
    // What it writes is the rank of its scores and how clear it is.
    let prompt = front_end.render(&test.0[0].0).expect("a prompt").prompt;
    let written = prompt
        .strip_prefix("scores ")
        .and_then(|rest| rest.strip_suffix(" is"));
    let written: Vec<char> = written.unwrap_or_default().chars().collect();
    assert!(
        matches!(written[..], ['0', '1', 'a'..='d'] | ['1', '0', 'a'..='d']),
        "{prompt}"
    );
}

#[test]
fn a_part_knows_nothing_of_its_windows() {
    let data = Data::labels(40, 3);
    let fitted = cross_fit(&shapes(), &task(), &data.samples(), 4, 7).expect("a fit");
    assert_eq!((fitted.parts.len(), fitted.part_of.len()), (4, 40));
    // Whatever one part's windows are, what was fitted for it stays the same.
    let mut changed = Data(data.0.clone());
    for ((window, _), part) in changed.0.iter_mut().zip(&fitted.part_of) {
        if *part == 2 {
            for sample in &mut window.channels[0] {
                *sample = 100.0 - 3.0 * *sample;
            }
        }
    }
    let other = cross_fit(&shapes(), &task(), &changed.samples(), 4, 7).expect("a fit");
    assert_eq!(fitted.part_of, other.part_of);
    let steps = |spec: &FrontEndSpec| -> Vec<Value> {
        let all = spec.operators.iter();
        all.map(|one| json!(one.of)).collect()
    };
    assert_eq!(steps(&fitted.parts[2]), steps(&other.parts[2]));
    assert_ne!(steps(&fitted.parts[1]), steps(&other.parts[1]));
    assert_ne!(steps(&fitted.spec), steps(&other.spec));
    // Edges are those of all parts, and the same in each.
    let margin = |spec: &FrontEndSpec| json!(spec.operators[3].write);
    assert!(
        fitted
            .parts
            .iter()
            .all(|part| margin(part) == margin(&fitted.spec))
    );
}

#[test]
fn copies_stay_on_one_side() {
    let data = Data::labels(24, 4);
    let doubled: Vec<Sample<'_>> = [data.samples(), data.samples()].concat();
    let fitted = cross_fit(&shapes(), &task(), &doubled, 3, 7).expect("a fit");
    assert_eq!(fitted.part_of[..24], fitted.part_of[24..]);
}

/// Outlines of windows, and how new they are.
fn outlines(rate: f64) -> FrontEndSpec {
    let operators = json!([
        {"name": "outline", "of": {"kind": "standardise", "signal": "a"}},
        {"name": "outlines", "of": {
            "kind": "convolutions", "signals": ["outline"], "points": 48, "features": 168,
        }},
        {"name": "unlike", "of": {"kind": "novelty", "of": ["outlines"], "rate": rate}},
    ]);
    spec(&operators, "none")
}

#[test]
fn what_is_new_is_told_from_what_was_learned_at_the_rate_that_was_asked() {
    let (train, test) = (Data::labels(200, 11), Data::labels(400, 12));
    let fitted = cross_fit(&outlines(0.1), &task(), &train.samples(), 5, 7).expect("a fit");
    assert_eq!(fitted.parts.len(), 5);
    let limit = |spec: &FrontEndSpec| {
        let spec = serde_json::to_value(spec).expect("JSON");
        spec["operators"][2]["of"]["limit"]
            .as_f64()
            .expect("a limit")
    };
    let found = limit(&fitted.spec);
    assert!(fitted.parts.iter().all(|part| limit(part) == found));
    let front_end = FrontEnd::of_numbers(fitted.spec).expect("fitted");
    let is_new = |window: &Window| {
        let computed = front_end.compute(window).expect("numbers");
        front_end.novelty(&computed).expect("known") > 1.0
    };
    let refused = test.0.iter().filter(|(window, _)| is_new(window)).count();
    // A tenth of 400 at most, by chance 6 more: what all windows taught knows more than
    // what the limit was found with.
    assert!((1..=52).contains(&refused), "{refused}");
    // A bump is neither a rise nor a fall, wherever it lies and however large it is.
    let mut rng = Rng::new(13, 1);
    let bumps = (0..100).map(|_| {
        let (at, height) = (rng.between(15.0, 35.0), rng.between(2.0, 30.0));
        let sample = |time: f64| {
            height * ((-(time - at).powi(2) / 8.0).exp() + 0.05 * rng.normal()) + height
        };
        Window {
            channels: vec![(0..48).map(f64::from).map(sample).collect()],
        }
    });
    let found = bumps.filter(is_new).count();
    assert!(found >= 90, "{found}");
    // A window that stands still is none of them either.
    assert!(is_new(&Window {
        channels: vec![vec![1.0; 48]]
    }));
}

/// What was fitted without a label finds its windows new, and rightly: they say nothing
/// of how new a known one is.
#[test]
fn a_label_of_one_group_has_no_say_in_the_limit() {
    let known = Data::labels(120, 21);
    let mut rng = Rng::new(22, 1);
    let bump = |_| {
        let at = rng.between(15.0, 35.0);
        let sample = |time: f64| 6.0 * (-(time - at).powi(2) / 8.0).exp() + 0.3 * rng.normal();
        Window {
            channels: vec![(0..48).map(f64::from).map(sample).collect()],
        }
    };
    let bumps: Vec<(Window, Truth)> = (0..60)
        .map(bump)
        .map(|window| (window, Truth::Label(2)))
        .collect();
    let limit = |group: &dyn Fn(usize) -> u64| {
        let mut samples = known.samples();
        samples.extend(
            bumps
                .iter()
                .enumerate()
                .map(|(at, (window, truth))| Sample {
                    window,
                    truth,
                    cluster: group(at),
                }),
        );
        let task = Task::classify(["rise", "fall", "bump"]);
        let fitted = cross_fit(&outlines(0.05), &task, &samples, 5, 7).expect("a fit");
        let spec = serde_json::to_value(&fitted.spec).expect("JSON");
        spec["operators"][2]["of"]["limit"]
            .as_f64()
            .expect("a limit")
    };
    let (each, together) = (limit(&|at| 1000 + at as u64), limit(&|_| 1000));
    assert!(together < 1.25 * each, "{together} {each}");
}

#[test]
fn the_same_seed_gives_the_same_fit() {
    let data = Data::labels(30, 5);
    let once = |seed| cross_fit(&shapes(), &task(), &data.samples(), 3, seed).expect("a fit");
    assert_eq!(json!(once(1).spec), json!(once(1).spec));
    assert_ne!(json!(once(1).spec), json!(once(2).spec));
}

#[test]
fn numbers_are_estimated_and_levels_are_equally_full() {
    let mut rng = Rng::new(6, 1);
    let mut one = || {
        let level = rng.between(-5.0, 20.0);
        let samples = (0..32).map(|_| level + rng.normal()).collect();
        let window = Window {
            channels: vec![samples],
        };
        (window, Truth::Number(3.0 * level + 1.0))
    };
    let data = Data((0..80).map(|_| one()).collect());
    let means =
        json!({"kind": "statistics", "signals": ["a"], "of": [{"kind": "mean"}, {"kind": "std"}]});
    let operators = json!([
        {"name": "means", "of": means, "write": {"kind": "levels", "edges": {"alphabet": "abcd"}}},
        {
            "name": "guess",
            "of": {"kind": "project", "of": ["means"]},
            "write": {"kind": "decimal", "decimals": 1},
        },
    ]);
    let task = Task::number(-20.0, 70.0, 1, "");
    let fitted = fit(
        &spec(&operators, "{means} {guess}"),
        &task,
        &data.samples(),
        7,
    )
    .expect("a fit");
    let front_end = FrontEnd::new(fitted).expect("fitted");
    let mut levels = [0; 4];
    for (window, truth) in &data.0 {
        let computed = front_end.compute(window).expect("numbers");
        let found = front_end.projected(&computed, &task);
        let (Truth::Number(truth), Some(Truth::Number(found))) = (truth, found) else {
            panic!("no number");
        };
        assert!((truth - found).abs() < 3.0, "{truth} {found}");
        let prompt = front_end.render(window).expect("a prompt").prompt;
        let level = prompt.chars().next().and_then(|c| "abcd".find(c));
        levels[level.expect("a level")] += 1;
    }
    // Of both numbers together; the mean of a window has most of what there is.
    assert!(levels.iter().all(|count| *count > 0), "{levels:?}");
}

#[test]
fn what_is_not_fitted_is_refused_and_read_provisionally() {
    let unfitted = FrontEnd::new(shapes());
    assert!(
        matches!(&unfitted, Err(SensorError::NotFitted { place }) if place == "operator shapes"),
        "{unfitted:?}"
    );
    let known = provisional(&shapes(), &task()).expect("provisional");
    let front_end = FrontEnd::new(known).expect("complete");
    assert_eq!(
        right(&front_end, &Data::labels(10, 1)),
        5,
        "it says nothing yet"
    );
}

#[test]
fn what_cannot_be_fitted_says_why() {
    let data = Data::labels(10, 1);
    let refused = |spec: &FrontEndSpec, task: &Task, samples: &[Sample<'_>]| {
        cross_fit(spec, task, samples, 3, 1)
            .expect_err("refused")
            .to_string()
    };
    let said = refused(&shapes(), &task(), &[]);
    assert!(said.contains("no window"), "{said}");
    let one: Vec<Sample<'_>> = data
        .samples()
        .into_iter()
        .map(|s| Sample { cluster: 1, ..s })
        .collect();
    let said = refused(&shapes(), &task(), &one);
    assert!(said.contains("two different windows"), "{said}");
    let said = refused(&shapes(), &Task::number(0.0, 1.0, 1, ""), &data.samples());
    assert!(said.contains("another truth"), "{said}");
    let without = json!([{
        "name": "shapes", "of": {"kind": "convolutions", "signals": ["a"], "points": 9},
        "write": {"kind": "levels", "edges": {"alphabet": "ab"}},
    }]);
    let said = refused(&spec(&without, "{shapes}"), &task(), &data.samples());
    assert!(said.contains("say with `features`"), "{said}");
    assert!(matches!(
        Ridge::fit(&[], &[], &[], &[], 8.0, 1),
        Err(FitError::Data(_))
    ));
}

#[test]
fn few_and_many_rows_give_the_least_squares_of_the_same_problem() {
    let mut rng = Rng::new(8, 1);
    // A line that everything agrees on: hardly anything has to be held.
    for (rows, columns) in [(200, 3), (6, 40)] {
        let numbers: Vec<Vec<f64>> = (0..rows)
            .map(|_| (0..columns).map(|_| rng.normal()).collect())
            .collect();
        let targets: Vec<Vec<f64>> = numbers
            .iter()
            .map(|row| vec![2.0 * row[0] - row[1] + 5.0])
            .collect();
        let clusters: Vec<u64> = (0..rows as u64).collect();
        let strata = vec![0; rows];
        let ridge = Ridge::fit(&numbers, &targets, &clusters, &strata, 8.0, 1).expect("a fit");
        if rows > columns {
            for (row, target) in numbers.iter().zip(&targets) {
                let found = ridge.scores(row)[0];
                assert!((found - target[0]).abs() < 0.01, "{found} {}", target[0]);
            }
        } else {
            let mean = targets.iter().map(|t| t[0]).sum::<f64>() / rows as f64;
            let error = |guess: &dyn Fn(&[f64]) -> f64| -> f64 {
                let pairs = numbers.iter().zip(&targets);
                pairs
                    .map(|(row, target)| (guess(row) - target[0]).powi(2))
                    .sum()
            };
            assert!(error(&|row| ridge.scores(row)[0]) <= error(&|_| mean) + 1e-9);
        }
    }
}
