//! The index of the largest element.

use super::Floats;
use crate::LANES;

#[inline(always)]
pub(crate) fn argmax<F: Floats>(x: &[f32]) -> usize {
    let largest = largest::<F>(x);
    if largest == f32::NEG_INFINITY {
        return 0;
    }
    x.iter().position(|&v| v == largest).unwrap_or(0)
}

/// The largest element that is not NaN, or negative infinity.
#[inline(always)]
pub(super) fn largest<F: Floats>(x: &[f32]) -> f32 {
    let (chunks, tail) = x.as_chunks::<LANES>();
    let mut lanes = F::splat(f32::NEG_INFINITY);
    for chunk in chunks {
        lanes = F::load(chunk).larger(lanes);
    }
    let mut largest = f32::NEG_INFINITY;
    for &v in lanes.lanes().iter().chain(tail) {
        if v > largest {
            largest = v;
        }
    }
    largest
}
