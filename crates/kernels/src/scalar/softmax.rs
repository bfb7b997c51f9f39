//! Exponentials divided by their sum.

use super::exp::exp;
use super::sum::sum;

/// The largest element is subtracted first, so that no exponential overflows.
pub(super) fn softmax(x: &mut [f32]) {
    let largest = x
        .iter()
        .fold(f32::NEG_INFINITY, |m, &v| if v > m { v } else { m });
    for v in x.iter_mut() {
        *v = exp(*v - largest);
    }
    let inverse = 1.0 / sum(x.iter().copied());
    for v in x {
        *v *= inverse;
    }
}
