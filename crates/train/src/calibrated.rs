//! A model whose temperature was found after it was trained.

use std::path::Path;

use senselm_gguf::{Gguf, Writer, keys};
use senselm_sensor::{FrontEnd, Profile, Validation};
use sha2::{Digest, Sha256};

use crate::prepare::hex;
use crate::{Recipe, TrainError};

/// The same file with the task of `recipe`, which differs from the recipe that it was
/// trained by in its temperature alone, and with what was found on the windows that
/// the temperature is of. How unlike the learned windows were stays as it was.
///
/// # Errors
/// [`TrainError::Gguf`] for what is no GGUF file, [`TrainError::Recipe`] for a recipe
/// without a task, and [`TrainError::Sensor`] for a front end or profile that cannot
/// be read.
pub fn calibrated(
    file: &[u8],
    recipe: &str,
    mut validation: Validation,
) -> Result<Vec<u8>, TrainError> {
    let task = Recipe::parse(recipe, Path::new("recipe"))?.task;
    let task = task.ok_or_else(|| TrainError::recipe("task", "there is nothing to calibrate"))?;
    let file = Gguf::parse(file)?;
    let metadata = file.metadata();
    let mut writer = Writer::of(&file)?;
    writer
        .set(keys::SENSELM_TASK, task.to_json())?
        .set(keys::SENSELM_RECIPE_SHA256, hex(&Sha256::digest(recipe)))?;
    if metadata.get(keys::SENSELM_PROFILE).is_some() {
        let wrong = |source| TrainError::Sensor {
            path: "the model".into(),
            source,
        };
        let front_end = FrontEnd::from_json(metadata.str(keys::SENSELM_FRONT_END)?);
        let text = metadata.str(keys::SENSELM_PROFILE)?;
        let profile = Profile::from_json(&front_end.map_err(wrong)?, text);
        let mut profile = profile.map_err(wrong)?;
        let before = profile.validation.and_then(|before| before.anomaly);
        validation.anomaly = validation.anomaly.or(before);
        profile.validation = Some(validation);
        writer.set(keys::SENSELM_PROFILE, profile.to_json())?;
    }
    Ok(writer.to_bytes()?)
}
