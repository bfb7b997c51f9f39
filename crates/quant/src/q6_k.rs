//! Q6_K: 256 six-bit quants in 16 sub-blocks, each with an 8-bit scale.
//! `w[i] = d * scale[i / 16] * (q[i] - 32)`.
//!
//! | bytes | what |
//! |---|---|
//! | 0..128 | low nibbles: per 128 weights two runs of 32 bytes, weights 0..32 and 32..64 in the low halves, 64..96 and 96..128 in the high ones |
//! | 128..192 | upper bits: per 128 weights 32 bytes, two bits each of weights `j`, `j + 32`, `j + 64`, `j + 96` |
//! | 192..208 | scales, `i8` |
//! | 208..210 | `d`, binary16 |

use crate::float::{f16_to_f32, f32_to_f16, read_f16};
use crate::k_search::{ZERO_BELOW, nearest_int, symmetric_scale};

/// Weights per super-block.
pub const BLOCK_LEN: usize = 256;
/// Bytes per super-block.
pub const BLOCK_BYTES: usize = 210;
/// Weights per sub-block.
pub const SUB_LEN: usize = 16;
/// Where the upper bits begin, after the low nibbles.
pub const HIGH_BITS: usize = 128;
/// Where the scales begin.
pub const SCALES: usize = 192;
/// Where the scale of the scales is.
pub const D: usize = 208;

/// Decodes one super-block.
pub fn decode_block(block: &[u8; BLOCK_BYTES], out: &mut [f32; BLOCK_LEN]) {
    let (low, rest) = block.split_at(HIGH_BITS);
    let (high, rest) = rest.split_at(SCALES - HIGH_BITS);
    let (scales, d) = rest.split_at(D - SCALES);
    let d = read_f16(d[0], d[1]);
    for (half, out) in out.as_chunks_mut::<128>().0.iter_mut().enumerate() {
        let (low, high) = (&low[64 * half..][..64], &high[32 * half..][..32]);
        let scales = &scales[8 * half..][..8];
        for l in 0..32 {
            let quants = [
                (low[l] & 15) | ((high[l] & 3) << 4),
                (low[l + 32] & 15) | (((high[l] >> 2) & 3) << 4),
                (low[l] >> 4) | (((high[l] >> 4) & 3) << 4),
                (low[l + 32] >> 4) | (((high[l] >> 6) & 3) << 4),
            ];
            for (quarter, q) in quants.into_iter().enumerate() {
                let scale = scales[2 * quarter + l / SUB_LEN] as i8;
                out[32 * quarter + l] = d * f32::from(scale) * (f32::from(q) - 32.0);
            }
        }
    }
}

/// Encodes one super-block.
pub fn encode_block(values: &[f32; BLOCK_LEN], block: &mut [u8; BLOCK_BYTES]) {
    block.fill(0);
    let (subs, _) = values.as_chunks::<SUB_LEN>();
    let mut quants = [0_u8; BLOCK_LEN];
    let mut fits = [0.0_f32; 16];
    for ((fit, sub), quants) in fits
        .iter_mut()
        .zip(subs)
        .zip(quants.as_chunks_mut::<SUB_LEN>().0)
    {
        *fit = symmetric_scale(sub, quants);
    }
    let largest = crate::q4_0::largest_magnitude(&fits);
    if largest.abs() < ZERO_BELOW {
        return;
    }
    let inverse = -128.0 / largest;
    let d = f32_to_f16(1.0 / inverse);
    let scales = fits.map(|fit| nearest_int(inverse * fit).clamp(-128, 127) as i8);
    for ((quants, sub), s) in quants
        .as_chunks_mut::<SUB_LEN>()
        .0
        .iter_mut()
        .zip(subs)
        .zip(scales)
    {
        let scale = f16_to_f32(d) * f32::from(s);
        if scale != 0.0 {
            *quants = sub.map(|v| (nearest_int(v / scale).clamp(-32, 31) + 32) as u8);
        }
    }

    let (low, rest) = block.split_at_mut(HIGH_BITS);
    let (high, rest) = rest.split_at_mut(SCALES - HIGH_BITS);
    let (packed_scales, packed_d) = rest.split_at_mut(D - SCALES);
    packed_d.copy_from_slice(&d.to_le_bytes());
    for (p, s) in packed_scales.iter_mut().zip(scales) {
        *p = s as u8;
    }
    for (half, q) in quants.as_chunks::<128>().0.iter().enumerate() {
        for l in 0..32 {
            low[64 * half + l] = (q[l] & 15) | ((q[l + 64] & 15) << 4);
            low[64 * half + l + 32] = (q[l + 32] & 15) | ((q[l + 96] & 15) << 4);
            high[32 * half + l] = (q[l] >> 4)
                | ((q[l + 32] >> 4) << 2)
                | ((q[l + 64] >> 4) << 4)
                | ((q[l + 96] >> 4) << 6);
        }
    }
}
