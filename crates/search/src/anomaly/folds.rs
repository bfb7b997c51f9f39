//! Parts of recordings without right answers that are held back in turn.

use senselm_evaluate::{Fold, contiguous_folds};

use super::{PARTS, Search};
use crate::SearchError;

/// Blocks that a part consists of, at most, and what each has at least: so many
/// windows without a common reading.
const BLOCKS: usize = 4;
const BLOCK: usize = 4;

impl Search<'_> {
    /// Parts of the recording, each held back once, and what shares readings with it not
    /// learned from. What is held back are windows as they will be answered. Where the
    /// recordings say whose windows are, and there are enough of them, no one is in two
    /// parts.
    pub(super) fn folds(&self) -> Result<Vec<Fold>, SearchError> {
        let count = self.records.len();
        let groups = self.group.iter().max().map_or(0, |last| last + 1);
        if self.is_grouped && groups >= PARTS {
            let part = |at: &usize| self.group[*at] * PARTS / groups;
            let fold = |held_back| {
                let train = (0..count).filter(|at| part(at) != held_back).collect();
                let test = self.grid.answered.iter().copied();
                let test = test.filter(|at| part(at) == held_back).collect();
                Fold { train, test }
            };
            return Ok((0..PARTS).map(fold).collect());
        }
        let overlap = self.grid.learned_overlap;
        // Blocks of the recording in turn: what was learned lies on both sides of most of
        // what is held back, as new recordings of the same lie among the known. Short
        // ones have one block a part, since each loses what it shares with the next.
        let blocks = (count / (PARTS * BLOCK * overlap)).clamp(1, BLOCKS);
        let blocks = contiguous_folds(count, PARTS * blocks)?;
        let is_answered = |at: &usize| self.grid.answered.binary_search(at).is_ok();
        let fold = |held_back| {
            let own = blocks.iter().skip(held_back).step_by(PARTS);
            let mut is_near = vec![false; count];
            for at in own.clone().flat_map(|block| &block.test) {
                let from = at.saturating_sub(overlap - 1);
                is_near[from..(at + overlap).min(count)].fill(true);
            }
            Fold {
                train: (0..count).filter(|at| !is_near[*at]).collect(),
                test: own
                    .flat_map(|block| &block.test)
                    .copied()
                    .filter(is_answered)
                    .collect(),
            }
        };
        let folds = (0..PARTS).map(fold).collect();
        Ok(folds)
    }
}
