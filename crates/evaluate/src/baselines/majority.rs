//! The answers that look at no reading at all.

/// The most frequent of `labels` labels; the first of them in a tie. A truth
/// that is no label does not count.
#[must_use]
pub fn most_frequent(truths: &[usize], labels: usize) -> usize {
    let mut counts = vec![0; labels];
    for &truth in truths {
        if let Some(count) = counts.get_mut(truth) {
            *count += 1;
        }
    }
    (0..labels)
        .max_by_key(|&label| (counts[label], std::cmp::Reverse(label)))
        .unwrap_or(0)
}

/// The mean; NaN of nothing.
#[must_use]
pub fn mean(truths: &[f64]) -> f64 {
    truths.iter().sum::<f64>() / truths.len() as f64
}
