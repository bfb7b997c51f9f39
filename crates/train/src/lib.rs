//! Training on burn: data, vocabulary, pretraining, fine-tuning, adapters,
//! measurement and export.
//!
//! One call, [`run()`], does what a recipe says and writes a self-describing
//! GGUF file. Windows become prompts, and scores become answers, through
//! `senselm-ask`, which serving uses too; measured are the weights as the file
//! will hold them. This crate never runs a model outside training: that is
//! `gpt`'s work.
//!
//! The optimiser, its schedule and the loop are written out here, because a
//! run must resume exactly, clip the global norm and average its weights.
//!
//! `docs/training.md` describes a recipe, setting by setting.

mod calibrated;
mod checkpoint;

mod cpu;
mod curve;
pub mod data;
mod device;
mod error;
pub mod export;
mod fused;
pub mod import;
mod measure;
pub mod model;
mod note;
pub mod optim;
pub mod pace;
mod phase;
mod prepare;
mod progress;
pub mod recipe;
mod report;
mod resume;
mod run;
mod scores;
mod scoring;
mod single;
mod step;
mod trainee;
mod trainer;
pub mod vocabulary;

pub use calibrated::calibrated;
pub use device::Device;
pub use error::TrainError;
pub use note::{Event, Note};
pub use phase::{EarlyStopping, PhaseSpec};
pub use progress::{LogLine, Measurement, Progress};
pub use recipe::Recipe;
pub use report::{Report, RunReport};
pub use resume::Identity;
pub use run::{Evaluation, RunOptions, Windows, run, train_on, train_while};
pub use scores::{Figures, Judged, Scores, Summary};
pub use scoring::Answer;
pub use single::Trained;
