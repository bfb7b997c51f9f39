//! The models of the committed recipes, trained on recordings: where they are,
//! and signals to ask the breathing model about.

use std::path::PathBuf;

use crate::workspace_root;

/// The recipes whose models are in the repository, with the recordings that
/// each is measured on, below the folder of data.
pub const RECIPES: [(&str, &str); 4] = [
    ("gesture", "gesture/validation.csv"),
    ("localisation", "localisation/validation.csv"),
    ("occupancy", "occupancy/validation.csv"),
    ("breathing", "breathing/validation.csv"),
];

/// The most bytes of such a model.
pub const MOST_BYTES: u64 = 300_000;

/// How far an answer may be from the rate of a clean sinusoid, in breaths a
/// minute.
pub const MOST_OFF: f64 = 0.5;

/// The model of a recipe.
#[must_use]
pub fn path(recipe: &str) -> PathBuf {
    workspace_root().join(format!("tests/models/{recipe}.gguf"))
}

/// The rates that the breathing model must know: 4 to 38 breaths a minute, in
/// steps of a half.
pub fn rates() -> impl Iterator<Item = f64> {
    (8..=76).map(|half| f64::from(half) / 2.0)
}

/// Half a minute of a sinusoid: 477 samples at 15.9 Hz.
///
/// # Units
/// `cpm` is in cycles a minute, `phase` in cycles.
#[must_use]
pub fn sinusoid(cpm: f64, phase: f64) -> Vec<f64> {
    let sample = |index: i32| {
        let cycles = phase + cpm / 60.0 * f64::from(index) / 15.9;
        40.0 * (std::f64::consts::TAU * cycles).sin()
    };
    (0..477).map(sample).collect()
}
