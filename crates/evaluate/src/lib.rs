//! Metrics, intervals and classical baselines: what an honest report about a
//! model needs, without knowing the model.
//!
//! It takes truths, predictions and rows of raw numbers, and gives figures. It
//! reads no file, runs no model and imports nothing of this project.
//!
//! Two rules hold everywhere. Windows that are the same, number by number, are
//! one piece of evidence: an interval resamples *distinct* windows and a split
//! keeps them together. And whatever draws lots takes a seed and gives the
//! same result for it on every machine.

pub mod baselines;
mod calibration;
mod clusters;
mod confusion;
mod error;
mod errors_of_numbers;
mod folds;
mod interval;
mod ranking;
mod report;
mod rng;
mod table;
mod widths;

pub use calibration::{Calibration, CalibrationBin, temperature};
pub use clusters::Clusters;
pub use confusion::{ClassFigures, Confusion};
pub use error::EvaluateError;
pub use errors_of_numbers::NumberErrors;
pub use folds::{Fold, contiguous_folds, leave_one_out, stratified_folds};
pub use interval::{Interval, bootstrap, wilson};
pub use ranking::auroc;
pub use report::{ClassificationReport, NumberReport, RESAMPLES};
pub use table::Table;
pub use widths::Widths;
