//! Builds a GGUF v3 file. What it writes, the reader of this crate and
//! llama.cpp take back.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use senselm_quant::GgmlType;

use crate::checksum::{Checksum, metadata_text, of_entry};
use crate::limits::{DEFAULT_ALIGNMENT, MAX_KEY_BYTES, MAX_KEYS, MAX_NAME_BYTES, MAX_TENSORS};
use crate::owned::{check, write_str};
use crate::parse::{MAGIC, VERSION, check_alignment};
use crate::{Dims, Gguf, GgufError, OwnedValue, ValueType, keys};

/// Collects keys and tensors, then writes them in the order they came.
///
/// Tensor data is aligned to `general.alignment` where that key is set, else to
/// [`DEFAULT_ALIGNMENT`], and each tensor is padded to it. A file with `senselm.*` keys
/// gets the checksums of its tensors and of the keys that answers depend on.
///
/// ```
/// use senselm_gguf::{GgmlType, Gguf, Writer, keys};
/// let mut writer = Writer::new();
/// writer.set(keys::GENERAL_ARCHITECTURE, "gpt2")?;
/// writer.tensor("output_norm.bias", &[2], GgmlType::F32, vec![0; 8])?;
/// let bytes = writer.to_bytes()?;
/// let file = Gguf::parse(&bytes)?;
/// assert_eq!(file.metadata().str(keys::GENERAL_ARCHITECTURE)?, "gpt2");
/// # Ok::<(), senselm_gguf::GgufError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Writer<'a> {
    keys: Vec<(String, OwnedValue)>,
    /// Where in `keys` each one is.
    key_places: BTreeMap<String, usize>,
    tensors: Vec<Tensor<'a>>,
    names: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Tensor<'a> {
    name: String,
    dims: Dims,
    ty: GgmlType,
    bytes: Cow<'a, [u8]>,
}

impl<'a> Writer<'a> {
    /// A file without keys or tensors.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything that a file has, so that some of its keys can be set anew.
    ///
    /// # Errors
    /// Those of [`Writer::set`] and [`Writer::tensor`], and of
    /// [`Gguf::check_damage`]: what is damaged gets no new checksum.
    pub fn of(file: &Gguf<'a>) -> Result<Self, GgufError> {
        file.check_damage()?;
        let mut writer = Self::new();
        for (key, value) in file.metadata().iter() {
            writer.set(key, OwnedValue::from(value))?;
        }
        for tensor in file.tensors() {
            let bytes = file.tensor_bytes(tensor);
            writer.tensor(tensor.name, tensor.dims.as_slice(), tensor.ty, bytes)?;
        }
        Ok(writer)
    }

    /// Sets a key; a key that is there already keeps its place and gets the new
    /// value.
    ///
    /// # Errors
    /// [`GgufError::EmptyKey`], [`GgufError::StringTooLong`],
    /// [`GgufError::ArrayTooLong`] or [`GgufError::BadAlignment`]: what the
    /// reader would refuse.
    pub fn set(
        &mut self,
        key: impl Into<String>,
        value: impl Into<OwnedValue>,
    ) -> Result<&mut Self, GgufError> {
        let (key, value) = (key.into(), value.into());
        if key.is_empty() {
            return Err(GgufError::EmptyKey { offset: 0 });
        }
        check_len("a metadata key", &key, MAX_KEY_BYTES)?;
        check(&key, &value)?;
        if key == keys::GENERAL_ALIGNMENT {
            match value {
                OwnedValue::U32(found) => check_alignment(found)?,
                ref other => {
                    return Err(GgufError::WrongType {
                        key,
                        found: other.value_type(),
                        expected: ValueType::U32,
                    });
                }
            };
        }
        match self.key_places.get(&key) {
            Some(&place) => self.keys[place].1 = value,
            None => {
                self.key_places.insert(key.clone(), self.keys.len());
                self.keys.push((key, value));
            }
        }
        Ok(self)
    }

    /// Adds a tensor. `dims` are in ggml's order, the contiguous one first.
    ///
    /// # Errors
    /// [`GgufError::DuplicateTensor`], [`GgufError::WrongByteCount`],
    /// [`GgufError::PartialBlock`] and the errors of [`Dims::new`].
    pub fn tensor(
        &mut self,
        name: impl Into<String>,
        dims: &[u64],
        ty: GgmlType,
        bytes: impl Into<Cow<'a, [u8]>>,
    ) -> Result<&mut Self, GgufError> {
        let (name, bytes) = (name.into(), bytes.into());
        if name.is_empty() {
            return Err(GgufError::EmptyName { offset: 0 });
        }
        check_len("a tensor name", &name, MAX_NAME_BYTES)?;
        let dims = Dims::new(&name, dims)?;
        let expected = dims.bytes(&name, ty)?;
        if bytes.len() != expected {
            return Err(GgufError::WrongByteCount {
                name,
                expected,
                found: bytes.len(),
            });
        }
        if !self.names.insert(name.clone()) {
            return Err(GgufError::DuplicateTensor { name });
        }
        self.tensors.push(Tensor {
            name,
            dims,
            ty,
            bytes,
        });
        Ok(self)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`GgufError::Write`] where `out` fails; [`GgufError::TooManyKeys`] or
    /// [`GgufError::TooManyTensors`] beyond the reader's caps.
    pub fn write_to(&self, out: &mut impl io::Write) -> Result<(), GgufError> {
        let alignment = self.alignment();
        out.write_all(&self.header(alignment)?)
            .map_err(GgufError::Write)?;
        for tensor in &self.tensors {
            let len = tensor.bytes.len();
            let padding = vec![0; len.next_multiple_of(alignment) - len];
            out.write_all(&tensor.bytes)
                .and_then(|()| out.write_all(&padding))
                .map_err(GgufError::Write)?;
        }
        Ok(())
    }

    /// The file as bytes.
    ///
    /// # Errors
    /// As [`Self::write_to`], save that memory does not fail.
    pub fn to_bytes(&self) -> Result<Vec<u8>, GgufError> {
        let mut bytes = Vec::new();
        self.write_to(&mut bytes)?;
        Ok(bytes)
    }

    fn alignment(&self) -> usize {
        let place = self.key_places.get(keys::GENERAL_ALIGNMENT);
        match place.map(|&place| &self.keys[place].1) {
            Some(OwnedValue::U32(alignment)) => *alignment as usize,
            _ => DEFAULT_ALIGNMENT as usize,
        }
    }

    /// The keys, with the checksums of the tensors and of the keys where there are any
    /// of ours.
    fn with_checksums(&self) -> Cow<'_, [(String, OwnedValue)]> {
        let is_ours = |(key, _): &(String, OwnedValue)| key.starts_with(keys::SENSELM_PREFIX);
        if !self.keys.iter().any(is_ours) {
            return Cow::Borrowed(&self.keys);
        }
        let mut all = self.keys.clone();
        self.put(
            &mut all,
            keys::SENSELM_TENSORS_XXH64,
            self.checksum().text(),
        );
        let mut sum = 0_u64;
        for (key, value) in &all {
            let mut entry = Vec::new();
            write_entry(key, value, &mut entry);
            sum = of_entry(key, &entry).wrapping_add(sum);
        }
        self.put(&mut all, keys::SENSELM_METADATA_XXH64, metadata_text(sum));
        Cow::Owned(all)
    }

    /// Puts a checksum where these keys have one, or at their end.
    fn put(&self, all: &mut Vec<(String, OwnedValue)>, key: &str, text: String) {
        let value = OwnedValue::Str(text);
        match self.key_places.get(key) {
            Some(&place) => all[place].1 = value,
            None => all.push((key.to_owned(), value)),
        }
    }

    /// The checksum of the tensors so far.
    pub(crate) fn checksum(&self) -> Checksum {
        let mut checksum = Checksum::default();
        for tensor in &self.tensors {
            checksum.add(&tensor.name, &tensor.dims, tensor.ty, &tensor.bytes);
        }
        checksum
    }

    /// Everything before the tensor data, padded to where that begins.
    fn header(&self, alignment: usize) -> Result<Vec<u8>, GgufError> {
        let all = self.with_checksums();
        let (keys, tensors) = (all.len() as u64, self.tensors.len() as u64);
        if keys > MAX_KEYS {
            return Err(GgufError::TooManyKeys {
                found: keys,
                max: MAX_KEYS,
            });
        }
        if tensors > MAX_TENSORS {
            return Err(GgufError::TooManyTensors {
                found: tensors,
                max: MAX_TENSORS,
            });
        }
        let mut out = Vec::new();
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend(tensors.to_le_bytes());
        out.extend(keys.to_le_bytes());
        for (key, value) in all.iter() {
            write_entry(key, value, &mut out);
        }
        let mut offset = 0_u64;
        for tensor in &self.tensors {
            write_str(&tensor.name, &mut out);
            out.extend((tensor.dims.len() as u32).to_le_bytes());
            out.extend(tensor.dims.as_slice().iter().flat_map(|d| d.to_le_bytes()));
            out.extend(tensor.ty.id().to_le_bytes());
            out.extend(offset.to_le_bytes());
            offset += tensor.bytes.len().next_multiple_of(alignment) as u64;
        }
        if !self.tensors.is_empty() {
            out.resize(out.len().next_multiple_of(alignment), 0);
        }
        Ok(out)
    }
}

/// Appends a key, its type and its value.
fn write_entry(key: &str, value: &OwnedValue, out: &mut Vec<u8>) {
    write_str(key, out);
    out.extend(value.value_type().id().to_le_bytes());
    value.write(out);
}

fn check_len(what: &'static str, string: &str, max: u64) -> Result<(), GgufError> {
    let found = string.len() as u64;
    if found > max {
        return Err(GgufError::StringTooLong {
            what,
            offset: 0,
            found,
            max,
        });
    }
    Ok(())
}
