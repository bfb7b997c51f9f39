//! Reads a whole file once and keeps what it says.

use std::ops::Range;

use senselm_quant::GgmlType;

use crate::checksum::of_entry;
use crate::cursor::Cursor;
use crate::limits::{
    DEFAULT_ALIGNMENT, MAX_ALIGNMENT, MAX_DIMS, MAX_KEY_BYTES, MAX_KEYS, MAX_NAME_BYTES,
    MAX_TENSORS, MIN_ALIGNMENT,
};
use crate::{Dims, GgufError, Metadata, TensorInfo, Value, ValueType, keys, names};

pub(crate) const MAGIC: [u8; 4] = *b"GGUF";
pub(crate) const VERSION: u32 = 3;

/// What the pointers begin with that Git leaves where a large file was not
/// fetched: `version https://git-lfs.github.com/spec/v1`.
const POINTER: &[u8; 4] = b"vers";

/// A checked GGUF file: metadata and the places of its tensors.
#[derive(Clone, Debug)]
pub struct Gguf<'a> {
    bytes: &'a [u8],
    version: u32,
    metadata: Metadata<'a>,
    tensors: Vec<TensorInfo<'a>>,
    /// Indices into `tensors`, sorted by name.
    sorted: Vec<u32>,
}

impl<'a> Gguf<'a> {
    /// Checks the whole of `bytes`.
    ///
    /// Tensors may lie in any order and with gaps; they must be aligned, inside
    /// the file, and apart from one another. The file ends with its last tensor,
    /// padded or not.
    ///
    /// # Errors
    /// One [`GgufError`] variant per way in which a file can be wrong.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, GgufError> {
        let mut cursor = Cursor::new(bytes);
        let version = read_version(&mut cursor)?;
        let tensor_count = cursor.u64("the tensor count")?;
        if tensor_count > MAX_TENSORS {
            return Err(GgufError::TooManyTensors {
                found: tensor_count,
                max: MAX_TENSORS,
            });
        }
        let key_count = cursor.u64("the metadata count")?;
        if key_count > MAX_KEYS {
            return Err(GgufError::TooManyKeys {
                found: key_count,
                max: MAX_KEYS,
            });
        }
        let metadata = read_metadata(&mut cursor, bytes, key_count)?;
        let alignment = read_alignment(&metadata)?;
        let raw = (0..tensor_count)
            .map(|_| RawTensor::read(&mut cursor))
            .collect::<Result<Vec<_>, _>>()?;
        let header_end = cursor.offset();
        let data_start = header_end.next_multiple_of(alignment as usize);
        let available = bytes.len().saturating_sub(data_start);
        let tensors = raw
            .into_iter()
            .map(|raw| raw.place(data_start, available, alignment))
            .collect::<Result<Vec<_>, _>>()?;
        let sorted = sort_by_name(&tensors)?;
        check_extent(&tensors, header_end, alignment, bytes)?;
        Ok(Self {
            bytes,
            version,
            metadata,
            tensors,
            sorted,
        })
    }

    /// The GGUF version: 2 or 3.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The keys and values.
    #[must_use]
    pub fn metadata(&self) -> &Metadata<'a> {
        &self.metadata
    }

    /// The tensors, in file order.
    #[must_use]
    pub fn tensors(&self) -> &[TensorInfo<'a>] {
        &self.tensors
    }

    /// The tensor of that name.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<&TensorInfo<'a>> {
        let at = self
            .sorted
            .binary_search_by_key(&name, |&i| self.tensors[i as usize].name)
            .ok()?;
        Some(&self.tensors[self.sorted[at] as usize])
    }

    /// The bytes of a tensor of this file; empty for one of another file that
    /// does not fit in this one.
    #[must_use]
    pub fn tensor_bytes(&self, tensor: &TensorInfo<'_>) -> &'a [u8] {
        self.bytes.get(tensor.range.clone()).unwrap_or_default()
    }

    /// The length of the file in bytes.
    #[must_use]
    pub fn total_len(&self) -> usize {
        self.bytes.len()
    }
}

fn read_version(cursor: &mut Cursor<'_>) -> Result<u32, GgufError> {
    let found = cursor.array("the magic")?;
    if found != MAGIC {
        return Err(if &found == POINTER {
            GgufError::Pointer
        } else {
            GgufError::BadMagic { found }
        });
    }
    let version = cursor.u32("the version")?;
    match version {
        2 | 3 => Ok(version),
        _ if matches!(version.swap_bytes(), 1..=3) => Err(GgufError::BigEndian),
        found => Err(GgufError::UnsupportedVersion { found }),
    }
}

fn read_metadata<'a>(
    cursor: &mut Cursor<'a>,
    bytes: &[u8],
    count: u64,
) -> Result<Metadata<'a>, GgufError> {
    let (mut entries, mut checksum) = (Vec::new(), 0_u64);
    for _ in 0..count {
        let offset = cursor.offset();
        let key = cursor.str("a metadata key", MAX_KEY_BYTES)?;
        if key.is_empty() {
            return Err(GgufError::EmptyKey { offset });
        }
        entries.push((key, Value::read(cursor, key)?));
        let entry = bytes.get(offset..cursor.offset()).unwrap_or_default();
        checksum = of_entry(key, entry).wrapping_add(checksum);
    }
    Metadata::new(entries, checksum)
}

fn read_alignment(metadata: &Metadata<'_>) -> Result<u32, GgufError> {
    match metadata.get(keys::GENERAL_ALIGNMENT) {
        None => Ok(DEFAULT_ALIGNMENT),
        Some(&Value::U32(found)) => check_alignment(found),
        Some(other) => Err(GgufError::WrongType {
            key: keys::GENERAL_ALIGNMENT.to_owned(),
            found: other.value_type(),
            expected: ValueType::U32,
        }),
    }
}

pub(crate) fn check_alignment(found: u32) -> Result<u32, GgufError> {
    if found.is_power_of_two() && (MIN_ALIGNMENT..=MAX_ALIGNMENT).contains(&found) {
        Ok(found)
    } else {
        Err(GgufError::BadAlignment { found })
    }
}

/// A tensor as the file states it, before its place is known.
struct RawTensor<'a> {
    name: &'a str,
    dims: Dims,
    ty: GgmlType,
    offset: u64,
}

impl<'a> RawTensor<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, GgufError> {
        let what = "a tensor description";
        let start = cursor.offset();
        let name = cursor.str("a tensor name", MAX_NAME_BYTES)?;
        if name.is_empty() {
            return Err(GgufError::EmptyName { offset: start });
        }
        let count = cursor.u32(what)?;
        let mut sizes = [0; MAX_DIMS];
        let sizes =
            sizes
                .get_mut(..count as usize)
                .ok_or_else(|| GgufError::BadDimensionCount {
                    name: name.to_owned(),
                    found: count.into(),
                    max: MAX_DIMS,
                })?;
        for size in sizes.iter_mut() {
            *size = cursor.u64(what)?;
        }
        let dims = Dims::new(name, sizes)?;
        let found = cursor.u32(what)?;
        let ty = GgmlType::from_id(found).ok_or_else(|| GgufError::UnknownTensorType {
            name: name.to_owned(),
            found,
        })?;
        let offset = cursor.u64(what)?;
        Ok(Self {
            name,
            dims,
            ty,
            offset,
        })
    }

    fn place(
        self,
        data_start: usize,
        available: usize,
        alignment: u32,
    ) -> Result<TensorInfo<'a>, GgufError> {
        if !self.offset.is_multiple_of(alignment.into()) {
            return Err(GgufError::Misaligned {
                name: self.name.to_owned(),
                offset: self.offset,
                alignment,
            });
        }
        let needed = self.dims.bytes(self.name, self.ty)?;
        let range = usize::try_from(self.offset)
            .ok()
            .and_then(|start| Some(start..start.checked_add(needed)?))
            .filter(|range| range.end <= available)
            .ok_or_else(|| GgufError::OutOfFile {
                name: self.name.to_owned(),
                offset: self.offset,
                needed,
                available,
            })?;
        Ok(TensorInfo {
            name: self.name,
            dims: self.dims,
            ty: self.ty,
            range: data_start + range.start..data_start + range.end,
        })
    }
}

fn sort_by_name(tensors: &[TensorInfo<'_>]) -> Result<Vec<u32>, GgufError> {
    let names: Vec<&str> = tensors.iter().map(|tensor| tensor.name).collect();
    names::sorted(&names).map_err(|name| GgufError::DuplicateTensor {
        name: name.to_owned(),
    })
}

/// No two tensors share a byte, and nothing follows the last one but padding.
fn check_extent(
    tensors: &[TensorInfo<'_>],
    header_end: usize,
    alignment: u32,
    bytes: &[u8],
) -> Result<(), GgufError> {
    let mut ranges: Vec<(&Range<usize>, &str)> =
        tensors.iter().map(|t| (&t.range, t.name)).collect();
    ranges.sort_unstable_by_key(|(range, _)| range.start);
    for pair in ranges.windows(2) {
        if pair[1].0.start < pair[0].0.end {
            return Err(GgufError::Overlap {
                first: pair[0].1.to_owned(),
                second: pair[1].1.to_owned(),
            });
        }
    }
    let end = ranges.last().map_or(header_end, |(range, _)| range.end);
    let expected = end.next_multiple_of(alignment as usize);
    match bytes.get(expected..) {
        None | Some([]) => {}
        Some(rest) if rest.starts_with(&MAGIC) => {
            return Err(GgufError::Joined { offset: expected });
        }
        Some(_) => {
            return Err(GgufError::TrailingBytes {
                expected,
                found: bytes.len(),
            });
        }
    }
    Ok(())
}
