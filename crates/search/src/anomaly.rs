//! From recordings of what is normal to a model that says what is not.
//!
//! Nothing is labelled, so ways to write windows are compared by how well they tell
//! windows that were held back from anomalies made of these. The threshold comes
//! from scores of windows that the scoring model never saw, and what stands out
//! among them far too much is taken for contamination and left out.

use std::time::Instant;

use senselm_look::{Role, Seen};
use senselm_sensor::{FrontEnd, FrontEndSpec, Labelled, Stated};

use crate::SearchError;
use crate::clock::Clock;
use crate::journal::Journal;
use crate::options::{Event, Options};

mod baselines;
mod candidate;
mod folds;
mod grid;
mod made_up;
mod outcome;
mod pace;
mod recipe;
mod resume;
mod run;
mod threshold;

use grid::Grid;
pub use outcome::{AnomalyOutcome, Contaminated, KeptApart, Rate, ScoreBin};

/// Parts of the windows, each of which is held back once.
const PARTS: usize = 3;
/// Fewer windows than this say nothing about the normal.
const FEWEST: usize = 24;

/// What somebody wants of a model of the normal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnomalyOptions {
    /// The share of normal windows that may be an alarm.
    pub false_alarm_rate: f64,
    /// The largest share of windows that may be left out as not normal.
    pub contamination: f64,
}

impl Default for AnomalyOptions {
    fn default() -> Self {
        Self {
            false_alarm_rate: 0.01,
            contamination: 0.05,
        }
    }
}

/// Searches, trains and writes `model.gguf`, `recipe.toml`, `report.html` and
/// `report.json`.
///
/// # Errors
/// [`SearchError::Data`] where there is too little that is normal, or a share is
/// none; and what reading, training and writing say.
pub fn anomaly(
    seen: &Seen,
    options: &Options,
    wanted: &AnomalyOptions,
    journal: &Journal,
    listen: &mut dyn FnMut(Event<'_>),
) -> Result<AnomalyOutcome, SearchError> {
    let started = Instant::now();
    let now = || started.elapsed().as_secs_f64();
    let clock = Clock::new(&now, options.budget.as_secs_f64());
    journal.finish(anomaly_by(&clock, seen, options, wanted, journal, listen))
}

/// The same by any clock.
fn anomaly_by(
    clock: &Clock<'_>,
    seen: &Seen,
    options: &Options,
    wanted: &AnomalyOptions,
    journal: &Journal,
    listen: &mut dyn FnMut(Event<'_>),
) -> Result<AnomalyOutcome, SearchError> {
    let wrong = |reason: String| Err(SearchError::Data(reason));
    if !(wanted.false_alarm_rate > 0.0 && wanted.false_alarm_rate <= 0.5) {
        return wrong("the rate of false alarms must be above 0 and at most 0.5".into());
    }
    if !(0.0..=0.5).contains(&wanted.contamination) {
        return wrong("the share of contaminated windows must be 0 to 0.5".into());
    }
    let size = grid::size(seen);
    let carrier = seen.carrier(size);
    let answered = FrontEnd::of_numbers(carrier.clone())?;
    let learned_stride = size.map(|size| grid::learned_stride(seen.rows, size.stride));
    let learned = match learned_stride {
        Some(stride) => answered.every(stride),
        None => answered.clone(),
    };
    let train = seen.windows(&learned, Role::Train)?;
    let grid = Grid::new(&train.stretch, size, learned_stride);
    if grid.answered.len() < FEWEST {
        return wrong(format!(
            "{} windows say too little about what is normal: {FEWEST} are the least",
            grid.answered.len()
        ));
    }
    let mut kept = seen.windows(&answered, Role::Validation)?.records;
    kept.extend(seen.windows(&answered, Role::Test)?.records);
    let search = Search {
        seen,
        options,
        wanted: *wanted,
        carrier,
        records: &train.records,
        stretch: &train.stretch,
        group: &train.group,
        is_grouped: seen.group.is_named(),
        grid,
        learned_stride,
        kept: &kept,
        stated: &train.stated,
        clock,
        journal,
    };
    if let Some((measured, seconds)) = journal.bind(search.identity())? {
        listen(Event::GoesOn { measured, seconds });
    }
    search.run(listen)
}

struct Search<'a> {
    seen: &'a Seen,
    options: &'a Options,
    wanted: AnomalyOptions,
    carrier: FrontEndSpec,
    /// Windows to learn from, and the stretch that each is of.
    records: &'a [Labelled],
    stretch: &'a [usize],
    /// Whose each window is, and whether the recordings say so.
    group: &'a [usize],
    is_grouped: bool,
    /// Which of them are cut as those that will be answered.
    grid: Grid,
    /// Readings between windows to learn from, in a stream.
    learned_stride: Option<usize>,
    kept: &'a [Labelled],
    stated: &'a Stated,
    clock: &'a Clock<'a>,
    journal: &'a Journal,
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
