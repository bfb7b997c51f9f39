//! Activations to signed bytes.

use crate::activations::{TOP, TokenUnit, ZERO_BELOW};
use crate::codec::UNIT;

/// One unit of one token.
///
/// Codes are `x * (127 / largest)` rounded, ties to even, so within -127..=127.
/// A unit that holds NaN or an infinity has zeros for codes and NaN for a scale.
pub(super) fn quantize_unit(x: &[f32; UNIT]) -> TokenUnit {
    if x.iter().any(|x| !x.is_finite()) {
        return TokenUnit::new([0; UNIT], f32::NAN);
    }
    let largest = x.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
    if largest < ZERO_BELOW {
        return TokenUnit::new([0; UNIT], 0.0);
    }
    let inverse = TOP / largest;
    let codes = x.map(|x| (x * inverse).round_ties_even() as i8);
    TokenUnit::new(codes, largest / TOP)
}
