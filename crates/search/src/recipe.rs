//! A candidate as the recipe of a training run.

use std::fmt::Write as _;

use senselm_sensor::{FrontEndSpec, Task};
use serde::Serialize;

use crate::candidate::{By, Candidate};
use crate::trial::NOISE;

/// What a recipe says besides the candidate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) name: &'a str,
    pub(crate) source: &'a str,
    /// `[data]` and what is below it.
    pub(crate) data: &'a str,
    /// Steps of training.
    pub(crate) steps: u64,
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
    let mut out = String::new();
    let _ = writeln!(out, "# Made by `senselm fit`: {}.", candidate.what);
    let _ = writeln!(out, "name = {}", quoted(about.name));
    let _ = writeln!(
        out,
        "description = {}",
        quoted(&description(candidate, &task))
    );
    let _ = writeln!(out, "seed = {}\n", about.seed);
    out += about.data;
    let (model, train) = sizes(candidate, about.steps);
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

/// Steps of training where there is time for them, for so many windows. Reading a
/// verdict is little: one layer learns it in seconds.
pub(crate) fn usual_steps(candidate: &Candidate, windows: usize) -> u64 {
    match candidate.by {
        By::Projection => 300,
        By::Model => (windows as u64 / 8).clamp(400, 1200),
    }
}

/// The fewest that make a model; with fewer it is not trained.
pub(crate) fn least_steps(candidate: &Candidate) -> u64 {
    match candidate.by {
        By::Projection => 100,
        By::Model => 200,
    }
}

/// The shape of the model and its training.
fn sizes(candidate: &Candidate, steps: u64) -> (String, String) {
    let initial = "initial = { position_waves = 0.1, ordered_levels = 0.1 }";
    let (layers, rate) = match candidate.by {
        By::Projection => (1, "4e-3"),
        By::Model => (2, "3e-3"),
    };
    let shape = format!("layers = {layers}\nheads = 2\nwidth = 32");
    let model = format!("[model]\n{shape}\n{initial}");
    let train = format!(
        "\n[train]\nsteps = {steps}\nbatch = 64\nlearning_rate = {rate}\nwarmup = 20\nema = 0.98\n"
    );
    (model, train)
}
