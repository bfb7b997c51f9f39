//! Q5_1: 32 five-bit quants, a scale and a minimum. `w[i] = d * q[i] + m`.
//!
//! | bytes | what |
//! |---|---|
//! | 0..2 | `d`, binary16 |
//! | 2..4 | `m`, binary16 |
//! | 4..8 | bit `i` is the fifth bit of `q[i]`, `u32` |
//! | 8..24 | byte `j`: low bits of `q[j]` in the low nibble, of `q[j + 16]` in the high one |

use crate::float::{f32_to_f16, read_f16};
use crate::q4_1::range;
use crate::q5_0::{pack, unpack};

/// Weights per block.
pub const BLOCK_LEN: usize = 32;
/// Bytes per block.
pub const BLOCK_BYTES: usize = 24;
/// Where the fifth bits begin, after scale and minimum.
pub const HIGH_BITS: usize = 4;
/// Where the nibbles begin, after the fifth bits.
pub const QUANTS: usize = 8;

/// Decodes one block.
pub fn decode_block(block: &[u8; BLOCK_BYTES], out: &mut [f32; BLOCK_LEN]) {
    let [d0, d1, m0, m1, h0, h1, h2, h3, quants @ ..] = block;
    let d = read_f16(*d0, *d1);
    let m = read_f16(*m0, *m1);
    let fifth = u32::from_le_bytes([*h0, *h1, *h2, *h3]);
    unpack(fifth, quants, out, |q| f32::from(q) * d + m);
}

/// Encodes one block: the smallest value becomes 0, the largest 31.
pub fn encode_block(values: &[f32; BLOCK_LEN], block: &mut [u8; BLOCK_BYTES]) {
    let (smallest, largest) = range(values);
    let d = (largest - smallest) / 31.0;
    let inverse = if d == 0.0 { 0.0 } else { 1.0 / d };
    let [d0, d1, m0, m1, h0, h1, h2, h3, quants @ ..] = block;
    [*d0, *d1] = f32_to_f16(d).to_le_bytes();
    [*m0, *m1] = f32_to_f16(smallest).to_le_bytes();
    let fifth = pack(values, quants, |v| {
        ((v - smallest) * inverse + 0.5).min(31.0) as u8
    });
    [*h0, *h1, *h2, *h3] = fifth.to_le_bytes();
}
