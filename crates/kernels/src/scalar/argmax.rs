//! The index of the largest element.

pub(super) fn argmax(x: &[f32]) -> usize {
    let mut best = (0, f32::NEG_INFINITY);
    for (i, &value) in x.iter().enumerate() {
        if value > best.1 {
            best = (i, value);
        }
    }
    best.0
}
