//! What the choice of `senselm fit` costs: on windows that it never saw, the candidate
//! that was chosen beside the best of all of them.
//!
//! The best is found by these windows themselves, so a part of what is measured here is
//! luck that no choice can have.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Context;
use senselm_evaluate::{Clusters, bootstrap};
use serde_json::{Value, json};

use super::panel::{BUDGET, PEOPLE, fit, parts, rounds as rounds_of_panel};
use super::{SEED, Setting};

/// The most that may be lost in the mean.
const MOST: f64 = 0.02;
const RESAMPLES: usize = 2000;

/// The sets of the panel, once.
pub(super) fn rounds(setting: &Setting) -> anyhow::Result<Vec<String>> {
    let once = format!(", seed {SEED}");
    let rounds = rounds_of_panel(setting)?.into_iter();
    let sets = rounds.filter_map(|round| Some(round.strip_suffix(&once)?.to_owned()));
    Ok(sets.filter(|set| set != PEOPLE).collect())
}

pub(super) fn round(setting: &Setting, set: &str) -> anyhow::Result<Value> {
    let work = setting.work.join(set);
    std::fs::create_dir_all(&work)?;
    let mut right = Right::default();
    for (at, folder) in parts(setting, set, SEED, &work)?.iter().enumerate() {
        let out = work.join(format!("model-{at}"));
        let rest = ["--task", "classify", "--every-candidate"];
        right.add(&fit(setting, folder, &out, (SEED, BUDGET), &rest)?)?;
    }
    Ok(right.found())
}

/// Windows that were answered right, over the parts of a set.
#[derive(Debug, Default)]
struct Right {
    windows: f64,
    chosen: f64,
    /// The best of each part, and of all candidates the one that is best over all.
    best_of_each: f64,
    by_candidate: BTreeMap<String, f64>,
}

impl Right {
    fn add(&mut self, report: &Value) -> anyhow::Result<()> {
        let all = report["kept_candidates"]
            .as_array()
            .context("no candidate was measured")?;
        let chosen = report["chosen"].as_u64().unwrap_or(0) as usize;
        let chosen = &report["candidates"][chosen]["name"];
        let mut best = 0.0_f64;
        let mut windows = 0.0;
        for one in all {
            let figure = one["figure"].as_f64().context("no figure")?;
            windows = one["windows"].as_f64().context("no windows")?;
            let right = figure * windows;
            best = best.max(right);
            if one["name"] == *chosen {
                self.chosen += right;
            }
            let name = one["name"].as_str().unwrap_or_default().to_owned();
            *self.by_candidate.entry(name).or_default() += right;
        }
        self.best_of_each += best;
        self.windows += windows;
        Ok(())
    }

    fn found(&self) -> Value {
        let share = |right: f64| right / self.windows.max(1.0);
        let best = self.by_candidate.values().copied().fold(0.0, f64::max);
        let candidates: BTreeMap<&str, f64> = self
            .by_candidate
            .iter()
            .map(|(name, right)| (name.as_str(), share(*right)))
            .collect();
        json!({
            "windows": self.windows,
            "chosen": share(self.chosen),
            "best": share(best),
            // Of a set in parts, the best one over all parts: each part's own would be
            // the luck of few windows.
            "regret": share(best - self.chosen),
            "regret_of_each_part": share(self.best_of_each - self.chosen),
            "candidates": candidates,
        })
    }
}

/// The mean regret over the sets, and whether it is small enough.
pub(super) fn table(rounds: &[(&str, &Value)]) -> (String, bool) {
    let mut text = format!("{:<24}{:>8}{:>8}{:>8}\n", "set", "chosen", "best", "regret");
    let mut all = Vec::new();
    for (set, found) in rounds {
        let number = |key: &str| 100.0 * found[key].as_f64().unwrap_or(f64::NAN);
        let [chosen, best, regret] = ["chosen", "best", "regret"].map(number);
        let _ = writeln!(text, "{set:<24}{chosen:>8.1}{best:>8.1}{regret:>8.1}");
        all.push(regret / 100.0);
    }
    let mean = all.iter().sum::<f64>() / all.len().max(1) as f64;
    let clusters = Clusters::of_keys(0..all.len() as u64);
    let interval = bootstrap(&clusters, RESAMPLES, SEED, |weights| {
        let each = weights.iter().zip(&all);
        each.map(|(weight, regret)| f64::from(*weight) * regret)
            .sum::<f64>()
            / all.len().max(1) as f64
    });
    let interval = interval.map_or(String::new(), |interval| {
        let (low, high) = (100.0 * interval.low, 100.0 * interval.high);
        format!(", 95 % over sets {low:.1} to {high:.1}")
    });
    let _ = writeln!(text, "mean regret: {:.2} points{interval}", 100.0 * mean);
    (text, mean <= MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(chosen: u64, figures: [f64; 2]) -> Value {
        json!({
            "chosen": chosen,
            "candidates": [{ "name": "a" }, { "name": "b" }],
            "kept_candidates": [
                { "name": "a", "figure": figures[0], "windows": 10 },
                { "name": "b", "figure": figures[1], "windows": 10 },
            ],
        })
    }

    #[test]
    fn the_choice_is_held_against_the_best_over_all_parts() {
        let mut right = Right::default();
        for report in [report(0, [0.8, 0.9]), report(1, [0.9, 0.7])] {
            right.add(&report).expect("figures");
        }
        let found = right.found();
        // 15 of 20 by what was chosen, 17 by a, 16 by b, 18 by the best of each part.
        assert!(
            (found["regret"].as_f64().expect("a number") - 0.1).abs() < 1e-9,
            "{found}"
        );
        assert!((found["regret_of_each_part"].as_f64().expect("a number") - 0.15).abs() < 1e-9);
        let (text, holds) = table(&[("x", &found)]);
        assert!(
            !holds && text.contains("mean regret: 10.00 points"),
            "{text}"
        );
        let mut same = Right::default();
        same.add(&report(1, [0.8, 0.9])).expect("figures");
        assert!(table(&[("x", &same.found())]).1);
        assert!(same.add(&json!({})).is_err());
    }
}
