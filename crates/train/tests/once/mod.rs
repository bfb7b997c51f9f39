//! A run of the recipe in a folder, once, as most tests want it.

use std::path::Path;

use senselm_train::{Device, Evaluation, Report, RunOptions, TrainError, run};

/// The recipe of a folder on its data, with results in `out` below it.
pub(crate) fn options(folder: &Path, out: &str) -> RunOptions {
    RunOptions {
        recipe: folder.join("recipe.toml"),
        data: folder.to_path_buf(),
        out: folder.join(out),
        device: Device::Cpu,
        seed: None,
        resume: false,
        evaluation: Evaluation::Once,
        stop_after: None,
    }
}

pub(crate) fn train(options: &RunOptions) -> Result<Report, TrainError> {
    run(options, &mut |_| {})
}
