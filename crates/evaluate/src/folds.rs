//! Splitting for cross-validation.

use crate::error::same_length;
use crate::rng::Rng;
use crate::{Clusters, EvaluateError};

/// One split: which rows to fit on and which to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Rows to fit on, ascending.
    pub train: Vec<usize>,
    /// Rows to judge, ascending.
    pub test: Vec<usize>,
}

/// Splits rows into `folds` parts of about equal size, each with about the
/// same share of every stratum (the label; for numbers, all 0). Equal windows
/// stay in one part, under the stratum of the first of them, so nothing that
/// was fitted on is judged. As many folds as distinct windows leave one out.
///
/// # Errors
/// [`EvaluateError::LengthMismatch`] and [`EvaluateError::BadFoldCount`].
pub fn stratified_folds(
    clusters: &Clusters,
    strata: &[usize],
    folds: usize,
    seed: u64,
) -> Result<Vec<Fold>, EvaluateError> {
    same_length("strata", clusters.len(), strata.len())?;
    let distinct = clusters.distinct();
    if folds < 2 || folds > distinct {
        return Err(EvaluateError::BadFoldCount { folds, distinct });
    }
    let mut groups: Vec<&Vec<usize>> = clusters.groups().iter().collect();
    Rng::new(seed).shuffle(&mut groups);
    // Large clusters first, while every part still has room for them.
    groups.sort_by_key(|rows| std::cmp::Reverse(rows.len()));

    let stratum_of = |rows: &[usize]| rows.first().and_then(|&row| strata.get(row)).copied();
    let mut names: Vec<Option<usize>> = groups.iter().map(|rows| stratum_of(rows)).collect();
    names.sort_unstable();
    names.dedup();

    let mut part_of = vec![0; clusters.len()];
    let mut sizes = vec![0; folds];
    for name in names {
        let mut in_stratum = vec![0; folds];
        for rows in groups.iter().filter(|rows| stratum_of(rows) == name) {
            let part = (0..folds)
                .min_by_key(|&part| (in_stratum[part], sizes[part], part))
                .unwrap_or(0);
            in_stratum[part] += rows.len();
            sizes[part] += rows.len();
            for &row in *rows {
                part_of[row] = part;
            }
        }
    }
    Ok(parts(folds, &part_of))
}

/// Cuts the rows of a stream, where neighbours are alike, into `folds`
/// contiguous stretches of about equal length.
///
/// # Errors
/// [`EvaluateError::BadFoldCount`].
pub fn contiguous_folds(rows: usize, folds: usize) -> Result<Vec<Fold>, EvaluateError> {
    if folds < 2 || folds > rows {
        return Err(EvaluateError::BadFoldCount {
            folds,
            distinct: rows,
        });
    }
    let part_of: Vec<usize> = (0..rows).map(|row| row * folds / rows).collect();
    Ok(parts(folds, &part_of))
}

/// Judges each distinct window by all the others, in the order of the rows.
#[must_use]
pub fn leave_one_out(clusters: &Clusters) -> Vec<Fold> {
    let mut part_of = vec![0; clusters.len()];
    for (part, rows) in clusters.groups().iter().enumerate() {
        for &row in rows {
            part_of[row] = part;
        }
    }
    parts(clusters.distinct(), &part_of)
}

/// One fold for each part, whose rows are judged by the other parts.
fn parts(count: usize, part_of: &[usize]) -> Vec<Fold> {
    (0..count)
        .map(|part| {
            let (test, train) = (0..part_of.len()).partition(|&row| part_of[row] == part);
            Fold { train, test }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_even_and_keep_copies_together() {
        // 100 rows, 80 distinct windows, three labels of unequal size.
        let rows: Vec<Vec<f64>> = (0..100).map(|i| vec![f64::from(i % 80)]).collect();
        let strata: Vec<usize> = (0..100)
            .map(|i| [0, 0, 0, 0, 0, 0, 1, 1, 1, 2][(i % 80) % 10])
            .collect();
        let clusters = Clusters::of_rows(rows.iter().map(Vec::as_slice));
        let folds = stratified_folds(&clusters, &strata, 5, 1).unwrap();
        let mut judged = vec![0; 100];
        for fold in &folds {
            assert!((18..=22).contains(&fold.test.len()), "{}", fold.test.len());
            assert_eq!(fold.train.len() + fold.test.len(), 100);
            for label in 0..3 {
                let all = strata.iter().filter(|&&s| s == label).count();
                let here = fold.test.iter().filter(|&&r| strata[r] == label).count();
                assert!(here.abs_diff(all / 5) <= 2, "{label}: {here} of {all}");
            }
            for &row in &fold.test {
                judged[row] += 1;
                assert!(fold.train.iter().all(|&other| rows[other] != rows[row]));
            }
        }
        assert!(judged.iter().all(|&count| count == 1));
        assert_eq!(folds, stratified_folds(&clusters, &strata, 5, 1).unwrap());
        assert_ne!(folds, stratified_folds(&clusters, &strata, 5, 2).unwrap());
    }

    #[test]
    fn contiguous_parts_cover_everything_in_order() {
        let folds = contiguous_folds(11, 3).unwrap();
        let tests: Vec<&[usize]> = folds.iter().map(|fold| fold.test.as_slice()).collect();
        assert_eq!(tests, [&[0, 1, 2, 3][..], &[4, 5, 6, 7], &[8, 9, 10]]);
        assert_eq!(folds[1].train, [0, 1, 2, 3, 8, 9, 10]);
        assert!(contiguous_folds(3, 4).is_err());
        assert!(contiguous_folds(3, 1).is_err());
    }

    #[test]
    fn leaving_one_out_keeps_copies_together() {
        let folds = leave_one_out(&Clusters::of_keys([7, 8, 8, 9, 7]));
        let tests: Vec<&[usize]> = folds.iter().map(|fold| fold.test.as_slice()).collect();
        assert_eq!(tests, [&[0, 4][..], &[1, 2], &[3]]);
        assert_eq!(folds[1].train, [0, 3, 4]);
    }

    #[test]
    fn as_many_folds_as_windows_and_refusals() {
        let clusters = Clusters::singletons(4);
        let folds = stratified_folds(&clusters, &[0; 4], 4, 1).unwrap();
        assert!(folds.iter().all(|fold| fold.test.len() == 1));
        for count in [0, 1, 5] {
            assert!(matches!(
                stratified_folds(&clusters, &[0; 4], count, 1),
                Err(EvaluateError::BadFoldCount { .. })
            ));
        }
    }
}
