//! Exponentials divided by their sum.

use super::Floats;
use super::argmax::largest;
use super::exp::exp;
use crate::LANES;

#[inline(always)]
pub(crate) fn softmax<F: Floats>(x: &mut [f32]) {
    let largest = F::splat(largest::<F>(x));
    let (chunks, tail) = x.as_chunks_mut::<LANES>();
    let mut sum = F::splat(0.0);
    for chunk in chunks.iter_mut() {
        let e = exp(F::load(chunk).sub(largest));
        e.store(chunk);
        sum = sum.add(e);
    }
    exp(F::load_part(tail).sub(largest)).store_part(tail);
    let inverse = F::splat(1.0 / sum.add(F::load_part(tail)).sum());
    for chunk in chunks {
        F::load(chunk).mul(inverse).store(chunk);
    }
    F::load_part(tail).mul(inverse).store_part(tail);
}
