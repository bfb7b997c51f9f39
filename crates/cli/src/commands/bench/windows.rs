//! Windows to measure with.

use std::path::Path;

use anyhow::{Context, Result};
use senselm_sensor::rng::Rng;
use senselm_session::{BadRows, Info, Session, Window};

use crate::input::{Input, InputError};

/// How many different windows are made up: enough that hardly any of one
/// prompt is still in the cache for the next.
const MADE_UP: usize = 16;
/// Samples of a made-up channel, where the front end leaves it open.
const SAMPLES: usize = 50;

/// The windows of a recording.
pub(super) fn recorded(session: &Session, path: &Path) -> Result<Vec<Window>> {
    let input = Input::File(path.to_owned());
    let dataset = session
        .read_csv(&input.read()?, BadRows::Skip)
        .with_context(|| input.to_string())?;
    let windows: Vec<Window> = dataset.records.into_iter().map(|r| r.window).collect();
    if windows.is_empty() {
        return Err(InputError::Useless(format!("{input} holds no whole window")).into());
    }
    Ok(windows)
}

/// Random walks from the middle of a percent scale. What they mean does not
/// matter here, only that no two are alike.
pub(super) fn made_up(info: &Info) -> Vec<Window> {
    let samples = SAMPLES.clamp(info.min_samples, info.max_samples.max(info.min_samples));
    (0..MADE_UP)
        .map(|stream| {
            let mut rng = Rng::new(0, stream as u64);
            let mut channel = || {
                let mut value = 50.0 + 10.0 * rng.normal();
                let mut step = || {
                    value += rng.normal();
                    value
                };
                (0..samples).map(|_| step()).collect()
            };
            Window {
                channels: info.channels.iter().map(|_| channel()).collect(),
            }
        })
        .collect()
}
