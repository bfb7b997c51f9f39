//! How well scores tell two kinds of windows apart, whatever the threshold.

/// The area under the ROC curve: the share of pairs of one that is and one that is
/// not in which the score of the first is larger, equal ones counting half. `None`
/// where one of the kinds is missing or a score is no number.
///
/// # Source
/// Hanley and McNeil, "The meaning and use of the area under a receiver operating
/// characteristic (ROC) curve", 1982.
#[must_use]
pub fn auroc(scores: &[f64], is: &[bool]) -> Option<f64> {
    let mut ranked: Vec<(f64, bool)> = scores.iter().copied().zip(is.iter().copied()).collect();
    if ranked.iter().any(|(score, _)| score.is_nan()) {
        return None;
    }
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut pairs) = (0.0, 0.0);
    for equal in ranked.chunk_by(|a, b| a.0 == b.0) {
        let positive = equal.iter().filter(|(_, is)| *is).count() as f64;
        let negative = equal.len() as f64 - positive;
        pairs += positive * (below + negative / 2.0);
        below += negative;
    }
    let positive = is.iter().zip(scores).filter(|(is, _)| **is).count() as f64;
    (positive > 0.0 && below > 0.0).then(|| pairs / (positive * below))
}

#[cfg(test)]
mod tests {
    use super::auroc;

    #[test]
    fn counts_pairs_in_the_right_order() {
        let is = [false, false, true, true];
        assert_eq!(auroc(&[1.0, 2.0, 3.0, 4.0], &is), Some(1.0));
        assert_eq!(auroc(&[4.0, 3.0, 2.0, 1.0], &is), Some(0.0));
        assert_eq!(auroc(&[1.0, 3.0, 2.0, 4.0], &is), Some(0.75));
        assert_eq!(auroc(&[5.0; 4], &is), Some(0.5));
        assert_eq!(auroc(&[1.0, 2.0], &[true, true]), None);
        assert_eq!(auroc(&[1.0, f64::NAN], &[true, false]), None);
    }
}
