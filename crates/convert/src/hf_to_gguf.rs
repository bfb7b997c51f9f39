//! A Hugging Face GPT-2 folder as a GGUF file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use safetensors::{Dtype, SafeTensors};
use senselm_gguf::mapped::Mapped;
use senselm_gguf::{OwnedValue, Writer, keys};
use senselm_quant::GgmlType;
use senselm_tokenize::Ends;

use crate::hf_config::HfConfig;
use crate::target::Context;
use crate::tensors::{Spec, tensors, transpose};
use crate::{ConvertError, Target, encode, metadata, vocabulary};

/// The file beside a Hugging Face model that keeps our `senselm.*` keys.
pub(crate) const SENSELM_JSON: &str = "senselm.json";

/// Converts a folder with `config.json`, `model.safetensors` and
/// `tokenizer.json` (or `vocab.json` and `merges.txt`) to a GGUF file.
///
/// The keys, tensor names and shapes are those that llama.cpp's converter
/// writes. `target` is a name of [`Target`]. Where the folder has the
/// `senselm.json` that [`crate::gguf_to_hf`] writes, its keys come along.
///
/// # Errors
/// [`ConvertError`] names the file, setting or tensor that is wrong.
pub fn hf_to_gguf(dir: impl AsRef<Path>, target: &str) -> Result<Vec<u8>, ConvertError> {
    let dir = dir.as_ref();
    let target = Target::from_name(target)?;
    let config = read_config(&dir.join("config.json"))?;
    let architecture = config.architecture()?;
    let tied = config.tied();
    let specs = tensors(&architecture, tied);

    let path = dir.join("model.safetensors");
    if !path.is_file() {
        return Err(no_weights(dir));
    }
    let bytes = Mapped::open(&path)?;
    let weights =
        SafeTensors::deserialize(bytes.as_ref()).map_err(|source| ConvertError::SafeTensors {
            path: path.clone(),
            source,
        })?;
    refuse_unexpected(&weights, &specs, tied)?;

    let mut writer = Writer::new();
    let total = specs.iter().map(Spec::elements).sum();
    let name = model_name(&config, dir);
    metadata::set_model(&mut writer, &name, &architecture, total, target)?;
    let tokenizer = vocabulary::from_folder(dir)?;
    let ends = Ends {
        eos: config.eos_token_id.or(tokenizer.eos_id()),
        bos: config.bos_token_id.or(tokenizer.bos_id()),
    };
    let tokenizer = tokenizer.with_ends(ends)?;
    metadata::set_tokenizer(&mut writer, &tokenizer, architecture.vocab as usize)?;
    set_senselm_keys(&mut writer, &dir.join(SENSELM_JSON))?;

    let context = Context {
        layers: architecture.layers,
        tied,
    };
    for spec in &specs {
        let values = read_tensor(&weights, spec)?;
        let ty = target.tensor_type(&spec.gguf, &spec.dims, context);
        encode::add(&mut writer, &spec.gguf, &spec.dims, ty, &values)?;
    }
    Ok(writer.to_bytes()?)
}

fn read_config(path: &Path) -> Result<HfConfig, ConvertError> {
    serde_json::from_str(&vocabulary::read_text(path)?).map_err(|source| ConvertError::Json {
        path: path.to_owned(),
        source,
    })
}

fn no_weights(dir: &Path) -> ConvertError {
    let has = |name: &str| dir.join(name).is_file();
    let hint = if has("model.safetensors.index.json") {
        "; it has shards: save the model again with max_shard_size larger than the model"
    } else if has("pytorch_model.bin") {
        "; it has pytorch_model.bin: save the model again with safe_serialization=True"
    } else {
        "; give the folder that save_pretrained wrote"
    };
    ConvertError::NoWeights {
        dir: dir.to_owned(),
        hint,
    }
}

/// The last part of where the model came from, else the folder's name.
fn model_name(config: &HfConfig, dir: &Path) -> String {
    let from = config.name_or_path.trim_end_matches(['/', '\\']);
    let last = from.rsplit(['/', '\\']).next().unwrap_or_default();
    if !last.is_empty() && last != "." {
        return last.to_owned();
    }
    let folder = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let folder = folder.file_name().unwrap_or_default();
    folder.to_string_lossy().into_owned()
}

/// The name without the prefix that some files leave out.
fn short(name: &str) -> &str {
    name.strip_prefix("transformer.").unwrap_or(name)
}

fn refuse_unexpected(
    weights: &SafeTensors<'_>,
    specs: &[Spec],
    tied: bool,
) -> Result<(), ConvertError> {
    let known: BTreeSet<&str> = specs.iter().map(|spec| short(&spec.hf)).collect();
    for name in weights.names() {
        let is_mask = name.ends_with(".attn.bias") || name.ends_with(".attn.masked_bias");
        let is_copy = tied && name == "lm_head.weight";
        if !is_mask && !is_copy && !known.contains(short(name)) {
            return Err(ConvertError::UnexpectedTensor {
                name: name.to_owned(),
            });
        }
    }
    Ok(())
}

/// The weights of one tensor in ggml's order.
fn read_tensor(weights: &SafeTensors<'_>, spec: &Spec) -> Result<Vec<f32>, ConvertError> {
    let tensor = weights
        .tensor(&spec.hf)
        .or_else(|_| weights.tensor(short(&spec.hf)))
        .map_err(|_| ConvertError::MissingTensor {
            name: spec.hf.clone(),
        })?;
    let found: Vec<u64> = tensor.shape().iter().map(|&size| size as u64).collect();
    let expected = spec.hf_shape();
    if found != expected {
        return Err(ConvertError::WrongShape {
            name: spec.hf.clone(),
            expected,
            found,
        });
    }
    let ty = match tensor.dtype() {
        Dtype::F32 => GgmlType::F32,
        Dtype::F16 => GgmlType::F16,
        Dtype::BF16 => GgmlType::Bf16,
        other => {
            return Err(ConvertError::UnsupportedDtype {
                name: spec.hf.clone(),
                found: format!("{other:?}"),
            });
        }
    };
    let values = encode::decode(&spec.hf, ty, tensor.data())?;
    Ok(match *tensor.shape() {
        [rows, cols] if spec.transposed => transpose(&values, rows, cols),
        _ => values,
    })
}

/// Copies the `senselm.*` keys that a conversion to Hugging Face put aside.
fn set_senselm_keys(writer: &mut Writer<'_>, path: &Path) -> Result<(), ConvertError> {
    if !path.is_file() {
        return Ok(());
    }
    let kept: BTreeMap<String, Kept> = serde_json::from_str(&vocabulary::read_text(path)?)
        .map_err(|source| ConvertError::Json {
            path: path.to_owned(),
            source,
        })?;
    for (key, value) in kept {
        if !key.starts_with(keys::SENSELM_PREFIX) {
            return Err(ConvertError::Unsupported {
                field: "a key in senselm.json",
                found: key,
                expected: "a name that begins with \"senselm.\"",
            });
        }
        writer.set(key, OwnedValue::from(value))?;
    }
    Ok(())
}

/// A `senselm.*` value in JSON.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub(crate) enum Kept {
    Number(u32),
    Text(String),
}

impl From<Kept> for OwnedValue {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Number(number) => Self::U32(number),
            Kept::Text(text) => Self::Str(text),
        }
    }
}
