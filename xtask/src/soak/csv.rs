//! How long the program takes to read a recording.
//!
//! The model is the bundled one with a front end that makes one window of the
//! whole recording, so that reading is nearly all there is to do.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use senselm_gguf::{Gguf, OwnedValue, Writer, keys};
use serde_json::{Value, json};

use super::{SEED, Setting, numbered, output};

/// Readings of a simulated pump.
const ROWS_OF_A_PUMP: u32 = 100;

fn rows(setting: &Setting) -> u32 {
    if setting.short { 1_000 } else { 100_000 }
}

pub(super) fn rounds(setting: &Setting) -> anyhow::Result<Vec<String>> {
    Ok(numbered(setting, 7))
}

pub(super) fn round(setting: &Setting, _: &str) -> anyhow::Result<Value> {
    let rows = rows(setting);
    let recording = setting.work.join(format!("{rows}.csv"));
    let pumps = rows / ROWS_OF_A_PUMP;
    let mut simulate = setting.senselm()?;
    simulate.args(["simulate", "--seed", &SEED.to_string()]);
    simulate.args(["--episodes", &pumps.to_string()]);
    simulate
        .args(["--seconds", &ROWS_OF_A_PUMP.to_string(), "-o"])
        .arg(&recording);
    output(&mut simulate)?;
    let bytes = std::fs::metadata(&recording)?.len();
    let model = one_window(setting, rows)?;

    let mut answer = setting.senselm()?;
    answer
        .args(["answer", "--json", "--threads", "1", "--model"])
        .arg(&model);
    answer.arg("--input").arg(&recording);
    let begun = Instant::now();
    let answers = output(&mut answer)?;
    let seconds = begun.elapsed().as_secs_f64();
    let windows = answers.lines().count();
    Ok(json!({
        "rows": rows,
        "bytes": bytes,
        "seconds": seconds,
        "rows_per_s": (f64::from(rows) / seconds).round(),
        "failed": windows != 1,
    }))
}

/// The bundled model with a stride beyond the recording's end.
fn one_window(setting: &Setting, rows: u32) -> anyhow::Result<PathBuf> {
    let bytes = std::fs::read(setting.root.join("models/pump.gguf"))?;
    let file = Gguf::parse(&bytes)?;
    let mut writer = Writer::new();
    for (key, value) in file.metadata().iter() {
        let value = OwnedValue::from(value);
        if key == keys::SENSELM_FRONT_END {
            let text = file.metadata().str(key)?;
            let mut front_end: Value = serde_json::from_str(text)?;
            let layout = front_end["layout"].as_object_mut().context("no layout")?;
            layout.insert("stride".into(), rows.into());
            // Pumps follow each other with a jump in time, which would end a window.
            layout.remove("timestamp");
            layout.remove("max_gap_s");
            writer.set(key, front_end.to_string())?;
        } else {
            writer.set(key, value)?;
        }
    }
    for tensor in file.tensors() {
        let data = file.tensor_bytes(tensor);
        writer.tensor(tensor.name, tensor.dims.as_slice(), tensor.ty, data)?;
    }
    let path = setting.work.join("one-window.gguf");
    std::fs::write(&path, writer.to_bytes()?)?;
    Ok(path)
}
