//! The tanh form of GELU.

use super::exp::exp;

/// `sqrt(2 / pi)`, doubled: the sigmoid form has `tanh(u) = 2 sigmoid(2u) - 1`.
pub(crate) const TWICE_SQRT_2_OVER_PI: f32 = 1.595_769;
/// The weight of the cubic term.
pub(crate) const CUBIC: f32 = 0.044_715;

/// `0.5 x (1 + tanh(u))` with `u = sqrt(2 / pi) (x + 0.044715 x^3)`, computed as
/// `x / (1 + exp(-2u))`, which is the same and loses no digits for negative `x`.
pub(super) fn gelu(x: &mut [f32]) {
    for x in x {
        let cubic = CUBIC * (*x * *x) * *x;
        let twice_u = TWICE_SQRT_2_OVER_PI * (*x + cubic);
        *x /= 1.0 + exp(-twice_u);
    }
}
