//! The time of a search: what of it is over, and how long a training takes.

use std::cell::Cell;
use std::fmt;
use std::ops::ControlFlow;

use senselm_train::{Event, Progress};
use serde::{Deserialize, Serialize};

use crate::journal::{number, perhaps};

/// Steps after which it is known how long the others take: the first ones are slower.
const LOOKED_AT: u64 = 10;

/// The weight of a step's loss in that of the last ones.
const NEW_LOSS: f64 = 0.02;

/// Seconds since a search began, and how many it may take.
///
/// What it shows stands still until something was measured, so that whoever decides by
/// it decides the same where what was measured before is read again ([`crate::journal`]).
pub(crate) struct Clock<'a> {
    now: &'a dyn Fn() -> f64,
    budget: f64,
    shown: Cell<f64>,
    /// What an earlier part of the search took.
    before: Cell<f64>,
}

impl fmt::Debug for Clock<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Clock")
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

impl<'a> Clock<'a> {
    pub(crate) fn new(now: &'a dyn Fn() -> f64, budget: f64) -> Self {
        Self {
            now,
            budget,
            shown: Cell::new(0.0),
            before: Cell::new(0.0),
        }
    }

    /// Seconds from the beginning of the search to what it has measured last.
    pub(crate) fn seconds(&self) -> f64 {
        self.shown.get()
    }

    /// Seconds since the search began, as they go by.
    pub(crate) fn running(&self) -> f64 {
        (self.now)() + self.before.get()
    }

    /// Shows the time: something was measured.
    pub(crate) fn tick(&self) -> f64 {
        self.shown.set(self.running());
        self.shown.get()
    }

    /// Goes on from a time at which something was measured before.
    pub(crate) fn set(&self, seconds: f64) {
        self.before.set(seconds - (self.now)());
        self.shown.set(seconds);
    }

    /// When this share of the time is over.
    pub(crate) fn at(&self, share: f64) -> f64 {
        share * self.budget
    }

    /// Seconds until then; none where it was before.
    pub(crate) fn left(&self, until: f64) -> f64 {
        (until - self.seconds()).max(0.0)
    }
}

/// How long a training takes, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pace {
    /// Before the first step and behind the last.
    #[serde(with = "number")]
    pub(crate) beside: f64,
    /// Each step; nothing where none was measured.
    #[serde(with = "perhaps")]
    pub(crate) step: Option<f64>,
}

impl Pace {
    /// A training of so many steps.
    pub(crate) fn of(&self, steps: u64) -> f64 {
        self.beside + self.step.unwrap_or(0.0) * steps as f64
    }

    /// As many steps as fit into so many seconds; nothing where none was measured.
    pub(crate) fn steps_within(&self, seconds: f64) -> Option<u64> {
        let steps = (seconds - self.beside) / self.step?.max(1e-9);
        Some(steps.max(0.0) as u64)
    }
}

/// Watches a training, and ends it once it is foreseen to be late.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    clock: &'a Clock<'a>,
    until: f64,
    began: f64,
    /// When the first step was done.
    first: Option<f64>,
    /// When the last one was, and which it was.
    last: (f64, u64),
    /// The loss of the last steps, later ones counting more.
    loss: Option<f64>,
}

impl<'a> Watch<'a> {
    /// Begins now.
    pub(crate) fn new(clock: &'a Clock<'a>, until: f64) -> Self {
        let began = clock.running();
        Self {
            clock,
            until,
            began,
            first: None,
            last: (began, 0),
            loss: None,
        }
    }

    pub(crate) fn hear(&mut self, event: Event<'_>) -> ControlFlow<()> {
        let Event::Progress(Progress {
            step, steps, loss, ..
        }) = event
        else {
            return ControlFlow::Continue(());
        };
        let before = self.loss.unwrap_or(*loss);
        self.loss = Some(before + NEW_LOSS * (loss - before));
        let now = self.clock.running();
        self.first.get_or_insert(now);
        self.last = (now, *step);
        let rest = (steps - step) as f64 * self.step().unwrap_or(0.0);
        match now > self.until || (*step >= LOOKED_AT && now + rest > self.until) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// The loss of the last steps, in nats.
    pub(crate) fn loss(&self) -> Option<f64> {
        self.loss
    }

    fn step(&self) -> Option<f64> {
        let (last, steps) = self.last;
        let first = self.first.filter(|_| steps > 1)?;
        Some((last - first) / (steps - 1) as f64)
    }

    /// How long it has taken until now.
    pub(crate) fn pace(&self) -> Pace {
        let (_, steps) = self.last;
        let step = self.step();
        let all = self.clock.running() - self.began;
        Pace {
            beside: (all - step.unwrap_or(0.0) * steps as f64).max(0.0),
            step,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn progress(step: u64) -> Progress {
        Progress {
            run: String::new(),
            phase: "train",
            step,
            steps: 100,
            loss: 1.0,
            learning_rate: 0.1,
            gradient_norm: 1.0,
            tokens_per_s: 0.0,
            eta_s: 0.0,
            evaluation: None,
        }
    }

    #[test]
    fn a_training_is_ended_as_soon_as_it_is_foreseen_to_be_late() {
        let time = Cell::new(0.0);
        let now = || time.get();
        // Five seconds beside the steps, two seconds a step: 205 altogether.
        let heard = |until: f64| {
            time.set(0.0);
            let clock = Clock::new(&now, 1000.0);
            let mut watch = Watch::new(&clock, until);
            time.set(5.0);
            for step in 1..=100 {
                time.set(time.get() + 2.0);
                if watch.hear(Event::Progress(&progress(step))).is_break() {
                    return (step, watch.pace());
                }
            }
            (100, watch.pace())
        };
        let pace = Pace {
            beside: 5.0,
            step: Some(2.0),
        };
        assert_eq!(heard(205.0), (100, pace));
        assert_eq!(heard(204.0), (10, pace), "after a look at ten steps");
        let (step, pace) = heard(6.0);
        assert_eq!((step, pace.step), (1, None), "it is late already");
        assert_eq!(pace.steps_within(100.0), None);
    }

    #[test]
    fn time_stands_still_until_something_was_measured_and_earlier_parts_count() {
        let time = Cell::new(3.0);
        let now = || time.get();
        let clock = Clock::new(&now, 100.0);
        assert_eq!((clock.seconds(), clock.running()), (0.0, 3.0));
        assert_eq!((clock.tick(), clock.left(10.0)), (3.0, 7.0));
        time.set(5.0);
        assert_eq!((clock.seconds(), clock.left(10.0)), (3.0, 7.0));
        clock.set(40.0);
        time.set(6.0);
        assert_eq!((clock.seconds(), clock.running()), (40.0, 41.0));
        assert_eq!((clock.tick(), clock.left(50.0)), (41.0, 9.0));
    }

    #[test]
    fn as_many_steps_as_fit() {
        let pace = Pace {
            beside: 5.0,
            step: Some(2.0),
        };
        assert_eq!(pace.of(100), 205.0);
        assert_eq!(pace.steps_within(205.0), Some(100));
        assert_eq!(pace.steps_within(3.0), Some(0));
    }
}
