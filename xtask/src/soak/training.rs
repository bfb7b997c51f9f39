//! A recipe's figures are what its file gives: training measures the values
//! that it writes, by the rules by which they are served.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{Setting, output};

/// The recipe whose data this repository can make.
const SIMULATED: &str = "pump";
/// Pumps to train on and to measure on: four windows each, as many as the recipe asks for.
const PUMPS: [(&str, u32, u32); 2] = [("train", 2026, 4500), ("validation", 2027, 300)];
/// The same for the short form.
const FEW_PUMPS: [(&str, u32, u32); 2] = [("train", 2026, 60), ("validation", 2027, 30)];

/// The figures that both print, with the digits of `senselm eval`.
const FIGURES: [(&str, f64); 3] = [("accuracy", 1e4), ("macro_f1", 1e4), ("mae", 1e3)];

/// One round for each recipe whose data is here.
pub(super) fn rounds(setting: &Setting) -> anyhow::Result<Vec<String>> {
    if setting.short {
        return Ok(vec![SIMULATED.to_owned()]);
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(setting.root.join("recipes"))? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            names.push(name.into_owned());
        }
    }
    names.sort();
    let data = setting.data();
    names.retain(|name| {
        let folder = data.as_ref().map(|data| data.join(name));
        let here = name == SIMULATED || folder.is_some_and(|folder| folder.is_dir());
        if !here {
            println!(
                "skipped: {name}: no recordings, set SENSELM_DATA to the folder that holds data/"
            );
        }
        here
    });
    Ok(names)
}

pub(super) fn round(setting: &Setting, name: &str) -> anyhow::Result<Value> {
    let data = match name {
        SIMULATED => simulated(setting)?,
        _ => setting.data().context("the recordings are gone")?,
    };
    let recipe = setting.work.join(format!("{name}.toml"));
    let text = std::fs::read_to_string(setting.root.join("recipes").join(format!("{name}.toml")))?;
    std::fs::write(&recipe, adapted(&text, setting.short))?;
    let out = setting.work.join(name);
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let mut train = setting.senselm()?;
    train.arg("train").arg("--recipe").arg(&recipe);
    train.arg("--data").arg(&data).arg("--out").arg(&out);
    output(&mut train)?;
    let metrics: Value = serde_json::from_slice(&std::fs::read(out.join("metrics.json"))?)?;

    let mut eval = setting.senselm()?;
    eval.args(["eval", "--no-baselines", "--json", "--model"]);
    eval.arg(out.join("model.gguf")).arg("--data");
    eval.arg(data.join(name).join("validation.csv"));
    let served: Value = serde_json::from_str(&output(&mut eval)?)?;
    compared(&metrics["scores"], &served)
}

/// The figures of both, and whether they are equal as they are printed.
fn compared(trained: &Value, served: &Value) -> anyhow::Result<Value> {
    let mut found = json!({ "n": served["n"], "failed": trained["n"] != served["n"] });
    let mut compared = 0;
    for (figure, digits) in FIGURES {
        let (Some(ours), Some(theirs)) = (trained[figure].as_f64(), served[figure].as_f64()) else {
            continue;
        };
        compared += 1;
        found[figure] = json!({ "training": ours, "eval": theirs });
        if (ours * digits).round() != (theirs * digits).round() {
            found["failed"] = true.into();
        }
    }
    ensure!(compared > 0, "no figure is in both {trained} and {served}");
    Ok(found)
}

/// Recordings of simulated pumps, as the recipe's windows are made.
fn simulated(setting: &Setting) -> anyhow::Result<PathBuf> {
    let folder = setting.work.join("data");
    std::fs::create_dir_all(folder.join(SIMULATED))?;
    for (split, seed, pumps) in if setting.short { FEW_PUMPS } else { PUMPS } {
        let file = Path::new(SIMULATED).join(format!("{split}.csv"));
        let mut simulate = setting.senselm()?;
        simulate.args(["simulate", "--seed", &seed.to_string()]);
        simulate
            .args(["--episodes", &pumps.to_string(), "-o"])
            .arg(folder.join(file));
        output(&mut simulate)?;
    }
    Ok(folder)
}

/// A recipe that reads files instead of simulating while it trains, since
/// `senselm eval` needs the windows too; and few steps for the short form.
fn adapted(recipe: &str, short: bool) -> String {
    let lines = recipe.lines().map(|line| {
        if line.starts_with("simulate = ") {
            format!("train = [\"{SIMULATED}/train.csv\"]\nvalidation = [\"{SIMULATED}/validation.csv\"]\n")
        } else if short && line.starts_with("steps = ") {
            "steps = 10\n".to_owned()
        } else if short && line.starts_with("warmup = ") {
            "warmup = 2\n".to_owned()
        } else {
            format!("{line}\n")
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_compared_as_they_are_printed() {
        let served =
            json!({ "n": 93, "accuracy": 0.913_978, "macro_f1": 0.9, "windows_per_s": 3.0 });
        let equal = json!({ "n": 93, "accuracy": 0.913_979, "macro_f1": 0.9 });
        assert_eq!(compared(&equal, &served).expect("figures")["failed"], false);
        let other = json!({ "n": 93, "accuracy": 0.924_731, "macro_f1": 0.9 });
        assert_eq!(compared(&other, &served).expect("figures")["failed"], true);
        let fewer = json!({ "n": 92, "accuracy": 0.913_978 });
        assert_eq!(compared(&fewer, &served).expect("figures")["failed"], true);
        assert!(compared(&json!({ "n": 93 }), &served).is_err());
    }

    #[test]
    fn a_recipe_reads_files_and_may_be_short() {
        let recipe = "[data]\nsimulate = { seed = 1 }\n[train]\nsteps = 900\nwarmup = 50\n";
        let files = "train = [\"pump/train.csv\"]\nvalidation = [\"pump/validation.csv\"]\n";
        let whole = adapted(recipe, false);
        assert_eq!(
            whole,
            format!("[data]\n{files}[train]\nsteps = 900\nwarmup = 50\n")
        );
        assert!(adapted(recipe, true).ends_with("steps = 10\nwarmup = 2\n"));
    }
}
