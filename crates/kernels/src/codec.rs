//! The quantized block types seen alike: units of 32 codes with a scale.
//!
//! Whatever the type, 32 neighbouring weights are `scale * code + minimum` with
//! a signed 8-bit code. Types with scales per 16 weights have two scales in a
//! unit, the others the same one twice. Everything that multiplies quantized
//! weights works on units, or is held to what units give.

use senselm_quant::{k_scales, q4_0, q4_1, q4_k, q5_0, q5_1, q5_k, q6_k, q8_0};

use crate::half::f16_to_f32;

/// Weights per unit.
pub(crate) const UNIT: usize = 32;

/// 32 weights: weight `i` is `scales[i / 16] * codes[i] + minimum`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    pub(crate) codes: [i8; UNIT],
    pub(crate) scales: [f32; 2],
    pub(crate) minimum: f32,
}

/// A quantized block type.
pub(crate) trait Codec {
    /// The bytes of one block.
    type Block: Copy;
    /// Whether `minimum` can be other than zero.
    const HAS_MINIMUM: bool;
    /// Whether the two scales of a unit can differ.
    const HAS_HALVES: bool;

    /// A row as blocks.
    fn blocks(row: &[u8]) -> &[Self::Block];

    /// Calls `emit` with the units of `block` in order.
    fn units(block: &Self::Block, emit: impl FnMut(Unit));
}

/// Defines a codec whose block has the given bytes and units.
macro_rules! codec {
    ($(#[$doc:meta])* $name:ident, $bytes:expr, minimum: $minimum:literal, halves: $halves:literal,
     |$block:ident, $emit:ident| $body:block) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name;

        impl Codec for $name {
            type Block = [u8; $bytes];
            const HAS_MINIMUM: bool = $minimum;
            const HAS_HALVES: bool = $halves;

            #[inline(always)]
            fn blocks(row: &[u8]) -> &[Self::Block] {
                row.as_chunks().0
            }

            #[inline(always)]
            fn units($block: &Self::Block, mut $emit: impl FnMut(Unit)) {
                $body
            }
        }
    };
}

codec!(
    /// `d * q`, `q` a signed byte.
    Q8_0, q8_0::BLOCK_BYTES, minimum: false, halves: false,
    |block, emit| {
        let [d0, d1, quants @ ..] = block;
        emit(unit(quants.map(|q| q as i8), f16(*d0, *d1), 0.0));
    }
);

codec!(
    /// `d * (q - 8)`, `q` a nibble.
    Q4_0, q4_0::BLOCK_BYTES, minimum: false, halves: false,
    |block, emit| {
        let [d0, d1, quants @ ..] = block;
        emit(unit(nibbles(quants).map(|q| q - 8), f16(*d0, *d1), 0.0));
    }
);

codec!(
    /// `d * q + m`, `q` a nibble.
    Q4_1, q4_1::BLOCK_BYTES, minimum: true, halves: false,
    |block, emit| {
        let [d0, d1, m0, m1, quants @ ..] = block;
        emit(unit(nibbles(quants), f16(*d0, *d1), f16(*m0, *m1)));
    }
);

codec!(
    /// `d * (q - 16)`, `q` of five bits.
    Q5_0, q5_0::BLOCK_BYTES, minimum: false, halves: false,
    |block, emit| {
        let [d0, d1, h0, h1, h2, h3, quants @ ..] = block;
        let fifth = u32::from_le_bytes([*h0, *h1, *h2, *h3]);
        let codes = five_bits(fifth, quants).map(|q| q - 16);
        emit(unit(codes, f16(*d0, *d1), 0.0));
    }
);

codec!(
    /// `d * q + m`, `q` of five bits.
    Q5_1, q5_1::BLOCK_BYTES, minimum: true, halves: false,
    |block, emit| {
        let [d0, d1, m0, m1, h0, h1, h2, h3, quants @ ..] = block;
        let fifth = u32::from_le_bytes([*h0, *h1, *h2, *h3]);
        emit(unit(five_bits(fifth, quants), f16(*d0, *d1), f16(*m0, *m1)));
    }
);

codec!(
    /// `d * scale * q - dmin * minimum`, `q` a nibble.
    Q4K, q4_k::BLOCK_BYTES, minimum: true, halves: false,
    |block, emit| {
        let (header, quants) = block.split_at(q4_k::QUANTS);
        let subs = sub_scales(header);
        for (quants, subs) in quants.as_chunks::<UNIT>().0.iter().zip(subs.as_chunks::<2>().0) {
            emit(unit(quants.map(|q| (q & 15) as i8), subs[0].0, subs[0].1));
            emit(unit(quants.map(|q| (q >> 4) as i8), subs[1].0, subs[1].1));
        }
    }
);

codec!(
    /// `d * scale * q - dmin * minimum`, `q` of five bits.
    Q5K, q5_k::BLOCK_BYTES, minimum: true, halves: false,
    |block, emit| {
        let (header, rest) = block.split_at(q5_k::HIGH_BITS);
        let (fifth, quants) = rest.split_at(q5_k::QUANTS - q5_k::HIGH_BITS);
        let subs = sub_scales(header);
        let runs = quants.as_chunks::<UNIT>().0.iter().zip(subs.as_chunks::<2>().0);
        for (run, (quants, subs)) in runs.enumerate() {
            let high = |i: usize, bit: usize| (((fifth[i] >> bit) & 1) << 4) as i8;
            let low: [i8; UNIT] =
                core::array::from_fn(|i| (quants[i] & 15) as i8 | high(i, 2 * run));
            emit(unit(low, subs[0].0, subs[0].1));
            let high: [i8; UNIT] =
                core::array::from_fn(|i| (quants[i] >> 4) as i8 | high(i, 2 * run + 1));
            emit(unit(high, subs[1].0, subs[1].1));
        }
    }
);

codec!(
    /// `d * scale * (q - 32)`, `q` of six bits, a scale per 16.
    Q6K, q6_k::BLOCK_BYTES, minimum: false, halves: true,
    |block, emit| {
        let (low, rest) = block.split_at(q6_k::HIGH_BITS);
        let (high, rest) = rest.split_at(q6_k::SCALES - q6_k::HIGH_BITS);
        let (scales, d) = rest.split_at(q6_k::D - q6_k::SCALES);
        let d = f16(d[0], d[1]);
        for index in 0..8 {
            let (half, quarter) = (index / 4, index % 4);
            let low = &low[64 * half + 32 * (quarter % 2)..][..UNIT];
            let high = &high[32 * half..][..UNIT];
            let codes = core::array::from_fn(|i| {
                let nibble = (low[i] >> (4 * (quarter / 2))) & 15;
                let upper = (high[i] >> (2 * quarter)) & 3;
                (nibble | (upper << 4)) as i8 - 32
            });
            let scale = |i: usize| d * f32::from(scales[2 * index + i] as i8);
            emit(Unit { codes, scales: [scale(0), scale(1)], minimum: 0.0 });
        }
    }
);

#[inline(always)]
fn unit(codes: [i8; UNIT], scale: f32, minimum: f32) -> Unit {
    Unit {
        codes,
        scales: [scale; 2],
        minimum,
    }
}

#[inline(always)]
fn f16(low: u8, high: u8) -> f32 {
    f16_to_f32(u16::from_le_bytes([low, high]))
}

/// Code `j` sits in the low nibble of byte `j`, code `j + 16` in the high one.
#[inline(always)]
fn nibbles(quants: &[u8; 16]) -> [i8; UNIT] {
    core::array::from_fn(|i| ((quants[i % 16] >> (4 * (i / 16))) & 15) as i8)
}

#[inline(always)]
fn five_bits(fifth: u32, quants: &[u8; 16]) -> [i8; UNIT] {
    let low = nibbles(quants);
    core::array::from_fn(|i| low[i] | (((fifth >> i) & 1) << 4) as i8)
}

/// Scale and minimum of the eight units of a Q4_K or Q5_K block, whose first
/// 16 bytes are `header`.
#[inline(always)]
fn sub_scales(header: &[u8]) -> [(f32, f32); 8] {
    let mut subs = [(0.0, 0.0); 8];
    if let Some((&[d0, d1, m0, m1], packed)) = header.split_first_chunk()
        && let Some(packed) = packed.first_chunk()
    {
        let (d, dmin) = (f16(d0, d1), f16(m0, m1));
        let (scales, minima) = k_scales::unpack(packed);
        for ((sub, scale), minimum) in subs.iter_mut().zip(scales).zip(minima) {
            *sub = (d * f32::from(scale), -(dmin * f32::from(minimum)));
        }
    }
    subs
}
