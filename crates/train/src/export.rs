//! Writing a trained model as a self-describing GGUF file.

use burn::tensor::Device;
use senselm_arch::{ARCHITECTURE, Role, TensorId, spec};
use senselm_gguf::{GgmlType, Writer, keys};
use senselm_quant::{dequantize, quantize};
use senselm_sensor::{FrontEnd, Profile};
use senselm_tokenize::Tokenizer;
use serde_json::{Value, json};

use crate::model::{ModelConfig, Parameter, Parameters};
use crate::recipe::Recipe;
use crate::{Note, TrainError};

/// What goes into a file besides the weights.
#[derive(Debug, Clone)]
pub struct Description<'a> {
    /// The recipe.
    pub recipe: &'a Recipe,
    /// The SHA-256 of its text, in hexadecimal.
    pub recipe_sha256: &'a str,
    /// The vocabulary.
    pub tokenizer: &'a Tokenizer,
    /// The front end, with everything that was fitted.
    pub front_end: Option<&'a FrontEnd>,
    /// What was measured.
    pub metrics: Value,
    /// What it was trained on; nothing of a plain language model.
    pub profile: Option<Profile>,
}

/// The bytes of the GGUF file.
///
/// # Errors
/// [`TrainError::Gguf`] and [`TrainError::Quant`].
pub fn to_gguf(
    config: &ModelConfig,
    parameters: &Parameters,
    description: &Description<'_>,
) -> Result<Vec<u8>, TrainError> {
    let recipe = description.recipe;
    let ty = recipe.export_type()?;
    let mut writer = Writer::new();
    general(&mut writer, config, recipe, ty)?;
    for (key, value) in description.tokenizer.gguf_keys() {
        writer.set(key, value)?;
    }
    senselm(&mut writer, description)?;
    for parameter in &parameters.0 {
        let (ty, bytes) = packed(config, parameter, ty)?;
        // ggml names the contiguous dimension first.
        let dims: Vec<u64> = parameter.shape.iter().rev().map(|&d| d as u64).collect();
        writer.tensor(parameter.name.as_str(), &dims, ty, bytes)?;
    }
    Ok(writer.to_bytes()?)
}

/// The values that the file will hold: those of `parameters`, packed and
/// unpacked. Whatever is measured is measured with these.
pub(crate) fn rounded(
    config: &ModelConfig,
    parameters: &Parameters,
    ty: GgmlType,
    device: &Device,
) -> Result<Parameters, TrainError> {
    let mut rounded = parameters.clone();
    for parameter in &mut rounded.0 {
        let (ty, bytes) = packed(config, parameter, ty)?;
        if ty != GgmlType::F32 {
            let mut values = vec![0.0; parameter.shape.iter().product()];
            dequantize(ty, &bytes, &mut values)?;
            parameter.value = crate::model::from_host(values, device);
        }
    }
    Ok(rounded)
}

/// A parameter as its file holds it.
fn packed(
    config: &ModelConfig,
    parameter: &Parameter,
    asked: GgmlType,
) -> Result<(GgmlType, Vec<u8>), TrainError> {
    let values = crate::model::to_host(&parameter.value)?;
    let ty = type_of(config, asked, &parameter.name, &parameter.shape);
    let length = ty
        .bytes_for(values.len())
        .ok_or_else(|| TrainError::model(format!("{} has no whole blocks", parameter.name)))?;
    let mut bytes = vec![0; length];
    quantize(ty, &values, &mut bytes)?;
    Ok((ty, bytes))
}

/// What is to be said about matrices that cannot have the asked type.
pub(crate) fn no_whole_blocks(
    config: &ModelConfig,
    parameters: &Parameters,
    asked: GgmlType,
) -> Option<Note> {
    let other = |parameter: &&Parameter| {
        let ty = type_of(config, asked, &parameter.name, &parameter.shape);
        ty != asked && ty != GgmlType::F32
    };
    let matrices = parameters.0.iter().filter(other).count();
    (matrices > 0).then_some(Note::NoWholeBlocks {
        asked: asked.name(),
        block: asked.block_len(),
        matrices,
        stored_as: OTHER.name(),
    })
}

/// The type of matrices whose rows are no whole blocks of the asked one.
const OTHER: GgmlType = GgmlType::F16;

/// Matrices get the asked type where their rows are whole blocks; what is added
/// and never multiplied stays F32.
fn type_of(config: &ModelConfig, asked: GgmlType, name: &str, shape: &[usize]) -> GgmlType {
    let [_, columns] = shape else {
        return GgmlType::F32;
    };
    let role = TensorId::from_gguf(name).map(|id| spec(config, id).role);
    if !role.is_some_and(Role::is_multiplied) {
        GgmlType::F32
    } else if columns.is_multiple_of(asked.block_len()) {
        asked
    } else {
        OTHER
    }
}

fn general(
    writer: &mut Writer<'_>,
    config: &ModelConfig,
    recipe: &Recipe,
    ty: GgmlType,
) -> Result<(), TrainError> {
    writer
        .set(keys::GENERAL_ARCHITECTURE, ARCHITECTURE)?
        .set(keys::GENERAL_TYPE, "model")?
        .set(keys::GENERAL_NAME, recipe.name.as_str())?
        .set(keys::GENERAL_SIZE_LABEL, size_label(config.parameters()))?
        .set(keys::GENERAL_FILE_TYPE, file_type(ty))?
        .set(keys::GENERAL_QUANTIZATION_VERSION, 2_u32)?;
    for (key, value) in config.keys() {
        writer.set(key, value)?;
    }
    Ok(())
}

fn senselm(writer: &mut Writer<'_>, description: &Description<'_>) -> Result<(), TrainError> {
    let recipe = description.recipe;
    writer
        .set(keys::SENSELM_SCHEMA_VERSION, keys::SCHEMA_VERSION)?
        .set(keys::SENSELM_RECIPE_SHA256, description.recipe_sha256)?
        .set(keys::SENSELM_METRICS, description.metrics.to_string())?;
    let card = json!({
        "name": recipe.name,
        "description": recipe.description,
        "data": {"source": recipe.card.data, "simulated": recipe.card.simulated},
        "licence": recipe.card.licence,
    });
    writer.set(keys::SENSELM_CARD, card.to_string())?;
    if let (Some(front_end), Some(task)) = (description.front_end, &recipe.task) {
        writer
            .set(keys::SENSELM_FRONT_END, front_end.to_json())?
            .set(
                keys::SENSELM_PROMPT,
                Value::from(front_end.spec().template.as_str()).to_string(),
            )?
            .set(keys::SENSELM_TASK, task.to_json())?;
        if let Some(profile) = &description.profile {
            writer.set(keys::SENSELM_PROFILE, profile.to_json())?;
        }
        if let Some(weight) = recipe.window_weight() {
            writer.set(keys::SENSELM_WINDOW_LOSS, Value::from(weight).to_string())?;
        }
    }
    Ok(())
}

/// llama.cpp's number of a file whose matrices are mostly of this type.
fn file_type(ty: GgmlType) -> u32 {
    match ty {
        GgmlType::F32 => 0,
        GgmlType::F16 => 1,
        GgmlType::Q4_0 => 2,
        GgmlType::Q8_0 => 7,
        GgmlType::Q4K => 14,
        GgmlType::Bf16 => 32,
        _ => 1024,
    }
}

fn size_label(parameters: u64) -> String {
    match parameters {
        0..1_000_000 => format!("{}K", parameters.div_ceil(1_000)),
        _ => format!("{:.1}M", parameters as f64 / 1e6),
    }
}
