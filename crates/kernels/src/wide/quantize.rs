//! Activations to signed bytes.

use core::marker::PhantomData;

use super::{Bytes, Floats};
use crate::LANES;
use crate::activations::{Quantize, TOP, TokenUnit, ZERO_BELOW};
use crate::codec::UNIT;

/// Quantizing with the instructions of `B`, like the oracle.
pub(super) struct Wide<B>(PhantomData<B>);

impl<B: Bytes> Quantize for Wide<B> {
    #[inline(always)]
    fn quantize(x: &[f32; UNIT], unit: &mut TokenUnit) {
        let (halves, _) = x.as_chunks::<LANES>();
        let (a, b) = (B::Floats::load(&halves[0]), B::Floats::load(&halves[1]));
        let bits = a.largest_magnitude(b);
        let largest = f32::from_bits(bits);
        if !(ZERO_BELOW..f32::INFINITY).contains(&largest) {
            *unit = TokenUnit::ZERO;
            if bits >= f32::INFINITY.to_bits() {
                unit.scale = f32::NAN;
            }
            return;
        }
        let inverse = B::Floats::splat(TOP / largest);
        let a = a.mul(inverse).round_ties_even();
        let codes = a.to_bytes(b.mul(inverse).round_ties_even());
        let sums = B::half_sums(&codes);
        let [first, second] = B::half_starts(&codes, sums);
        unit.codes = codes;
        unit.scale = largest / TOP;
        unit.sums = sums;
        unit.starts = [first, second, first + second];
    }
}
