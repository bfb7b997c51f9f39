//! Every command of the program: what it prints, what it writes, how it ends.

mod program;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use program::{plain_model, senselm, senselm_with, sensor_model, text};
use tempfile::TempDir;

const COMMANDS: [&str; 13] = [
    "train", "init", "convert", "quantize", "inspect", "tokenize", "logits", "generate", "answer",
    "check", "eval", "bench", "simulate",
];

const FRONT_END: &str = r#"{
    "layout": {"kind": "rows"},
    "channels": [
        {"name": "flow", "unit": "m3/h", "source": "flow", "missing": {"kind": "symbol", "text": "?"}, "encode": {"kind": "decimal", "decimals": 1}},
        {"name": "current", "unit": "A", "source": "current", "encode": {"kind": "decimal", "decimals": 1}}
    ],
    "template": "flow {flow} current {current} state"
}"#;
const LABELS: &str = r#"{"kind": "classify", "labels": ["ok", "worn"]}"#;
const NUMBER: &str = r#"{"kind": "number", "min": 0, "max": 99.9, "decimals": 1, "unit": "bar"}"#;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a file of the test");
    path
}

/// Twelve distinct rows with both labels.
fn recording() -> String {
    let rows = (0..12).map(|i| {
        let label = if i % 3 == 0 { "worn" } else { "ok" };
        format!("{}.5,{},{label}\n", i, 40 - i)
    });
    format!("flow,current,output\n{}", rows.collect::<String>())
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let all = senselm(&["--help"]).ended_with(0);
    for name in COMMANDS {
        assert!(
            all.stdout.contains(&format!("\n  {name} ")),
            "{name}: {}",
            all.stdout
        );
        let help = senselm(&[name, "--help"]).ended_with(0);
        assert!(help.stdout.contains("Example"), "{name}: {}", help.stdout);
    }
    assert!(all.stdout.contains("Exit codes"), "{}", all.stdout);
    senselm(&["--version"]).ended_with(0);
    senselm::<&str>(&[]).ended_with(2);
    senselm(&["fly"]).ended_with(2);
}

#[test]
fn init_inspect_and_quantize() {
    let folder = folder();
    let model = plain_model(folder.path());
    let report = senselm(&["inspect", text(&model), "--json"])
        .ended_with(0)
        .json();
    assert_eq!(report["metadata"]["general.architecture"], "gpt2");
    assert_eq!(report["metadata"]["tokenizer.ggml.tokens"]["len"], 512);
    assert_eq!(report["gguf_version"], 3);
    assert!(
        report["tensors"]
            .as_array()
            .is_some_and(|tensors| tensors.len() > 10)
    );
    let words = senselm(&["inspect", text(&model)]).ended_with(0);
    assert!(
        words.stdout.contains("token_embd.weight"),
        "{}",
        words.stdout
    );

    let small = folder.path().join("small.gguf");
    let arguments = [
        "quantize",
        text(&model),
        "--type",
        "q8_0",
        "-o",
        text(&small),
        "--json",
    ];
    let written = senselm(&arguments).ended_with(0).json();
    assert_eq!(written["path"], text(&small));
    let after = senselm(&["inspect", text(&small), "--json"])
        .ended_with(0)
        .json();
    assert!(after["file_bytes"].as_u64() < report["file_bytes"].as_u64());
    let types: Vec<&str> = after["tensors"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|t| t["type"].as_str())
        .collect();
    assert!(types.contains(&"Q8_0"), "{types:?}");

    let quantize = |ty| senselm(&["quantize", text(&model), "--type", ty, "-o", text(&small)]);
    // Rows of 64 weights are no super-blocks of 256.
    let mixed = quantize("q4_k");
    let words = mixed.ended_with(0).stderr;
    assert!(
        words.contains("matrices are no whole blocks of what q4_k_m has"),
        "{words}"
    );
    assert!(words.contains("stored as Q5_0"), "{words}");
    let whole = quantize("q8_0");
    assert_eq!(whole.ended_with(0).stderr, "");

    senselm(&["quantize", text(&model), "--type", "q9", "-o", text(&small)]).ended_with(2);
    senselm(&["init", "--preset", "huge", "-o", text(&small)]).ended_with(2);
    senselm(&[
        "init",
        "--preset",
        "tiny",
        "--vocab",
        "x",
        "-o",
        text(&small),
    ])
    .ended_with(2);
    let nowhere = folder.path().join("no/such/folder/model.gguf");
    senselm(&["init", "--preset", "tiny", "-o", text(&nowhere)]).ended_with(1);
}

#[test]
fn convert_there_and_back() {
    let folder = folder();
    let model = plain_model(folder.path());
    let hf = folder.path().join("hf");
    senselm(&["convert", text(&model), "-o", text(&hf)]).ended_with(0);
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        assert!(hf.join(name).is_file(), "{name}");
    }
    // A folder that is named like a file is hardly meant, unless it is there.
    let named = folder.path().join("other.GGUF");
    let refused = senselm(&["convert", text(&model), "-o", text(&named)]).ended_with(2);
    for part in ["other.GGUF", "-o FOLDER", "senselm quantize"] {
        assert!(refused.stderr.contains(part), "{}", refused.stderr);
    }
    assert!(!named.exists());
    std::fs::create_dir(&named).expect("a folder of the test");
    senselm(&["convert", text(&model), "-o", text(&named)]).ended_with(0);
    let again = folder.path().join("again.gguf");
    senselm(&["convert", text(&hf), "--type", "f32", "-o", text(&again)]).ended_with(0);
    let out = folder.path().join("logits.f32");
    let logits = |model: &Path| {
        senselm(&[
            "logits",
            "--model",
            text(model),
            "--ids",
            "1,2,3",
            "-o",
            text(&out),
        ])
        .ended_with(0);
        std::fs::read(&out).expect("logits")
    };
    assert_eq!(logits(&model), logits(&again));
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).expect("a folder");
    senselm(&["convert", text(&empty), "-o", text(&again)]).ended_with(3);
}

#[test]
fn tokenize_and_back() {
    let folder = folder();
    let model = plain_model(folder.path());
    let tokens = [
        "tokenize",
        "--model",
        text(&model),
        "Hé 2<|endoftext|>",
        "--json",
    ];
    let json = senselm(&tokens).ended_with(0).json();
    assert_eq!(json["text"], "Hé 2<|endoftext|>");
    assert_eq!(json["ids"].as_array().map(Vec::len), Some(18));
    let parsed = senselm(&[&tokens[..], &["--parse-special"]].concat())
        .ended_with(0)
        .json();
    assert_eq!(parsed["ids"].as_array().map(Vec::len), Some(6));

    let ids = senselm_with("abc", &["tokenize", "--model", text(&model), "--file", "-"])
        .ended_with(0)
        .stdout;
    let back = senselm(&["tokenize", "--model", text(&model), "--decode", ids.trim()]);
    assert_eq!(back.ended_with(0).stdout, "abc\n");
    senselm(&["tokenize", "--model", text(&model), "--decode", "99999"]).ended_with(3);
    senselm(&["tokenize", "--model", text(&model)]).ended_with(2);
    let json = write(folder.path(), "tokenizer.json", "{\"model\": 1}");
    senselm(&["tokenize", "--model", text(&json), "a"]).ended_with(3);
}

#[test]
fn logits_of_one_and_of_all() {
    let folder = folder();
    let model = plain_model(folder.path());
    let out = folder.path().join("logits.f32");
    let arguments = [
        "logits",
        "--model",
        text(&model),
        "--ids",
        "5,6,7",
        "-o",
        text(&out),
        "--json",
    ];
    let last = senselm(&arguments).ended_with(0).json();
    assert_eq!((&last["rows"], &last["vocab"]), (&1.into(), &512.into()));
    assert_eq!(last["top"].as_array().map(Vec::len), Some(5));
    let one = std::fs::read(&out).expect("logits");
    let all = senselm(&[&arguments[..], &["--all"]].concat())
        .ended_with(0)
        .json();
    assert_eq!(all["rows"], 3);
    let three = std::fs::read(&out).expect("logits");
    assert_eq!((one.len(), three.len()), (4 * 512, 3 * 4 * 512));
    senselm(&[
        "logits",
        "--model",
        text(&model),
        "--ids",
        "5,x",
        "-o",
        text(&out),
    ])
    .ended_with(2);
    senselm(&[
        "logits",
        "--model",
        text(&model),
        "--ids",
        "512",
        "-o",
        text(&out),
    ])
    .ended_with(3);
    let kernels = ["--kernels", "abacus"];
    let run = senselm(&[&arguments[..], &kernels].concat()).ended_with(2);
    assert!(
        run.stderr.contains("scalar"),
        "names what there is: {}",
        run.stderr
    );
}

#[test]
fn generate_is_seeded_and_streams() {
    let folder = folder();
    let model = plain_model(folder.path());
    let arguments = |seed: &'static str| {
        let model = text(&model).to_owned();
        let words = [
            "generate",
            "--model",
            &model,
            "--prompt",
            "pump",
            "--max-tokens",
            "20",
            "--temperature",
            "1",
            "--seed",
            seed,
        ];
        words.map(str::to_owned).to_vec()
    };
    let json = |seed| {
        let arguments = [arguments(seed), vec!["--json".to_owned()]].concat();
        senselm(&arguments).ended_with(0).json()
    };
    let one = json("1");
    assert_eq!(one["text"], json("1")["text"]);
    assert_ne!(one["text"], json("2")["text"]);
    assert_eq!(one["runtime"], "native");
    let streamed = senselm(&arguments("1")).ended_with(0);
    assert_eq!(
        streamed.stdout,
        format!("{}\n", one["text"].as_str().unwrap())
    );

    let long = "x".repeat(4000);
    let prompt = write(folder.path(), "prompt.txt", long);
    let from_file = [
        "generate",
        "--model",
        text(&model),
        "--prompt-file",
        text(&prompt),
        "--max-tokens",
        "4",
    ];
    let refused = senselm(&from_file).ended_with(3);
    assert!(refused.stderr.contains("context"), "{}", refused.stderr);
    let kept = senselm(&[&from_file[..], &["--on-overflow", "keep-end"]].concat()).ended_with(0);
    assert!(kept.stderr.contains("left out"), "{}", kept.stderr);
    senselm(&[
        "generate",
        "--model",
        text(&model),
        "--prompt",
        "a",
        "--top-p",
        "7",
    ])
    .ended_with(2);
}

#[test]
fn answer_a_recording() {
    let folder = folder();
    let model = sensor_model(folder.path(), "sensor.gguf", FRONT_END, LABELS);
    let csv = write(folder.path(), "recording.csv", recording());
    let arguments = ["answer", "--model", text(&model), "--input", text(&csv)];
    let words = senselm(&arguments).ended_with(0);
    assert_eq!(words.stdout.lines().count(), 12, "{}", words.stdout);
    let run = senselm(&[&arguments[..], &["--json"]].concat()).ended_with(0);
    let lines = run.json_lines();
    assert_eq!(lines.len(), 12);
    assert_eq!(
        (&lines[0]["line"], &lines[0]["row"]),
        (&2.into(), &1.into())
    );
    assert_eq!(lines[0]["truth"], "worn");
    assert_eq!(lines[0]["answer"]["kind"], "classification");
    let shares = lines[0]["answer"]["probabilities"].as_array().unwrap();
    let sum: f64 = shares
        .iter()
        .filter_map(|share| share["probability"].as_f64())
        .sum();
    assert!((sum - 1.0).abs() < 1e-6, "{sum}");
    assert_eq!(lines[0]["error"], serde_json::Value::Null);

    let piped = ["answer", "--model", text(&model), "--input", "-"];
    assert_eq!(
        senselm_with(&recording(), &piped)
            .ended_with(0)
            .stdout
            .lines()
            .count(),
        12
    );
}

#[test]
fn answer_says_alarms_of_a_model_of_the_normal() {
    let folder = folder();
    let task = |threshold: f64| {
        format!(r#"{{"kind": "anomaly", "threshold": {threshold:?}, "smooth": 0.5}}"#)
    };
    let csv = write(folder.path(), "recording.csv", recording());
    for (threshold, alarms) in [(0.0, 12), (1e9, 0)] {
        let task = task(threshold);
        let model = sensor_model(folder.path(), "sensor.gguf", FRONT_END, &task);
        let arguments = ["answer", "--model", text(&model), "--input", text(&csv)];
        let words = senselm(&arguments).ended_with(0).stdout;
        assert_eq!(words.matches("ALARM").count(), alarms, "{words}");
        let lines = senselm(&[&arguments[..], &["--json"]].concat());
        let lines = lines.ended_with(0).json_lines();
        assert_eq!(lines.len(), 12);
        for line in &lines {
            assert_eq!(line["answer"]["kind"], "anomaly");
            assert_eq!(line["alarm"]["on"], alarms > 0);
            assert_eq!(line["answer"]["above"], alarms > 0);
            let surprise = line["answer"]["surprise"].as_array().unwrap();
            assert_eq!(surprise.len(), 2);
            assert!(surprise[1][0].as_f64().unwrap() > 0.0, "{line}");
            assert_eq!(line["truth"], serde_json::Value::Null);
        }
        let eval = ["eval", "--model", text(&model), "--data", text(&csv)];
        let refused = senselm(&eval).ended_with(3);
        assert!(
            refused.stderr.contains("senselm answer"),
            "{}",
            refused.stderr
        );
        let inspected = senselm(&["inspect", text(&model)]).ended_with(0).stdout;
        assert!(inspected.contains("unlike the normal"), "{inspected}");
        assert!(!inspected.contains("right answers"), "{inspected}");
    }
}

#[test]
fn answer_windows_of_json() {
    let folder = folder();
    let model = sensor_model(folder.path(), "sensor.gguf", FRONT_END, NUMBER);
    let arguments = [
        "answer",
        "--model",
        text(&model),
        "--input",
        "-",
        "--format",
        "windows",
        "--json",
    ];
    let windows = "{\"channels\": [[1.5], [2]]}\n\n{\"channels\": [[null], [3]]}\n";
    let lines = senselm_with(windows, &arguments).ended_with(0).json_lines();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        (&lines[1]["line"], &lines[1]["row"]),
        (&3.into(), &2.into())
    );
    for line in &lines {
        let value = line["answer"]["value"].as_f64().unwrap();
        assert!((0.0..=99.9).contains(&value), "{line}");
    }
    let strange = format!("\u{FFFD}\n{windows}");
    assert_eq!(
        senselm_with(&strange, &arguments)
            .ended_with(4)
            .json_lines()
            .len(),
        3
    );
    let bad = "{\"channels\": [[1.5]]}\nnonsense\n{\"channels\": [[1], [2]]}\n";
    let lines = senselm_with(bad, &arguments).ended_with(4).json_lines();
    assert_eq!(lines[0]["error"]["code"], "bad_input");
    assert_eq!(lines[1]["error"]["code"], "bad_row");
    assert!(lines[2]["answer"].is_object());
    let strict = [&arguments[..], &["--bad-rows", "fail"]].concat();
    senselm_with(bad, &strict).ended_with(3);
}

#[test]
fn inspect_says_what_a_recording_has() {
    let folder = folder();
    let stream = r#"{"layout": {"kind": "stream", "length": 4, "stride": 2,
            "timestamp": "when", "max_gap_s": 2.5},
        "channels": [
            {"name": "flow", "unit": "m3/h", "source": "F 1", "sample_rate_hz": 2,
                "encode": {"kind": "decimal", "decimals": 1}},
            {"name": "current", "source": 3, "encode": {"kind": "decimal", "decimals": 1}}],
        "template": "{flow} {current}"}"#;
    let cells = r#"{"layout": {"kind": "cells", "column": "wave", "samples": {"min": 4, "max": 9}},
        "channels": [{"name": "level", "source": 0, "sample_rate_hz": 15.9,
            "encode": {"kind": "decimal", "decimals": 1}}],
        "template": "{level}"}"#;
    let said = |front_end: &str| {
        let model = sensor_model(folder.path(), "sensor.gguf", front_end, LABELS);
        senselm(&["inspect", text(&model)]).ended_with(0).stdout
    };
    for (front_end, parts) in [
        (
            stream,
            &[
                "window: 4 samples of flow (m3/h), current",
                "rate: flow 2, current not said readings a second",
                "a window begins every 2 of them",
                "more than 2.5 s apart",
                "channels in columns \"F 1\", number 4; times in column \"when\"",
                "right answers, if any, in column \"output\"",
            ][..],
        ),
        (
            cells,
            &[
                "window: 4 to 9 samples of level",
                "rate: 15.9 readings a second",
                "each row is a window",
                "every channel in column \"wave\", there as number 1",
            ],
        ),
        (
            FRONT_END,
            &["rate: not said", "each row is a reading and a window"],
        ),
    ] {
        let words = said(front_end);
        for part in parts {
            assert!(words.contains(part), "{part}: {words}");
        }
    }
}

#[test]
fn windows_of_another_rate_are_refused() {
    let folder = folder();
    let front_end = r#"{"layout": {"kind": "cells", "column": "wave", "samples": {"min": 4, "max": 4}},
        "channels": [{"name": "level", "source": 0, "sample_rate_hz": 15.9,
            "encode": {"kind": "decimal", "decimals": 1}}],
        "template": "level {level} is"}"#;
    let model = sensor_model(folder.path(), "sensor.gguf", front_end, NUMBER);
    let rows = "wave,output\n\"[1,2,3,4]\",5\n\"[4,3,2,1]\",6\n\"[1,1,2,2]\",7\n";
    let csv = write(folder.path(), "cells.csv", rows);
    let windows = write(
        folder.path(),
        "windows.jsonl",
        "{\"channels\": [[1, 2, 3, 4]]}\n",
    );
    let model = text(&model);
    let (cells, windows) = (text(&csv), text(&windows));
    let answer = ["answer", "--model", model, "--input", cells];
    let of_json = ["answer", "--model", model, "--input", windows];
    let of_json = [&of_json[..], &["--format", "windows"]].concat();
    let eval = ["eval", "--model", model, "--data", cells, "--no-baselines"];
    for command in [&answer[..], &of_json, &eval] {
        let other = senselm(&[command, &["--rate", "32"]].concat()).ended_with(3);
        let words = &other.stderr;
        assert!(
            words.contains("come 32 times a second where the model reads 15.9"),
            "{words}"
        );
        assert!(words.contains("say --rate 15.9"), "{words}");
        senselm(&[command, &["--rate", "15.9"]].concat()).ended_with(0);
    }
    // What says how a table is written says nothing of windows.
    let told = senselm(&[&of_json[..], &["--decimal", "comma"]].concat()).ended_with(2);
    assert!(told.stderr.contains("--decimal"), "{}", told.stderr);
}

#[test]
fn bad_rows_are_reported_and_skipped_or_fatal() {
    let folder = folder();
    let model = sensor_model(folder.path(), "sensor.gguf", FRONT_END, LABELS);
    let csv = recording() + "oops,1,ok\n7,8,ok\n";
    let csv = write(folder.path(), "recording.csv", csv);
    let arguments = [
        "answer",
        "--model",
        text(&model),
        "--input",
        text(&csv),
        "--json",
    ];
    let run = senselm(&arguments).ended_with(4);
    let lines = run.json_lines();
    assert_eq!(lines.len(), 14);
    assert_eq!(
        (&lines[12]["line"], &lines[12]["answer"]),
        (&14.into(), &serde_json::Value::Null)
    );
    assert_eq!(lines[12]["error"]["code"], "bad_row");
    assert_eq!(lines[12]["error"]["column"], 1);
    assert!(run.stderr.contains("line 14, column 1"), "{}", run.stderr);
    let strict = [&arguments[..], &["--bad-rows", "fail"]].concat();
    assert!(senselm(&strict).ended_with(3).stderr.contains("line 14"));
    let eval = [
        "eval",
        "--model",
        text(&model),
        "--data",
        text(&csv),
        "--json",
    ];
    let report = senselm(&eval).ended_with(4).json();
    assert_eq!(
        (&report["n"], &report["bad_rows"][0]["line"]),
        (&13.into(), &14.into())
    );
}

#[test]
fn eval_of_labels() {
    let folder = folder();
    let model = sensor_model(folder.path(), "sensor.gguf", FRONT_END, LABELS);
    // The first window twice: 13 windows, 12 distinct.
    let csv = write(
        folder.path(),
        "recording.csv",
        recording() + "0.5,40,worn\n",
    );
    let arguments = ["eval", "--model", text(&model), "--data", text(&csv)];
    let report = senselm(&[&arguments[..], &["--json"]].concat())
        .ended_with(0)
        .json();
    assert_eq!(report["task"], "classify");
    let words = senselm(&arguments).ended_with(0).stdout;
    assert!(
        words.contains("13 windows, 12 distinct; 0 more without a known right answer"),
        "{words}"
    );
    assert_eq!(
        (&report["n"], &report["distinct"]),
        (&13.into(), &12.into())
    );
    assert_eq!(report["labels"], serde_json::json!(["ok", "worn"]));
    let counts = report["confusion"].as_array().unwrap();
    let total: u64 = counts
        .iter()
        .flat_map(|r| r.as_array().unwrap())
        .filter_map(|c| c.as_u64())
        .sum();
    assert_eq!((counts.len(), total), (2, 13));
    for key in ["accuracy", "macro_f1", "windows_per_s", "median_ms"] {
        assert!(report[key].is_f64(), "{key}: {}", report[key]);
    }
    for key in ["ci95", "wilson95", "macro_f1_ci95"] {
        assert_eq!(report[key].as_array().map(Vec::len), Some(2), "{key}");
    }
    assert_eq!(report["runtime"], "native");
    assert!(report["kernels"].is_string());
    let baselines = &report["baselines"];
    assert!(
        baselines["fitted_on"]
            .as_str()
            .is_some_and(|name| name.contains("cross-validation"))
    );
    let accuracy = baselines["majority"]["accuracy"].as_f64().unwrap();
    assert!((accuracy - 8.0 / 13.0).abs() < 1e-9, "{accuracy}");
    for name in ["majority", "knn", "random_forest"] {
        assert_eq!(baselines[name]["n"], 13, "{name}");
        assert!(baselines[name]["confusion"].is_array());
    }
    let words = senselm(&arguments).ended_with(0);
    assert!(words.stdout.contains("random forest"), "{}", words.stdout);

    let with_train = [&arguments[..], &["--train", text(&csv), "--json"]].concat();
    let report = senselm(&with_train).ended_with(0).json();
    assert_eq!(report["baselines"]["n_train"], 13);
    assert_eq!(report["baselines"]["random_forest"]["accuracy"], 1.0);
    let without = [&arguments[..], &["--no-baselines", "--json"]].concat();
    assert!(senselm(&without).ended_with(0).json()["baselines"].is_null());
}

#[test]
fn eval_of_numbers() {
    let folder = folder();
    let model = sensor_model(folder.path(), "sensor.gguf", FRONT_END, NUMBER);
    let rows: String = (0..10).map(|i| format!("{i},{i},{i}.5\n")).collect();
    let csv = write(
        folder.path(),
        "recording.csv",
        format!("flow,current,output\n{rows}3,3,\n"),
    );
    let arguments = ["eval", "--model", text(&model), "--data", text(&csv)];
    let report = senselm(&[&arguments[..], &["--json"]].concat())
        .ended_with(0)
        .json();
    assert_eq!(
        (&report["task"], &report["unit"]),
        (&"number".into(), &"bar".into())
    );
    assert_eq!(
        (&report["n"], &report["unlabelled"]),
        (&10.into(), &1.into())
    );
    assert!(report["mae"].is_f64() && report["rmse"].is_f64());
    let forest = report["baselines"]["random_forest"]["mae"]
        .as_f64()
        .unwrap();
    assert!(forest < report["baselines"]["majority"]["mae"].as_f64().unwrap());
    senselm(&arguments).ended_with(0);
}

#[test]
fn bench_says_why_a_figure_is_missing() {
    let folder = folder();
    let plain = plain_model(folder.path());
    let run = senselm(&[
        "bench",
        "--model",
        text(&plain),
        "--repetitions",
        "1",
        "--json",
    ]);
    let report = run.ended_with(0).json();
    for key in ["prefill_128_tokens_per_s", "decode_tokens_per_s"] {
        assert!(
            report[key].as_f64().is_some_and(|speed| speed > 0.0),
            "{key}"
        );
        assert!(report["spread"][key]["min"].as_f64() <= report[key].as_f64());
    }
    assert!(
        report["prefill_512_tokens_per_s"].is_null(),
        "the context is 128"
    );
    assert!(
        report["reasons"]["prefill_512_tokens_per_s"]
            .as_str()
            .is_some_and(|r| r.contains("128"))
    );
    assert!(report["windows_per_s"].is_null());
    assert!(report["reasons"]["windows_per_s"].is_string());
    let model = sensor_model(folder.path(), "sensor.gguf", FRONT_END, LABELS);
    let two = [
        "bench",
        "--model",
        text(&model),
        "--threads",
        "2",
        "--repetitions",
        "1",
        "--json",
    ];
    let report = senselm(&two).ended_with(0).json();
    assert!(
        report["windows_per_s"]
            .as_f64()
            .is_some_and(|speed| speed > 0.0),
        "{report}"
    );
    assert_eq!(report["threads"], 2);
    senselm(&["bench", "--model", text(&plain), "--threads", "0"]).ended_with(2);
}

#[test]
fn simulate_writes_a_labelled_recording() {
    let folder = folder();
    let arguments = [
        "simulate",
        "--seed",
        "3",
        "--episodes",
        "6",
        "--seconds",
        "10",
    ];
    let csv = senselm(&arguments).ended_with(0).stdout;
    assert_eq!(csv.lines().count(), 61);
    assert!(csv.lines().skip(1).all(|line| line.ends_with(",simulated")));
    let path = folder.path().join("pump.csv");
    let to_file = [&arguments[..], &["-o", text(&path), "--json"]].concat();
    assert_eq!(senselm(&to_file).ended_with(0).json()["path"], text(&path));
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), csv);
    senselm(&["simulate", "--with-onset", "2"]).ended_with(2);
    senselm(&["simulate", "--condition", "tired"]).ended_with(2);
}

#[test]
fn hostile_inputs_are_refused() {
    let folder = folder();
    let model = sensor_model(folder.path(), "sensor.gguf", FRONT_END, LABELS);
    let whole = std::fs::read(&model).expect("the model");
    let cut = write(folder.path(), "cut.gguf", &whole[..whole.len() / 2]);
    let noise = write(folder.path(), "noise.gguf", b"this is no model at all");
    let empty = write(folder.path(), "empty.gguf", b"");
    let missing = folder.path().join("missing.gguf");
    let csv = write(folder.path(), "recording.csv", recording());
    let out = folder.path().join("out");
    for bad in [&cut, &noise, &empty, &missing] {
        let bad = text(bad);
        let runs = [
            senselm(&["inspect", bad]),
            senselm(&["quantize", bad, "--type", "f16", "-o", text(&out)]),
            senselm(&["convert", bad, "-o", text(&out)]),
            senselm(&["tokenize", "--model", bad, "a"]),
            senselm(&["logits", "--model", bad, "--ids", "1", "-o", text(&out)]),
            senselm(&["generate", "--model", bad, "--prompt", "a"]),
            senselm(&["answer", "--model", bad, "--input", text(&csv)]),
            senselm(&["eval", "--model", bad, "--data", text(&csv)]),
            senselm(&["bench", "--model", bad]),
        ];
        for run in runs {
            let run = run.ended_with(3);
            assert!(
                run.stderr.starts_with("senselm: ") && run.stdout.is_empty(),
                "{}",
                run.stderr
            );
            assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        }
    }
    let plain = plain_model(folder.path());
    let no_task = senselm(&["answer", "--model", text(&plain), "--input", text(&csv)]);
    assert!(
        no_task.ended_with(3).stderr.contains("generate"),
        "says what to do instead"
    );
    senselm(&["eval", "--model", text(&plain), "--data", text(&csv)]).ended_with(3);

    for (name, content) in [
        ("nothing.csv", String::new()),
        ("header.csv", "flow,current,output\n".into()),
        ("columns.csv", "a,b\n1,2\n".into()),
        ("unlabelled.csv", "flow,current\n1,2\n".into()),
        ("binary.csv", "\0\u{1}\u{2}\n\0\n".into()),
    ] {
        let csv = write(folder.path(), name, content);
        senselm(&["eval", "--model", text(&model), "--data", text(&csv)]).ended_with(3);
        if name != "unlabelled.csv" {
            senselm(&["answer", "--model", text(&model), "--input", text(&csv)]).ended_with(3);
        }
    }
    let gone = folder.path().join("gone.csv");
    let run = senselm(&["answer", "--model", text(&model), "--input", text(&gone)]).ended_with(3);
    assert!(run.stderr.contains("gone.csv"), "{}", run.stderr);
}

#[test]
fn what_was_not_built_in_or_is_not_there_is_refused() {
    let folder = folder();
    let model = plain_model(folder.path());
    let missing = folder.path().join("missing");
    let out = folder.path().join("out");
    let code = if cfg!(feature = "wasmtime") { 3 } else { 2 };
    let run = senselm(&[
        "logits",
        "--model",
        text(&model),
        "--ids",
        "1",
        "-o",
        text(&out),
        "--runtime",
        "wasmtime",
        "--guest",
        text(&missing),
    ]);
    run.ended_with(code);
    let code = if cfg!(feature = "train") { 3 } else { 2 };
    let run = senselm(&[
        "train",
        "--recipe",
        text(&missing),
        "--data",
        text(folder.path()),
        "--out",
        text(&out),
    ]);
    run.ended_with(code);
}

/// `senselm ... | head -1` ends quietly.
#[test]
fn a_reader_that_leaves_is_no_error() {
    let arguments = ["simulate", "--episodes", "600", "--seconds", "600"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_senselm"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut first = [0; 64];
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut first).expect("some output");
    drop(stdout);
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[cfg(not(feature = "gpu"))]
#[test]
fn a_program_without_gpus_says_so() {
    let folder = folder();
    let model = plain_model(folder.path());
    let arguments = ["generate", "--model", text(&model), "--prompt", "A pump"];
    let run = senselm(&[&arguments[..], &["--backend", "gpu"]].concat()).ended_with(3);
    assert!(run.stderr.contains("feature `gpu`"), "{}", run.stderr);
    senselm(&[&arguments[..], &["--backend", "auto"]].concat()).ended_with(0);
    let guest = ["--backend", "auto", "--runtime", "wasmtime"];
    senselm(&[&arguments[..], &guest].concat()).ended_with(2);
}
