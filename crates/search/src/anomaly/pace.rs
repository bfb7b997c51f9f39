//! How long a training takes, and how many steps there is time for.

use std::ops::ControlFlow;
use std::time::Instant;

use senselm_sensor::AlarmSpec;
use senselm_train::{Event, TrainError, Windows, train_while};

use super::Search;
use super::candidate::Candidate;
use super::made_up::MadeUp;
use super::run::STEPS;
use crate::SearchError;

/// Steps by which it is measured how long one takes.
const TIMED: u64 = 4;

impl Search<'_> {
    /// How long a step of training takes here.
    pub(super) fn step_seconds(
        &self,
        candidate: &Candidate,
        made_up: &MadeUp,
    ) -> Result<f64, SearchError> {
        let train = self.take(&made_up.train);
        let windows = Windows {
            train: &train,
            test: &[],
            stated: self.stated,
        };
        let recipe = self.recipe(candidate, &AlarmSpec::default(), STEPS[0]);
        let mut first = None;
        let mut step_s = 0.0;
        // The first step is not timed: it makes what the others have.
        let mut listen = |event: Event<'_>| {
            let Event::Progress(progress) = event else {
                return ControlFlow::Continue(());
            };
            let (from, began) = *first.get_or_insert_with(|| (progress.step, Instant::now()));
            if progress.step < from + TIMED {
                return ControlFlow::Continue(());
            }
            step_s = began.elapsed().as_secs_f64() / (progress.step - from) as f64;
            ControlFlow::Break(())
        };
        let (device, seed) = (self.options.device, self.options.seed);
        match train_while(&recipe, windows, None, device, seed, &mut listen) {
            Ok(_) | Err(TrainError::Ended { .. }) => Ok(step_s),
            Err(error) => Err(error.into()),
        }
    }
}

/// As many steps as the time suffices for, between a fewest and a most.
pub(super) fn steps_within(seconds: f64, step_s: f64, [fewest, most]: [usize; 2]) -> usize {
    ((seconds / step_s.max(1e-9)) as usize).clamp(fewest, most)
}
