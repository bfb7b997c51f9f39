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
    task: &'a Task,
}

/// The recipe of a candidate, with comments that say why.
pub(crate) fn text(candidate: &Candidate, task: &Task, about: &About<'_>) -> String {
    let mut out = beginning(&candidate.what, &description(candidate, task), about);
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
            let _ = match task {
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
    out + &end(&candidate.spec, task, about)
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// How every recipe begins: what it is, and where the recordings are.
pub(crate) fn beginning(what: &str, description: &str, about: &About<'_>) -> String {
    format!(
        "# Made by `senselm fit`: {what}.\nname = {}\ndescription = {}\nseed = {}\n\n{}",
        quoted(about.name),
        quoted(description),
        about.seed,
        about.data
    )
}

/// How every recipe ends: the file, the card, the front end and the task.
pub(crate) fn end(front_end: &FrontEndSpec, task: &Task, about: &About<'_>) -> String {
    let mut out = format!(
        "\n[export]\ntype = \"F16\"\n\n[card]\ndata = {}\nsimulated = {}\n\n",
        quoted(about.source),
        about.simulated
    );
    let described = Described { front_end, task };
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
/// verdict is little: one layer learns it in seconds, in many small steps rather than in
/// few large ones.
pub(crate) fn usual_steps(candidate: &Candidate, windows: usize) -> u64 {
    match candidate.by {
        By::Projection => 1200,
        By::Model => (windows as u64 / 8).clamp(400, 1200),
    }
}

/// The fewest that make a model; with fewer it is not trained.
pub(crate) fn least_steps(candidate: &Candidate) -> u64 {
    match candidate.by {
        // With half of them some seeds have not begun to read.
        By::Projection => 1000,
        By::Model => 200,
    }
}

/// The shape of the model and its training.
fn sizes(candidate: &Candidate, steps: u64) -> (String, String) {
    // Levels of a margin that stood out from the first would be read before the verdict.
    let (layers, batch, rate, levels) = match candidate.by {
        By::Projection => (1, 16, "8e-3", "0.0"),
        By::Model => (2, 64, "3e-3", "0.1"),
    };
    let initial = format!("initial = {{ position_waves = 0.1, ordered_levels = {levels} }}");
    let shape = format!("layers = {layers}\nheads = 2\nwidth = 32");
    let model = format!("[model]\n{shape}\n{initial}");
    let train = format!(
        "\n[train]\nsteps = {steps}\nbatch = {batch}\nlearning_rate = {rate}\nwarmup = 20\nema = 0.98\n"
    );
    (model, train)
}
