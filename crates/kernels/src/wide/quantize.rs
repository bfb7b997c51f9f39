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
    let mut unit = TokenUnit::new(codes, largest / TOP);
    let mut below = [0; 2];
    for (below, half) in below.iter_mut().zip(codes.as_chunks::<LANES>().0) {
        for &code in half {
            *below -= i32::from(code.min(0));
        }
    }
    let first = B::start(unit.sums[0], below[0]);
    let second = B::start(unit.sums[1], below[1]);
    unit.starts = [first, second, first + second];
    unit
}
