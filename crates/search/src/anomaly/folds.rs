//! Parts of recordings without right answers that are held back in turn.

use senselm_evaluate::{Fold, contiguous_folds};

use super::{PARTS, Search};
use crate::SearchError;

impl Search<'_> {
    /// Parts of the recording one after the other, each held back once, and what
    /// shares readings with it not learned from. Where the recordings say whose
    /// windows are, and there are enough of them, no one is in two parts.
    pub(super) fn folds(&self) -> Result<Vec<Fold>, SearchError> {
        let count = self.records.len();
        let groups = self.group.iter().max().map_or(0, |last| last + 1);
        if self.is_grouped && groups >= PARTS {
            let part = |at: &usize| self.group[*at] * PARTS / groups;
            let fold = |held_back| {
                let (test, train) = (0..count).partition(|at| part(at) == held_back);
                Fold { train, test }
            };
            return Ok((0..PARTS).map(fold).collect());
        }
        let mut folds = contiguous_folds(count, PARTS)?;
        for fold in &mut folds {
            let (Some(&first), Some(&last)) = (fold.test.first(), fold.test.last()) else {
                continue;
            };
            let apart = |at: &usize| at + self.overlap <= first || *at >= last + self.overlap;
            fold.train.retain(apart);
        }
        Ok(folds)
    }
}
