//! Why there is no model.

use std::path::PathBuf;

use senselm_evaluate::EvaluateError;
use senselm_fit::FitError;
use senselm_look::LookError;
use senselm_save::SaveError;
use senselm_sensor::SensorError;
use senselm_train::TrainError;

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// What is there to learn from.
    #[error("{0}")]
    Data(String),
    /// What reading the windows says.
    #[error(transparent)]
    Look(#[from] LookError),
    /// What fitting says.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// What the front end says.
    #[error(transparent)]
    Sensor(#[from] SensorError),
    /// What measuring says.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// What training says.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// What writing says.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// An unfinished search is there, and nothing was said about it.
    #[error(
        "{path} holds an unfinished fit: say --resume to go on with it, --force to begin again, or \
         name another folder"
    )]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// There is nothing to go on with, or it is something else.
    #[error("cannot go on with {path}: {reason}")]
    Resume {
        /// The journal.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl SearchError {
    /// Whether something could not be written, which says nothing about the search.
    pub(crate) fn is_of_writing(&self) -> bool {
        matches!(self, Self::Save(_) | Self::Train(TrainError::Write(_)))
    }
}
