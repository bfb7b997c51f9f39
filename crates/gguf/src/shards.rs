//! Models in several files, as `llama-gguf-split` cuts them.
//!
//! The first shard has the keys of the model, every shard some of its tensors
//! and three keys that say which one it is. Joined end to end they are no file;
//! [`merge`] makes one.
//!
//! # Source
//! `tools/gguf-split` of llama.cpp: names are `STEM-00001-of-00003.gguf`,
//! `split.no` counts from 0.

use std::path::{Path, PathBuf};

use crate::checksum::check_keys;
use crate::mapped::Mapped;
use crate::{Gguf, GgufError, Metadata, OwnedValue, Writer};

/// Which shard this file is, from 0. Any integer.
const SPLIT_NO: &str = "split.no";
/// How many shards there are; 0 or 1 for a whole model. Any integer.
const SPLIT_COUNT: &str = "split.count";
/// What the three keys begin with.
const SPLIT_PREFIX: &str = "split.";
/// How many tensors all shards have together. Any integer.
const SPLIT_TENSORS: &str = "split.tensors.count";

/// The most shards that are looked for: what the file names can hold.
const MAX_SHARDS: u32 = 99_999;

/// Which part of a model a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 1.
    pub number: u32,
    /// How many there are, at least 2.
    pub count: u32,
}

impl Shard {
    /// Which shard a file is; nothing for a whole model.
    ///
    /// # Errors
    /// [`GgufError::WrongType`] or [`GgufError::BadShard`] where its keys make
    /// no sense.
    pub fn of(metadata: &Metadata<'_>) -> Result<Option<Self>, GgufError> {
        if metadata.get(SPLIT_COUNT).is_none() {
            return Ok(None);
        }
        let count = metadata.u32(SPLIT_COUNT)?;
        if count < 2 {
            return Ok(None);
        }
        let index = metadata.u32(SPLIT_NO)?;
        if index >= count || count > MAX_SHARDS {
            return Err(GgufError::BadShard { index, count });
        }
        Ok(Some(Self {
            number: index + 1,
            count,
        }))
    }

    /// The error of a program that was given this one file and needs all.
    #[must_use]
    pub fn alone(self) -> GgufError {
        GgufError::Shard {
            number: self.number,
            count: self.count,
            missing: None,
        }
    }

    /// The names of all shards, by the name of this one.
    fn names(self, name: &str) -> Option<Vec<String>> {
        let suffix = |number| format!("-{number:05}-of-{:05}.gguf", self.count);
        let stem = name.strip_suffix(&suffix(self.number))?;
        Some(
            (1..=self.count)
                .map(|number| format!("{stem}{}", suffix(number)))
                .collect(),
        )
    }
}

/// A whole model in memory: a file as it is, or merged from its shards.
#[derive(Debug)]
pub enum Whole {
    /// The file, mapped.
    File(Mapped),
    /// What its shards make together.
    Merged(Vec<u8>),
}

impl Whole {
    /// Opens the model at `path`. Where that is a shard, the others must be
    /// beside it under the names that `llama-gguf-split` gave them.
    ///
    /// # Errors
    /// [`GgufError::Shard`] where the others are not there, or what is wrong
    /// with one of them. A file that is no shard is not looked into.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, GgufError> {
        let path = path.as_ref();
        let file = Mapped::open(path)?;
        let shard = match Gguf::parse(file.as_ref()) {
            Ok(gguf) => Shard::of(gguf.metadata())?,
            // Whoever uses the file says what is wrong with it.
            Err(_) => None,
        };
        let Some(shard) = shard else {
            return Ok(Self::File(file));
        };
        let missing = |missing: Option<PathBuf>| GgufError::Shard {
            number: shard.number,
            count: shard.count,
            missing,
        };
        let name = path.file_name().and_then(|name| name.to_str());
        let names = name.and_then(|name| shard.names(name));
        let mut shards = Vec::new();
        for name in names.ok_or_else(|| missing(None))? {
            let path = path.with_file_name(name);
            if !path.is_file() {
                return Err(missing(Some(path)));
            }
            shards.push(Mapped::open(path)?);
        }
        let bytes: Vec<&[u8]> = shards.iter().map(AsRef::as_ref).collect();
        merge(&bytes).map(Self::Merged)
    }
}

impl AsRef<[u8]> for Whole {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::File(file) => file.as_ref(),
            Self::Merged(bytes) => bytes,
        }
    }
}

/// One file of all shards of a model, in their order.
///
/// # Errors
/// What is wrong with a shard, [`GgufError::WrongShard`] for one of another
/// place or model, [`GgufError::DuplicateTensor`], and [`GgufError::Damaged`] and
/// [`GgufError::DamagedKeys`] where the tensors together, or the keys, are not those of
/// the first shard's checksums.
pub fn merge(shards: &[&[u8]]) -> Result<Vec<u8>, GgufError> {
    let mut writer = Writer::new();
    let files = shards
        .iter()
        .map(|bytes| Gguf::parse(bytes))
        .collect::<Result<Vec<_>, _>>()?;
    let mut tensors = 0;
    for (number, file) in (1..).zip(&files) {
        let wanted = Shard {
            number,
            count: files.len() as u32,
        };
        let found = Shard::of(file.metadata())?;
        if found != Some(wanted) {
            return Err(GgufError::WrongShard {
                number,
                count: wanted.count,
                found: found.map_or((1, 1), |found| (found.number, found.count)),
            });
        }
        for (key, value) in file.metadata().iter().filter(|_| number == 1) {
            if !key.starts_with(SPLIT_PREFIX) {
                writer.set(key, OwnedValue::from(value))?;
            }
        }
        for tensor in file.tensors() {
            let bytes = file.tensor_bytes(tensor);
            writer.tensor(tensor.name, tensor.dims.as_slice(), tensor.ty, bytes)?;
            tensors += 1;
        }
    }
    // What is damaged gets no new checksum.
    if let Some(first) = files.first() {
        check_keys(first.metadata())?;
        writer.checksum().check(first.metadata())?;
    }
    let said = files
        .first()
        .and_then(|file| file.metadata().u32(SPLIT_TENSORS).ok());
    match said.filter(|&said| said != tensors) {
        Some(expected) => Err(GgufError::ShardTensors {
            expected,
            found: tensors,
        }),
        None => writer.to_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn names_of_shards_follow_from_one() {
        let shard = Shard {
            number: 2,
            count: 3,
        };
        assert_eq!(
            shard
                .names("a-00002-of-00003.gguf")
                .map(|names| names.join(" ")),
            Some("a-00001-of-00003.gguf a-00002-of-00003.gguf a-00003-of-00003.gguf".to_owned())
        );
        for other in ["a.gguf", "a-00001-of-00003.gguf", "a-00002-of-00004.gguf"] {
            assert_eq!(shard.names(other), None, "{other}");
        }
    }
}
