//! Activations as quantized weights want them: units of 32 signed bytes.
//!
//! As ggml's Q8_0, but with the scale in `f32` and with the sum of each half
//! of the codes, which weights with a minimum and unsigned byte products need.
//! K-quants are multiplied by the same units: scales per 32 lose less than
//! ggml's Q8_K, which has one per 256.

use crate::codec::UNIT;

/// T tokens of quantized activations; token after token, unit after unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Activations {
    units: usize,
    /// Always in -127..=127.
    pub(crate) codes: Vec<[i8; UNIT]>,
    pub(crate) scales: Vec<f32>,
    /// The sums of codes 0..16 and 16..32.
    pub(crate) sums: Vec<[i32; 2]>,
}

/// One token of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) codes: &'a [[i8; UNIT]],
    pub(crate) scales: &'a [f32],
    pub(crate) sums: &'a [[i32; 2]],
}

/// A largest magnitude below this is zero: its inverse could overflow.
pub(crate) const ZERO_BELOW: f32 = 1e-30;

/// The largest code.
pub(crate) const TOP: f32 = 127.0;

impl Activations {
    /// Quantizes `x`, which holds `x.len() / cols` tokens of whole units.
    #[inline(always)]
    pub(crate) fn fill(
        &mut self,
        x: &[f32],
        cols: usize,
        mut quantize: impl FnMut(&[f32; UNIT]) -> ([i8; UNIT], f32, [i32; 2]),
    ) {
        self.units = cols / UNIT;
        self.codes.clear();
        self.scales.clear();
        self.sums.clear();
        for unit in x.as_chunks::<UNIT>().0 {
            let (codes, scale, sums) = quantize(unit);
            self.codes.push(codes);
            self.scales.push(scale);
            self.sums.push(sums);
        }
    }

    /// Token `t`, which must be one of them.
    #[inline(always)]
    pub(crate) fn token(&self, t: usize) -> Token<'_> {
        let range = t * self.units..(t + 1) * self.units;
        Token {
            codes: &self.codes[range.clone()],
            scales: &self.scales[range.clone()],
            sums: &self.sums[range],
        }
    }
}
