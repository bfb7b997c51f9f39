//! `senselm fit` on data that nobody tuned, beside simple models on the same windows:
//! random convolutions with a ridge, the nearest window under time warping, a forest.
//!
//! A set with a test part is measured on it; of one without each of four parts is kept
//! apart once. Every seed cuts anew. Nothing here is to be tuned by: what is measured
//! was never seen by the search.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use senselm_evaluate::{Clusters, bootstrap, stratified_folds};
use serde_json::{Value, json};

use super::{SEED, Setting, output};

/// Seeds of each set.
const SEEDS: u64 = 3;
/// Parts of a set without a test part.
const FOLDS: usize = 4;
pub(super) const BUDGET: &str = "3m";
/// A longer budget, tried with one seed, and how its rounds end.
const LONG_BUDGET: &str = "10m";
const LONG: &str = ", at 10 minutes";
/// People that do exercises, of which each is left out once.
pub(super) const PEOPLE: &str = "shoulder";
/// Made here, for the short form.
const MADE: &str = "made up";
/// What has to hold: the mean difference to random convolutions, and each set's to the
/// better of time warping and forest.
const LEAST_MEAN: f64 = -0.01;
const LEAST_OF_A_SET: f64 = -0.02;
const RESAMPLES: usize = 2000;

/// What `fit` calls what a report has beside the model.
const SIMPLE: [(&str, &str); 3] = [
    ("convolutions", "random convolutions, ridge"),
    ("warped", "nearest under time warping"),
    ("forest", "random forest"),
];

/// A round for each seed of each set that is here, and one for the people.
pub(super) fn rounds(setting: &Setting) -> anyhow::Result<Vec<String>> {
    if setting.short {
        return Ok(vec![round_of(MADE, SEED)]);
    }
    let Some(data) = setting.data() else {
        println!("skipped: no recordings, set SENSELM_DATA to the folder that holds data/");
        return Ok(Vec::new());
    };
    let names = sets(&data)?;
    // Seed by seed: who stops early has all sets by fewer seeds.
    let mut rounds: Vec<String> = (0..SEEDS)
        .flat_map(|at| names.iter().map(move |name| round_of(name, SEED + at)))
        .collect();
    if data.join(PEOPLE).is_dir() {
        rounds.push(round_of(PEOPLE, SEED));
    }
    Ok(rounds)
}

/// A round for each set that is here, with more time.
pub(super) fn long_rounds(setting: &Setting) -> anyhow::Result<Vec<String>> {
    if setting.short {
        return Ok(vec![format!("{MADE}{LONG}")]);
    }
    let names = setting.data().map_or(Ok(Vec::new()), |data| sets(&data))?;
    Ok(names.iter().map(|name| format!("{name}{LONG}")).collect())
}

/// The sets that are here.
fn sets(data: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    if let Ok(sets) = std::fs::read_dir(data.join("panel")) {
        for set in sets {
            names.push(set?.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn round_of(name: &str, seed: u64) -> String {
    format!("{name}, seed {seed}")
}

pub(super) fn round(setting: &Setting, name: &str) -> anyhow::Result<Value> {
    let (set, seed, budget) = match name.strip_suffix(LONG) {
        Some(set) => (set, SEED, LONG_BUDGET),
        None => {
            let (set, seed) = name.rsplit_once(", seed ").context("no seed")?;
            (set, seed.parse()?, BUDGET)
        }
    };
    let work = setting.work.join(name);
    std::fs::create_dir_all(&work)?;
    let found = if set == PEOPLE {
        let data = setting.data().context("the recordings are gone")?;
        let train = data.join(PEOPLE).join("train.csv");
        let group = ["--group", "subject", "--label", "output"];
        vec![in_folds(&fit(
            setting,
            &train,
            &work.join("model"),
            (seed, budget),
            &group,
        )?)?]
    } else {
        let mut found = Vec::new();
        for (at, folder) in parts(setting, set, seed, &work)?.iter().enumerate() {
            let out = work.join(format!("model-{at}"));
            let report = fit(
                setting,
                folder,
                &out,
                (seed, budget),
                &["--task", "classify"],
            )?;
            found.push(kept(&report)?);
        }
        found
    };
    Ok(together(&found, setting.short))
}

/// Runs `senselm fit` with a seed and a budget, and gives its report.
pub(super) fn fit(
    setting: &Setting,
    data: &Path,
    out: &Path,
    (seed, budget): (u64, &str),
    rest: &[&str],
) -> anyhow::Result<Value> {
    let mut fit = setting.senselm()?;
    fit.arg("fit")
        .arg(data)
        .args(rest)
        .args(["--json", "--budget"]);
    fit.arg(if setting.short { "5s" } else { budget });
    // What an earlier run left there is made anew.
    fit.args(["--seed", &seed.to_string(), "--force", "-o"])
        .arg(out);
    Ok(serde_json::from_str(&output(&mut fit)?)?)
}

/// Accuracies of one measurement, over so many windows.
#[derive(Debug, Clone)]
struct Measured {
    windows: f64,
    /// By `model`, `projection` and the names of [`SIMPLE`].
    accuracy: BTreeMap<&'static str, f64>,
    chosen: String,
    seconds: f64,
}

/// On the windows that were kept apart.
fn kept(report: &Value) -> anyhow::Result<Measured> {
    let own = [("model", "kept"), ("projection", "kept_projection")];
    measured(report, own, "kept_baselines")
}

/// In the folds of the search.
fn in_folds(report: &Value) -> anyhow::Result<Measured> {
    let own = [("model", "model"), ("projection", "projection")];
    measured(report, own, "baselines")
}

fn measured(
    report: &Value,
    own: [(&'static str, &str); 2],
    simple: &str,
) -> anyhow::Result<Measured> {
    let mut accuracy = BTreeMap::new();
    let mut windows = None;
    for (name, key) in own {
        if let Some(mean) = report[key]["mean"].as_f64() {
            accuracy.insert(name, mean);
            windows = windows.or(report[key]["windows"].as_f64());
        }
    }
    let all = report[simple].as_array().context("no simple models")?;
    for (name, called) in SIMPLE {
        let found = all.iter().find(|one| one["name"] == called);
        // What there was no time for is not compared with.
        if let Some(figure) = found.and_then(|one| one["figure"].as_f64()) {
            accuracy.insert(name, figure);
        }
    }
    let chosen = report["chosen"].as_u64().unwrap_or(0) as usize;
    Ok(Measured {
        windows: windows.context("neither model nor projection was measured")?,
        accuracy,
        chosen: report["candidates"][chosen]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        seconds: report["seconds"].as_f64().unwrap_or(0.0),
    })
}

/// Several measurements of one set as one, and how far the model is from the others.
fn together(all: &[Measured], short: bool) -> Value {
    let windows: f64 = all.iter().map(|one| one.windows).sum();
    let mean = |name: &str| {
        let known: Vec<(f64, f64)> = all
            .iter()
            .filter_map(|one| Some((one.windows, *one.accuracy.get(name)?)))
            .collect();
        // A figure of some parts would be held against one of all.
        (known.len() == all.len() && windows > 0.0).then(|| {
            let sum: f64 = known.iter().map(|(windows, figure)| windows * figure).sum();
            sum / windows
        })
    };
    // Without time for the model in folds its projection stands for it.
    let own = mean("model").or_else(|| mean("projection"));
    let classical = match (mean("warped"), mean("forest")) {
        (Some(warped), Some(forest)) => Some(warped.max(forest)),
        (warped, forest) => warped.or(forest),
    };
    let less = |other: Option<f64>| Some(own? - other?);
    let seconds = all.iter().map(|one| one.seconds).fold(0.0, f64::max);
    let chosen: Vec<&str> = all.iter().map(|one| one.chosen.as_str()).collect();
    json!({
        "failed": !short && (own.is_none() || mean("convolutions").is_none()),
        "windows": windows,
        "model": mean("model"),
        "projection": mean("projection"),
        "convolutions": mean("convolutions"),
        "warped": mean("warped"),
        "forest": mean("forest"),
        "to_convolutions": less(mean("convolutions")),
        "to_better_of_warped_and_forest": less(classical),
        "chosen": chosen,
        "seconds": seconds,
    })
}

/// The table of all rounds, and whether what has to hold does.
pub(super) fn table(rounds: &[(&str, &Value)]) -> (String, bool) {
    let mut sets: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (round, found) in rounds {
        let (set, _) = round.rsplit_once(", ").unwrap_or((round, ""));
        sets.entry(set).or_default().push(found);
    }
    let mut text = format!(
        "{:<24}{:>8}{:>12}{:>14}{:>8}{:>8}   to convolutions   to the better of the two\n",
        "set", "model", "projection", "convolutions", "warped", "forest"
    );
    let mut holds = true;
    let (mut of_set, mut differences) = (Vec::new(), Vec::new());
    for (at, (set, found)) in sets.iter().enumerate() {
        let numbers =
            |key: &str| -> Vec<f64> { found.iter().filter_map(|one| one[key].as_f64()).collect() };
        let shown = |key: &str| match numbers(key).as_slice() {
            [] => "-".to_owned(),
            all => format!("{:.1}", 100.0 * mean(all)),
        };
        let apart = |all: &[f64]| match all {
            [] => "-".to_owned(),
            all => {
                let low = all.iter().copied().fold(f64::INFINITY, f64::min);
                let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                format!(
                    "{:+.1} ({:+.1} to {:+.1})",
                    100.0 * mean(all),
                    100.0 * low,
                    100.0 * high
                )
            }
        };
        let to = numbers("to_convolutions");
        let better = numbers("to_better_of_warped_and_forest");
        let _ = writeln!(
            text,
            "{set:<24}{:>8}{:>12}{:>14}{:>8}{:>8}   {:<18}{}",
            shown("model"),
            shown("projection"),
            shown("convolutions"),
            shown("warped"),
            shown("forest"),
            apart(&to),
            apart(&better),
        );
        if *set != PEOPLE {
            holds &= better.is_empty() || mean(&better) >= LEAST_OF_A_SET;
            of_set.extend(to.iter().map(|_| at as u64));
            differences.extend(to);
        }
    }
    if !differences.is_empty() {
        holds &= mean(&differences) >= LEAST_MEAN;
        let clusters = Clusters::of_keys(of_set);
        let interval = bootstrap(&clusters, RESAMPLES, SEED, |weights| {
            let all = weights.iter().zip(&differences);
            let (sum, count) = all.fold((0.0, 0.0), |(sum, count), (weight, value)| {
                (sum + f64::from(*weight) * value, count + f64::from(*weight))
            });
            sum / f64::max(count, 1.0)
        });
        let interval = interval.map_or(String::new(), |interval| {
            format!(
                ", 95 % over sets {:+.1} to {:+.1}",
                100.0 * interval.low,
                100.0 * interval.high
            )
        });
        let _ = writeln!(
            text,
            "mean difference to random convolutions: {:+.2} points{interval}",
            100.0 * mean(&differences)
        );
    }
    (text, holds)
}

fn mean(all: &[f64]) -> f64 {
    all.iter().sum::<f64>() / all.len().max(1) as f64
}

/// Folders with what is learned from and what is measured on.
pub(super) fn parts(
    setting: &Setting,
    set: &str,
    seed: u64,
    work: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let text = if set == MADE {
        made_up(24)
    } else {
        let data = setting.data().context("the recordings are gone")?;
        let folder = data.join("panel").join(set);
        if folder.join("test.csv").is_file() {
            return Ok(vec![folder]);
        }
        std::fs::read_to_string(folder.join("train.csv"))?
    };
    let count = if setting.short { 2 } else { FOLDS };
    let mut folders = Vec::new();
    for (at, [train, test]) in cut(&text, count, seed)?.into_iter().enumerate() {
        let folder = work.join(format!("part-{at}"));
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("train.csv"), train)?;
        std::fs::write(folder.join("test.csv"), test)?;
        folders.push(folder);
    }
    Ok(folders)
}

/// Cuts windows in cells, one a row, into parts with about the same share of each
/// label; equal windows stay together. Of each part: what is not in it, and it.
fn cut(text: &str, count: usize, seed: u64) -> anyhow::Result<Vec<[String; 2]>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = lines.next().context("no header")?;
    let rows: Vec<(&str, &str)> = lines
        .map(|line| line.rsplit_once(',').context("a row without a label"))
        .collect::<Result<_, _>>()?;
    ensure!(rows.len() >= count, "fewer windows than parts");
    let mut keys: BTreeMap<&str, u64> = BTreeMap::new();
    let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut clusters, mut strata) = (Vec::new(), Vec::new());
    for (window, label) in &rows {
        let next = keys.len() as u64;
        clusters.push(*keys.entry(window).or_insert(next));
        let next = labels.len();
        strata.push(*labels.entry(label).or_insert(next));
    }
    let folds = stratified_folds(&Clusters::of_keys(clusters), &strata, count, seed)?;
    let written = |which: &[usize]| {
        let mut text = format!("{header}\n");
        for (window, label) in which.iter().filter_map(|&at| rows.get(at)) {
            let _ = writeln!(text, "{window},{label}");
        }
        text
    };
    let each = folds
        .iter()
        .map(|fold| [written(&fold.train), written(&fold.test)]);
    Ok(each.collect())
}

/// Windows that rise or fall.
fn made_up(count: usize) -> String {
    let mut text = String::from("input,output\n");
    for at in 0..count {
        let slope = if at % 2 == 0 { 1.0 } else { -1.0 };
        let samples: Vec<String> = (0..20)
            .map(|time| {
                let wave = (f64::from(time * (at as u32 + 3)) * 0.37).sin();
                format!("{:.3}", slope * (f64::from(time) - 10.0) * 0.2 + 0.2 * wave)
            })
            .collect();
        let _ = writeln!(
            text,
            "\"[{}]\",{}",
            samples.join(", "),
            if at % 2 == 0 { "rise" } else { "fall" }
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_each_label_and_no_window_is_on_both_sides() {
        let text = "input,output\n\"[1, 2]\",a\n\"[1, 2]\",a\n\"[3]\",b\n\"[4]\",a\n\"[5]\",b\n\"[6]\",a\n";
        let parts = cut(text, 2, 1).expect("parts");
        assert_eq!(parts.len(), 2);
        for [train, test] in &parts {
            assert!(train.starts_with("input,output\n") && test.starts_with("input,output\n"));
            assert_eq!(train.lines().count() + test.lines().count(), 8);
            for line in test.lines().skip(1) {
                assert!(!train.contains(line), "{line}");
            }
            assert!(test.contains(",b\n") && train.contains(",b\n"));
        }
        assert_ne!(parts, cut(&made_up(12), 2, 1).expect("parts"));
        assert!(cut("input,output\n1\n2\n", 2, 1).is_err());
    }

    fn report(model: f64, convolutions: f64, forest: f64) -> Value {
        json!({
            "kept": { "mean": model, "windows": 10 },
            "kept_projection": { "mean": model, "windows": 10 },
            "kept_baselines": [
                { "name": "random convolutions, ridge", "figure": convolutions },
                { "name": "random forest", "figure": forest },
            ],
            "chosen": 0,
            "candidates": [{ "name": "facts" }],
            "seconds": 7.0,
        })
    }

    #[test]
    fn sets_are_held_against_convolutions_and_the_better_of_two() {
        let found = |model, convolutions, forest| {
            let all = [kept(&report(model, convolutions, forest)).expect("figures")];
            together(&all, false)
        };
        let (good, bad) = (found(0.9, 0.9, 0.8), found(0.8, 0.8, 0.85));
        assert_eq!(good["to_convolutions"], 0.0);
        assert_eq!(
            (&good["warped"], &good["failed"]),
            (&Value::Null, &json!(false))
        );
        let (text, holds) = table(&[("a, seed 1", &good), ("a, seed 2", &good)]);
        assert!(holds && text.contains("+10.0 (+10.0 to +10.0)"), "{text}");
        let (text, holds) = table(&[("a, seed 1", &good), ("b, seed 1", &bad)]);
        assert!(!holds, "b is five points below its forest: {text}");
        assert!(
            text.contains("mean difference to random convolutions: +0.00"),
            "{text}"
        );
        let far = found(0.7, 0.8, 0.6);
        assert!(
            !table(&[("a, seed 1", &far)]).1,
            "ten points below convolutions"
        );
        // People are told of, and no bound is theirs.
        assert!(table(&[("a, seed 1", &good), ("shoulder, seed 1", &far)]).1);
        assert!(kept(&json!({ "kept_baselines": [] })).is_err());
    }
}
