//! Activations to signed bytes.

use crate::activations::{TOP, ZERO_BELOW};
use crate::codec::UNIT;

/// Codes, scale and the sums of both halves of the codes of one unit.
///
/// Codes are `x * (127 / largest)` rounded, ties to even, so within -127..=127.
/// A unit that holds NaN or an infinity has zeros for codes and NaN for a scale.
pub(super) fn quantize_unit(x: &[f32; UNIT]) -> ([i8; UNIT], f32, [i32; 2]) {
    if x.iter().any(|x| !x.is_finite()) {
        return ([0; UNIT], f32::NAN, [0; 2]);
    }
    let largest = x.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
    if largest < ZERO_BELOW {
        return ([0; UNIT], 0.0, [0; 2]);
    }
    let inverse = TOP / largest;
    let codes = x.map(|x| (x * inverse).round_ties_even() as i8);
    let sum = |half: &[i8]| half.iter().map(|&c| i32::from(c)).sum();
    (codes, largest / TOP, [sum(&codes[..16]), sum(&codes[16..])])
}
