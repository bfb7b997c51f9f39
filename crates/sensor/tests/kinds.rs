//! Settings that have kinds: what is written of each is read as it was, in JSON and
//! in TOML, and what is wrong with one is said.

use std::fmt::Debug;

use proptest::prelude::*;
use senselm_sensor::{
    AlarmSpec, Encode, FeatureKind, FeatureWrite, Layout, Matrix, Missing, Numbers, Operator,
    OperatorWrite, Scale, Source, Task,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// One kind as it is written with every field, and the fields that it has to have.
type Example = (&'static str, &'static [&'static str]);

const LAYOUTS: &[Example] = &[
    (
        r#"{"kind":"cells","column":"sensors","samples":{"min":1,"max":4}}"#,
        &["samples"],
    ),
    (
        r#"{"kind":"side_by_side","samples":{"min":1,"max":4}}"#,
        &["samples"],
    ),
    (r#"{"kind":"rows","column":3}"#, &[]),
    (
        r#"{"kind":"stream","length":60,"stride":30,"label":"majority","timestamp":"t","max_gap_s":2.5}"#,
        &["length", "stride"],
    ),
];

const MISSING: &[Example] = &[
    (r#"{"kind":"reject"}"#, &[]),
    (r#"{"kind":"hold","empty":"-"}"#, &[]),
    (r#"{"kind":"interpolate","empty":"-"}"#, &[]),
    (r#"{"kind":"symbol","text":"?"}"#, &["text"]),
];

const SCALES: &[Example] = &[
    (r#"{"kind":"none"}"#, &[]),
    (
        r#"{"kind":"window_min_max","min_range":0.1,"group":"a"}"#,
        &["min_range"],
    ),
    (
        r#"{"kind":"window_z_score","min_std":0.1,"clip":3.0}"#,
        &["min_std", "clip"],
    ),
    (r#"{"kind":"change","max":0.1}"#, &["max"]),
    (
        r#"{"kind":"global","min":-0.30000000000000004,"max":1e+22}"#,
        &["min", "max"],
    ),
];

const ENCODES: &[Example] = &[
    (
        r#"{"kind":"levels","count":10,"alphabet":"0123456789","separator":" "}"#,
        &["count"],
    ),
    (
        r#"{"kind":"edges","edges":{"at":[0.25,0.5],"alphabet":"abc"},"separator":","}"#,
        &["edges"],
    ),
    (
        r#"{"kind":"decimal","decimals":2,"width":4,"trim":true,"separator":","}"#,
        &["decimals"],
    ),
];

const FEATURES: &[Example] = &[
    (r#"{"kind":"min"}"#, &[]),
    (r#"{"kind":"max"}"#, &[]),
    (r#"{"kind":"range"}"#, &[]),
    (r#"{"kind":"mean"}"#, &[]),
    (r#"{"kind":"std"}"#, &[]),
    (r#"{"kind":"first"}"#, &[]),
    (r#"{"kind":"last"}"#, &[]),
    (r#"{"kind":"slope"}"#, &[]),
    (r#"{"kind":"roughness"}"#, &[]),
    (r#"{"kind":"missing_share"}"#, &[]),
    (
        r#"{"kind":"dominant_frequency","min_cpm":3.0,"max_cpm":40.0,"detrend":"mean","taper":"none"}"#,
        &["min_cpm", "max_cpm"],
    ),
    (
        r#"{"kind":"autocorrelation_frequency","min_cpm":3.0,"max_cpm":40.0,"detrend":"line"}"#,
        &["min_cpm", "max_cpm"],
    ),
    (
        r#"{"kind":"crossing_rate","min_cpm":3.0,"max_cpm":40.0,"detrend":"parabola","smooth":0.25}"#,
        &["min_cpm", "max_cpm"],
    ),
    (r#"{"kind":"longest_run"}"#, &[]),
    (r#"{"kind":"median"}"#, &[]),
    (r#"{"kind":"interquartile_range"}"#, &[]),
    (r#"{"kind":"skewness"}"#, &[]),
    (r#"{"kind":"kurtosis"}"#, &[]),
    (r#"{"kind":"crossing_share"}"#, &[]),
    (r#"{"kind":"spectral_centroid"}"#, &[]),
    (r#"{"kind":"spectral_entropy"}"#, &[]),
    (r#"{"kind":"min_position"}"#, &[]),
    (r#"{"kind":"max_position"}"#, &[]),
    (r#"{"kind":"length"}"#, &[]),
    (r#"{"kind":"autocorrelation","lag":4}"#, &["lag"]),
];

const FEATURE_WRITES: &[Example] = &[
    (
        r#"{"kind":"decimal","decimals":2,"width":4,"trim":true}"#,
        &["decimals"],
    ),
    (
        r#"{"kind":"edges","edges":{"at":{"f32":"AACAPg=="},"alphabet":"ab"}}"#,
        &["edges"],
    ),
    (
        r#"{"kind":"levels","count":10,"alphabet":"0123456789","min":-1.0,"max":1.0}"#,
        &["count", "min", "max"],
    ),
];

const OPERATORS: &[Example] = &[
    (r#"{"kind":"difference","signal":"a"}"#, &["signal"]),
    (
        r#"{"kind":"standardise","signal":"a","least":0.5}"#,
        &["signal"],
    ),
    (
        r#"{"kind":"statistics","signals":["a","b"],"of":[{"kind":"mean"},{"kind":"autocorrelation","lag":2}]}"#,
        &["signals", "of"],
    ),
    (
        r#"{"kind":"convolutions","signals":["a"],"points":64,"features":1000,"dilations":[{"step":2,"biases":{"f32":"AACAPg=="},"signals":[[0],[0,1]]}]}"#,
        &["signals", "points"],
    ),
    (
        r#"{"kind":"project","of":["d"],"mean":[0.5],"deviation":{"f32":"AACAPg=="},"clip":4.0,"weights":{"int8":"fw==","scale":[0.5]},"bias":[1.0]}"#,
        &["of"],
    ),
    (
        r#"{"kind":"novelty","of":["d"],"rate":0.5,"mean":[0.5],"deviation":[1.0],"clip":4.0,"basis":{"int8":"fw==","scale":[0.5]},"limit":2.0}"#,
        &["of", "rate"],
    ),
];

const OPERATOR_WRITES: &[Example] = &[
    (
        r#"{"kind":"rank","symbols":["a","b"],"top":2,"margin":{"at":[1.0],"alphabet":"ab"}}"#,
        &["top", "margin"],
    ),
    (
        r#"{"kind":"decimal","decimals":2,"width":4,"separator":",","empty":"-"}"#,
        &["decimals"],
    ),
    (
        r#"{"kind":"levels","edges":{"at":[1.0],"alphabet":"ab"},"separator":",","empty":"-"}"#,
        &["edges"],
    ),
];

const TASKS: &[Example] = &[
    (
        r#"{"kind":"classify","labels":["a","b"],"label_values":{"0":"a","1":"b"},"column":"y","temperature":1.5}"#,
        &["labels"],
    ),
    (
        r#"{"kind":"number","min":3.0,"max":40.0,"decimals":1,"width":2,"unit":"1/min","column":2}"#,
        &["min", "max", "decimals"],
    ),
    (
        r#"{"kind":"generate","max_tokens":8,"column":"y"}"#,
        &["max_tokens"],
    ),
    (
        r#"{"kind":"anomaly","threshold":2.5,"threshold_interval":[2.25,2.75],"run":8,"false_alarm_rate":0.02,"held_back":400,"release":2.25,"smooth":0.5,"usual":1.5,"drift":0.01,"drifted":2.0}"#,
        &[],
    ),
];

/// Where null stands for what is left out.
const MAY_BE_NULL: [&str; 14] = [
    "least",
    "limit",
    "column",
    "timestamp",
    "max_gap_s",
    "empty",
    "group",
    "alphabet",
    "features",
    "threshold",
    "threshold_interval",
    "run",
    "release",
    "drifted",
];

fn fields(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).expect("an object")
}

fn error<T: DeserializeOwned + Debug>(json: &Value) -> String {
    let read = serde_json::from_str::<T>(&json.to_string());
    read.expect_err(&json.to_string()).to_string()
}

fn says(error: &str, parts: &[&str]) {
    for part in parts {
        assert!(error.contains(part), "{part} is not said: {error}");
    }
}

/// Holds a type to the examples of all its kinds.
fn kinds<T: DeserializeOwned + Serialize + PartialEq + Debug>(examples: &[Example]) {
    let names: Vec<String> = examples
        .iter()
        .map(|(json, _)| fields(json)["kind"].as_str().expect("a kind").to_owned())
        .collect();
    for ((json, needed), name) in examples.iter().zip(&names) {
        // As it is written, byte for byte; and in TOML.
        let read: T = serde_json::from_str(json).expect(json);
        assert_eq!(serde_json::to_string(&read).expect("JSON"), *json);
        let toml = toml::to_string(&read).expect("TOML");
        assert_eq!(toml::from_str::<T>(&toml).expect(&toml), read);

        let all = fields(json);
        for field in all.keys().filter(|field| *field != "kind") {
            let quoted = format!("`{field}`");
            let mut without = all.clone();
            let value = without.remove(field).expect("a field");
            let without = Value::Object(without);
            if needed.contains(&field.as_str()) {
                let of = format!("of `{name}`");
                says(&error::<T>(&without), &["missing field", &quoted, &of]);
            } else {
                serde_json::from_value::<T>(without).expect(field);
            }
            let twice = json.replacen('{', &format!("{{{}:{value},", json!(field)), 1);
            let twice = serde_json::from_str::<T>(&twice).expect_err(&twice);
            says(&twice.to_string(), &["duplicate field", &quoted]);

            let mut nothing = all.clone();
            nothing.insert(field.clone(), Value::Null);
            let nothing = Value::Object(nothing);
            let may = MAY_BE_NULL.contains(&field.as_str()) && !needed.contains(&field.as_str());
            if may && !(field == "column" && name != "rows" && name != "cells") {
                serde_json::from_value::<T>(nothing).expect(field);
            } else {
                says(&error::<T>(&nothing), &[field, "null"]);
            }

            // No setting is a flag beside those that are nothing else.
            let mut other = all.clone();
            other.insert(
                field.clone(),
                json!(if field == "trim" {
                    json!(1)
                } else {
                    json!(true)
                }),
            );
            says(&error::<T>(&Value::Object(other)), &[field, "expected"]);
        }

        // What belongs to another kind, or to none.
        let others = examples.iter().flat_map(|(json, _)| fields(json));
        let foreign = others.filter(|(field, _)| !all.contains_key(field));
        for (field, value) in foreign.chain([("colour".to_owned(), json!("red"))]) {
            let mut more = all.clone();
            more.insert(field.clone(), value);
            let error = error::<T>(&Value::Object(more));
            says(
                &error,
                &["unknown field", &format!("`{field}` of `{name}`")],
            );
            for known in all.keys() {
                says(&error, &[&format!("`{known}`")]);
            }
        }
    }

    let unknown = error::<T>(&json!({"kind": "dance"}));
    says(&unknown, &["unknown kind", "`dance`"]);
    for name in &names {
        says(&unknown, &[&format!("`{name}`")]);
    }
    // No kind that this test forgot.
    let known = unknown.split("expected one of").nth(1).expect("the kinds");
    assert_eq!(known.matches('`').count(), 2 * names.len(), "{unknown}");
    says(&error::<T>(&json!({})), &["missing field `kind`"]);
    says(
        &error::<T>(&json!({"kind": 1})),
        &["kind", "expected a text"],
    );
    for none in [json!("x"), json!([]), json!(1.5), json!(null)] {
        says(&error::<T>(&none), &["expected fields"]);
    }
}

#[test]
fn layouts() {
    kinds::<Layout>(LAYOUTS);
}

#[test]
fn policies_of_missing_samples() {
    kinds::<Missing>(MISSING);
}

#[test]
fn scales() {
    kinds::<Scale>(SCALES);
}

#[test]
fn encodings() {
    kinds::<Encode>(ENCODES);
}

#[test]
fn features() {
    kinds::<FeatureKind>(FEATURES);
}

#[test]
fn how_features_are_written() {
    kinds::<FeatureWrite>(FEATURE_WRITES);
}

#[test]
fn operators() {
    kinds::<Operator>(OPERATORS);
}

#[test]
fn how_operators_are_written() {
    kinds::<OperatorWrite>(OPERATOR_WRITES);
}

#[test]
fn tasks() {
    kinds::<Task>(TASKS);
}

#[test]
fn what_is_left_out_has_its_default() {
    let read = |json| serde_json::from_str::<Operator>(json).expect(json);
    let Operator::Project { clip, weights, .. } = read(r#"{"kind": "project", "of": []}"#) else {
        panic!("another kind");
    };
    assert_eq!((clip, weights), (8.0, Matrix::default()));
    let decimal: Encode = serde_json::from_str(r#"{"decimals": 0, "kind": "decimal"}"#)
        .expect("the kind may stand anywhere");
    assert!(matches!(decimal, Encode::Decimal { separator, .. } if separator == " "));
    let stream = r#"{"kind": "stream", "length": 2, "stride": 1}"#;
    let stream: Layout = serde_json::from_str(stream).expect(stream);
    let written = r#"{"kind":"stream","length":2,"stride":1,"label":"last"}"#;
    assert_eq!(serde_json::to_string(&stream).expect("JSON"), written);
    let task: Task = serde_json::from_str(r#"{"kind": "anomaly"}"#).expect("a task");
    assert_eq!(task, Task::Anomaly(AlarmSpec::default()));
    let task: Task = serde_json::from_str(r#"{"kind": "generate", "max_tokens": 1}"#).expect("one");
    assert_eq!(task, Task::generate(1));
    let spectral = r#"{"kind": "dominant_frequency", "min_cpm": 1, "max_cpm": 2}"#;
    let spectral: FeatureKind = serde_json::from_str(spectral).expect(spectral);
    says(
        &serde_json::to_string(&spectral).expect("JSON"),
        &[r#""detrend":"line","taper":"hann"}"#],
    );
}

#[test]
fn errors_say_where_they_are() {
    let of_operator: [(Value, &[&str]); 6] = [
        (
            json!({"kind": "statistics", "signals": ["a"], "of": [{"kind": "mean"}, {"kind": "mode"}]}),
            &["of: 1: unknown kind `mode`", "`kurtosis`"],
        ),
        (
            json!({"kind": "statistics", "signals": ["a", 2], "of": []}),
            &["signals: 1: expected a text, found 2"],
        ),
        (
            json!({"kind": "convolutions", "signals": [], "points": 1.5}),
            &["points: expected a whole number of 0 to", "found 1.5"],
        ),
        (
            json!({"kind": "convolutions", "signals": [], "points": 1,
                "dilations": [{"step": 1, "biases": [], "signals": [[256]]}]}),
            &["dilations: 0: signals: 0: 0: expected a whole number of 0 to 255, found 256"],
        ),
        (
            json!({"kind": "convolutions", "signals": [], "points": 1, "dilations": [{"step": 1}]}),
            &["dilations: 0: missing field `biases`"],
        ),
        (
            json!({"kind": "project", "of": [], "bias": [1, "2"]}),
            &["bias: 1: expected a number, found the text \"2\""],
        ),
    ];
    for (json, parts) in of_operator {
        says(&error::<Operator>(&json), parts);
    }
    let twice = r#"{"kind": "none", "kind": "none"}"#;
    let twice = serde_json::from_str::<Scale>(twice).expect_err(twice);
    says(&twice.to_string(), &["duplicate field `kind`"]);
    let scale = r#"scale = { kind = "global", min = 0, maximum = 1 }"#;
    let recipe = toml::from_str::<std::collections::BTreeMap<String, Scale>>(scale);
    let error = recipe.expect_err(scale).to_string();
    says(
        &error,
        &["line 1", "missing field `max` of `global`, found `maximum`"],
    );
    let label =
        r#"{"kind": "classify", "labels": ["a", "b"], "label_values": {"0": "a", "0": "b"}}"#;
    let error = serde_json::from_str::<Task>(label).expect_err(label);
    says(&error.to_string(), &["label_values: duplicate field `0`"]);
    let taper =
        json!({"kind": "dominant_frequency", "min_cpm": 1, "max_cpm": 2, "taper": "hamming"});
    let known = "taper: expected `none`, `hann`, found the text \"hamming\"";
    says(&self::error::<FeatureKind>(&taper), &[known]);
}

#[test]
fn columns_are_names_or_positions() {
    let layout = |column: &str| {
        serde_json::from_str::<Layout>(&format!(r#"{{"kind": "rows", "column": {column}}}"#))
    };
    for column in ["-1", "1.5", "99999999999999999999", "[]", "true"] {
        let alone = serde_json::from_str::<Source>(column);
        assert!(alone.is_err() && layout(column).is_err(), "{column}");
    }
    for (column, source) in [
        ("7", Source::Index(7)),
        ("\"7\"", Source::Name("7".into())),
        (r#""\u0041""#, Source::Name("A".into())),
    ] {
        assert_eq!(
            serde_json::from_str::<Source>(column).expect(column),
            source
        );
        assert!(
            matches!(layout(column), Ok(Layout::Rows { column: Some(found) }) if found == source)
        );
    }
}

proptest! {
    /// A number is the nearest to its text, whichever way it is read.
    #[test]
    fn numbers_are_read_to_the_last_bit(number in prop::num::f64::NORMAL | prop::num::f64::ZERO) {
        let scale = Scale::Change { max: number };
        let json = serde_json::to_string(&scale).expect("JSON");
        let back = serde_json::from_str::<Scale>(&json).expect("a scale");
        prop_assert_eq!(&back, &scale);
        let toml = toml::to_string(&scale).expect("TOML");
        prop_assert_eq!(&toml::from_str::<Scale>(&toml).expect("a scale"), &scale);
        let list = Numbers::List(vec![number]);
        let json = serde_json::to_string(&list).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Numbers>(&json).expect("a list"), list);
    }

    /// Whole numbers beyond 64 bits are numbers too.
    #[test]
    fn whole_numbers_are_numbers(number: u64) {
        let json = format!(r#"{{"kind": "change", "max": {number}}}"#);
        let scale = serde_json::from_str::<Scale>(&json).expect("a scale");
        prop_assert_eq!(scale, Scale::Change { max: number as f64 });
    }
}
