//! What somebody says about a search, and what it says while it goes on.

use std::time::Duration;

use senselm_train::Device;

use crate::outcome::{Baseline, CandidateOutcome};

/// How long to search, and what the results say of themselves.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long it may take, about: what is left out then is named.
    pub budget: Duration,
    /// The seed of everything random.
    pub seed: u64,
    /// Where to train.
    pub device: Device,
    /// Whether the model too is trained with few windows to learn from, where there is
    /// time: it takes several times what the rest does.
    pub few_models: bool,
    /// Of labels: the share of known windows that may be called none of them, where
    /// the model is to tell.
    pub reject: Option<f64>,
    /// What the model is called.
    pub name: String,
    /// Where the data comes from, for the card.
    pub source: String,
}

/// What happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// What is to be done, before any of it is.
    Plan {
        /// Each candidate with what it is.
        candidates: Vec<(String, String)>,
        /// Windows, distinct ones, and groups.
        windows: usize,
        /// Of these, distinct ones.
        distinct: usize,
        /// What is never split.
        clusters: usize,
    },
    /// An unfinished search goes on, and tells what it did once more.
    GoesOn {
        /// So many things were measured.
        measured: usize,
        /// In so many seconds, which count.
        seconds: f64,
    },
    /// A candidate was tried.
    Tried {
        /// With this outcome.
        outcome: &'a CandidateOutcome,
        /// Seconds since the start.
        seconds: f64,
    },
    /// A baseline was tried.
    Measured {
        /// With these figures.
        baseline: &'a Baseline,
        /// Seconds since the start.
        seconds: f64,
    },
    /// The model is trained, which is what of how many times.
    Training {
        /// Which, from 1; 0 for the model that is written.
        fold: usize,
        /// Of how many.
        of: usize,
        /// Seconds since the start.
        seconds: f64,
    },
    /// Something was left out for lack of time.
    LeftOut {
        /// What.
        what: String,
    },
}
