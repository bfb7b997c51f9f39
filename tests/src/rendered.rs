//! Windows that every host must write and score alike, and what the models of
//! `tests/models/shapes.toml`, which has every operator, and `normal.toml`, which
//! knows what is normal, make of them.

use std::path::PathBuf;

use crate::workspace_root;

/// How many windows there are.
pub const WINDOWS: usize = 200;

/// The prompts of [`windows`], a line each.
#[must_use]
pub fn prompts() -> PathBuf {
    workspace_root().join("tests/models/shapes.prompts.txt")
}

/// How unlike the normal [`windows`] are to `tests/models/normal.gguf`, a line each.
#[must_use]
pub fn scores() -> PathBuf {
    workspace_root().join("tests/models/normal.scores.txt")
}

/// How far a score may be from that of another host, in nats: kernels add in other
/// orders, and some of them numbers of eight bits.
pub const SCORE_OFF: f64 = 0.1;

/// Windows of three channels with 30 samples, NaN where one is missing, drawn so that other languages can do
/// it too: whole numbers of 32 bits, and few products for each sample. Every 41st is
/// missing, and in every 50th window all of the second channel.
#[must_use]
pub fn windows() -> Vec<Vec<Vec<f64>>> {
    const RANGES: [f64; 3] = [4.0, 66.0, 19.0];
    let mut state = 1_u32;
    let mut drawn = 0_u32;
    let mut sample = |range: f64, at: usize, all_missing: bool| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        drawn += 1;
        let share = f64::from(state >> 8) / 16_777_216.0;
        match all_missing || drawn.is_multiple_of(41) {
            true => f64::NAN,
            false => range * ((at % 7) as f64 / 7.0 + share * ((at % 5 + 1) as f64 / 20.0)),
        }
    };
    (0..WINDOWS)
        .map(|at| {
            let channel = |(index, range): (usize, f64)| {
                let missing = index == 1 && at % 50 == 49;
                (0..30).map(|_| sample(range, at, missing)).collect()
            };
            RANGES.into_iter().enumerate().map(channel).collect()
        })
        .collect()
}
