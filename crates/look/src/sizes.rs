//! How a stream may be cut into windows.

use senselm_sensor::limits::MAX_SAMPLES;

use crate::Goal;
use crate::runs::Runs;
use crate::seen::WindowSize;

/// Sizes that are proposed.
const MOST: usize = 3;
/// From this rate on a window is a stretch of seconds.
const FAST_HZ: f64 = 4.0;
/// Seconds of a window of what is fast, the most likely first: movements and
/// machines repeat themselves within these.
const SECONDS: [f64; 3] = [2.5, 5.0, 1.0];
/// Readings of a window of what is slow.
const SLOW: [usize; 3] = [1, 8, 32];
/// The same without labels: what is normal shows in a course.
const SLOW_COURSE: [usize; 3] = [32, 128, 8];
/// Readings of a window where nobody knows the rate.
const NO_RATE: [usize; 3] = [64, 128, 32];
/// Numbers of one window.
const MAX_VALUES: usize = 1 << 14;
/// Windows of all files together; their stride becomes longer where there would be
/// more.
const MAX_WINDOWS: u64 = 20_000;

/// Sizes of windows, the most likely first. At least half of all stretches of one
/// label hold two of each.
pub(crate) fn sizes(
    found: &Runs,
    rate_hz: Option<f64>,
    channels: usize,
    goal: Option<Goal>,
) -> Vec<WindowSize> {
    let wanted: Vec<usize> = match rate_hz {
        Some(rate) if rate >= FAST_HZ => {
            let samples = SECONDS.map(|seconds| (seconds * rate).round());
            samples.iter().map(|samples| *samples as usize).collect()
        }
        Some(_) if goal.is_none() => SLOW_COURSE.to_vec(),
        Some(_) => SLOW.to_vec(),
        None => NO_RATE.to_vec(),
    };
    let most = (MAX_VALUES / channels.max(1)).min(MAX_SAMPLES);
    // Without labels there is one stretch, and half of it is enough.
    let share = if goal.is_some() { 0.5 } else { 1.0 };
    let fits = found.length(share) / 2.0;
    let longest = (found.longest() as usize).max(1);
    let mut sizes: Vec<WindowSize> = Vec::new();
    for length in wanted {
        let length = length.clamp(1, most.max(1));
        let length = length.min((fits as usize).max(1)).min(longest);
        if sizes.iter().all(|size| size.length != length) {
            sizes.push(size(length, found.rows));
        }
    }
    sizes.truncate(MOST);
    sizes
}

fn size(length: usize, rows: u64) -> WindowSize {
    let half = (length / 2).max(1) as u64;
    let stride = half.max(rows.div_ceil(MAX_WINDOWS));
    let stride = usize::try_from(stride).unwrap_or(MAX_SAMPLES);
    WindowSize {
        length,
        stride: stride.min(MAX_SAMPLES),
    }
}
