//! The unquantized types, as blocks of one weight, and the 16-bit floats that
//! every block type keeps its scales in.

use half::{bf16, f16};

pub(crate) const BLOCK_LEN: usize = 1;

/// The largest finite value of an IEEE 754 binary16.
pub const MAX_F16: f32 = 65504.0;

/// The largest `f32` that does not round to infinity in bfloat16.
pub(crate) const MAX_BF16: f32 = f32::from_bits(0x7f7f_7fff);

/// The value of a binary16 given by its bits.
#[must_use]
pub fn f16_to_f32(bits: u16) -> f32 {
    f16::from_bits(bits).to_f32_const()
}

/// The bits of the binary16 nearest to `value`, ties to even.
#[must_use]
pub fn f32_to_f16(value: f32) -> u16 {
    f16::from_f32_const(value).to_bits()
}

pub(crate) fn read_f16(low: u8, high: u8) -> f32 {
    f16_to_f32(u16::from_le_bytes([low, high]))
}

pub(crate) fn decode_f32(bytes: &[u8; 4], out: &mut [f32; 1]) {
    *out = [f32::from_le_bytes(*bytes)];
}

pub(crate) fn decode_f16(bytes: &[u8; 2], out: &mut [f32; 1]) {
    *out = [read_f16(bytes[0], bytes[1])];
}

pub(crate) fn decode_bf16(bytes: &[u8; 2], out: &mut [f32; 1]) {
    *out = [bf16::from_bits(u16::from_le_bytes(*bytes)).to_f32_const()];
}

pub(crate) fn encode_f32(values: &[f32; 1], out: &mut [u8; 4]) {
    *out = values[0].to_le_bytes();
}

pub(crate) fn encode_f16(values: &[f32; 1], out: &mut [u8; 2]) {
    *out = f32_to_f16(values[0]).to_le_bytes();
}

pub(crate) fn encode_bf16(values: &[f32; 1], out: &mut [u8; 2]) {
    *out = bf16::from_f32_const(values[0]).to_bits().to_le_bytes();
}
