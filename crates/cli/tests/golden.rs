//! The program on files of other people: golden models and recordings.

mod program;

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use program::{senselm, sensor_model, text};
use serde_json::Value;

type Test = fn(&Path) -> Result<(), Failed>;

const TESTS: [(&str, Test); 3] = [
    ("eval_of_gesture", eval_of_gesture),
    ("eval_of_localisation", eval_of_localisation),
    ("eval_of_breathing", eval_of_breathing),
];

fn main() {
    let arguments = Arguments::from_args();
    let data = senselm_tests::data_dir();
    let missing = data.is_none();
    let data = data.unwrap_or_default();
    if missing {
        println!("ignored: no recordings: set SENSELM_DATA to the folder that holds data/");
    }
    if guest().is_none() {
        println!("ignored: the guest is not built, run cargo xtask wasm");
    }
    let trials = TESTS
        .into_iter()
        .map(|(name, test)| {
            let data = data.clone();
            Trial::test(name, move || test(&data)).with_ignored_flag(missing)
        })
        .chain([
            Trial::test("logits_of_a_converted_model", logits_of_a_converted_model),
            same_in_wasmtime(),
            bench_in_wasmtime(),
        ])
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

/// The guest, where `cargo xtask wasm` has built it and this program has wasmtime.
fn guest() -> Option<PathBuf> {
    let built =
        Path::new(env!("CARGO_BIN_EXE_senselm")).with_file_name("../guest/senselm-guest.wasm");
    let guest = std::env::var_os("SENSELM_GUEST").map_or(built, PathBuf::from);
    (cfg!(feature = "wasmtime") && guest.is_file()).then_some(guest)
}

fn without_guest(name: &str) -> Trial {
    Trial::test(name, || Ok(())).with_ignored_flag(true)
}

/// `bench` measures in the guest what it measures natively.
fn bench_in_wasmtime() -> Trial {
    const NAME: &str = "bench_measures_in_wasmtime";
    let Some(guest) = guest() else {
        return without_guest(NAME);
    };
    Trial::test(NAME, move || {
        let folder = tempfile::tempdir()?;
        let model = program::plain_model(folder.path());
        let guest = ["--runtime", "wasmtime", "--guest", text(&guest)];
        let bench = ["bench", "--model", text(&model), "--repetitions", "1"];
        let report = senselm(&[&bench[..], &guest, &["--json"]].concat())
            .ended_with(0)
            .json();
        assert_eq!(report["runtime"], "wasmtime");
        assert_eq!(report["kernels"], "relaxed-simd");
        for key in ["prefill_128_tokens_per_s", "decode_tokens_per_s"] {
            assert!(
                report[key].as_f64().is_some_and(|speed| speed > 0.0),
                "{report}"
            );
        }
        let reason = report["reasons"]["prefill_512_tokens_per_s"].as_str();
        assert!(
            reason.is_some_and(|reason| reason.contains("128")),
            "{report}"
        );
        senselm(&[&bench[..], &guest, &["--threads", "2"]].concat()).ended_with(2);
        Ok(())
    })
}

/// The same logits natively and in the guest, which `cargo xtask wasm` builds.
fn same_in_wasmtime() -> Trial {
    const NAME: &str = "wasmtime_gives_the_same_logits";
    let Some(guest) = guest() else {
        return without_guest(NAME);
    };
    Trial::test(NAME, move || {
        /// What the project promises for F32 between hosts.
        const TOLERANCE: f32 = 1e-3;
        let folder = tempfile::tempdir()?;
        let model = program::plain_model(folder.path());
        let out = folder.path().join("logits.f32");
        let logits = |runtime: &[&str]| {
            let arguments = [
                "logits",
                "--model",
                text(&model),
                "--ids",
                "1,2,3",
                "--all",
                "-o",
            ];
            senselm(&[&arguments[..], &[text(&out)], runtime].concat()).ended_with(0);
            floats(&out)
        };
        let native = logits(&[])?;
        let guest = logits(&["--runtime", "wasmtime", "--guest", text(&guest)])?;
        let worst = difference(&native, &guest);
        assert!(worst < TOLERANCE, "{worst}");
        Ok(())
    })
}

fn difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, f32::max)
}

/// Hugging Face's own logits for a prompt, after our conversion to F32.
fn logits_of_a_converted_model() -> Result<(), Failed> {
    /// What TOLERANCES.txt allows between f32 runtimes.
    const TOLERANCE: f32 = 0.005;
    let folder = tempfile::tempdir()?;
    let tiny = senselm_tests::golden::folder().join("tiny");
    let golden: Value = serde_json::from_slice(&std::fs::read(tiny.join("golden.json"))?)?;
    let model = folder.path().join("tiny.gguf");
    senselm(&["convert", text(&tiny), "--type", "f32", "-o", text(&model)]).ended_with(0);
    let out = folder.path().join("logits.f32");
    let prompts = golden["ids"].as_array().ok_or("golden.json has no ids")?;
    for (index, ids) in prompts.iter().enumerate() {
        let ids: Vec<u32> = serde_json::from_value(ids.clone())?;
        let list: Vec<String> = ids.iter().map(u32::to_string).collect();
        let list = list.join(",");
        senselm(&[
            "logits",
            "--model",
            text(&model),
            "--ids",
            &list,
            "-o",
            text(&out),
        ])
        .ended_with(0);
        let found = floats(&out)?;
        let expected = floats(&tiny.join(format!("hf_orig.p{index}.logits.f32")))?;
        let worst = difference(&found, &expected);
        assert!(worst < TOLERANCE, "prompt {index}: {worst}");
    }
    Ok(())
}

fn floats(path: &Path) -> Result<Vec<f32>, Failed> {
    let bytes = std::fs::read(path)?;
    let (numbers, _) = bytes.as_chunks::<4>();
    Ok(numbers
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect())
}

/// The front end and the task that docs/front-end.md recommends.
fn example(name: &str) -> Result<(String, String), Failed> {
    let path = senselm_tests::workspace_root().join("docs/front-end.md");
    let page = std::fs::read_to_string(path)?;
    let (_, block) = page
        .split_once(&format!("```json {name}\n"))
        .ok_or_else(|| format!("docs/front-end.md has no block named {name}"))?;
    let (block, _) = block.split_once("```").ok_or("the block does not end")?;
    let block: Value = serde_json::from_str(block)?;
    Ok((block["front_end"].to_string(), block["task"].to_string()))
}

/// Evaluates a model that knows nothing; the baselines are what is tested.
fn eval(data: &Path, name: &str) -> Result<Value, Failed> {
    let folder = tempfile::tempdir()?;
    let (front_end, task) = example(name)?;
    let model = sensor_model(folder.path(), "model.gguf", &front_end, &task);
    let file = |split: &str| data.join(format!("data/{name}/{split}.csv"));
    let (train, validation) = (file("train"), file("validation"));
    let run = senselm(&[
        "eval",
        "--model",
        text(&model),
        "--data",
        text(&validation),
        "--train",
        text(&train),
        "--json",
    ]);
    Ok(run.ended_with(0).json())
}

fn baseline(report: &Value, name: &str, figure: &str) -> f64 {
    report["baselines"][name][figure]
        .as_f64()
        .unwrap_or(f64::NAN)
}

/// scikit-learn's forest reaches 0.968 to 0.989 here, by its seed.
fn eval_of_gesture(data: &Path) -> Result<(), Failed> {
    let report = eval(data, "gesture")?;
    assert_eq!(report["n"], 93);
    assert_eq!(report["baselines"]["n_train"], 408);
    assert!((baseline(&report, "majority", "accuracy") - 1.0 / 3.0).abs() < 0.05);
    assert!(
        baseline(&report, "random_forest", "accuracy") > 0.95,
        "{}",
        report["baselines"]
    );
    Ok(())
}

fn eval_of_localisation(data: &Path) -> Result<(), Failed> {
    let report = eval(data, "localisation")?;
    assert_eq!(report["n"], 35);
    assert!(
        baseline(&report, "random_forest", "accuracy") > 0.99,
        "{}",
        report["baselines"]
    );
    Ok(())
}

fn eval_of_breathing(data: &Path) -> Result<(), Failed> {
    let report = eval(data, "breathing")?;
    assert_eq!(
        (&report["n"], &report["baselines"]["n_train"]),
        (&1.into(), &7.into())
    );
    assert!(report["ci95"].is_null(), "one window has no interval");
    assert!(baseline(&report, "majority", "mae").is_finite());
    Ok(())
}
