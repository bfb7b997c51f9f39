//! From recordings to a model without an expert.
//!
//! [`search()`] tries a printed list of ways to write windows, each on the same
//! folds that never split a group, takes a fixed default unless another is better
//! by two standard errors, trains it, and reports everything: simple baselines on
//! the same folds, what the projection answers without the model, every wrong
//! answer. It trains by recipes of `senselm-train`, and what it finds is one.

mod anomaly;
mod baselines;
mod candidate;
mod choice;
mod clock;
mod data;
mod error;
mod every;
mod figures;
mod html;
mod journal;
mod model;
mod options;
mod outcome;
mod recipe;
mod reject;
mod run;
mod split;
mod trial;
mod verdicts;

pub use anomaly::{
    AnomalyOptions, AnomalyOutcome, Contaminated, KeptApart, Rate, ScoreBin, anomaly,
};
pub use candidate::{By, Candidate};
pub use error::SearchError;
pub use every::every_candidate;
pub use html::{page, page_of_normal};
pub use journal::{Begin, Journal};
pub use options::{Event, Options};
pub use outcome::{
    Answered, Baseline, CandidateOutcome, Certainty, GroupFigure, KeptCandidate, Learned,
    LearnedBaseline, Mistake, Outcome, Spread,
};
pub use run::search;
