//! Reading the `senselm.*` keys of a file.

use senselm_gguf::{Metadata, keys};
use senselm_sensor::{FrontEnd, Task};
use serde_json::Value;

use crate::SessionError;

/// The most bytes of a JSON value that is only passed on.
pub const MAX_JSON_BYTES: usize = 1 << 20;

/// What makes a language model a sensor model.
#[derive(Debug)]
pub(crate) struct SensorKeys {
    pub(crate) front_end: FrontEnd,
    pub(crate) task: Task,
    /// Whether training learned what windows look like: where it did not, how
    /// likely one is says nothing. Files that do not say it are taken to have.
    pub(crate) learned_windows: bool,
    /// What it was trained on, as the file has it; files of version 1 do not say it.
    pub(crate) profile: Option<String>,
}

/// What a file says of itself beside that.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) name: Option<String>,
    pub(crate) card: Option<Value>,
    pub(crate) metrics: Option<Value>,
    pub(crate) recipe_sha256: Option<String>,
}

/// The front end and the task; `None` for a plain language model.
pub(crate) fn sensor_keys(metadata: &Metadata<'_>) -> Result<Option<SensorKeys>, SessionError> {
    if metadata.get(keys::SENSELM_SCHEMA_VERSION).is_some() {
        let found = metadata.u32(keys::SENSELM_SCHEMA_VERSION)?;
        if found > keys::SCHEMA_VERSION {
            return Err(SessionError::Schema {
                found,
                known: keys::SCHEMA_VERSION,
            });
        }
    }
    let front_end = text(metadata, keys::SENSELM_FRONT_END)?;
    let task = text(metadata, keys::SENSELM_TASK)?;
    let half = |present, missing| Err(SessionError::HalfATask { present, missing });
    match (front_end, task) {
        (None, None) => Ok(None),
        (Some(_), None) => half(keys::SENSELM_FRONT_END, keys::SENSELM_TASK),
        (None, Some(_)) => half(keys::SENSELM_TASK, keys::SENSELM_FRONT_END),
        (Some(front_end), Some(task)) => {
            let front_end = FrontEnd::from_json(front_end)?;
            let profile = text(metadata, keys::SENSELM_PROFILE)?;
            Ok(Some(SensorKeys {
                task: Task::from_json(task)?,
                learned_windows: window_loss(metadata)?.is_none_or(|weight| weight > 0.0),
                profile: profile.map(str::to_owned),
                front_end,
            }))
        }
    }
}

/// With which weight windows were learned, where the file says it.
fn window_loss(metadata: &Metadata<'_>) -> Result<Option<f64>, SessionError> {
    let Some(value) = json(metadata, keys::SENSELM_WINDOW_LOSS)? else {
        return Ok(None);
    };
    match value.as_f64() {
        Some(weight) if weight >= 0.0 => Ok(Some(weight)),
        _ => Err(SessionError::Key {
            key: keys::SENSELM_WINDOW_LOSS,
            reason: "it is no number of at least 0".to_owned(),
        }),
    }
}

/// The keys that are only passed on to the embedder.
pub(crate) fn notes(metadata: &Metadata<'_>) -> Result<Notes, SessionError> {
    let owned = |key| Ok::<_, SessionError>(text(metadata, key)?.map(str::to_owned));
    Ok(Notes {
        name: owned(keys::GENERAL_NAME)?,
        card: json(metadata, keys::SENSELM_CARD)?,
        metrics: json(metadata, keys::SENSELM_METRICS)?,
        recipe_sha256: owned(keys::SENSELM_RECIPE_SHA256)?,
    })
}

fn json(metadata: &Metadata<'_>, key: &'static str) -> Result<Option<Value>, SessionError> {
    let Some(text) = text(metadata, key)? else {
        return Ok(None);
    };
    serde_json::from_str(text)
        .map(Some)
        .map_err(|error| SessionError::Key {
            key,
            reason: format!("it is not JSON ({error})"),
        })
}

fn text<'a>(metadata: &Metadata<'a>, key: &'static str) -> Result<Option<&'a str>, SessionError> {
    if metadata.get(key).is_none() {
        return Ok(None);
    }
    let text = metadata.str(key)?;
    if text.len() > MAX_JSON_BYTES {
        let found = text.len();
        return Err(SessionError::Key {
            key,
            reason: format!("it has {found} bytes, at most {MAX_JSON_BYTES} are accepted"),
        });
    }
    Ok(Some(text))
}
