//! ggml block types: layout, scalar encode and decode.
//!
//! A GGUF tensor is a run of fixed-size blocks, each holding a fixed number of
//! weights. This crate says how each block is laid out and turns it into `f32`
//! and back, one scalar implementation for every host. It does not compute with
//! quantized weights (that is `senselm-kernels`) and knows no files.
//!
//! Everything here is total: no input, however hostile, makes it panic.
//!
//! # Source
//! The block types and the reference encoders of ggml (`ggml-common.h`,
//! `ggml-quants.c`), re-implemented from their definitions.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate alloc;

mod error;
mod float;
pub mod k_scales;
mod k_search;
pub mod q4_0;
pub mod q4_1;
pub mod q4_k;
pub mod q5_0;
pub mod q5_1;
pub mod q5_k;
pub mod q6_k;
pub mod q8_0;
mod types;

pub use error::QuantError;
pub use float::{MAX_F16, f16_to_f32, f32_to_f16};
pub use types::GgmlType;

/// Decodes blocks of `ty` into `out`.
///
/// The scales inside a block are taken as they are, so hostile bytes may decode
/// to infinities or NaN; they never panic.
///
/// # Errors
/// [`QuantError::NotWholeBlocks`] where `out` is not a whole number of blocks,
/// [`QuantError::Length`] where `bytes` is not exactly those blocks.
///
/// ```
/// use senselm_quant::{GgmlType, dequantize, quantize};
/// let weights = [0.5_f32; 32];
/// let mut block = [0_u8; 34];
/// quantize(GgmlType::Q8_0, &weights, &mut block)?;
/// let mut back = [0.0_f32; 32];
/// dequantize(GgmlType::Q8_0, &block, &mut back)?;
/// assert!(back.iter().all(|x| (x - 0.5).abs() < 1e-3));
/// # Ok::<(), senselm_quant::QuantError>(())
/// ```
pub fn dequantize(ty: GgmlType, bytes: &[u8], out: &mut [f32]) -> Result<(), QuantError> {
    check_lengths(ty, out.len(), bytes.len())?;
    match ty {
        GgmlType::F32 => decode_blocks(bytes, out, float::decode_f32),
        GgmlType::F16 => decode_blocks(bytes, out, float::decode_f16),
        GgmlType::Bf16 => decode_blocks(bytes, out, float::decode_bf16),
        GgmlType::Q4_0 => decode_blocks(bytes, out, q4_0::decode_block),
        GgmlType::Q4_1 => decode_blocks(bytes, out, q4_1::decode_block),
        GgmlType::Q5_0 => decode_blocks(bytes, out, q5_0::decode_block),
        GgmlType::Q5_1 => decode_blocks(bytes, out, q5_1::decode_block),
        GgmlType::Q8_0 => decode_blocks(bytes, out, q8_0::decode_block),
        GgmlType::Q4K => decode_blocks(bytes, out, q4_k::decode_block),
        GgmlType::Q5K => decode_blocks(bytes, out, q5_k::decode_block),
        GgmlType::Q6K => decode_blocks(bytes, out, q6_k::decode_block),
    }
    Ok(())
}

/// Encodes `values` as blocks of `ty`, with ggml's reference encoder.
///
/// `F32` stores every value bit for bit. Every other type refuses NaN and
/// infinities, and values its scale cannot hold (beyond [`MAX_F16`], or beyond
/// bfloat16's range), so that what it wrote always decodes to finite weights.
///
/// # Errors
/// [`QuantError::NotWholeBlocks`] where `values` is not a whole number of
/// blocks, [`QuantError::Length`] where `out` is not exactly those blocks,
/// [`QuantError::OutOfRange`] for the first value that is refused.
pub fn quantize(ty: GgmlType, values: &[f32], out: &mut [u8]) -> Result<(), QuantError> {
    check_lengths(ty, values.len(), out.len())?;
    check_range(ty, values)?;
    match ty {
        GgmlType::F32 => encode_blocks(values, out, float::encode_f32),
        GgmlType::F16 => encode_blocks(values, out, float::encode_f16),
        GgmlType::Bf16 => encode_blocks(values, out, float::encode_bf16),
        GgmlType::Q4_0 => encode_blocks(values, out, q4_0::encode_block),
        GgmlType::Q4_1 => encode_blocks(values, out, q4_1::encode_block),
        GgmlType::Q5_0 => encode_blocks(values, out, q5_0::encode_block),
        GgmlType::Q5_1 => encode_blocks(values, out, q5_1::encode_block),
        GgmlType::Q8_0 => encode_blocks(values, out, q8_0::encode_block),
        GgmlType::Q4K => encode_blocks(values, out, q4_k::encode_block),
        GgmlType::Q5K => encode_blocks(values, out, q5_k::encode_block),
        GgmlType::Q6K => encode_blocks(values, out, q6_k::encode_block),
    }
    Ok(())
}

fn check_lengths(ty: GgmlType, elements: usize, bytes: usize) -> Result<(), QuantError> {
    let expected = ty
        .bytes_for(elements)
        .ok_or(QuantError::NotWholeBlocks { ty, elements })?;
    if bytes == expected {
        Ok(())
    } else {
        Err(QuantError::Length {
            ty,
            elements,
            expected,
            found: bytes,
        })
    }
}

fn check_range(ty: GgmlType, values: &[f32]) -> Result<(), QuantError> {
    let largest = match ty {
        GgmlType::F32 => return Ok(()),
        GgmlType::Bf16 => float::MAX_BF16,
        _ => MAX_F16,
    };
    match values.iter().position(|v| v.is_nan() || v.abs() > largest) {
        None => Ok(()),
        Some(index) => Err(QuantError::OutOfRange {
            ty,
            index,
            value: values[index],
            largest,
        }),
    }
}

/// Both slices are whole blocks: `check_lengths` has run.
fn decode_blocks<const BYTES: usize, const LEN: usize>(
    bytes: &[u8],
    out: &mut [f32],
    decode: impl Fn(&[u8; BYTES], &mut [f32; LEN]),
) {
    let (blocks, _) = bytes.as_chunks::<BYTES>();
    let (outs, _) = out.as_chunks_mut::<LEN>();
    for (block, out) in blocks.iter().zip(outs) {
        decode(block, out);
    }
}

/// Both slices are whole blocks: `check_lengths` has run.
fn encode_blocks<const BYTES: usize, const LEN: usize>(
    values: &[f32],
    out: &mut [u8],
    encode: impl Fn(&[f32; LEN], &mut [u8; BYTES]),
) {
    let (values, _) = values.as_chunks::<LEN>();
    let (blocks, _) = out.as_chunks_mut::<BYTES>();
    for (values, block) in values.iter().zip(blocks) {
        encode(values, block);
    }
}
