//! Steps over the channels of a window: what they compute, and what is refused.

use std::collections::BTreeSet;

use senselm_sensor::augment::{AugmentSpec, Augmenter, SpreadNumbers};
use senselm_sensor::rng::Rng;
use senselm_sensor::{FrontEnd, FrontEndSpec, Matrix, Numbers, SensorError, Task, Truth, Window};
use serde_json::{Value, json};

/// A front end of two channels with these steps and this template.
fn spec(operators: &Value, template: &str) -> Value {
    let channel = |name: &str| json!({"name": name, "source": name, "missing": {"kind": "interpolate", "empty": "?"}});
    json!({
        "layout": {"kind": "cells", "column": "input", "samples": {"min": 1, "max": 64}},
        "channels": [channel("a"), channel("b")],
        "operators": operators,
        "template": template,
    })
}

fn front_end(operators: &Value, template: &str) -> Result<FrontEnd, SensorError> {
    FrontEnd::from_json(&spec(operators, template).to_string())
}

fn prompt(front_end: &FrontEnd, a: &[f64], b: &[f64]) -> Result<String, SensorError> {
    let channels = vec![a.to_vec(), b.to_vec()];
    Ok(front_end.render(&Window { channels })?.prompt)
}

fn decimal(decimals: u8) -> Value {
    json!({"kind": "decimal", "decimals": decimals, "separator": " "})
}

/// A projection of what `of` says: scores are the numbers themselves.
fn identity(of: &[&str], count: usize) -> Value {
    let row = |at: usize| {
        (0..count)
            .map(|other| f64::from(u8::from(other == at)))
            .collect()
    };
    let rows: Vec<Vec<f64>> = (0..count).map(row).collect();
    json!({
        "kind": "project", "of": of, "mean": vec![0.0; count], "deviation": vec![1.0; count],
        "clip": 100, "weights": Matrix::f16(&rows), "bias": vec![0.0; count],
    })
}

#[test]
fn statistics_of_channels_and_of_their_differences() -> Result<(), SensorError> {
    let operators = json!([
        {"name": "change", "of": {"kind": "difference", "signal": "a"}},
        {
            "name": "facts",
            "of": {
                "kind": "statistics", "signals": ["a", "change", "b"],
                "of": [{"kind": "mean"}, {"kind": "max_position"}, {"kind": "length"}],
            },
            "write": decimal(2),
        },
    ]);
    let front_end = front_end(&operators, "{facts} is")?;
    assert_eq!(
        prompt(&front_end, &[1.0, 3.0, 2.0], &[5.0, f64::NAN, 7.0])?,
        "2.00 0.50 3.00 0.50 0.00 2.00 6.00 1.00 3.00 is"
    );
    // Nothing can be said of a difference of one sample.
    let undefined = prompt(&front_end, &[1.0], &[1.0]);
    assert!(
        matches!(undefined, Err(SensorError::OperatorUndefined { .. })),
        "{undefined:?}"
    );
    Ok(())
}

#[test]
fn a_projection_ranks_and_says_how_far_the_first_is_ahead() -> Result<(), SensorError> {
    let means = json!({"kind": "statistics", "signals": ["a", "b"], "of": [{"kind": "mean"}]});
    let operators = json!([
        {"name": "means", "of": means},
        {
            "name": "verdict",
            "of": identity(&["means"], 2),
            "write": {
                "kind": "rank", "symbols": ["A", "B"], "top": 2,
                "margin": {"at": [0.5, 2.0], "alphabet": "012"},
            },
        },
    ]);
    let front_end = front_end(&operators, "x {verdict} is")?;
    for (a, b, expected) in [
        (1.0, 4.0, "x BA2 is"),
        (1.0, 0.5, "x AB1 is"),
        (1.0, 1.0, "x AB0 is"),
        // What is missing counts as the mean, and what is far off is held.
        (f64::NAN, -1.0, "x AB1 is"),
        (9e9, 200.0, "x AB0 is"),
    ] {
        assert_eq!(prompt(&front_end, &[a; 4], &[b; 4])?, expected);
    }
    // It is the same when it comes back from a file.
    let again = FrontEnd::from_json(&front_end.to_json())?;
    assert_eq!(again.spec(), front_end.spec());
    Ok(())
}

/// Of two means what the direction of both leaves over, with this limit.
fn novelty(limit: &Value) -> Value {
    let both = 0.5_f64.sqrt();
    let mut of = json!({
        "kind": "novelty", "of": ["means"], "rate": 0.05, "mean": [1.0, 2.0],
        "deviation": [1.0, 2.0], "clip": 4, "basis": Matrix::f16(&[vec![both, both]]),
    });
    if !limit.is_null() {
        of["limit"] = limit.clone();
    }
    json!([
        {"name": "means", "of": {
            "kind": "statistics", "signals": ["a", "b"], "of": [{"kind": "mean"}],
        }},
        {"name": "new", "of": of},
    ])
}

#[test]
fn what_is_new_is_what_learned_directions_leave_over() -> Result<(), SensorError> {
    let mut of_numbers: FrontEndSpec =
        serde_json::from_value(spec(&novelty(&json!(0.5)), "")).expect("a specification");
    let numbers = FrontEnd::of_numbers(of_numbers.clone())?;
    let novelty_of = |front_end: &FrontEnd, a: f64, b: f64| {
        let channels = vec![vec![a; 4], vec![b; 4]];
        let computed = front_end.compute(&Window { channels })?;
        Ok::<_, SensorError>(front_end.novelty(&computed))
    };
    // Both are as far from their means, on one side: that direction was learned.
    assert!(novelty_of(&numbers, 3.0, 6.0)?.is_some_and(|new| new < 1e-3));
    // On other sides nothing of it was: sqrt((1 + 1) / 2) over a half.
    assert!(novelty_of(&numbers, 2.0, 0.0)?.is_some_and(|new| (new - 2.0).abs() < 1e-3));
    // Where a channel is gone it is not known.
    assert_eq!(novelty_of(&numbers, 2.0, f64::NAN)?, None);
    assert_eq!(novelty_of(&numbers, f64::NAN, f64::NAN)?, None);
    // Nothing has to read or write it, and the file keeps it.
    of_numbers.template = "{means} is".to_owned();
    of_numbers.operators[0].write = Some(
        serde_json::from_value(json!({"kind": "decimal", "decimals": 1, "separator": " "}))
            .expect("a write"),
    );
    let front_end = FrontEnd::from_json(&FrontEnd::new(of_numbers)?.to_json())?;
    let rendered = front_end.render(&Window {
        channels: vec![vec![2.0; 4], vec![0.0; 4]],
    })?;
    assert!(rendered.novelty.is_some_and(|new| (new - 2.0).abs() < 1e-3));
    for (limit, rate) in [
        (json!(null), 0.05),
        (json!(0.0), 0.05),
        (json!(1.0), 0.0),
        (json!(1.0), 0.6),
    ] {
        let mut operators = novelty(&limit);
        operators[1]["of"]["rate"] = json!(rate);
        let refused = front_end_of_numbers(&operators);
        assert!(refused.is_err(), "{limit} {rate}");
    }
    Ok(())
}

fn front_end_of_numbers(operators: &Value) -> Result<FrontEnd, SensorError> {
    FrontEnd::of_numbers(serde_json::from_value(spec(operators, "")).expect("a specification"))
}

#[test]
fn a_signal_is_standardised_and_what_is_still_stays_small() -> Result<(), SensorError> {
    let operators = json!([
        {"name": "outline", "of": {"kind": "standardise", "signal": "a", "least": 0.5}},
        {
            "name": "facts",
            "of": {"kind": "statistics", "signals": ["outline"], "of": [{"kind": "min"}, {"kind": "max"}]},
            "write": decimal(2),
        },
    ]);
    let front_end = front_end(&operators, "{facts} is")?;
    assert_eq!(
        prompt(&front_end, &[10.0, 14.0], &[0.0; 2])?,
        "-1.00 1.00 is"
    );
    assert_eq!(
        prompt(&front_end, &[10.0, 10.2], &[0.0; 2])?,
        "-0.20 0.20 is"
    );
    assert_eq!(prompt(&front_end, &[7.0; 3], &[0.0; 3])?, "0.00 0.00 is");
    Ok(())
}

fn convolutions(points: usize, step: usize, biases: &Numbers, signals: &Value) -> Value {
    json!({
        "kind": "convolutions", "signals": ["a", "b"], "points": points,
        "dilations": [{"step": step, "biases": biases, "signals": signals}],
    })
}

#[test]
fn convolutions_of_windows_of_any_length() -> Result<(), SensorError> {
    let both = json!(vec![vec![0, 1]; 84]);
    let zero = Numbers::pack(&[0.0; 84]);
    let levels = json!({"kind": "levels", "edges": {"at": [0.25, 0.5, 0.75], "alphabet": "abcd"}});
    let operators = json!([{
        "name": "shape", "of": convolutions(32, 2, &zero, &both), "write": levels,
    }]);
    let front_end = front_end(&operators, "{shape}")?;
    let wave = |count: u32| -> Vec<f64> {
        let at = |at: u32| (f64::from(at) * 12.0 / f64::from(count)).sin();
        (0..count).map(at).collect()
    };
    let written = prompt(&front_end, &wave(64), &wave(30))?;
    assert_eq!(written.chars().count(), 84);
    assert!(written.contains('b') && written.contains('c'), "{written}");
    // A constant changes nothing.
    let higher: Vec<f64> = wave(64).iter().map(|value| value + 64.0).collect();
    assert_eq!(prompt(&front_end, &higher, &wave(30))?, written);
    Ok(())
}

#[test]
fn what_cannot_work_is_named() {
    let means = json!({"kind": "statistics", "signals": ["a"], "of": [{"kind": "mean"}]});
    let with =
        |name: &str, of: Value, write: Value| json!({"name": name, "of": of, "write": write});
    let only = |of: Value| json!([with("x", of, decimal(1))]);
    let zero = Numbers::pack(&[0.0; 84]);
    let one = json!(vec![vec![0]; 84]);
    let rank = |symbols: &[&str], top: usize| {
        let margin = json!({"at": [0.0], "alphabet": "01"});
        json!({"kind": "rank", "symbols": symbols, "top": top, "margin": margin})
    };
    let projected = |write: Value| {
        json!([
            {"name": "m", "of": {"kind": "statistics", "signals": ["a", "b"], "of": [{"kind": "mean"}]}},
            with("x", identity(&["m"], 2), write),
        ])
    };
    let mut wide = identity(&["m"], 2);
    wide["mean"] = json!([0.0]);
    let mut flat = identity(&["m"], 2);
    flat["deviation"] = json!([1.0, 0.0]);
    let of_means = |of: Value| {
        json!([
            {"name": "m", "of": {"kind": "statistics", "signals": ["a", "b"], "of": [{"kind": "mean"}]}},
            with("x", of, decimal(1)),
        ])
    };
    for (operators, expected) in [
        (
            only(json!({"kind": "statistics", "signals": ["c"], "of": [{"kind": "mean"}]})),
            "there are a, b",
        ),
        (
            only(json!({"kind": "statistics", "signals": [], "of": [{"kind": "mean"}]})),
            "at least one signal",
        ),
        (
            only(json!({"kind": "statistics", "signals": ["a"], "of": []})),
            "at least one statistic",
        ),
        (
            only(
                json!({"kind": "statistics", "signals": ["a"], "of": [{"kind": "missing_share"}]}),
            ),
            "signals are filled",
        ),
        (
            only(
                json!({"kind": "statistics", "signals": ["a"], "of": [{"kind": "crossing_rate", "min_cpm": 2, "max_cpm": 1}]}),
            ),
            "minimum must be below",
        ),
        (
            only(json!({"kind": "difference", "signal": "a"})),
            "a signal is not written",
        ),
        (only(convolutions(32, 0, &zero, &one)), "step of a dilation"),
        (
            only(convolutions(32, 33, &zero, &one)),
            "step of a dilation",
        ),
        (only(convolutions(0, 1, &zero, &one)), "points"),
        (
            only(convolutions(32, 1, &Numbers::pack(&[0.0; 83]), &one)),
            "84 kernels",
        ),
        (
            only(convolutions(32, 1, &zero, &json!(vec![vec![2]; 84]))),
            "by their positions",
        ),
        (only(convolutions(32, 1, &zero, &json!([]))), "must be said"),
        (
            only(convolutions(
                65_536,
                1,
                &Numbers::pack(&vec![0.0; 84 * 100]),
                &one,
            )),
            "sums of a window",
        ),
        (json!([{"name": "x", "of": means}]), "x"),
        (json!([with("a", means.clone(), decimal(1))]), "used twice"),
        (json!([with("X", means.clone(), decimal(1))]), "lower-case"),
        (projected(rank(&["A", "A"], 1)), "different symbols"),
        (projected(rank(&["A"], 1)), "different symbols"),
        (projected(rank(&["A", ""], 1)), "different symbols"),
        (projected(rank(&["A", "B"], 3)), "top"),
        (projected(rank(&["A", "B"], 0)), "top"),
        (of_means(wide), "2 numbers are read"),
        (of_means(flat), "deviations"),
        (of_means(identity(&["m"], 3)), "as rows of 2"),
        (of_means(identity(&["nothing"], 2)), "no step before it"),
    ] {
        let found = front_end(&operators, "{x}")
            .expect_err("refused")
            .to_string();
        assert!(found.contains(expected), "{expected}: {found}");
    }
    // What is written must be used, and what is used be written.
    let operators = json!([with("x", means.clone(), decimal(1))]);
    assert!(matches!(
        front_end(&operators, "text"),
        Err(SensorError::Unused { .. })
    ));
    let unknown = front_end(&operators, "{x} {y}");
    assert!(matches!(
        unknown,
        Err(SensorError::UnknownPlaceholder { .. })
    ));
}

#[test]
fn a_channel_that_only_a_step_reads_keeps_its_policy() -> Result<(), SensorError> {
    let means = json!({"kind": "statistics", "signals": ["a", "b"], "of": [{"kind": "mean"}]});
    let mut spec = spec(
        &json!([{"name": "x", "of": means, "write": decimal(1)}]),
        "{x}",
    );
    spec["channels"][1]["missing"] = json!({"kind": "reject"});
    let front_end = FrontEnd::new(serde_json::from_value::<FrontEndSpec>(spec).expect("a spec"))?;
    let refused = prompt(&front_end, &[1.0, 2.0], &[1.0, f64::NAN]);
    assert!(
        matches!(refused, Err(SensorError::MissingSample { .. })),
        "{refused:?}"
    );
    assert_eq!(
        prompt(&front_end, &[1.0, f64::NAN], &[1.0, 1.0])?,
        "1.0 1.0"
    );
    Ok(())
}

/// A front end whose verdict is the rank of two means.
fn verdict() -> Result<FrontEnd, SensorError> {
    let means = json!({"kind": "statistics", "signals": ["a", "b"], "of": [{"kind": "mean"}]});
    let operators = json!([
        {"name": "means", "of": means},
        {
            "name": "verdict",
            "of": identity(&["means"], 2),
            "write": {"kind": "rank", "symbols": ["A", "B"], "top": 2, "margin": {"at": [1.0], "alphabet": "xy"}},
        },
    ]);
    front_end(&operators, "{verdict}")
}

#[test]
fn what_a_projection_says_is_renamed_with_the_truth() -> Result<(), SensorError> {
    let front_end = verdict()?;
    let window = Window {
        channels: vec![vec![1.0], vec![5.0]],
    };
    let task = Task::classify(["a", "b"]);
    let mut computed = front_end.compute(&window)?;
    assert_eq!(front_end.projected(&computed, &task), Some(Truth::Label(1)));
    front_end.forget_unwritten(&mut computed);
    assert_eq!(computed.numbers, [vec![], vec![1.0, 5.0]]);
    let spec = AugmentSpec {
        permute_classes: 1.0,
        ..AugmentSpec::default()
    };
    let augmenter = Augmenter::new(spec, &front_end)?;
    let mut seen = BTreeSet::new();
    for stream in 0..100 {
        let mut varied = computed.clone();
        let mut rng = Rng::new(1, stream);
        let truth = augmenter.apply_to_scores(&mut varied, Some(Truth::Label(1)), &mut rng);
        let prompt = front_end.write(&varied)?.prompt;
        // Whatever it is called, the truth is what the projection ranks first.
        let found = if truth == Some(Truth::Label(1)) { 0 } else { 1 };
        assert!(prompt.starts_with(["BA", "AB"][found]), "{prompt}");
        seen.insert(prompt);
        // That it errs is not what there is to learn from such a window.
        let mut varied = computed.clone();
        let mut rng = Rng::new(1, stream);
        let erred = augmenter.apply_to_scores(&mut varied, Some(Truth::Label(0)), &mut rng);
        assert_eq!(erred, truth);
    }
    // However far it is ahead.
    assert_eq!(seen.len(), 4, "{seen:?}");
    let none = Augmenter::new(AugmentSpec::default(), &front_end)?;
    let truth = none.apply_to_scores(&mut computed, Some(Truth::Label(0)), &mut Rng::new(1, 1));
    assert_eq!(truth, Some(Truth::Label(0)));
    Ok(())
}

#[test]
fn a_number_is_made_up_with_its_truth() -> Result<(), SensorError> {
    let mean = json!({"kind": "statistics", "signals": ["a"], "of": [{"kind": "mean"}]});
    let operators = json!([
        {"name": "mean", "of": mean},
        {"name": "guess", "of": identity(&["mean"], 1), "write": decimal(1)},
    ]);
    let front_end = front_end(&operators, "{guess}")?;
    let window = Window {
        channels: vec![vec![7.0], vec![0.0]],
    };
    let spread = |min, max| AugmentSpec {
        spread_numbers: Some(SpreadNumbers {
            probability: 1.0,
            min,
            max,
        }),
        ..AugmentSpec::default()
    };
    let augmenter = Augmenter::new(spread(10.0, 30.0), &front_end)?;
    let computed = front_end.compute(&window)?;
    for stream in 0..20 {
        let mut varied = computed.clone();
        let mut rng = Rng::new(1, stream);
        let truth = augmenter.apply_to_scores(&mut varied, Some(Truth::Number(6.5)), &mut rng);
        let Some(Truth::Number(truth)) = truth else {
            panic!("no number");
        };
        assert!((10.0..=30.0).contains(&truth));
        assert_eq!(varied.numbers[1], [truth]);
    }
    assert!(Augmenter::new(spread(3.0, 3.0), &front_end).is_err());
    Ok(())
}

#[test]
fn scores_are_varied_only_where_there_are_some() -> Result<(), SensorError> {
    let operators = json!([{
        "name": "mean",
        "of": {"kind": "statistics", "signals": ["a"], "of": [{"kind": "mean"}]},
        "write": decimal(1),
    }]);
    let front_end = front_end(&operators, "{mean}")?;
    let spec = AugmentSpec {
        permute_classes: 0.5,
        ..AugmentSpec::default()
    };
    let said = Augmenter::new(spec, &front_end)
        .map(|_| ())
        .unwrap_err()
        .to_string();
    assert!(said.contains("no projection"), "{said}");
    Ok(())
}

#[test]
fn a_missing_number_is_written_where_a_symbol_is_said() -> Result<(), SensorError> {
    let operators = |empty: Value| {
        json!([{
            "name": "means",
            "of": {"kind": "statistics", "signals": ["a", "b"], "of": [{"kind": "mean"}]},
            "write": {"kind": "decimal", "decimals": 0, "separator": " ", "empty": empty},
        }])
    };
    let with = front_end(&operators("?".into()), "{means}")?;
    assert_eq!(prompt(&with, &[1.0], &[f64::NAN])?, "1 ?");
    let without = front_end(&operators(Value::Null), "{means}")?;
    assert!(matches!(
        prompt(&without, &[1.0], &[f64::NAN]),
        Err(SensorError::OperatorUndefined { .. })
    ));
    Ok(())
}

#[test]
fn numbers_can_be_had_without_a_template() -> Result<(), SensorError> {
    let operators = json!([
        {"name": "change", "of": {"kind": "difference", "signal": "a"}},
        {"name": "facts", "of": {"kind": "statistics", "signals": ["change"], "of": [{"kind": "mean"}]}},
    ]);
    // Nothing reads what comes of it, which would be a mistake in a prompt.
    assert!(front_end(&operators, "x").is_err());
    let spec = serde_json::from_value(spec(&operators, "x")).expect("a specification");
    let computed = FrontEnd::of_numbers(spec)?.compute(&Window {
        channels: vec![vec![1.0, f64::NAN, 4.0], vec![2.0]],
    })?;
    assert_eq!(computed.signals[2], [1.5, 1.5]);
    assert_eq!(computed.numbers, [vec![], vec![1.5]]);
    assert_eq!(computed.missing, 1);
    Ok(())
}
