//! Sums of floats, in the order that every variant keeps.

use crate::LANES;

/// Adds up `terms` in interleaved lanes; see [`LANES`].
pub(super) fn sum(terms: impl Iterator<Item = f32>) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    for (i, term) in terms.enumerate() {
        lanes[i % LANES] += term;
    }
    fold(lanes)
}

/// The lanes into one, halving their number four times.
fn fold(mut lanes: [f32; LANES]) -> f32 {
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
    }
    lanes[0]
}

/// The dot product of two rows of equal length.
pub(super) fn dot(a: &[f32], b: impl Iterator<Item = f32>) -> f32 {
    sum(a.iter().zip(b).map(|(a, b)| a * b))
}
