//! The weights of a folder: one safetensors file, or shards of one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use safetensors::SafeTensors;
use safetensors::tensor::TensorView;
use senselm_gguf::mapped::Mapped;
use serde::Deserialize;

use crate::ConvertError;
use crate::text::{MAX_SETTINGS_BYTES, read_json, refuse_pointer};

/// The file that holds all weights.
const WHOLE: &str = "model.safetensors";
/// The file that says which shard holds which tensor.
const INDEX: &str = "model.safetensors.index.json";

/// The files of a folder's weights, in memory.
pub(crate) struct WeightFiles {
    files: Vec<(String, Mapped)>,
    /// Which file each tensor is in, where an index says so.
    index: BTreeMap<String, String>,
}

/// Tensors by the names in their file.
pub(crate) type Tensors<'a> = BTreeMap<String, TensorView<'a>>;

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

impl WeightFiles {
    /// Finds and opens the weights of a folder.
    ///
    /// # Errors
    /// [`ConvertError::NoWeights`], which says what is there instead,
    /// [`ConvertError::MissingShard`], or that there are two sets of weights.
    pub(crate) fn open(dir: &Path) -> Result<Self, ConvertError> {
        let has = |name: &str| dir.join(name).is_file();
        let index = if has(INDEX) {
            read_index(dir)?
        } else {
            BTreeMap::new()
        };
        let mut names: BTreeSet<&str> = index.values().map(String::as_str).collect();
        if has(WHOLE) && names.iter().any(|name| *name != WHOLE) {
            return Err(ConvertError::TwoWeights {
                dir: dir.to_owned(),
                first: WHOLE.to_owned(),
                second: INDEX.to_owned(),
            });
        }
        let shards;
        if has(WHOLE) {
            names.insert(WHOLE);
        } else if names.is_empty() {
            shards = shards_without_index(dir)?;
            names.extend(shards.iter().map(String::as_str));
        }
        let files = names
            .into_iter()
            .map(|name| open(dir, name))
            .collect::<Result<_, _>>()?;
        Ok(Self { files, index })
    }

    /// The tensors of all files.
    ///
    /// # Errors
    /// What is wrong with a file, [`ConvertError::DoubledTensor`], or
    /// [`ConvertError::NotInShard`].
    pub(crate) fn tensors(&self) -> Result<Tensors<'_>, ConvertError> {
        let mut tensors = Tensors::new();
        let mut places: BTreeMap<String, &str> = BTreeMap::new();
        for (file, bytes) in &self.files {
            let parsed = SafeTensors::deserialize(bytes.as_ref()).map_err(|source| {
                ConvertError::SafeTensors {
                    path: file.into(),
                    source,
                }
            })?;
            for (name, view) in parsed.tensors() {
                if let Some(first) = places.insert(name.clone(), file) {
                    return Err(ConvertError::DoubledTensor {
                        name,
                        first: first.to_owned(),
                        second: file.clone(),
                    });
                }
                tensors.insert(name, view);
            }
        }
        for (name, shard) in &self.index {
            if places.get(name).copied() != Some(shard) {
                return Err(ConvertError::NotInShard {
                    name: name.clone(),
                    shard: shard.clone(),
                });
            }
        }
        Ok(tensors)
    }
}

fn open(dir: &Path, name: &str) -> Result<(String, Mapped), ConvertError> {
    let path = dir.join(name);
    if !path.is_file() {
        return Err(ConvertError::MissingShard {
            dir: dir.to_owned(),
            shard: name.to_owned(),
        });
    }
    let bytes = Mapped::open(&path)?;
    refuse_pointer(&path, bytes.as_ref())?;
    Ok((name.to_owned(), bytes))
}

fn read_index(dir: &Path) -> Result<BTreeMap<String, String>, ConvertError> {
    let path = dir.join(INDEX);
    let index: Index = read_json(&path, MAX_SETTINGS_BYTES)?;
    for shard in index.weight_map.values() {
        let is_plain = !shard.is_empty()
            && !shard.contains(['/', '\\', ':', '\0'])
            && !matches!(shard.as_str(), "." | "..");
        if !is_plain {
            return Err(ConvertError::ShardOutside {
                path,
                found: shard.chars().take(200).collect(),
            });
        }
    }
    if index.weight_map.is_empty() {
        return Err(ConvertError::NoWeights {
            dir: dir.to_owned(),
            hint: format!("; {INDEX} names no tensor"),
        });
    }
    Ok(index.weight_map)
}

/// The shards of a folder that lacks their index: complete by their names.
fn shards_without_index(dir: &Path) -> Result<Vec<String>, ConvertError> {
    let names = names(dir)?;
    let found: BTreeSet<(&str, u32)> = names
        .iter()
        .filter_map(|name| shard(name))
        .map(|(stem, _, count)| (stem, count))
        .collect();
    let mut found = found.into_iter();
    let Some((stem, count)) = found.next() else {
        return Err(ConvertError::NoWeights {
            dir: dir.to_owned(),
            hint: hint(&names),
        });
    };
    if let Some((other, of)) = found.next() {
        return Err(ConvertError::TwoWeights {
            dir: dir.to_owned(),
            first: shard_name(stem, 1, count),
            second: shard_name(other, 1, of),
        });
    }
    Ok((1..=count).map(|at| shard_name(stem, at, count)).collect())
}

fn shard_name(stem: &str, at: u32, count: u32) -> String {
    format!("{stem}-{at:05}-of-{count:05}.safetensors")
}

/// The stem, number and count of a name such as
/// `model-00001-of-00002.safetensors`.
fn shard(name: &str) -> Option<(&str, u32, u32)> {
    let (rest, count) = name.strip_suffix(".safetensors")?.rsplit_once("-of-")?;
    let (stem, at) = rest.rsplit_once('-')?;
    let number = |digits: &str| {
        let five = digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| five)
    };
    let (at, count) = (number(at)?, number(count)?);
    (1..=count).contains(&at).then_some((stem, at, count))
}

fn names(dir: &Path) -> Result<Vec<String>, ConvertError> {
    let failed = |source| ConvertError::Read {
        path: dir.to_owned(),
        source,
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        names.push(
            entry
                .map_err(failed)?
                .file_name()
                .to_string_lossy()
                .into_owned(),
        );
    }
    names.sort();
    Ok(names)
}

/// What is there instead of weights, and what to do.
fn hint(names: &[String]) -> String {
    let found = |wanted: &dyn Fn(&str) -> bool| names.iter().find(|name| wanted(name));
    let resave = "load it with transformers and save it again with save_pretrained(FOLDER, safe_serialization=True)";
    if let Some(name) =
        found(&|name| name == "adapter_model.safetensors" || name == "adapter_model.bin")
    {
        return format!(
            "; {name} is an adapter: merge it into its model (merge_and_unload) and save that"
        );
    }
    if let Some(name) = found(&|name| name.ends_with(".safetensors")) {
        return format!("; if {name} is the model, rename it to {WHOLE}");
    }
    if let Some(name) = found(&|name| name.starts_with("pytorch_model") && name.ends_with(".bin")) {
        return format!("; {name} is not read, since a pickle can run programs: {resave}");
    }
    if let Some(name) =
        found(&|name| name.ends_with(".pt") || name.ends_with(".pth") || name.ends_with(".ckpt"))
    {
        return format!(
            "; {name} is not read, since a pickle can run programs: load its tensors with PyTorch and save them with safetensors.torch.save_file as {WHOLE}"
        );
    }
    if let Some(name) = found(&|name| {
        name.ends_with(".h5") || name.ends_with(".msgpack") || name.ends_with(".ckpt.index")
    }) {
        return format!("; {name} is of another framework: {resave}");
    }
    if let Some(name) = found(&|name| name.ends_with(".gguf")) {
        return format!("; {name} is a GGUF file already: use it as it is");
    }
    "; give the folder that save_pretrained wrote".to_owned()
}

#[cfg(test)]
mod tests {
    use super::shard;

    #[test]
    fn names_of_shards_are_whole() {
        let name = "model-00002-of-00003.safetensors";
        assert_eq!(shard(name), Some(("model", 2, 3)));
        for other in [
            "model.safetensors",
            "model-2-of-3.safetensors",
            "model-00004-of-00003.safetensors",
            "model-00000-of-00003.safetensors",
            "model-+0001-of-00003.safetensors",
            "model-00001-of-00003.bin",
        ] {
            assert_eq!(shard(other), None, "{other}");
        }
    }
}
