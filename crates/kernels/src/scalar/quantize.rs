//! Activations to signed bytes.

use crate::activations::{Quantize, TOP, TokenUnit, ZERO_BELOW};
use crate::codec::UNIT;

/// The oracle's way to quantize.
///
/// Codes are `x * (127 / largest)` rounded, ties to even, so within -127..=127.
/// A unit that holds NaN or an infinity has zeros for codes and NaN for a scale.
pub(super) struct Scalar;

impl Quantize for Scalar {
    fn quantize(x: &[f32; UNIT], unit: &mut TokenUnit) {
        *unit = TokenUnit::ZERO;
        if x.iter().any(|x| !x.is_finite()) {
            unit.scale = f32::NAN;
            return;
        }
        let largest = x.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
        if largest < ZERO_BELOW {
            return;
        }
        let inverse = TOP / largest;
        unit.codes = x.map(|x| (x * inverse).round_ties_even() as i8);
        unit.scale = largest / TOP;
        for (sum, half) in unit.sums.iter_mut().zip(unit.codes.as_chunks::<16>().0) {
            *sum = half.iter().map(|&code| i32::from(code)).sum();
        }
    }
}
