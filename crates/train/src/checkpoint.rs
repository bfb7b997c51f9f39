//! Checkpoints: everything a run needs to go on exactly where it was, in one
//! GGUF file that is replaced atomically.

use std::path::Path;

use burn::tensor::Device;
use senselm_gguf::{GgmlType, Gguf, OwnedValue, Writer};
use sha2::{Digest, Sha256};

use crate::TrainError;
use crate::model::{Parameters, from_host};
use crate::optim::State;
use crate::prepare::hex;
use crate::resume::{Identity, recipe_changes};

const STEP: &str = "checkpoint.step";
const PHASE: &str = "checkpoint.phase";
const IDENTITY: &str = "checkpoint.identity";
const RECIPE: &str = "checkpoint.recipe";
const OPTIMISER_STEPS: &str = "checkpoint.optimiser_steps";
const BEST_LOSS: &str = "checkpoint.best_loss";
const WORSE: &str = "checkpoint.worse";
/// The SHA-256 of the file in which this value is [`UNSEALED`].
const SHA256: &str = "checkpoint.sha256";
const UNSEALED: &str = "----------------------------------------------------------------";

/// The state of a run between two steps.
#[derive(Debug, Clone)]
pub(crate) struct Checkpoint {
    /// Recipe, seed and data: another run's checkpoint is refused.
    pub(crate) identity: Identity,
    /// The text of the recipe, to tell what changed.
    pub(crate) recipe: String,
    /// Which phase, counted from 0.
    pub(crate) phase: u32,
    /// Steps done in it.
    pub(crate) step: u64,
    /// The trainable values.
    pub(crate) values: Vec<Vec<f32>>,
    /// The frozen weights under adapters.
    pub(crate) frozen: Option<Vec<Vec<f32>>>,
    pub(crate) average: Option<Vec<Vec<f32>>>,
    pub(crate) optimiser: State,
    pub(crate) best: Option<Best>,
}

/// The best weights so far, where a run may stop early.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Best {
    pub(crate) loss: f64,
    /// Measurements since then.
    pub(crate) worse: u32,
    pub(crate) values: Vec<Vec<f32>>,
}

impl Checkpoint {
    /// Writes the checkpoint beside `path` and moves it there.
    pub(crate) fn write(&self, path: &Path) -> Result<(), TrainError> {
        let mut writer = Writer::new();
        writer
            .set(
                IDENTITY,
                serde_json::to_string(&self.identity).unwrap_or_default(),
            )?
            .set(SHA256, UNSEALED)?
            .set(RECIPE, self.recipe.as_str())?
            .set(PHASE, self.phase)?
            .set(STEP, self.step)?
            .set(OPTIMISER_STEPS, self.optimiser.steps)?;
        if let Some(best) = &self.best {
            writer
                .set(BEST_LOSS, OwnedValue::F64(best.loss))?
                .set(WORSE, best.worse)?;
        }
        let groups = [
            ("value", Some(&self.values)),
            ("mean", Some(&self.optimiser.means)),
            ("square", Some(&self.optimiser.squares)),
            ("frozen", self.frozen.as_ref()),
            ("average", self.average.as_ref()),
            ("best", self.best.as_ref().map(|best| &best.values)),
        ];
        for (group, tensors) in groups {
            for (index, values) in tensors.into_iter().flatten().enumerate() {
                let bytes: Vec<u8> = values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect();
                let name = format!("{group}.{index}");
                writer.tensor(name, &[values.len() as u64], GgmlType::F32, bytes)?;
            }
        }
        let mut bytes = writer.to_bytes()?;
        let (at, seal) = seal_of(&bytes, UNSEALED);
        if let Some(place) = bytes.get_mut(at..at + seal.len()) {
            place.copy_from_slice(seal.as_bytes());
        }
        Ok(senselm_save::save(path, &bytes)?)
    }

    /// Reads a checkpoint of the same run; `None` where there is none.
    pub(crate) fn read(
        path: &Path,
        identity: &Identity,
        recipe: &str,
    ) -> Result<Option<Self>, TrainError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(TrainError::read(path, error)),
        };
        let wrong = |reason: &str| TrainError::Checkpoint {
            path: path.to_path_buf(),
            reason: reason.to_owned(),
        };
        let file =
            Gguf::parse(&bytes).map_err(|error| wrong(&format!("it is damaged: {error}")))?;
        let keys = file.metadata();
        let earlier: Option<Identity> = keys
            .str(IDENTITY)
            .ok()
            .and_then(|text| serde_json::from_str(text).ok());
        let (Some(earlier), Ok(seal)) = (earlier, keys.str(SHA256)) else {
            return Err(wrong("it was written by another version of this program"));
        };
        if seal_of(&bytes, seal).1 != seal {
            return Err(wrong(
                "it is damaged: its bytes are not those that were written",
            ));
        }
        let mut changes = identity.changes(&earlier);
        if let (Some(first), Ok(before)) = (changes.first_mut(), keys.str(RECIPE))
            && earlier.recipe_sha256 != identity.recipe_sha256
        {
            *first = recipe_changes(before, recipe);
        }
        if !changes.is_empty() {
            return Err(wrong(&format!(
                "it is of another run, since which this changed: {}",
                changes.join(", ")
            )));
        }
        let whole = |key: &str| match keys.get(key) {
            Some(senselm_gguf::Value::U64(value)) => Ok(*value),
            _ => Err(wrong("it is damaged")),
        };
        let group = |name: &str| -> Option<Vec<Vec<f32>>> {
            let mut tensors = Vec::new();
            while let Some(tensor) = file.tensor(&format!("{name}.{}", tensors.len())) {
                let (chunks, _) = file.tensor_bytes(tensor).as_chunks::<4>();
                tensors.push(
                    chunks
                        .iter()
                        .map(|bytes| f32::from_le_bytes(*bytes))
                        .collect(),
                );
            }
            (!tensors.is_empty()).then_some(tensors)
        };
        let needed = |name: &str| group(name).ok_or_else(|| wrong("it is damaged"));
        let best = match (keys.get(BEST_LOSS), group("best")) {
            (Some(senselm_gguf::Value::F64(loss)), Some(values)) => Some(Best {
                loss: *loss,
                worse: keys.u32(WORSE)?,
                values,
            }),
            _ => None,
        };
        Ok(Some(Self {
            identity: earlier,
            recipe: recipe.to_owned(),
            phase: keys.u32(PHASE)?,
            step: whole(STEP)?,
            values: needed("value")?,
            frozen: group("frozen"),
            average: group("average"),
            optimiser: State {
                steps: whole(OPTIMISER_STEPS)?,
                means: needed("mean")?,
                squares: needed("square")?,
            },
            best,
        }))
    }
}

/// Where `seal` stands in a checkpoint, and the hash of the checkpoint that is
/// not sealed: of its bytes with [`UNSEALED`] in that place.
fn seal_of(bytes: &[u8], seal: &str) -> (usize, String) {
    let mut places = bytes.windows(UNSEALED.len());
    let at = places.position(|text| text == seal.as_bytes());
    let at = at.unwrap_or(bytes.len());
    let behind = bytes.get(at + UNSEALED.len()..).unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [&bytes[..at], UNSEALED.as_bytes(), behind] {
        hash.update(part);
    }
    (at, hex(&hash.finalize()))
}

/// Puts `values` into `parameters`, which they came from.
pub(crate) fn restore(
    parameters: &mut Parameters,
    values: &[Vec<f32>],
    device: &Device,
) -> Result<(), TrainError> {
    let fits = values.len() == parameters.0.len()
        && values
            .iter()
            .zip(&parameters.0)
            .all(|(values, parameter)| values.len() == parameter.shape.iter().product::<usize>());
    if !fits {
        return Err(TrainError::model(
            "the checkpoint's tensors have other shapes than the recipe's model",
        ));
    }
    for (parameter, values) in parameters.0.iter_mut().zip(values) {
        parameter.value = from_host(values.clone(), device);
    }
    Ok(())
}
