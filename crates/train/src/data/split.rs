//! Which records are trained on and which are measured on.

use senselm_evaluate::{Clusters, EvaluateError, Fold};
use senselm_evaluate::{contiguous_folds, stratified_folds};
use senselm_sensor::{Labelled, Truth};

/// Cuts records into `count` folds that have about the same share of each
/// label. Records whose windows are equal stay together, so that no window is
/// both learned and measured. Records of a stream, where neighbours are alike,
/// are cut into contiguous stretches instead. Where `groups` say whose each record
/// is, those of one stay together, and equal windows of others are others' windows.
///
/// # Errors
/// [`EvaluateError::BadFoldCount`].
pub fn folds(
    records: &[Labelled],
    groups: Option<&[u64]>,
    count: usize,
    seed: u64,
    contiguous: bool,
) -> Result<Vec<Fold>, EvaluateError> {
    if contiguous && groups.is_none() {
        return contiguous_folds(records.len(), count);
    }
    let labels: Vec<usize> = records
        .iter()
        .map(|record| match record.truth {
            Some(Truth::Label(label)) => label,
            _ => 0,
        })
        .collect();
    let clusters = match groups {
        Some(groups) => Clusters::of_keys(groups.iter().copied()),
        None => distinct(records),
    };
    stratified_folds(&clusters, &labels, count, seed)
}

/// One fold for each distinct window.
#[must_use]
pub fn leave_one_out(records: &[Labelled]) -> Vec<Fold> {
    senselm_evaluate::leave_one_out(&distinct(records))
}

/// Holds out about this share of the records; nothing where there is only one
/// distinct window.
pub(crate) fn hold_out(records: &[Labelled], share: f64, seed: u64, contiguous: bool) -> Fold {
    let count = (1.0 / share.max(1e-3)).round().max(2.0) as usize;
    let count = count.min(distinct(records).distinct());
    folds(records, None, count, seed, contiguous)
        .ok()
        .and_then(|mut folds| folds.pop())
        .unwrap_or_else(|| Fold {
            train: (0..records.len()).collect(),
            test: Vec::new(),
        })
}

/// Records whose windows are equal share a cluster.
fn distinct(records: &[Labelled]) -> Clusters {
    Clusters::of_keys(records.iter().map(|record| record.window.fingerprint()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use senselm_sensor::{Position, Window};

    fn records() -> Vec<Labelled> {
        (0..60_usize)
            .map(|index| Labelled {
                // Every third record has the window of the one before it.
                window: Window {
                    channels: vec![vec![(index - usize::from(index % 3 == 2)) as f64]],
                },
                truth: Some(Truth::Label(usize::from(index >= 30))),
                place: Position::default(),
                group: 0,
            })
            .collect()
    }

    #[test]
    fn folds_cover_everything_once_and_keep_equal_windows_together() {
        let records = records();
        for (contiguous, exact) in [(false, true), (true, false)] {
            let folds = folds(&records, None, 5, 3, contiguous).unwrap();
            let mut seen: Vec<usize> = folds.iter().flat_map(|f| f.test.clone()).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..60).collect::<Vec<_>>());
            for fold in &folds {
                assert_eq!(fold.train.len() + fold.test.len(), 60);
                let window = |&index: &usize| records[index].window.fingerprint();
                let trained: Vec<u64> = fold.train.iter().map(window).collect();
                if exact {
                    assert!(fold.test.iter().all(|i| !trained.contains(&window(i))));
                    let second = fold.test.iter().filter(|&&i| i >= 30).count();
                    assert!((4..=8).contains(&second), "{second} of the second label");
                }
            }
        }
    }

    #[test]
    fn folds_of_groups_keep_each_together() {
        let records = records();
        let groups: Vec<u64> = (0..60).map(|index| index % 7).collect();
        for contiguous in [false, true] {
            let folds = folds(&records, Some(&groups), 3, 3, contiguous).unwrap();
            let mut seen = 0;
            for fold in &folds {
                seen += fold.test.len();
                let group = |&index: &usize| groups[index];
                let trained: Vec<u64> = fold.train.iter().map(group).collect();
                assert!(
                    fold.test
                        .iter()
                        .all(|index| !trained.contains(&group(index)))
                );
            }
            assert_eq!(seen, 60);
        }
        assert!(folds(&records, Some(&groups), 8, 3, true).is_err());
    }

    #[test]
    fn leaving_one_out_leaves_each_window_out_once() {
        let records = records();
        let folds = leave_one_out(&records);
        assert_eq!(folds.len(), 40);
        assert!(folds.iter().all(|f| f.train.len() + f.test.len() == 60));
        assert_eq!(folds[0].test, [0]);
        assert_eq!(folds[1].test, [1, 2]);
    }
}
