//! A candidate as the recipe of a training run.

use std::fmt::Write as _;
use std::path::PathBuf;

use senselm_sensor::{FrontEndSpec, Task};
use serde::Serialize;

use crate::candidate::{By, Candidate};
use crate::trial::NOISE;

/// What a recipe says besides the candidate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) name: &'a str,
    pub(crate) source: &'a str,
    pub(crate) train: &'a [PathBuf],
    pub(crate) validation: &'a [PathBuf],
    pub(crate) windows: usize,
    pub(crate) seed: u64,
    /// Whether the recordings say that they are simulated.
    pub(crate) simulated: bool,
}

#[derive(Serialize)]
struct Described<'a> {
    front_end: &'a FrontEndSpec,
    task: Task,
}

/// The recipe of a candidate, with comments that say why.
pub(crate) fn text(candidate: &Candidate, task: &Task, about: &About<'_>) -> String {
    let task = task.clone();
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let paths = |paths: &[PathBuf]| {
        let all = paths.iter().map(|path| quoted(&path.display().to_string()));
        all.collect::<Vec<_>>().join(", ")
    };
    let mut out = String::new();
    let _ = writeln!(out, "# Made by `senselm fit`: {}.", candidate.what);
    let _ = writeln!(out, "name = {}", quoted(about.name));
    let _ = writeln!(
        out,
        "description = {}",
        quoted(&description(candidate, &task))
    );
    let _ = writeln!(out, "seed = {}\n", about.seed);
    let _ = writeln!(out, "[data]\ntrain = [{}]", paths(about.train));
    if !about.validation.is_empty() {
        let _ = writeln!(out, "validation = [{}]", paths(about.validation));
    }
    let (model, train) = sizes(candidate, about.windows);
    let _ = writeln!(out, "\n{model}\n{train}");
    match candidate.by {
        By::Projection => {
            let _ = writeln!(
                out,
                "# Copies of a window differ by a little noise. What the projection says is renamed\n\
                 # or made up together with the answer, so that the model learns to read it,\n\
                 # whatever it says.\n\
                 [augment]\nnoise = {NOISE}"
            );
            let _ = match &task {
                Task::Number { min, max, .. } => writeln!(
                    out,
                    "spread_numbers = {{ probability = 0.9, min = {min:?}, max = {max:?} }}"
                ),
                _ => writeln!(out, "permute_classes = 0.9"),
            };
        }
        By::Model => {
            let _ = writeln!(out, "[augment]\nnoise = {NOISE}");
        }
    }
    let _ = writeln!(
        out,
        "\n[export]\ntype = \"F16\"\n\n[card]\ndata = {}\nsimulated = {}\n",
        quoted(about.source),
        about.simulated
    );
    let described = Described {
        front_end: &candidate.spec,
        task,
    };
    // Through JSON, which leaves out what is not there as TOML must.
    let value = serde_json::to_value(&described).unwrap_or_default();
    out += &toml::to_string(&value).unwrap_or_default();
    out
}

fn description(candidate: &Candidate, task: &Task) -> String {
    let asked = match task {
        Task::Classify { labels, .. } => {
            format!("Says which of {} labels a window has", labels.len())
        }
        _ => "Estimates a number from a window".to_owned(),
    };
    match candidate.by {
        By::Projection => format!(
            "{asked}. A projection in the front end decides ({}); the model reads its verdict.",
            candidate.name
        ),
        By::Model => format!("{asked}. The model weighs {}.", candidate.name),
    }
}

/// The shape of the model and its training.
fn sizes(candidate: &Candidate, windows: usize) -> (String, String) {
    let initial = "initial = { position_waves = 0.1, ordered_levels = 0.1 }";
    // Reading a verdict is little: one layer learns it in seconds.
    let (layers, steps, rate) = match candidate.by {
        By::Projection => (1, 300, "8e-3"),
        By::Model => (2, (windows / 8).clamp(400, 1200), "3e-3"),
    };
    let shape = format!("layers = {layers}\nheads = 2\nwidth = 32");
    let model = format!("[model]\n{shape}\n{initial}");
    let train = format!(
        "\n[train]\nsteps = {steps}\nbatch = 64\nlearning_rate = {rate}\nwarmup = 20\nema = 0.98\n"
    );
    (model, train)
}
