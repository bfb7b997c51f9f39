//! A candidate as the recipe of a training run.

use std::fmt::Write as _;
use std::path::PathBuf;

use senselm_look::{Role, Seen};
use senselm_sensor::{AlarmSpec, FrontEndSpec, Task};
use serde::Serialize;

use super::candidate::Candidate;
use crate::options::Options;

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
    let paths = |roles: &[Role]| {
        let files = seen.files.iter().filter(|file| roles.contains(&file.role));
        let paths: Vec<&PathBuf> = files.map(|file| &file.path).collect();
        let all = paths.iter().map(|path| quoted(&path.display().to_string()));
        all.collect::<Vec<_>>().join(", ")
    };
    let mut out = String::new();
    let _ = writeln!(out, "# Made by `senselm fit`: {}.", candidate.what);
    let _ = writeln!(out, "name = {}", quoted(&options.name));
    let _ = writeln!(
        out,
        "description = \"Says how unlike the normal a window is ({}).\"\nseed = {}\n",
        candidate.name, options.seed
    );
    let _ = writeln!(out, "[data]\ntrain = [{}]", paths(&[Role::Train]));
    let kept = paths(&[Role::Validation, Role::Test]);
    if !kept.is_empty() {
        let _ = writeln!(out, "validation = [{kept}]");
    }
    let _ = writeln!(
        out,
        "\n[model]\nlayers = 2\nheads = 2\nwidth = 32\n\
         initial = {{ position_waves = 0.1, ordered_levels = 0.1 }}\n\n\
         # The next level of windows is all there is to learn: there are no right answers.\n\
         [pretrain]\nsteps = {steps}\nbatch = 32\nlearning_rate = 3e-3\nwarmup = 20\nema = 0.98\n\n\
         [export]\ntype = \"F16\"\n\n[card]\ndata = {}\n",
        quoted(&options.source)
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
