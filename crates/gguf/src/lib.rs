//! Bounded zero-copy GGUF v3 reader, and a writer.
//!
//! [`Gguf::parse`] checks a whole file once (every count, length, offset and
//! type) and afterwards hands out slices of it; [`Writer`] builds one;
//! [`mapped`] brings a file into memory, and [`merge`] makes one of shards. This crate knows the container and the
//! names of the keys ([`keys`]), not what a model does with them.
//!
//! A file is untrusted: whatever it says, parsing neither panics nor allocates
//! more than a small multiple of the file's own size.
//!
//! # Source
//! `docs/gguf.md` of ggml. Versions 2 and 3, little-endian.

mod array;
mod checksum;
mod cursor;
mod error;
pub mod keys;
mod limits;
pub mod mapped;
mod metadata;
mod names;
mod owned;
mod parse;
mod shards;
mod tensor;
mod value;
mod writer;

pub use array::{ArrayValue, Strings};
pub use error::GgufError;
pub use limits::{
    DEFAULT_ALIGNMENT, MAX_ARRAY_LEN, MAX_DIMS, MAX_KEY_BYTES, MAX_KEYS, MAX_NAME_BYTES,
    MAX_STRING_BYTES, MAX_TENSORS,
};
pub use metadata::Metadata;
pub use owned::{OwnedArray, OwnedValue};
pub use parse::Gguf;
pub use senselm_quant::GgmlType;
pub use shards::{Shard, Whole, merge};
pub use tensor::{Dims, TensorInfo};
pub use value::{Value, ValueType};
pub use writer::Writer;
