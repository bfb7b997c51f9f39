//! The tanh form of GELU.

use super::Floats;
use super::exp::exp;
use crate::LANES;
use crate::scalar::gelu::{CUBIC, TWICE_SQRT_2_OVER_PI};

#[inline(always)]
pub(crate) fn gelu<F: Floats>(x: &mut [f32]) {
    let (chunks, tail) = x.as_chunks_mut::<LANES>();
    for chunk in chunks {
        lanes(F::load(chunk)).store(chunk);
    }
    lanes(F::load_part(tail)).store_part(tail);
}

#[inline(always)]
fn lanes<F: Floats>(x: F) -> F {
    let cubic = F::splat(CUBIC).mul(x.mul(x)).mul(x);
    let minus_twice_u = F::splat(-TWICE_SQRT_2_OVER_PI).mul(x.add(cubic));
    x.div(F::splat(1.0).add(exp(minus_twice_u)))
}
