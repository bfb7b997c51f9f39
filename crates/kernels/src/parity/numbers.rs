//! Seeded numbers for checks, from tame to hostile.

use senselm_quant::{GgmlType, f32_to_f16};

/// How wild the numbers of a case are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// As in a trained model.
    Tame,
    /// Zeros, subnormals, large values and every code, but finite scales.
    Extreme,
    /// Any bits at all: infinities and NaN, also in scales.
    Hostile,
}

impl Flavour {
    /// Every flavour.
    pub const ALL: [Self; 3] = [Self::Tame, Self::Extreme, Self::Hostile];
}

/// A seeded source of numbers.
///
/// # Source
/// SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The same seed gives the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..end`; 0 where `end` is.
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end.max(1) as u64) as usize
    }

    /// A number in -1..1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    /// Activations, gains, anything that is stored as `f32`.
    pub fn floats(&mut self, flavour: Flavour, count: usize) -> Vec<f32> {
        // A few wild values among tame ones, or every sum would be lost to them.
        (0..count)
            .map(|_| match (flavour, self.below(16)) {
                (Flavour::Extreme, 0) => [0.0, -0.0, 1e-41, -1e-39][self.below(4)],
                (Flavour::Extreme, 1) => self.unit() * 1e4,
                (Flavour::Extreme, 2) => self.unit() * 1e-31,
                (Flavour::Hostile, 0) if self.below(8) == 0 => f32::from_bits(self.bits() as u32),
                (Flavour::Hostile, 1) => self.unit() * 1e20,
                _ => self.unit() * 3.0,
            })
            .collect()
    }

    /// Blocks of `ty` as a file would hold them.
    pub fn weights(&mut self, flavour: Flavour, ty: GgmlType, blocks: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(blocks * ty.block_bytes());
        for _ in 0..blocks {
            match ty {
                GgmlType::F32 => {
                    bytes.extend(self.floats(flavour, 1)[0].to_le_bytes());
                }
                GgmlType::F16 => bytes.extend(self.half(flavour).to_le_bytes()),
                GgmlType::Bf16 => {
                    let value = self.floats(flavour, 1)[0].to_bits() >> 16;
                    bytes.extend((value as u16).to_le_bytes());
                }
                _ => self.block(flavour, ty, &mut bytes),
            }
        }
        bytes
    }

    /// A block of random codes with the scales that the flavour allows.
    fn block(&mut self, flavour: Flavour, ty: GgmlType, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        bytes.extend((0..ty.block_bytes()).map(|_| self.bits() as u8));
        if flavour == Flavour::Hostile && self.below(8) == 0 {
            return;
        }
        let block = &mut bytes[start..];
        let scales = match ty {
            GgmlType::Q4_1 | GgmlType::Q5_1 | GgmlType::Q4K | GgmlType::Q5K => 0..4,
            GgmlType::Q6K => 208..210,
            _ => 0..2,
        };
        for scale in block[scales].as_chunks_mut::<2>().0 {
            *scale = self.half(flavour).to_le_bytes();
        }
        // The one code that has no counterpart of the other sign.
        if ty == GgmlType::Q8_0 && flavour != Flavour::Tame {
            block[2 + self.below(32)] = 0x80;
        }
    }

    fn half(&mut self, flavour: Flavour) -> u16 {
        match (flavour, self.below(8)) {
            (Flavour::Extreme, 0) => [0, 0x8000, 1, 0x83ff][self.below(4)],
            (Flavour::Extreme, 1) => f32_to_f16(self.unit() * 6e4),
            (Flavour::Hostile, 0) => self.bits() as u16,
            _ => f32_to_f16(self.unit() * 0.1),
        }
    }
}
