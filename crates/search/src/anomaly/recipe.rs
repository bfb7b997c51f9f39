//! A candidate as the recipe of a training run.

use std::path::PathBuf;

use senselm_look::{RecipeFor, Seen};
use senselm_sensor::{AlarmSpec, Task};

use super::candidate::{Augment, Candidate};
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
    learned_stride: Option<usize>,
) -> String {
    let mut data = seen.data_section(&RecipeFor {
        name: options.name.clone(),
        data: PathBuf::from("."),
    });
    if let Some(stride) = learned_stride {
        data.truncate(data.trim_end().len());
        data += &format!(
            "\n# A window to learn from begins this often, so that no offset is a surprise.\n\
             stride = {stride}\n\n"
        );
    }
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
    let Augment { noise, trend } = candidate.augment;
    let learned = format!(
        "\n[model]\nlayers = 2\nheads = 2\nwidth = 32\n\
         initial = {{ position_waves = 0.1, ordered_levels = 0.1 }}\n\n\
         # The next level of windows is all there is to learn: there are no right answers.\n\
         [pretrain]\nsteps = {steps}\nbatch = {batch}\nlearning_rate = 8e-3\nwarmup = 20\nema = 0.98\n\n\
         # What is a little noisier or drifts a little more than ever is not strange yet.\n\
         [augment]\nnoise = {noise}\ntrend = {trend}\n"
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
