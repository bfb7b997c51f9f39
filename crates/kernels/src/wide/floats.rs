//! Sixteen float lanes.

use crate::LANES;

/// 16 floats in however many registers they take.
///
/// Each operation is the IEEE 754 one of each lane, rounded once.
///
/// An implementation uses instructions of its set, so its functions may only be
/// called from kernels compiled for that set, which a table holds that `arch`
/// gives out after it has seen that the machine has it.
pub(crate) trait Floats: Copy {
    /// How many rows and as many tokens of a float product are multiplied at a
    /// time: 4, 2 or 1 (and then with two tokens), as registers allow.
    const TILE: usize;

    fn splat(x: f32) -> Self;
    fn load(x: &[f32; LANES]) -> Self;
    fn store(self, out: &mut [f32; LANES]);

    /// Little-endian `f32`.
    fn load_f32(bytes: &[u8; 4 * LANES]) -> Self;
    /// Little-endian binary16.
    fn load_f16(bytes: &[u8; 2 * LANES]) -> Self;
    /// The bits of binary16.
    fn from_f16(words: [u16; LANES]) -> Self;
    /// Little-endian bfloat16.
    fn load_bf16(bytes: &[u8; 2 * LANES]) -> Self;

    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;

    /// `if self > other { self } else { other }`, so `other` where one is NaN.
    fn larger(self, other: Self) -> Self;
    /// `if self < bound { then } else { otherwise }`.
    fn if_less(self, bound: Self, then: Self, otherwise: Self) -> Self;
    fn round_ties_even(self) -> Self;
    /// `2^self` of whole numbers in -126..=127; anything of other numbers.
    fn power_of_two(self) -> Self;

    /// All lanes into one: lane `i` takes in `i + 8`, then `i + 4`, `i + 2`, `i + 1`.
    fn sum(self) -> f32;
    /// [`Self::sum`] of each.
    fn sum_each(rows: &[Self; LANES]) -> Self;
    /// The largest of the lanes' bits without their signs, here and in `other`.
    fn largest_magnitude(self, other: Self) -> u32;
    /// Whole numbers in -128..=127 as bytes, these before those of `other`.
    fn to_bytes(self, other: Self) -> [i8; 2 * LANES];

    /// Up to 16 floats, zeros for the missing.
    #[inline(always)]
    fn load_part(x: &[f32]) -> Self {
        let mut padded = [0.0; LANES];
        padded[..x.len()].copy_from_slice(x);
        Self::load(&padded)
    }

    /// The first lanes, as many as `out` has.
    #[inline(always)]
    fn store_part(self, out: &mut [f32]) {
        let mut all = [0.0; LANES];
        self.store(&mut all);
        out.copy_from_slice(&all[..out.len()]);
    }

    /// The lanes as an array.
    #[inline(always)]
    fn lanes(self) -> [f32; LANES] {
        let mut all = [0.0; LANES];
        self.store(&mut all);
        all
    }
}
