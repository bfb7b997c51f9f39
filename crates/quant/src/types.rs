//! The list of tensor types: ids as a GGUF file writes them, names, block sizes.

use crate::{float, q4_0, q4_1, q4_k, q5_0, q5_1, q5_k, q6_k, q8_0};

/// How the weights of a tensor are stored.
///
/// # Source
/// `enum ggml_type` of `ggml.h`; the types ggml has and this one lacks are
/// refused by the GGUF reader by their id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[non_exhaustive]
pub enum GgmlType {
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary16.
    F16,
    /// bfloat16: the upper half of a binary32.
    Bf16,
    /// 4 bits, one scale per 32: see [`crate::q4_0`].
    Q4_0,
    /// 4 bits, scale and minimum per 32: see [`crate::q4_1`].
    Q4_1,
    /// 5 bits, one scale per 32: see [`crate::q5_0`].
    Q5_0,
    /// 5 bits, scale and minimum per 32: see [`crate::q5_1`].
    Q5_1,
    /// 8 bits, one scale per 32: see [`crate::q8_0`].
    Q8_0,
    /// 4 bits, 6-bit scales and minima per 32, super-blocks of 256: see [`crate::q4_k`].
    Q4K,
    /// 5 bits, 6-bit scales and minima per 32, super-blocks of 256: see [`crate::q5_k`].
    Q5K,
    /// 6 bits, 8-bit scales per 16, super-blocks of 256: see [`crate::q6_k`].
    Q6K,
}

impl GgmlType {
    /// Every type, in the order of the ids.
    pub const ALL: [Self; 11] = [
        Self::F32,
        Self::F16,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        Self::Q4K,
        Self::Q5K,
        Self::Q6K,
        Self::Bf16,
    ];

    /// The type a GGUF file means by `id`, or `None` for one this crate has no code for.
    #[must_use]
    pub const fn from_id(id: u32) -> Option<Self> {
        Some(match id {
            0 => Self::F32,
            1 => Self::F16,
            2 => Self::Q4_0,
            3 => Self::Q4_1,
            6 => Self::Q5_0,
            7 => Self::Q5_1,
            8 => Self::Q8_0,
            12 => Self::Q4K,
            13 => Self::Q5K,
            14 => Self::Q6K,
            30 => Self::Bf16,
            _ => return None,
        })
    }

    /// The id a GGUF file writes for this type.
    #[must_use]
    pub const fn id(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q5_0 => 6,
            Self::Q5_1 => 7,
            Self::Q8_0 => 8,
            Self::Q4K => 12,
            Self::Q5K => 13,
            Self::Q6K => 14,
            Self::Bf16 => 30,
        }
    }

    /// ggml's name for it, as in `Q4_K`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::Bf16 => "BF16",
            Self::Q4_0 => "Q4_0",
            Self::Q4_1 => "Q4_1",
            Self::Q5_0 => "Q5_0",
            Self::Q5_1 => "Q5_1",
            Self::Q8_0 => "Q8_0",
            Self::Q4K => "Q4_K",
            Self::Q5K => "Q5_K",
            Self::Q6K => "Q6_K",
        }
    }

    /// The type of that [name](Self::name), in any case: `q4_k` is `Q4_K`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|ty| ty.name().eq_ignore_ascii_case(name))
    }

    /// Weights per block.
    #[must_use]
    pub const fn block_len(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::Bf16 => float::BLOCK_LEN,
            Self::Q4_0 => q4_0::BLOCK_LEN,
            Self::Q4_1 => q4_1::BLOCK_LEN,
            Self::Q5_0 => q5_0::BLOCK_LEN,
            Self::Q5_1 => q5_1::BLOCK_LEN,
            Self::Q8_0 => q8_0::BLOCK_LEN,
            Self::Q4K => q4_k::BLOCK_LEN,
            Self::Q5K => q5_k::BLOCK_LEN,
            Self::Q6K => q6_k::BLOCK_LEN,
        }
    }

    /// Bytes per block.
    #[must_use]
    pub const fn block_bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::Q4_0 => q4_0::BLOCK_BYTES,
            Self::Q4_1 => q4_1::BLOCK_BYTES,
            Self::Q5_0 => q5_0::BLOCK_BYTES,
            Self::Q5_1 => q5_1::BLOCK_BYTES,
            Self::Q8_0 => q8_0::BLOCK_BYTES,
            Self::Q4K => q4_k::BLOCK_BYTES,
            Self::Q5K => q5_k::BLOCK_BYTES,
            Self::Q6K => q6_k::BLOCK_BYTES,
        }
    }

    /// The bytes that `elements` weights take, or `None` where that is not a
    /// whole number of blocks or does not fit a `usize`.
    #[must_use]
    pub const fn bytes_for(self, elements: usize) -> Option<usize> {
        if !elements.is_multiple_of(self.block_len()) {
            return None;
        }
        (elements / self.block_len()).checked_mul(self.block_bytes())
    }
}

impl core::fmt::Display for GgmlType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}
