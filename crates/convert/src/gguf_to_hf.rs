//! A GGUF file as a Hugging Face GPT-2 folder.

use std::collections::BTreeMap;
use std::path::Path;

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use senselm_arch::{Biases, Config, find};
use senselm_gguf::{Gguf, TensorInfo, Value, keys};
use senselm_save::Folder;
use senselm_tokenize::Tokenizer;
use serde::Serialize;

use crate::hf_config::WrittenConfig;
use crate::hf_to_gguf::{Kept, SENSELM_JSON};
use crate::tensors::{Spec, tensors, transpose};
use crate::{Architecture, ConvertError, ConvertWarning, encode};

/// Writes `config.json`, `model.safetensors`, `tokenizer.json` and
/// `tokenizer_config.json` into `dir`, which is made where it is missing.
///
/// Every weight becomes float32, which loses nothing of what the file holds.
/// Keys of ours have no place in these files: they go to `senselm.json` beside
/// them, from where [`crate::hf_to_gguf`] takes them back. All of these files
/// are written, or none.
///
/// Returns what was assumed or left out; biases that the file lacks become
/// zeros, as transformers' GPT-2 has all of them.
///
/// # Errors
/// [`ConvertError`] names what is wrong with the file, or what cannot be
/// written.
pub fn gguf_to_hf(
    bytes: &[u8],
    dir: impl AsRef<Path>,
) -> Result<Vec<ConvertWarning>, ConvertError> {
    let dir = dir.as_ref();
    let file = Gguf::parse(bytes)?;
    file.check_damage()?;
    let config = Config::from_gguf(&file)?;
    let architecture = Architecture::from(config);
    let tied = config.tied;
    let specs = tensors(&architecture, tied);
    let biases = Biases::of(&file);
    let tokenizer = Tokenizer::from_gguf(&file)?;

    let mut weights = Vec::with_capacity(specs.len());
    let mut zeros = 0;
    for spec in &specs {
        let found = find(&file, &biases, &senselm_arch::spec(&config, spec.id))?;
        let values = match found {
            Some(tensor) => read_tensor(&file, tensor, spec)?,
            None => {
                zeros += 1;
                vec![0; spec.elements() as usize * size_of::<f32>()]
            }
        };
        weights.push((spec, values));
    }
    let name = file.metadata().str(keys::GENERAL_NAME).unwrap_or("gpt2");
    let (bos, eos) = (tokenizer.bos_id(), tokenizer.eos_id());
    let config = WrittenConfig::new(name, &architecture, tied, bos, eos);

    let weights = serialize(&weights)?;
    let config = json(&dir.join("config.json"), &config)?;
    let tokenizer_config = TokenizerConfig::new(&tokenizer, &architecture);
    let tokenizer_config = json(&dir.join("tokenizer_config.json"), &tokenizer_config)?;
    let tokenizer_json = tokenizer.to_json();
    let mut files: Vec<(&str, &[u8])> = vec![
        ("config.json", config.as_bytes()),
        ("model.safetensors", &weights),
        ("tokenizer.json", tokenizer_json.as_bytes()),
        ("tokenizer_config.json", tokenizer_config.as_bytes()),
    ];
    let kept = senselm_keys(&file);
    let senselm = json(&dir.join(SENSELM_JSON), &kept)?;
    if !kept.is_empty() {
        files.push((SENSELM_JSON, senselm.as_bytes()));
    }
    Folder::create(dir)?.save_all(&files)?;
    let warnings = tokenizer.warnings().iter().cloned();
    let mut warnings: Vec<_> = warnings.map(ConvertWarning::from).collect();
    if zeros > 0 {
        warnings.push(ConvertWarning::BiasesAreZero { tensors: zeros });
    }
    Ok(warnings)
}

/// The weights of one tensor in Hugging Face's order, as little-endian float32.
fn read_tensor(
    file: &Gguf<'_>,
    tensor: &TensorInfo<'_>,
    spec: &Spec,
) -> Result<Vec<u8>, ConvertError> {
    let mut values = encode::decode(&spec.gguf, tensor.ty, file.tensor_bytes(tensor))?;
    if spec.transposed {
        values = transpose(&values, tensor.dims.rows(), tensor.dims.cols());
    }
    Ok(values.iter().flat_map(|v| v.to_le_bytes()).collect())
}

fn serialize(weights: &[(&Spec, Vec<u8>)]) -> Result<Vec<u8>, ConvertError> {
    let mut views = Vec::with_capacity(weights.len());
    for (spec, bytes) in weights {
        let shape = spec.hf_shape().iter().map(|&size| size as usize).collect();
        let view =
            TensorView::new(Dtype::F32, shape, bytes).map_err(ConvertError::SafeTensorsWrite)?;
        views.push((spec.hf.as_str(), view));
    }
    // transformers refuses a file that does not say which framework wrote it.
    let format = std::iter::once(("format".to_owned(), "pt".to_owned())).collect();
    safetensors::serialize(views, Some(format)).map_err(ConvertError::SafeTensorsWrite)
}

/// What transformers needs to load `tokenizer.json`.
#[derive(Serialize)]
struct TokenizerConfig {
    tokenizer_class: &'static str,
    model_max_length: u64,
    add_prefix_space: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    bos_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    eos_token: Option<String>,
}

impl TokenizerConfig {
    fn new(tokenizer: &Tokenizer, architecture: &Architecture) -> Self {
        let text = |id: Option<u32>| {
            let bytes = tokenizer.token_bytes(id?)?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        };
        Self {
            tokenizer_class: "PreTrainedTokenizerFast",
            model_max_length: architecture.context,
            add_prefix_space: false,
            bos_token: text(tokenizer.bos_id()),
            eos_token: text(tokenizer.eos_id()),
        }
    }
}

/// The checksum is of these tensors in this file, and whoever writes one anew makes it.
fn senselm_keys<'a>(file: &Gguf<'a>) -> BTreeMap<&'a str, Kept> {
    file.metadata()
        .iter()
        .filter(|(key, _)| key.starts_with(keys::SENSELM_PREFIX))
        .filter(|(key, _)| *key != keys::SENSELM_TENSORS_XXH64)
        .filter_map(|(key, value)| match value {
            Value::Str(text) => Some((key, Kept::Text((*text).to_owned()))),
            Value::U32(number) => Some((key, Kept::Number(*number))),
            _ => None,
        })
        .collect()
}

fn json(path: &Path, value: &impl Serialize) -> Result<String, ConvertError> {
    serde_json::to_string_pretty(value).map_err(|source| ConvertError::Json {
        path: path.to_owned(),
        source,
    })
}
