//! Why there is no model.

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
}
