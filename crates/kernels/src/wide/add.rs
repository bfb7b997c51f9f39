//! `x += y`.

use super::Floats;
use crate::LANES;

#[inline(always)]
pub(crate) fn add<F: Floats>(x: &mut [f32], y: &[f32]) {
    let (x, x_tail) = x.as_chunks_mut::<LANES>();
    let (y, y_tail) = y.as_chunks::<LANES>();
    for (x, y) in x.iter_mut().zip(y) {
        F::load(x).add(F::load(y)).store(x);
    }
    for (x, y) in x_tail.iter_mut().zip(y_tail) {
        *x += y;
    }
}
