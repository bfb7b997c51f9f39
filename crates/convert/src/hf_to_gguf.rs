//! A Hugging Face GPT-2 folder as a GGUF file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use safetensors::Dtype;
use senselm_arch::{Biases, TensorId, TensorKind};
use senselm_gguf::{OwnedValue, Writer, keys};
use senselm_quant::GgmlType;

use crate::hf_config::HfConfig;
use crate::layout::Layout;
use crate::names::{Named, Shown};
use crate::target::{Context, Types};
use crate::tensors::{Spec, tensors, transpose};
use crate::text::{MAX_SETTINGS_BYTES, read_json};
use crate::weights::WeightFiles;
use crate::{ConvertError, ConvertWarning, Target, encode, metadata, vocabulary};

/// The file beside a Hugging Face model that keeps our `senselm.*` keys.
pub(crate) const SENSELM_JSON: &str = "senselm.json";

const EMBEDDING: TensorId = TensorId::weight(TensorKind::TokenEmbedding);
const HEAD: TensorId = TensorId::weight(TensorKind::Head);

/// A GGUF file that was made of a folder or of another file.
#[derive(Clone, Debug)]
pub struct Converted {
    /// The file.
    pub file: Vec<u8>,
    /// What was assumed or left out.
    pub warnings: Vec<ConvertWarning>,
}

/// Converts a folder with `config.json`, `model.safetensors` (or its shards)
/// and `tokenizer.json` (or `vocab.json` and `merges.txt`) to a GGUF file.
///
/// The keys, tensor names and shapes are those that llama.cpp's converter
/// writes. `target` is a name of [`Target`]. Where the folder has the
/// `senselm.json` that [`crate::gguf_to_hf`] writes, its keys come along.
///
/// Prefixes of tensors are left out, biases that no layer has are zeros, a
/// tied model needs its embedding or its head, and matrices may be transposed
/// as nanoGPT keeps them.
///
/// # Errors
/// [`ConvertError`] names the file, setting or tensor that is wrong, and both
/// readings where there are two.
pub fn hf_to_gguf(dir: impl AsRef<Path>, target: &str) -> Result<Converted, ConvertError> {
    let dir = dir.as_ref();
    let target = Target::from_name(target)?;
    let mut warnings = Vec::new();
    let config: HfConfig = read_json(&dir.join("config.json"), MAX_SETTINGS_BYTES)?;
    let files = WeightFiles::open(dir)?;
    let in_files = files.tensors()?;
    let architecture = config.architecture(&Shown::by(&in_files), &mut warnings)?;
    let tied = config.tied();
    let specs = tensors(&architecture, tied);
    let with_head = tensors(&architecture, false);
    let known: BTreeSet<&str> = with_head.iter().map(|spec| spec.bare.as_str()).collect();
    let weights = Weights::new(Named::new(in_files, &known, &mut warnings)?, &specs, tied);
    let layout = Layout::of(&weights.tensors, &specs)?;

    let mut writer = Writer::new();
    let total = specs.iter().map(Spec::elements).sum();
    let name = model_name(&config, dir);
    metadata::set_model(&mut writer, &name, &architecture, total, target)?;
    let tokenizer = vocabulary::from_folder(dir, &config.ends())?;
    warnings.extend(tokenizer.warnings().iter().cloned().map(Into::into));
    metadata::set_tokenizer(&mut writer, &tokenizer, architecture.vocab as usize)?;
    set_senselm_keys(&mut writer, &dir.join(SENSELM_JSON))?;

    let context = Context {
        layers: architecture.layers,
        tied,
    };
    let mut types = Types::new(target, context);
    let mut zeros = 0;
    for spec in &specs {
        let values = weights.read(spec, layout)?.unwrap_or_else(|| {
            zeros += 1;
            vec![0.0; spec.elements() as usize]
        });
        let ty = types.of(&spec.gguf, &spec.dims);
        encode::add(&mut writer, &spec.gguf, &spec.dims, ty, &values)?;
    }
    if zeros > 0 {
        warnings.push(ConvertWarning::BiasesAreZero { tensors: zeros });
    }
    warnings.extend(weights.ignored_head());
    warnings.extend(types.warning());
    Ok(Converted {
        file: writer.to_bytes()?,
        warnings,
    })
}

/// The last part of where the model came from, else the folder's name.
fn model_name(config: &HfConfig, dir: &Path) -> String {
    let from = config.name_or_path().trim_end_matches(['/', '\\']);
    let last = from.rsplit(['/', '\\']).next().unwrap_or_default();
    if !last.is_empty() && last != "." {
        return last.to_owned();
    }
    let folder = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let folder = folder.file_name().unwrap_or_default();
    folder.to_string_lossy().into_owned()
}

/// The weights of a folder.
struct Weights<'a> {
    tensors: Named<'a>,
    biases: Biases,
    tied: bool,
}

impl<'a> Weights<'a> {
    fn new(tensors: Named<'a>, specs: &[Spec], tied: bool) -> Self {
        let found = specs
            .iter()
            .filter(|spec| tensors.get(&spec.bare).is_some());
        let biases = Biases::among(found.map(|spec| spec.id));
        Self {
            tensors,
            biases,
            tied,
        }
    }

    /// The weights of one tensor in ggml's order; nothing for a bias that the
    /// model does not have.
    fn read(&self, spec: &Spec, layout: Layout) -> Result<Option<Vec<f32>>, ConvertError> {
        let head = (self.tied && spec.id == EMBEDDING).then(|| HEAD.hf_bare());
        let found = self.tensors.get(&spec.bare);
        let Some(found) = found.or_else(|| self.tensors.get(&head?)) else {
            if self.biases.lack(spec.id) {
                return Ok(None);
            }
            return Err(ConvertError::MissingTensor {
                name: spec.hf.clone(),
            });
        };
        let mut expected = spec.hf_shape();
        let turned = spec.transposed && layout == Layout::Linear;
        if turned {
            expected.reverse();
        }
        let shape: Vec<u64> = found.view.shape().iter().map(|&size| size as u64).collect();
        if shape != expected {
            return Err(ConvertError::WrongShape {
                name: found.name.clone(),
                expected,
                found: shape,
            });
        }
        let ty = match found.view.dtype() {
            Dtype::F32 => GgmlType::F32,
            Dtype::F16 => GgmlType::F16,
            Dtype::BF16 => GgmlType::Bf16,
            other => {
                return Err(ConvertError::UnsupportedDtype {
                    name: found.name.clone(),
                    found: format!("{other:?}"),
                });
            }
        };
        let values = encode::decode(&found.name, ty, found.view.data())?;
        Ok(Some(match *found.view.shape() {
            [rows, cols] if spec.transposed && !turned => transpose(&values, rows, cols),
            _ => values,
        }))
    }

    /// Warns of a head that a tied model does not use.
    fn ignored_head(&self) -> Option<ConvertWarning> {
        let head = self.tensors.get(&HEAD.hf_bare()).filter(|_| self.tied)?;
        let embedding = self.tensors.get(&EMBEDDING.hf_bare())?;
        let same = head.view.dtype() == embedding.view.dtype()
            && head.view.data() == embedding.view.data();
        (!same).then(|| ConvertWarning::HeadIgnored {
            name: head.name.clone(),
        })
    }
}

/// Copies the `senselm.*` keys that a conversion to Hugging Face put aside.
fn set_senselm_keys(writer: &mut Writer<'_>, path: &Path) -> Result<(), ConvertError> {
    if !path.is_file() {
        return Ok(());
    }
    let kept: BTreeMap<String, Kept> = read_json(path, MAX_SETTINGS_BYTES)?;
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
