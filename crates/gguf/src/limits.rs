//! What a file may not exceed, whatever its header says. Far above any real
//! model, far below what would exhaust a host.

/// Most tensors in one file.
pub const MAX_TENSORS: u64 = 65_536;
/// Most metadata keys in one file.
pub const MAX_KEYS: u64 = 65_536;
/// Longest metadata key, as GGUF specifies.
pub const MAX_KEY_BYTES: u64 = 65_535;
/// Longest tensor name: ggml keeps 64 bytes with the closing NUL.
pub const MAX_NAME_BYTES: u64 = 63;
/// Longest string value.
pub const MAX_STRING_BYTES: u64 = 64 * 1024 * 1024;
/// Most elements of one array value.
pub const MAX_ARRAY_LEN: u64 = 16 * 1024 * 1024;
/// Most dimensions of one tensor.
pub const MAX_DIMS: usize = 4;
/// Alignment of tensor data where the file does not say.
pub const DEFAULT_ALIGNMENT: u32 = 32;
/// Alignments must be a multiple of this.
pub(crate) const MIN_ALIGNMENT: u32 = 8;
/// Alignments beyond this are refused.
pub(crate) const MAX_ALIGNMENT: u32 = 1 << 20;
