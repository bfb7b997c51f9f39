//! The exponential of 16 lanes: `scalar::exp` step by step.

use super::Floats;
use crate::scalar::exp::{HIGHEST, LN_2_HIGH, LN_2_LOW, LOWEST, POLYNOMIAL};

#[inline(always)]
pub(super) fn exp<F: Floats>(x: F) -> F {
    let n = x.mul(F::splat(core::f32::consts::LOG2_E)).round_ties_even();
    let r = x
        .sub(n.mul(F::splat(LN_2_HIGH)))
        .sub(n.mul(F::splat(LN_2_LOW)));
    let mut p = F::splat(POLYNOMIAL[0]);
    for c in &POLYNOMIAL[1..] {
        p = p.mul(r).add(F::splat(*c));
    }
    let fraction = p.mul(r.mul(r)).add(r).add(F::splat(1.0));
    let y = fraction.mul(n.power_of_two());
    let y = x.if_less(F::splat(LOWEST), F::splat(0.0), y);
    F::splat(HIGHEST).if_less(x, F::splat(f32::INFINITY), y)
}
