//! A model of the normal beside nearest windows and an isolation forest, on
//! recordings whose anomalies are marked: marks are only used to measure.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use senselm_evaluate::auroc;
use senselm_evaluate::baselines::{isolation_forest, nearest_distance};
use serde_json::{Value, json};

use super::{SEED, Setting, output};

/// A wave that drifts and changes its scale, made here.
const DRIFT: &str = "drift";
/// The column that marks anomalies; what is measured is the one before it.
const MARKS: &str = "is_anomaly";
/// What has to be reached, and how far below the best of the others.
const LEAST: f64 = 0.99;
const BELOW: f64 = 0.01;

/// One round for each recording that is here, and the drift.
pub(super) fn rounds(setting: &Setting) -> anyhow::Result<Vec<String>> {
    let mut names = vec![DRIFT.to_owned()];
    if setting.short {
        return Ok(names);
    }
    let folder = setting.data().map(|data| data.join("anomaly"));
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else {
        println!("skipped: no recordings, set SENSELM_DATA to the folder that holds data/");
        return Ok(names);
    };
    for entry in std::fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

pub(super) fn round(setting: &Setting, name: &str) -> anyhow::Result<Value> {
    let folder = match name {
        DRIFT => drift(setting)?,
        _ => setting
            .data()
            .context("the recordings are gone")?
            .join("anomaly")
            .join(name),
    };
    let (train, test) = (folder.join("train.csv"), folder.join("test.csv"));
    let out = setting.work.join(format!("{name}-model"));
    let mut fit = setting.senselm()?;
    fit.arg("fit")
        .arg(&train)
        .args(["--task", "anomaly", "--json", "--force"]);
    fit.args(["--seed", &SEED.to_string(), "--budget"]);
    fit.arg(if setting.short { "1s" } else { "5m" })
        .arg("-o")
        .arg(&out);
    let report: Value = serde_json::from_str(&output(&mut fit)?)?;
    let mut answer = setting.senselm()?;
    answer
        .args(["answer", "--json", "--model"])
        .arg(out.join("model.gguf"));
    answer.arg("--input").arg(&test);
    let answered = output(&mut answer)?;

    let (learned, _) = recording(&train)?;
    let (samples, marks) = recording(&test)?;
    let mut windows = Windows::default();
    for line in answered.lines() {
        let line: Value = serde_json::from_str(line)?;
        let (Some(row), Some(score)) = (line["row"].as_u64(), line["answer"]["anomaly"].as_f64())
        else {
            continue;
        };
        let length = line["answer"]["surprise"][0].as_array().map_or(0, Vec::len);
        let end = row as usize;
        let range = end.saturating_sub(length)..end;
        windows.scores.push(score);
        windows.alarms.push(line["alarm"]["on"] == true);
        windows.is.push(
            marks
                .get(range.clone())
                .is_some_and(|marks| marks.contains(&true)),
        );
        windows
            .rows
            .push(samples.get(range).context("a window outside")?.to_vec());
    }
    windows.judged(&learned, &report, setting.short)
}

/// What was answered, window by window.
#[derive(Default)]
struct Windows {
    rows: Vec<Vec<f64>>,
    scores: Vec<f64>,
    alarms: Vec<bool>,
    is: Vec<bool>,
}

impl Windows {
    fn judged(&self, learned: &[f64], report: &Value, short: bool) -> anyhow::Result<Value> {
        let length = self.rows.first().map_or(0, Vec::len);
        ensure!(length > 0, "nothing was answered");
        let stride = (length / 8).max(1);
        let train = learned.windows(length).step_by(stride);
        let train: Vec<Vec<f64>> = train.map(<[f64]>::to_vec).collect();
        let shapes = |rows: &[Vec<f64>]| rows.iter().map(|row| shape(row)).collect::<Vec<_>>();
        let of = |scores: &[f64]| auroc(scores, &self.is).context("no window has an anomaly");
        let ours = of(&self.scores)?;
        let raw = of(&nearest_distance(&train, &self.rows))?;
        let z = of(&nearest_distance(&shapes(&train), &shapes(&self.rows)))?;
        let forest = of(&isolation_forest(&train, &self.rows, SEED))?;
        let highest = self
            .scores
            .iter()
            .zip(&self.is)
            .max_by(|a, b| a.0.total_cmp(b.0));
        let inside = highest.is_some_and(|(_, is)| *is);
        let count = |is: bool, on: bool| {
            let both = self.is.iter().zip(&self.alarms);
            both.filter(|(found, alarm)| **found == is && (!on || **alarm))
                .count()
        };
        let best = raw.max(z).max(forest);
        // A second of training shows only that everything runs.
        let failed = !short && (ours < LEAST || ours < best - BELOW || !inside);
        Ok(json!({
            "failed": failed,
            "auroc": ours,
            "nearest": raw,
            "nearest_z_normalised": z,
            "isolation_forest": forest,
            "highest_is_inside": inside,
            "alarms_inside": [count(true, true), count(true, false)],
            "alarms_outside": [count(false, true), count(false, false)],
            "false_alarms": report["false_alarms"],
            "chosen": report["candidates"][report["chosen"].as_u64().unwrap_or(0) as usize]["name"],
            "seconds": report["seconds"],
        }))
    }
}

/// Less its mean, over its deviation.
fn shape(row: &[f64]) -> Vec<f64> {
    let count = row.len().max(1) as f64;
    let mean = row.iter().sum::<f64>() / count;
    let square = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
    let deviation = square.sqrt().max(1e-9);
    row.iter().map(|x| (x - mean) / deviation).collect()
}

/// The samples of a recording, and which are marked.
fn recording(path: &Path) -> anyhow::Result<(Vec<f64>, Vec<bool>)> {
    let text = std::fs::read_to_string(path)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let marks = header
        .iter()
        .position(|title| *title == MARKS)
        .context("no column of marks")?;
    ensure!(marks > 0, "no column of samples");
    let (mut samples, mut is) = (Vec::new(), Vec::new());
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let cell = |at: usize| {
            cells
                .get(at)
                .context("a short row")
                .and_then(|cell| Ok(cell.parse::<f64>()?))
        };
        samples.push(cell(marks - 1)?);
        is.push(cell(marks)? > 0.0);
    }
    Ok((samples, is))
}

/// Recordings of a wave whose place and size change, more while it is measured than
/// while it is learned; its anomalies are of another shape.
fn drift(setting: &Setting) -> anyhow::Result<PathBuf> {
    let folder = setting.work.join(DRIFT);
    std::fs::create_dir_all(&folder)?;
    let rows = if setting.short { 1200 } else { 6000 };
    for (name, rows, strange, much) in [
        ("train", rows / 2, &[][..], 0.3),
        (
            "test",
            rows,
            &[rows / 4, rows / 2, rows - rows / 6][..],
            1.0,
        ),
    ] {
        let mut text = format!("value,{MARKS}\n");
        // Noise by a linear congruence: nothing here needs better.
        let mut state = SEED + rows as u64;
        for row in 0..rows {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let noise = (state >> 33) as f64 / f64::from(1_u32 << 31) - 0.5;
            let is = strange
                .iter()
                .any(|start| (*start..start + 40).contains(&row));
            let (time, phase) = (
                row as f64 / rows as f64,
                row as f64 * std::f64::consts::TAU / 40.0,
            );
            let turned = if is { 2.2 } else { 0.0 };
            let wave = phase.sin() + 0.5 * (2.0 * phase + 0.7 + turned).sin() + 0.15 * noise;
            let place = much * (6.0 * time + 2.0 * (row as f64 / 240.0).sin());
            let value = place + (1.0 + 2.0 * much * time) * wave;
            writeln!(text, "{value:.5},{}", u8::from(is))?;
        }
        std::fs::write(folder.join(format!("{name}.csv")), text)?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_judged_beside_simple_scores() {
        let wave = |at: usize| (at as f64 * 0.7).sin();
        let learned: Vec<f64> = (0..400).map(wave).collect();
        let mut windows = Windows::default();
        for start in 0..40 {
            let is = start == 20;
            let row: Vec<f64> = (0..16)
                .map(|at| if is { 3.0 } else { wave(start + at) })
                .collect();
            windows.rows.push(row);
            windows.is.push(is);
            windows.alarms.push(is);
            windows.scores.push(if is { 2.0 } else { 1.0 });
        }
        let judged = |windows: &Windows| {
            windows
                .judged(&learned, &json!({}), false)
                .expect("figures")
        };
        let found = judged(&windows);
        assert_eq!(found["failed"], false, "{found}");
        assert_eq!(found["alarms_outside"], json!([0, 39]));
        windows.scores[20] = 0.5;
        assert_eq!(judged(&windows)["failed"], true);
    }
}
