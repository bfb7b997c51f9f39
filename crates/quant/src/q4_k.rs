//! Q4_K: 256 nibbles in 8 sub-blocks, each with a 6-bit scale and minimum.
//! `w[i] = d * scale[i / 32] * q[i] - dmin * minimum[i / 32]`.
//!
//! | bytes | what |
//! |---|---|
//! | 0..2 | `d`, binary16 |
//! | 2..4 | `dmin`, binary16 |
//! | 4..16 | scales and minima, see [`crate::k_scales`] |
//! | 16..144 | four runs of 32 bytes, one per 64 weights: the first 32 in the low nibbles, the next 32 in the high ones |

use crate::float::{f16_to_f32, f32_to_f16, read_f16};
use crate::k_scales;
use crate::k_search::{MinimumSearch, nearest_int, scale_and_minimum};

/// Weights per super-block.
pub const BLOCK_LEN: usize = 256;
/// Bytes per super-block.
pub const BLOCK_BYTES: usize = 144;
/// Weights per sub-block.
pub const SUB_LEN: usize = 32;
/// Where the packed scales and minima begin.
pub const SCALES: usize = 4;
/// Where the nibbles begin.
pub const QUANTS: usize = 16;

const SEARCH: MinimumSearch = MinimumSearch {
    top: 15,
    first: -1.0,
    steps: 20,
};

/// Decodes one super-block.
pub fn decode_block(block: &[u8; BLOCK_BYTES], out: &mut [f32; BLOCK_LEN]) {
    let (header, quants) = block.split_at(QUANTS);
    let subs = sub_scales(header);
    for ((quants, out), subs) in quants
        .as_chunks::<SUB_LEN>()
        .0
        .iter()
        .zip(out.as_chunks_mut::<64>().0)
        .zip(subs.as_chunks::<2>().0)
    {
        let (low, high) = out.split_at_mut(SUB_LEN);
        for ((low, high), &q) in low.iter_mut().zip(high).zip(quants) {
            *low = subs[0].0 * f32::from(q & 15) - subs[0].1;
            *high = subs[1].0 * f32::from(q >> 4) - subs[1].1;
        }
    }
}

/// Encodes one super-block.
pub fn encode_block(values: &[f32; BLOCK_LEN], block: &mut [u8; BLOCK_BYTES]) {
    let (header, quants) = encode_subs(values, &SEARCH);
    let (head, packed) = block.split_at_mut(QUANTS);
    head.copy_from_slice(&header);
    for (packed, quants) in packed
        .as_chunks_mut::<SUB_LEN>()
        .0
        .iter_mut()
        .zip(quants.as_chunks::<2>().0)
    {
        for ((p, low), high) in packed.iter_mut().zip(&quants[0]).zip(&quants[1]) {
            *p = low | (high << 4);
        }
    }
}

/// Scale and minimum of each sub-block, multiplied out. `header` is the first
/// 16 bytes of a Q4_K or Q5_K block.
pub(crate) fn sub_scales(header: &[u8]) -> [(f32, f32); 8] {
    let mut subs = [(0.0, 0.0); 8];
    if let Some((&[d0, d1, m0, m1], packed)) = header.split_first_chunk()
        && let Some(packed) = packed.first_chunk()
    {
        let (d, dmin) = (read_f16(d0, d1), read_f16(m0, m1));
        let (scales, minima) = k_scales::unpack(packed);
        for ((sub, s), m) in subs.iter_mut().zip(scales).zip(minima) {
            *sub = (d * f32::from(s), dmin * f32::from(m));
        }
    }
    subs
}

/// The header (16 bytes) and the unpacked quants of a Q4_K or Q5_K block.
pub(crate) fn encode_subs(
    values: &[f32; 256],
    search: &MinimumSearch,
) -> ([u8; 16], [[u8; SUB_LEN]; 8]) {
    let (subs, _) = values.as_chunks::<SUB_LEN>();
    let mut quants = [[0_u8; SUB_LEN]; 8];
    let mut fits = [(0.0_f32, 0.0_f32); 8];
    for ((fit, sub), quants) in fits.iter_mut().zip(subs).zip(&mut quants) {
        *fit = scale_and_minimum(sub, search, quants);
    }
    let largest = fits
        .iter()
        .fold((0.0_f32, 0.0_f32), |m, f| (m.0.max(f.0), m.1.max(f.1)));
    let inverse = |m: f32| if m > 0.0 { 63.0 / m } else { 0.0 };
    let (inverse_scale, inverse_min) = (inverse(largest.0), inverse(largest.1));
    let six_bits = |v: f32| nearest_int(v).clamp(0, 63) as u8;
    let scales = fits.map(|f| six_bits(inverse_scale * f.0));
    let minima = fits.map(|f| six_bits(inverse_min * f.1));
    let (d, dmin) = (f32_to_f16(largest.0 / 63.0), f32_to_f16(largest.1 / 63.0));

    for (((quants, sub), s), m) in quants.iter_mut().zip(subs).zip(scales).zip(minima) {
        let scale = f16_to_f32(d) * f32::from(s);
        if scale == 0.0 {
            continue;
        }
        let minimum = f16_to_f32(dmin) * f32::from(m);
        *quants =
            sub.map(|v| nearest_int((v + minimum) / scale).clamp(0, i32::from(search.top)) as u8);
    }

    let mut header = [0; 16];
    let [d0, d1, m0, m1, packed @ ..] = &mut header;
    [*d0, *d1] = d.to_le_bytes();
    [*m0, *m1] = dmin.to_le_bytes();
    *packed = k_scales::pack(&scales, &minima);
    (header, quants)
}
