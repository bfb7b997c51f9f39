//! Q4_0: 32 nibbles and one scale. `w[i] = d * (q[i] - 8)`.
//!
//! | bytes | what |
//! |---|---|
//! | 0..2 | `d`, binary16 |
//! | 2..18 | byte `j`: `q[j]` in the low nibble, `q[j + 16]` in the high one |

use crate::float::{f32_to_f16, read_f16};

/// Weights per block.
pub const BLOCK_LEN: usize = 32;
/// Bytes per block.
pub const BLOCK_BYTES: usize = 18;
/// Where the nibbles begin, after the scale.
pub const QUANTS: usize = 2;

/// Decodes one block.
pub fn decode_block(block: &[u8; BLOCK_BYTES], out: &mut [f32; BLOCK_LEN]) {
    let [d0, d1, quants @ ..] = block;
    let d = read_f16(*d0, *d1);
    let (low, high) = out.split_at_mut(BLOCK_LEN / 2);
    for ((low, high), &q) in low.iter_mut().zip(high).zip(quants) {
        *low = (f32::from(q & 15) - 8.0) * d;
        *high = (f32::from(q >> 4) - 8.0) * d;
    }
}

/// Encodes one block: the value of largest magnitude becomes -8, whatever its sign.
pub fn encode_block(values: &[f32; BLOCK_LEN], block: &mut [u8; BLOCK_BYTES]) {
    let d = largest_magnitude(values) / -8.0;
    let inverse = if d == 0.0 { 0.0 } else { 1.0 / d };
    let quant = |v: f32| ((v * inverse + 8.5) as i8).min(15) as u8;
    let [d0, d1, quants @ ..] = block;
    [*d0, *d1] = f32_to_f16(d).to_le_bytes();
    let (low, high) = values.split_at(BLOCK_LEN / 2);
    for ((q, &low), &high) in quants.iter_mut().zip(low).zip(high) {
        *q = (quant(low) & 15) | (quant(high) << 4);
    }
}

/// The first value whose magnitude is the largest, with its sign.
pub(crate) fn largest_magnitude(values: &[f32]) -> f32 {
    values.iter().fold(
        0.0_f32,
        |best, &v| {
            if v.abs() > best.abs() { v } else { best }
        },
    )
}
