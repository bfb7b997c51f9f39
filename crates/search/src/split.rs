//! Folds that all candidates and baselines share.

use senselm_evaluate::{Clusters, EvaluateError, Fold, stratified_folds};

use crate::data::Data;

/// Folds of one repeat.
const FOLDS: usize = 4;
/// Repeats, each cut anew.
const REPEATS: u64 = 3;
/// Windows from which one repeat says enough.
const MANY: usize = 1500;

/// The folds, repeat after repeat. Each judges every window once.
pub(crate) fn repeats(data: &Data, seed: u64) -> Result<Vec<Vec<Fold>>, EvaluateError> {
    let clusters = Clusters::of_keys(data.records.iter().map(|record| record.group));
    let strata = data.strata();
    let folds = FOLDS.min(clusters.distinct()).max(2);
    // With few clusters each is left out once, and cutting anew changes nothing.
    let (folds, repeats) = match clusters.distinct() {
        ..=8 => (clusters.distinct(), 1),
        _ if data.records.len() > MANY => (folds, 1),
        _ => (folds, REPEATS),
    };
    (0..repeats)
        .map(|repeat| stratified_folds(&clusters, &strata, folds, seed.wrapping_add(repeat)))
        .collect()
}
