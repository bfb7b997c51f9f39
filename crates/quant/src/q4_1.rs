//! Q4_1: 32 nibbles, a scale and a minimum. `w[i] = d * q[i] + m`.
//!
//! | bytes | what |
//! |---|---|
//! | 0..2 | `d`, binary16 |
//! | 2..4 | `m`, binary16 |
//! | 4..20 | byte `j`: `q[j]` in the low nibble, `q[j + 16]` in the high one |

use crate::float::{f32_to_f16, read_f16};

/// Weights per block.
pub const BLOCK_LEN: usize = 32;
/// Bytes per block.
pub const BLOCK_BYTES: usize = 20;
/// Where the nibbles begin, after scale and minimum.
pub const QUANTS: usize = 4;

/// Decodes one block.
pub fn decode_block(block: &[u8; BLOCK_BYTES], out: &mut [f32; BLOCK_LEN]) {
    let [d0, d1, m0, m1, quants @ ..] = block;
    let d = read_f16(*d0, *d1);
    let m = read_f16(*m0, *m1);
    let (low, high) = out.split_at_mut(BLOCK_LEN / 2);
    for ((low, high), &q) in low.iter_mut().zip(high).zip(quants) {
        *low = f32::from(q & 15) * d + m;
        *high = f32::from(q >> 4) * d + m;
    }
}

/// Encodes one block: the smallest value becomes 0, the largest 15.
pub fn encode_block(values: &[f32; BLOCK_LEN], block: &mut [u8; BLOCK_BYTES]) {
    let (smallest, largest) = range(values);
    let d = (largest - smallest) / 15.0;
    let inverse = if d == 0.0 { 0.0 } else { 1.0 / d };
    let quant = |v: f32| (((v - smallest) * inverse + 0.5) as i8).min(15) as u8;
    let [d0, d1, m0, m1, quants @ ..] = block;
    [*d0, *d1] = f32_to_f16(d).to_le_bytes();
    [*m0, *m1] = f32_to_f16(smallest).to_le_bytes();
    let (low, high) = values.split_at(BLOCK_LEN / 2);
    for ((q, &low), &high) in quants.iter_mut().zip(low).zip(high) {
        *q = (quant(low) & 15) | (quant(high) << 4);
    }
}

/// The smallest and the largest value.
pub(crate) fn range(values: &[f32]) -> (f32, f32) {
    values
        .iter()
        .fold((f32::MAX, f32::MIN), |(lo, hi), &v| (lo.min(v), hi.max(v)))
}
