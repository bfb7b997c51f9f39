//! A candidate as the recipe of a training run.

use std::fmt::Write as _;
use std::path::PathBuf;

use senselm_look::{RecipeFor, Seen};
use senselm_sensor::{AlarmSpec, FrontEndSpec, Task};
use serde::Serialize;

use super::candidate::Candidate;
use crate::options::Options;

/// Samples of a step, about.
const TOKENS: usize = 1024;

#[derive(Serialize)]
struct Described<'a> {
    front_end: &'a FrontEndSpec,
    task: Task,
}

/// The recipe, with comments that say why.
pub(super) fn text(
    seen: &Seen,
    options: &Options,
    candidate: &Candidate,
    alarm: &AlarmSpec,
    steps: usize,
) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let mut out = String::new();
    let _ = writeln!(out, "# Made by `senselm fit`: {}.", candidate.what);
    let _ = writeln!(out, "name = {}", quoted(&options.name));
    let _ = writeln!(
        out,
        "description = \"Says how unlike the normal a window is ({}).\"\nseed = {}\n",
        candidate.name, options.seed
    );
    out += &seen.data_section(&RecipeFor {
        name: options.name.clone(),
        data: PathBuf::from("."),
    });
    let batch = batch(candidate);
    let _ = writeln!(
        out,
        "\n[model]\nlayers = 2\nheads = 2\nwidth = 32\n\
         initial = {{ position_waves = 0.1, ordered_levels = 0.1 }}\n\n\
         # The next level of windows is all there is to learn: there are no right answers.\n\
         [pretrain]\nsteps = {steps}\nbatch = {batch}\nlearning_rate = 8e-3\nwarmup = 20\nema = 0.98\n\n\
         [export]\ntype = \"F16\"\n\n[card]\ndata = {}\nsimulated = {}\n",
        quoted(&options.source),
        seen.is_simulated()
    );
    let described = Described {
        front_end: &candidate.spec,
        task: Task::Anomaly(*alarm),
    };
    // Through JSON, which leaves out what is not there as TOML must.
    let value = serde_json::to_value(&described).unwrap_or_default();
    out += &toml::to_string(&value).unwrap_or_default();
    out
}

/// Windows of a step: fewer where a window is long, since what is learned from is
/// its samples.
fn batch(candidate: &Candidate) -> usize {
    (TOKENS / candidate.points.max(1)).clamp(8, 32)
}
