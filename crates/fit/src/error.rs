//! Why nothing can be fitted.

use senselm_evaluate::EvaluateError;
use senselm_sensor::SensorError;

/// Why nothing can be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// What is there to fit on.
    #[error("{0}")]
    Data(String),
    /// What is asked for.
    #[error("{place}: {reason}")]
    Setting {
        /// Where.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// What the front end says.
    #[error(transparent)]
    Sensor(#[from] SensorError),
    /// What splitting says.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
}

impl FitError {
    pub(crate) fn setting(place: &str, reason: impl Into<String>) -> Self {
        Self::Setting {
            place: place.to_owned(),
            reason: reason.into(),
        }
    }
}
