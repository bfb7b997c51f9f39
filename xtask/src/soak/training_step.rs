//! A step of training beside eager PyTorch: the same shapes in turns, on one core.

use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{Setting, output};
use crate::target_dir;

/// What is measured: a name, and what both sides take as arguments, but for the
/// number of steps: layers, heads, width, vocabulary, context, sequences, tokens of
/// each, those that count, and the rate of dropout.
const SHAPES: [(&str, &str); 3] = [
    // The recipe of the gestures.
    ("0.12M", "2 4 64 270 128 64 30 27 0.1"),
    ("1.05M", "5 4 128 420 128 64 30 27 0"),
    // Longer windows, as the pump's.
    ("0.13M, 90 tokens", "2 4 64 420 128 64 90 60 0"),
];
/// Rounds of each shape.
const ROUNDS: usize = 5;
/// Steps of a measurement, and how many of them come before it counts.
const STEPS: [usize; 2] = [40, 8];
const FEW_STEPS: [usize; 2] = [3, 1];

const PEER: &str = include_str!("training_step.py");

pub(super) fn rounds(setting: &Setting) -> anyhow::Result<Vec<String>> {
    let count = if setting.short { 1 } else { ROUNDS };
    let rounds = (1..=count).flat_map(|round| SHAPES.map(|(name, _)| format!("{name}: {round}")));
    Ok(rounds.collect())
}

pub(super) fn round(setting: &Setting, name: &str) -> anyhow::Result<Value> {
    let [steps, warm] = if setting.short { FEW_STEPS } else { STEPS };
    let shape = SHAPES.iter().find(|(shape, _)| of(name) == *shape);
    let (_, shape) = shape.context("no such shape")?;
    let profile = if setting.short { "debug" } else { "release" };
    let pace = target_dir(&setting.root)
        .join(profile)
        .join("examples/pace");
    ensure!(pace.is_file(), "{} is not built", pace.display());
    let on_one_core = |program: &std::ffi::OsStr| {
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(program);
        command
    };
    let mut ours = on_one_core(pace.as_os_str());
    ours.args(shape.split(' ')).arg(steps.to_string());
    let ours = median(&times(&output(&mut ours)?)?, steps, warm)?;
    let python = std::env::var_os("SENSELM_PYTHON");
    let Some(python) = python else {
        ensure!(
            setting.short,
            "set SENSELM_PYTHON to a Python that has torch"
        );
        return Ok(json!({ "ours_ms": ours }));
    };
    let script = setting.work.join("training_step.py");
    std::fs::write(&script, PEER)?;
    let mut theirs = on_one_core(&python);
    theirs.arg(&script).args(shape.split(' '));
    theirs.arg(steps.to_string());
    let theirs = median(&times(&output(&mut theirs)?)?, steps, warm)?;
    Ok(json!({ "ours_ms": ours, "theirs_ms": theirs, "ratio": theirs / ours }))
}

/// The shape of a round.
fn of(round: &str) -> &str {
    round.rsplit_once(": ").map_or(round, |(shape, _)| shape)
}

fn times(printed: &str) -> anyhow::Result<Vec<f64>> {
    let times = printed.lines().map(|line| {
        let time = line.trim().parse::<f64>();
        time.with_context(|| format!("{line:?} is no time"))
    });
    times.collect()
}

/// The median of the run that was faster, each without its first steps.
fn median(times: &[f64], steps: usize, warm: usize) -> anyhow::Result<f64> {
    let runs = times.chunks_exact(steps).map(|run| {
        let mut run = run[warm.min(steps - 1)..].to_vec();
        run.sort_by(f64::total_cmp);
        run[run.len() / 2]
    });
    runs.min_by(f64::total_cmp)
        .context("no steps were measured")
}

/// Their time over ours, the median of the rounds of each shape: at least 1.
pub(super) fn table(found: &[(&str, &Value)]) -> (String, bool) {
    let mut text = String::new();
    let mut all_hold = true;
    for (shape, _) in SHAPES {
        let rounds = found.iter().filter(|(round, _)| of(round) == shape);
        let mut ratios: Vec<f64> = rounds
            .filter_map(|(_, found)| found["ratio"].as_f64())
            .collect();
        ratios.sort_by(f64::total_cmp);
        let Some(ratio) = ratios.get(ratios.len() / 2) else {
            all_hold = false;
            text += &format!("{shape}: not measured beside PyTorch\n");
            continue;
        };
        all_hold &= *ratio >= 1.0;
        text += &format!("{shape}: PyTorch's time over ours {ratio:.2}, at least 1\n");
    }
    (text, all_hold)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faster_run_counts_without_its_first_steps() {
        let printed = "90\n5\n7\n6\n80\n3\n4\n5\n";
        let times = times(printed).expect("times");
        assert_eq!(median(&times, 4, 1).expect("runs"), 4.0);
        assert!(median(&[], 4, 1).is_err());
        assert!(super::times("fast\n").is_err());
    }

    #[test]
    fn every_shape_has_to_be_as_fast_in_the_median() {
        let found = |ratio: f64| json!({ "ratio": ratio });
        let of = |first: f64| {
            let mut all = Vec::new();
            for (name, ratios) in [
                ("0.12M", [first, 1.5, 0.2]),
                ("1.05M", [1.1, 1.2, 3.0]),
                ("0.13M, 90 tokens", [1.1, 1.1, 1.1]),
            ] {
                for (round, ratio) in ratios.into_iter().enumerate() {
                    all.push((format!("{name}: {round}"), found(ratio)));
                }
            }
            all
        };
        let table = |all: &[(String, Value)]| {
            let all: Vec<_> = all.iter().map(|(name, found)| (&**name, found)).collect();
            super::table(&all)
        };
        let (text, holds) = table(&of(1.3));
        assert!(
            holds && text.contains("0.12M: PyTorch's time over ours 1.30"),
            "{text}"
        );
        assert!(!table(&of(0.9)).1);
        assert!(!table(&of(1.3)[..3]).1, "shapes that were not measured");
    }
}
