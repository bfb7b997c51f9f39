//! How large a specification, a file and a window may be.
//!
//! Everything that allocates in proportion to something from outside is held
//! to one of these, and going beyond is [`SensorError::Limit`].

use alloc::string::{String, ToString};

pub use senselm_readings::limits::{MAX_CELL_BYTES, MAX_COLUMNS, MAX_MAGNITUDE};

use crate::SensorError;

/// Channels of a front end.
pub const MAX_CHANNELS: usize = 64;
/// Numbers of one channel that stand for a missing sample.
pub const MAX_MISSING_VALUES: usize = 8;
/// Features of one channel.
pub const MAX_FEATURES: usize = 32;
/// Steps over all channels.
pub const MAX_OPERATORS: usize = 4 * MAX_CHANNELS;
/// Statistics of one step.
pub const MAX_STATISTICS: usize = 4_096;
/// Dilations of one step.
pub const MAX_DILATIONS: usize = 32;
/// Sums that a step of convolutions takes of one window.
pub const MAX_CONVOLVED: usize = 1 << 26;
/// Numbers that one setting of a step was fitted with.
pub const MAX_FITTED_NUMBERS: usize = 1 << 20;
/// Resampling steps of one channel.
pub const MAX_RESAMPLE_STEPS: usize = 4;
/// Samples of one channel in one window.
pub const MAX_SAMPLES: usize = 65_536;
/// Samples of a channel that has spectral features: their cost is quadratic.
pub const MAX_SPECTRAL_SAMPLES: usize = 4_096;
/// Levels that a sample may be quantised to.
pub const MAX_LEVELS: u32 = 65_536;
/// Digits after the decimal point, anywhere.
pub const MAX_DECIMALS: u8 = 9;
/// Digits that a number is padded to.
pub const MAX_WIDTH: u8 = 18;
/// Bytes of a template, and of any other text in a specification.
pub const MAX_TEMPLATE_BYTES: usize = 65_536;
/// Bytes of a specification or a task as JSON.
pub const MAX_SPEC_BYTES: usize = 1 << 20;
/// Bytes of a rendered prompt.
pub const MAX_PROMPT_BYTES: usize = 4 << 20;
/// Labels of a classification.
pub const MAX_LABELS: usize = 4_096;
/// Groups that a column of one CSV file tells apart.
pub const MAX_GROUPS: usize = 65_536;
/// Data rows of a CSV file.
pub const MAX_ROWS: u64 = 10_000_000;
/// Values of all the windows that one CSV file yields together (512 MiB).
pub const MAX_DATASET_VALUES: usize = 1 << 26;
/// The largest magnitude of a number task's range.
pub const MAX_NUMBER: f64 = 1e9;

pub(crate) fn at_most(what: &str, found: usize, limit: usize) -> Result<(), SensorError> {
    if found <= limit {
        return Ok(());
    }
    Err(SensorError::Limit {
        what: what.to_string(),
        found: found as u64,
        limit: limit as u64,
    })
}

pub(crate) fn setting(place: impl Into<String>, reason: impl Into<String>) -> SensorError {
    SensorError::Setting {
        place: place.into(),
        reason: reason.into(),
    }
}
