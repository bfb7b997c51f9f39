//! What is fitted on.

use senselm_sensor::{Task, Truth, Window};

use crate::FitError;

/// A window with its truth.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The window.
    pub window: &'a Window,
    /// What is right: a label or a number.
    pub truth: &'a Truth,
    /// The same for windows that are equal, that are varied copies of each other,
    /// or of which one tells about the other: they are never on both sides of a
    /// split.
    pub cluster: u64,
}

/// What a projection is to give of each sample, a row of targets: 1 for the label
/// and -1 for the others, or the number.
pub(crate) fn targets(samples: &[Sample<'_>], task: &Task) -> Result<Vec<Vec<f64>>, FitError> {
    let labels = task.labels().len();
    let row = |sample: &Sample<'_>| match (sample.truth, task) {
        (Truth::Label(label), Task::Classify { .. }) if *label < labels => {
            let target = |at| if at == *label { 1.0 } else { -1.0 };
            Ok((0..labels).map(target).collect())
        }
        (Truth::Number(number), Task::Number { .. }) if number.is_finite() => Ok(vec![*number]),
        _ => Err(FitError::Data(
            "a projection is fitted on labels or numbers, and a window has another truth".into(),
        )),
    };
    samples.iter().map(row).collect()
}

/// Which label a sample has, for splits with about the same share of each.
pub(crate) fn stratum(sample: &Sample<'_>) -> usize {
    match sample.truth {
        Truth::Label(label) => *label,
        _ => 0,
    }
}
