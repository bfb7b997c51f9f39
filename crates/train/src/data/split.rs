//! Which records are trained on and which are measured on.

use std::collections::BTreeMap;

use senselm_sensor::rng::Rng;
use senselm_sensor::{Labelled, Truth};

use super::order::shuffle;

const STREAM: u64 = 0xf01d_0000_0000_0000;

/// Indices of records to train on and to measure on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fold {
    /// To train on.
    pub train: Vec<usize>,
    /// To measure on.
    pub test: Vec<usize>,
}

/// Cuts records into `count` folds that have about the same share of each
/// label. Records whose windows are equal stay together, so that no window is
/// both learned and measured. Records of a stream, where neighbours are alike,
/// are cut into contiguous stretches instead.
#[must_use]
pub fn folds(records: &[Labelled], count: usize, seed: u64, contiguous: bool) -> Vec<Fold> {
    let count = count.max(2);
    let part: Vec<usize> = if contiguous {
        (0..records.len())
            .map(|index| index * count / records.len().max(1))
            .collect()
    } else {
        stratified(records, count, seed)
    };
    (0..count)
        .map(|fold| {
            let (test, train) = (0..records.len()).partition(|&index| part[index] == fold);
            Fold { train, test }
        })
        .collect()
}

/// One fold for each distinct window.
#[must_use]
pub fn leave_one_out(records: &[Labelled]) -> Vec<Fold> {
    let mut groups: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        groups
            .entry(record.window.fingerprint())
            .or_default()
            .push(index);
    }
    let mut tests: Vec<Vec<usize>> = groups.into_values().collect();
    tests.sort();
    tests
        .into_iter()
        .map(|test| Fold {
            train: (0..records.len())
                .filter(|index| !test.contains(index))
                .collect(),
            test,
        })
        .collect()
}

/// Holds out about this share of the records.
pub(crate) fn hold_out(records: &[Labelled], share: f64, seed: u64, contiguous: bool) -> Fold {
    let count = (1.0 / share.max(1e-3)).round().max(2.0) as usize;
    let mut folds = folds(records, count, seed, contiguous);
    folds.pop().unwrap_or_default()
}

/// The fold of each record.
fn stratified(records: &[Labelled], count: usize, seed: u64) -> Vec<usize> {
    let mut groups: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        groups
            .entry(record.window.fingerprint())
            .or_default()
            .push(index);
    }
    let mut strata: BTreeMap<Option<usize>, Vec<Vec<usize>>> = BTreeMap::new();
    for group in groups.into_values() {
        let label = match records.get(group[0]).and_then(|r| r.truth.as_ref()) {
            Some(Truth::Label(label)) => Some(*label),
            _ => None,
        };
        strata.entry(label).or_default().push(group);
    }
    let mut rng = Rng::new(seed, STREAM);
    let mut part = vec![0; records.len()];
    let mut next = 0;
    for groups in strata.values_mut() {
        groups.sort();
        shuffle(groups, &mut rng);
        for group in groups.iter() {
            for &index in group {
                part[index] = next % count;
            }
            next += 1;
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use senselm_sensor::{Place, Window};

    fn records() -> Vec<Labelled> {
        (0..60_usize)
            .map(|index| Labelled {
                // Every third record has the window of the one before it.
                window: Window {
                    channels: vec![vec![(index - usize::from(index % 3 == 2)) as f64]],
                },
                truth: Some(Truth::Label(usize::from(index >= 30))),
                place: Place::default(),
                group: 0,
            })
            .collect()
    }

    #[test]
    fn folds_cover_everything_once_and_keep_equal_windows_together() {
        let records = records();
        for (contiguous, exact) in [(false, true), (true, false)] {
            let folds = folds(&records, 5, 3, contiguous);
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
    fn leaving_one_out_leaves_each_window_out_once() {
        let records = records();
        let folds = leave_one_out(&records);
        assert_eq!(folds.len(), 40);
        assert!(folds.iter().all(|f| f.train.len() + f.test.len() == 60));
        assert_eq!(folds[0].test, [0]);
        assert_eq!(folds[1].test, [1, 2]);
    }
}
