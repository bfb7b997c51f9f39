use std::path::{Path, PathBuf};

use crate::ValueType;

/// Why a GGUF file was refused, or could not be written.
///
/// Offsets count bytes from the start of the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GgufError {
    /// The file ends inside something.
    #[error(
        "the file ends inside {what}: {needed} bytes needed at offset {offset}, {remaining} left; it was cut short, fetch it again"
    )]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// Where it begins.
        offset: usize,
        /// The bytes it takes.
        needed: u64,
        /// The bytes there are.
        remaining: usize,
    },
    /// The first four bytes are not `GGUF`.
    #[error("not a GGUF file: it begins with {found:02x?}, not with \"GGUF\"")]
    BadMagic {
        /// The bytes found.
        found: [u8; 4],
    },
    /// The file was written for a big-endian machine.
    #[error("this GGUF file is big-endian; convert it with llama.cpp's gguf_convert_endian.py")]
    BigEndian,
    /// A version this reader does not know.
    #[error("GGUF version {found} is not supported (2 and 3 are); convert the model again")]
    UnsupportedVersion {
        /// The version in the header.
        found: u32,
    },
    /// The header claims more tensors than [`crate::MAX_TENSORS`].
    #[error("the header claims {found} tensors, at most {max} are accepted; the file is damaged")]
    TooManyTensors {
        /// The claim.
        found: u64,
        /// The cap.
        max: u64,
    },
    /// The header claims more keys than [`crate::MAX_KEYS`].
    #[error(
        "the header claims {found} metadata keys, at most {max} are accepted; the file is damaged"
    )]
    TooManyKeys {
        /// The claim.
        found: u64,
        /// The cap.
        max: u64,
    },
    /// A metadata key is the empty string.
    #[error("the metadata key at offset {offset} is empty; the file is damaged")]
    EmptyKey {
        /// Where the key begins.
        offset: usize,
    },
    /// A key, tensor name or string value is longer than its cap.
    #[error("{what} at offset {offset} claims {found} bytes, at most {max} are accepted")]
    StringTooLong {
        /// What the string is.
        what: &'static str,
        /// Where its length stands.
        offset: usize,
        /// The claim.
        found: u64,
        /// The cap.
        max: u64,
    },
    /// A string is not UTF-8.
    #[error("{what} at offset {offset} is not UTF-8")]
    NotUtf8 {
        /// What the string is.
        what: &'static str,
        /// Where its bytes begin.
        offset: usize,
    },
    /// Two metadata keys are the same.
    #[error("the metadata key {key:?} appears twice")]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A metadata value has a type id that GGUF does not define.
    #[error("the value of {key:?} at offset {offset} has the unknown type {found}")]
    UnknownValueType {
        /// The key.
        key: String,
        /// Where the type id stands.
        offset: usize,
        /// The id.
        found: u32,
    },
    /// A boolean is neither 0 nor 1.
    #[error("the boolean of {key:?} at offset {offset} is {found}, neither 0 nor 1")]
    BadBool {
        /// The key.
        key: String,
        /// Where the byte stands.
        offset: usize,
        /// Its value.
        found: u8,
    },
    /// An array claims more elements than [`crate::MAX_ARRAY_LEN`].
    #[error(
        "the array {key:?} at offset {offset} claims {found} elements, at most {max} are accepted"
    )]
    ArrayTooLong {
        /// The key.
        key: String,
        /// Where the length stands.
        offset: usize,
        /// The claim.
        found: u64,
        /// The cap.
        max: u64,
    },
    /// An array of arrays, which no GGUF model uses and llama.cpp refuses too.
    #[error("the array {key:?} at offset {offset} holds arrays; only flat arrays are accepted")]
    NestedArray {
        /// The key.
        key: String,
        /// Where the element type stands.
        offset: usize,
    },
    /// `general.alignment` is not a usable power of two.
    #[error("general.alignment is {found}; it must be a power of two from 8 to 1048576")]
    BadAlignment {
        /// The value.
        found: u32,
    },
    /// A tensor has the empty name.
    #[error("the tensor name at offset {offset} is empty; the file is damaged")]
    EmptyName {
        /// Where the name begins.
        offset: usize,
    },
    /// Two tensors have the same name.
    #[error("the tensor {name:?} appears twice")]
    DuplicateTensor {
        /// The name.
        name: String,
    },
    /// A tensor has no dimension, or more than [`crate::MAX_DIMS`].
    #[error("the tensor {name:?} has {found} dimensions, 1 to {max} are accepted")]
    BadDimensionCount {
        /// The tensor.
        name: String,
        /// How many it has.
        found: u64,
        /// The cap.
        max: usize,
    },
    /// A dimension is zero.
    #[error("dimension {index} of the tensor {name:?} is zero")]
    ZeroDimension {
        /// The tensor.
        name: String,
        /// Which dimension.
        index: usize,
    },
    /// The dimensions multiply to more than this host can address.
    #[error("the tensor {name:?} of shape {dims:?} is larger than this host can address")]
    TensorTooLarge {
        /// The tensor.
        name: String,
        /// Its dimensions.
        dims: Vec<u64>,
    },
    /// A tensor type this crate has no code for.
    #[error(
        "the tensor {name:?} has the unsupported type {found}; requantize the model to one of F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K"
    )]
    UnknownTensorType {
        /// The tensor.
        name: String,
        /// ggml's type id.
        found: u32,
    },
    /// The rows of a tensor are not whole blocks of its type.
    #[error(
        "rows of {cols} weights in the tensor {name:?} are not whole {ty} blocks of {block_len}"
    )]
    PartialBlock {
        /// The tensor.
        name: String,
        /// Its row length.
        cols: u64,
        /// Its type.
        ty: &'static str,
        /// Weights per block of that type.
        block_len: usize,
    },
    /// A tensor does not begin at a multiple of the alignment.
    #[error("the tensor {name:?} begins at data offset {offset}, not a multiple of {alignment}")]
    Misaligned {
        /// The tensor.
        name: String,
        /// Its offset in the data section.
        offset: u64,
        /// The file's alignment.
        alignment: u32,
    },
    /// A tensor ends beyond the end of the file.
    #[error(
        "the tensor {name:?} needs {needed} bytes at data offset {offset}, but the data section has {available}; the file was cut short or lies"
    )]
    OutOfFile {
        /// The tensor.
        name: String,
        /// Its offset in the data section.
        offset: u64,
        /// Its size.
        needed: usize,
        /// The size of the data section.
        available: usize,
    },
    /// Two tensors share bytes.
    #[error("the tensors {first:?} and {second:?} overlap")]
    Overlap {
        /// The one that begins first.
        first: String,
        /// The one that begins inside it.
        second: String,
    },
    /// The file goes on after its last tensor.
    #[error(
        "the file has {found} bytes, but its last tensor ends at {expected}; something was appended to it"
    )]
    TrailingBytes {
        /// Where the file should end, padding included.
        expected: usize,
        /// Its length.
        found: usize,
    },
    /// Another GGUF file follows behind the end of this one.
    #[error(
        "another GGUF file begins at byte {offset}: files were joined end to end; join the shards of a model with llama-gguf-split --merge"
    )]
    Joined {
        /// Where the other one begins.
        offset: usize,
    },
    /// The file is one of several, and all are needed.
    #[error("this is shard {number} of {count} of a model{}; put all of them into one folder under the names they had, or merge them: llama-gguf-split --merge FIRST-SHARD OUT.gguf", name_missing(missing.as_deref()))]
    Shard {
        /// Which one it is, from 1.
        number: u32,
        /// How many there are.
        count: u32,
        /// One that is not beside it.
        missing: Option<PathBuf>,
    },
    /// The keys of a shard make no sense.
    #[error("split.no is {index} and split.count is {count}; the file is damaged")]
    BadShard {
        /// `split.no`, which counts from 0.
        index: u32,
        /// `split.count`.
        count: u32,
    },
    /// A shard is another one than its name says.
    #[error(
        "shard {number} of {count} says that it is {} of {}; the shards are not of one model",
        found.0,
        found.1
    )]
    WrongShard {
        /// Which one it should be, from 1.
        number: u32,
        /// How many there are.
        count: u32,
        /// Which one it says it is, and of how many.
        found: (u32, u32),
    },
    /// The shards have more or fewer tensors than the first one says.
    #[error(
        "the shards hold {found} tensors, but the first one speaks of {expected}; fetch them again"
    )]
    ShardTensors {
        /// What the first shard says.
        expected: u32,
        /// What there is.
        found: u32,
    },
    /// Git put a pointer where the file should be.
    #[error("this is a pointer of Git LFS, not the file; fetch it with: git lfs pull")]
    Pointer,
    /// A key that is needed is not there.
    #[error("the metadata key {key:?} is missing; this file does not hold what is asked of it")]
    MissingKey {
        /// The key.
        key: String,
    },
    /// A key has a value of another type than needed.
    #[error("the metadata key {key:?} is of type {found}, {expected} is needed")]
    WrongType {
        /// The key.
        key: String,
        /// The type it has.
        found: ValueType,
        /// The type that was asked for.
        expected: ValueType,
    },
    /// The bytes given to the writer are not the size of the tensor.
    #[error("the tensor {name:?} takes {expected} bytes, but {found} were given to the writer")]
    WrongByteCount {
        /// The tensor.
        name: String,
        /// What its shape and type take.
        expected: usize,
        /// What was given.
        found: usize,
    },
    /// The tensors are not those that were written.
    #[error(
        "the weights are damaged: their checksum is {found:016x} and should be {expected:016x}; copy or download the file again"
    )]
    Damaged {
        /// The checksum in the file.
        expected: u64,
        /// That of the tensors.
        found: u64,
    },
    /// Keys are not those that were written.
    #[error(
        "the settings are damaged: their checksum is {found:016x} and should be {expected:016x}; copy or download the file again"
    )]
    DamagedKeys {
        /// The checksum in the file.
        expected: u64,
        /// That of the keys.
        found: u64,
    },
    /// A checksum is none.
    #[error("a checksum of the file is none; the file is damaged: copy or download it again")]
    BadChecksum,
    /// Writing failed.
    #[error("writing the GGUF file failed")]
    Write(#[source] std::io::Error),
    /// A file could not be opened or read.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// The shard that is missing, in words.
fn name_missing(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| {
        format!(", and {} is not there", path.display())
    })
}
