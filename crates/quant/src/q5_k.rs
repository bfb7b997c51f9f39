//! Q5_K: 256 five-bit quants in 8 sub-blocks, each with a 6-bit scale and
//! minimum. `w[i] = d * scale[i / 32] * q[i] - dmin * minimum[i / 32]`.
//!
//! | bytes | what |
//! |---|---|
//! | 0..2 | `d`, binary16 |
//! | 2..4 | `dmin`, binary16 |
//! | 4..16 | scales and minima, see [`crate::k_scales`] |
//! | 16..48 | byte `j`: bit `s` is the fifth bit of weight `j` of sub-block `s` |
//! | 48..176 | four runs of 32 bytes, one per 64 weights: the first 32 in the low nibbles, the next 32 in the high ones |

use crate::k_search::MinimumSearch;
use crate::q4_k::{encode_subs, sub_scales};

/// Weights per super-block.
pub const BLOCK_LEN: usize = 256;
/// Bytes per super-block.
pub const BLOCK_BYTES: usize = 176;
/// Weights per sub-block.
pub const SUB_LEN: usize = 32;
/// Where the packed scales and minima begin.
pub const SCALES: usize = 4;
/// Where the fifth bits begin.
pub const HIGH_BITS: usize = 16;
/// Where the nibbles begin.
pub const QUANTS: usize = 48;

const SEARCH: MinimumSearch = MinimumSearch {
    top: 31,
    first: -0.5,
    steps: 15,
};

/// Decodes one super-block.
pub fn decode_block(block: &[u8; BLOCK_BYTES], out: &mut [f32; BLOCK_LEN]) {
    let (header, rest) = block.split_at(HIGH_BITS);
    let (fifth, quants) = rest.split_at(SUB_LEN);
    let subs = sub_scales(header);
    for (pair, (quants, out)) in quants
        .as_chunks::<SUB_LEN>()
        .0
        .iter()
        .zip(out.as_chunks_mut::<64>().0)
        .enumerate()
    {
        let bit = |h: u8, sub: usize| ((h >> sub) & 1) << 4;
        let (first, second) = (2 * pair, 2 * pair + 1);
        let (low, high) = out.split_at_mut(SUB_LEN);
        for (((low, high), &q), &h) in low.iter_mut().zip(high).zip(quants).zip(fifth) {
            *low = subs[first].0 * f32::from((q & 15) | bit(h, first)) - subs[first].1;
            *high = subs[second].0 * f32::from((q >> 4) | bit(h, second)) - subs[second].1;
        }
    }
}

/// Encodes one super-block.
pub fn encode_block(values: &[f32; BLOCK_LEN], block: &mut [u8; BLOCK_BYTES]) {
    let (header, quants) = encode_subs(values, &SEARCH);
    let (head, rest) = block.split_at_mut(HIGH_BITS);
    let (fifth, packed) = rest.split_at_mut(SUB_LEN);
    head.copy_from_slice(&header);
    for (j, fifth) in fifth.iter_mut().enumerate() {
        *fifth = (0..8).fold(0, |bits, sub| bits | ((quants[sub][j] >> 4) << sub));
    }
    for (packed, quants) in packed
        .as_chunks_mut::<SUB_LEN>()
        .0
        .iter_mut()
        .zip(quants.as_chunks::<2>().0)
    {
        for ((p, low), high) in packed.iter_mut().zip(&quants[0]).zip(&quants[1]) {
            *p = (low & 15) | ((high & 15) << 4);
        }
    }
}
