//! A candidate as the recipe of a training run.

use std::path::PathBuf;

use senselm_look::{RecipeFor, Seen};
use senselm_sensor::{AlarmSpec, Task};

use super::candidate::Candidate;
use crate::options::Options;
use crate::recipe::{About, beginning, end};

/// Samples of a step, about.
const TOKENS: usize = 1024;

/// The recipe, with comments that say why.
pub(super) fn text(
    seen: &Seen,
    options: &Options,
    candidate: &Candidate,
    alarm: &AlarmSpec,
    steps: usize,
) -> String {
    let data = seen.data_section(&RecipeFor {
        name: options.name.clone(),
        data: PathBuf::from("."),
    });
    let about = About {
        name: &options.name,
        source: &options.source,
        data: &data,
        steps: steps as u64,
        seed: options.seed,
        simulated: seen.is_simulated(),
    };
    let description = format!(
        "Says how unlike the normal a window is ({}).",
        candidate.name
    );
    let batch = batch(candidate);
    let learned = format!(
        "\n[model]\nlayers = 2\nheads = 2\nwidth = 32\n\
         initial = {{ position_waves = 0.1, ordered_levels = 0.1 }}\n\n\
         # The next level of windows is all there is to learn: there are no right answers.\n\
         [pretrain]\nsteps = {steps}\nbatch = {batch}\nlearning_rate = 8e-3\nwarmup = 20\nema = 0.98\n"
    );
    beginning(candidate.what, &description, &about)
        + &learned
        + &end(&candidate.spec, &Task::Anomaly(*alarm), &about)
}

/// Windows of a step: fewer where a window is long, since what is learned from is
/// its samples.
fn batch(candidate: &Candidate) -> usize {
    (TOKENS / candidate.points.max(1)).clamp(8, 32)
}
