//! Several continuations of one sequence in one pass.
//!
//! That is how labels are scored: the prompt is cached once, and every label
//! is a branch behind it.

use crate::cpu::{Pass, Place};
use crate::workspace::CHUNK;
use crate::{GptError, Logits, Model, State};

impl Model {
    /// The logits after every token of every branch, in order. The branches
    /// all continue the sequence and do not see each other; they run in as few
    /// passes as fit, and the sequence stays as it is.
    ///
    /// # Shapes
    /// `[sum of branch lengths, V]`.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn branches(&self, state: &mut State, branches: &[&[u32]]) -> Result<Vec<f32>, GptError> {
        let rows: usize = branches.iter().map(|branch| branch.len()).sum();
        let mut all = Vec::with_capacity(rows.saturating_mul(self.config().vocab));
        self.each_branch_logits(state, branches, Logits::All, |_, _, row| {
            all.extend_from_slice(row);
        })?;
        Ok(all)
    }

    /// As [`Model::branches`], but shows each row of logits with the index of
    /// its branch and of its token in there: those after every token, those
    /// after the last token of every branch, or none.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn each_branch_logits(
        &self,
        state: &mut State,
        branches: &[&[u32]],
        want: Logits,
        mut each: impl FnMut(usize, usize, &mut [f32]),
    ) -> Result<(), GptError> {
        for branch in branches {
            self.check(state, branch)?;
        }
        let mut first = 0;
        while first < branches.len() {
            let group = &branches[first..][..group_len(&branches[first..])];
            self.branch_pass(state, group, want, |branch, at, logits| {
                each(first + branch, at, logits);
            })?;
            first += group.len();
        }
        Ok(())
    }

    fn branch_pass(
        &self,
        state: &mut State,
        branches: &[&[u32]],
        want: Logits,
        mut each: impl FnMut(usize, usize, &mut [f32]),
    ) -> Result<(), GptError> {
        let wanted_from = |branch: &[u32]| match want {
            Logits::None => branch.len(),
            Logits::Last => branch.len().saturating_sub(1),
            Logits::All => 0,
        };
        let State {
            cache, workspace, ..
        } = state;
        let mut rows = std::mem::take(&mut workspace.pass_rows);
        rows.clear();
        for branch in branches {
            rows.push_branch(branch, cache.len(), wanted_from(branch));
        }
        let pass = Pass {
            model: self,
            bytes: self.bytes(),
            workspace,
            place: Place::Branches(cache),
        };
        let done = self
            .compute()
            .team
            .enter(pass.largest(&rows), || pass.run(&rows));
        let wanted = rows.wanted.len();
        workspace.pass_rows = rows;
        done?;
        let mut places = (0..).zip(branches).flat_map(|(index, branch)| {
            (wanted_from(branch)..branch.len()).map(move |at| (index, at))
        });
        self.show_logits(workspace, wanted, |_, logits| {
            if let Some((branch, at)) = places.next() {
                each(branch, at, logits);
            }
        })
    }
}

/// How many of the first branches run in one pass: as many as make a chunk, at
/// least one.
fn group_len(branches: &[&[u32]]) -> usize {
    let mut rows = 0;
    let fitting = branches.iter().take_while(|branch| {
        rows += branch.len();
        rows <= CHUNK
    });
    fitting.count().max(1)
}
