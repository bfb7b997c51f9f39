//! Q8_0: 32 signed bytes and one scale. `w[i] = d * q[i]`.
//!
//! | bytes | what |
//! |---|---|
//! | 0..2 | `d`, binary16 |
//! | 2..34 | `q[0..32]`, `i8` |

use crate::float::{f32_to_f16, read_f16};

/// Weights per block.
pub const BLOCK_LEN: usize = 32;
/// Bytes per block.
pub const BLOCK_BYTES: usize = 34;
/// Where the quants begin, after the scale.
pub const QUANTS: usize = 2;

/// Decodes one block.
pub fn decode_block(block: &[u8; BLOCK_BYTES], out: &mut [f32; BLOCK_LEN]) {
    let [d0, d1, quants @ ..] = block;
    let d = read_f16(*d0, *d1);
    for (out, &q) in out.iter_mut().zip(quants) {
        *out = f32::from(q as i8) * d;
    }
}

/// Encodes one block: the largest magnitude becomes 127.
pub fn encode_block(values: &[f32; BLOCK_LEN], block: &mut [u8; BLOCK_BYTES]) {
    let largest = values.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    let d = largest / 127.0;
    let inverse = if d == 0.0 { 0.0 } else { 1.0 / d };
    let [d0, d1, quants @ ..] = block;
    [*d0, *d1] = f32_to_f16(d).to_le_bytes();
    for (q, &v) in quants.iter_mut().zip(values) {
        *q = libm::roundf(v * inverse) as i8 as u8;
    }
}
