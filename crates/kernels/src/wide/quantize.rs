//! Activations to signed bytes.

use super::{Bytes, Floats};
use crate::LANES;
use crate::activations::{TOP, TokenUnit, ZERO_BELOW};
use crate::codec::UNIT;

/// The bits of positive infinity: of magnitudes, those from here on are not finite.
const INFINITE: u32 = 0x7f80_0000;

#[inline(always)]
pub(super) fn quantize_unit<B: Bytes>(x: &[f32; UNIT]) -> TokenUnit {
    let (halves, _) = x.as_chunks::<LANES>();
    let (a, b) = (B::Floats::load(&halves[0]), B::Floats::load(&halves[1]));
    let bits = a.largest_magnitude(b);
    let largest = f32::from_bits(bits);
    if bits >= INFINITE {
        return TokenUnit::new([0; UNIT], f32::NAN);
    }
    if largest < ZERO_BELOW {
        return TokenUnit::new([0; UNIT], 0.0);
    }
    let inverse = B::Floats::splat(TOP / largest);
    let codes = a
        .mul(inverse)
        .round_ties_even()
        .to_bytes(b.mul(inverse).round_ties_even());
    let sums = B::half_sums(&codes);
    let [first, second] = B::half_starts(&codes, sums);
    TokenUnit {
        codes,
        scale: largest / TOP,
        sums,
        starts: [first, second, first + second],
    }
}
