//! Whether the keys and tensors of a file are those that were written.
//!
//! A damaged bit in a weight or in a setting leaves a file that loads and answers
//! differently, so files with `senselm.*` keys carry two checksums. One is XXH64 of the
//! tensors' descriptions and, apart from that, of their bytes; the other the sum of
//! XXH64 of each key that answers depend on, with its value, in any order. They find
//! damage and are no signature. Other software that stores tensors anew may copy the
//! keys along; the descriptions then differ from those that the first was made of, and
//! it says nothing, while the keys are as they were.
//!
//! # Source
//! The xxHash specification, XXH64; each hash of a tensor is the seed of the next.

use senselm_quant::GgmlType;
use twox_hash::XxHash64;

use crate::{Dims, Gguf, GgufError, Metadata, keys};

/// What stands between the two hashes.
const BETWEEN: char = '-';

/// What the keys begin with that answers depend on. Others may be added or changed by
/// whatever stores a file anew.
const DEPENDED_ON: [&str; 3] = [keys::SENSELM_PREFIX, "tokenizer.", "gpt2."];

/// The share of a key in the checksum of all of them. `entry` is the key, the type and
/// the value as a file writes them.
pub(crate) fn of_entry(key: &str, entry: &[u8]) -> u64 {
    let counts = DEPENDED_ON.iter().any(|prefix| key.starts_with(prefix));
    let is_checksum = [keys::SENSELM_METADATA_XXH64, keys::SENSELM_TENSORS_XXH64].contains(&key);
    match counts && !is_checksum {
        true => XxHash64::oneshot(0, entry),
        false => 0,
    }
}

/// The value of the key for such a sum: 16 hexadecimal digits.
pub(crate) fn metadata_text(sum: u64) -> String {
    format!("{sum:016x}")
}

/// The hashes of a file's tensors, in the order of the file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Checksum {
    /// Of names, shapes and types.
    layout: u64,
    /// Of the bytes.
    data: u64,
}

impl Checksum {
    /// Takes the next tensor.
    pub(crate) fn add(&mut self, name: &str, dims: &Dims, ty: GgmlType, bytes: &[u8]) {
        self.layout = XxHash64::oneshot(self.layout, name.as_bytes());
        for dim in dims.as_slice() {
            self.layout = XxHash64::oneshot(self.layout, &dim.to_le_bytes());
        }
        self.layout = XxHash64::oneshot(self.layout, &ty.id().to_le_bytes());
        self.data = XxHash64::oneshot(self.data, bytes);
    }

    /// The value of the key: 16 hexadecimal digits each.
    pub(crate) fn text(self) -> String {
        format!("{:016x}{BETWEEN}{:016x}", self.layout, self.data)
    }

    /// Checks what a file says of these tensors.
    ///
    /// # Errors
    /// [`GgufError::Damaged`], and [`GgufError::BadChecksum`] where it says nothing
    /// that can be checked.
    pub(crate) fn check(self, metadata: &Metadata<'_>) -> Result<(), GgufError> {
        let Some(said) = said(metadata)? else {
            return Ok(());
        };
        match said.layout == self.layout && said.data != self.data {
            true => Err(GgufError::Damaged {
                expected: said.data,
                found: self.data,
            }),
            false => Ok(()),
        }
    }
}

/// What a file says of its tensors; nothing in older files and others' files.
fn said(metadata: &Metadata<'_>) -> Result<Option<Checksum>, GgufError> {
    if metadata.get(keys::SENSELM_TENSORS_XXH64).is_none() {
        return Ok(None);
    }
    let text = metadata.str(keys::SENSELM_TENSORS_XXH64)?;
    let parts = text.split_once(BETWEEN);
    let hashes = parts.and_then(|(layout, data)| Some((hash(layout)?, hash(data)?)));
    match hashes {
        Some((layout, data)) => Ok(Some(Checksum { layout, data })),
        None => Err(GgufError::BadChecksum),
    }
}

/// A hash by its 16 hexadecimal digits.
fn hash(digits: &str) -> Option<u64> {
    let is_digit = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    let all = digits.len() == 16 && digits.bytes().all(is_digit);
    u64::from_str_radix(digits, 16).ok().filter(|_| all)
}

/// Checks that the keys that answers depend on are those that were written.
///
/// # Errors
/// [`GgufError::DamagedKeys`], and [`GgufError::BadChecksum`] or
/// [`GgufError::WrongType`] where the checksum itself is none.
pub(crate) fn check_keys(metadata: &Metadata<'_>) -> Result<(), GgufError> {
    if metadata.get(keys::SENSELM_METADATA_XXH64).is_none() {
        return Ok(());
    }
    let said = hash(metadata.str(keys::SENSELM_METADATA_XXH64)?);
    let expected = said.ok_or(GgufError::BadChecksum)?;
    match metadata.checksum() {
        found if found == expected => Ok(()),
        found => Err(GgufError::DamagedKeys { expected, found }),
    }
}

impl Gguf<'_> {
    /// Checks that the keys that answers depend on and the tensors are those that were
    /// written, where the file says what those were. All bytes of the tensors are read.
    ///
    /// # Errors
    /// [`GgufError::DamagedKeys`] and [`GgufError::Damaged`] where they are others, and
    /// [`GgufError::BadChecksum`] or [`GgufError::WrongType`] where a checksum itself is
    /// none.
    pub fn check_damage(&self) -> Result<(), GgufError> {
        let metadata = self.metadata();
        check_keys(metadata)?;
        if metadata.get(keys::SENSELM_TENSORS_XXH64).is_none() {
            return Ok(());
        }
        let mut found = Checksum::default();
        for tensor in self.tensors() {
            let bytes = self.tensor_bytes(tensor);
            found.add(tensor.name, &tensor.dims, tensor.ty, bytes);
        }
        found.check(metadata)
    }
}
