//! Q5_0: 32 five-bit quants and one scale. `w[i] = d * (q[i] - 16)`.
//!
//! | bytes | what |
//! |---|---|
//! | 0..2 | `d`, binary16 |
//! | 2..6 | bit `i` is the fifth bit of `q[i]`, `u32` |
//! | 6..22 | byte `j`: low bits of `q[j]` in the low nibble, of `q[j + 16]` in the high one |

use crate::float::{f32_to_f16, read_f16};
use crate::q4_0::largest_magnitude;

/// Weights per block.
pub const BLOCK_LEN: usize = 32;
/// Bytes per block.
pub const BLOCK_BYTES: usize = 22;
/// Where the fifth bits begin, after the scale.
pub const HIGH_BITS: usize = 2;
/// Where the nibbles begin, after the fifth bits.
pub const QUANTS: usize = 6;

/// Decodes one block.
pub fn decode_block(block: &[u8; BLOCK_BYTES], out: &mut [f32; BLOCK_LEN]) {
    let [d0, d1, h0, h1, h2, h3, quants @ ..] = block;
    let d = read_f16(*d0, *d1);
    let fifth = u32::from_le_bytes([*h0, *h1, *h2, *h3]);
    unpack(fifth, quants, out, |q| (f32::from(q) - 16.0) * d);
}

/// Encodes one block: the value of largest magnitude becomes -16, whatever its sign.
pub fn encode_block(values: &[f32; BLOCK_LEN], block: &mut [u8; BLOCK_BYTES]) {
    let d = largest_magnitude(values) / -16.0;
    let inverse = if d == 0.0 { 0.0 } else { 1.0 / d };
    let [d0, d1, h0, h1, h2, h3, quants @ ..] = block;
    [*d0, *d1] = f32_to_f16(d).to_le_bytes();
    let fifth = pack(values, quants, |v| {
        ((v * inverse + 16.5) as i8).min(31) as u8
    });
    [*h0, *h1, *h2, *h3] = fifth.to_le_bytes();
}

/// Joins fifth bits and nibbles, as Q5_0 and Q5_1 share them.
pub(crate) fn unpack(
    fifth: u32,
    quants: &[u8; 16],
    out: &mut [f32; 32],
    value: impl Fn(u8) -> f32,
) {
    let (low, high) = out.split_at_mut(16);
    for (j, ((low, high), &q)) in low.iter_mut().zip(high).zip(quants).enumerate() {
        let bit = |i: usize| ((fifth >> i) as u8 & 1) << 4;
        *low = value((q & 15) | bit(j));
        *high = value((q >> 4) | bit(j + 16));
    }
}

/// The inverse of [`unpack`]; the fifth bits are returned.
pub(crate) fn pack(values: &[f32; 32], quants: &mut [u8; 16], quant: impl Fn(f32) -> u8) -> u32 {
    let mut fifth = 0;
    let (low, high) = values.split_at(16);
    for (j, ((q, &low), &high)) in quants.iter_mut().zip(low).zip(high).enumerate() {
        let (low, high) = (quant(low), quant(high));
        *q = (low & 15) | ((high & 15) << 4);
        fifth |= u32::from((low >> 4) & 1) << j;
        fifth |= u32::from((high >> 4) & 1) << (j + 16);
    }
    fifth
}
