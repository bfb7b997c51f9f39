//! The one sequence that a session keeps in its cache.
//!
//! Whatever is asked next is compared with the tokens that are cached, and
//! what both begin with is not computed again. For windows that is the
//! instruction in front of every one of them.

use std::sync::Arc;

use senselm_gpt::{GptError, Logits, Model, State, Stem, StemPlace};

/// Tokens and their cached state, always of the same length.
pub(crate) struct Feed {
    pub(crate) model: Arc<Model>,
    state: State,
    ids: Vec<u32>,
}

impl Feed {
    pub(crate) fn new(model: Arc<Model>) -> Self {
        Self {
            state: model.new_state(),
            model,
            ids: Vec::new(),
        }
    }

    /// What was fed.
    pub(crate) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Tokens that can still follow.
    pub(crate) fn room(&self) -> usize {
        self.model.config().context - self.ids.len()
    }

    /// Keeps of what is cached only what `ids` begins with too, at most `most`
    /// tokens of it, and says how many those are.
    pub(crate) fn rewind(&mut self, ids: &[u32], most: usize) -> usize {
        let common = self.ids.iter().zip(ids).take_while(|(a, b)| a == b).count();
        let kept = common.min(most);
        self.ids.truncate(kept);
        self.state.truncate(kept);
        kept
    }

    /// Appends `ids` without asking for anything.
    pub(crate) fn append(&mut self, ids: &[u32]) -> Result<(), GptError> {
        self.model.forward(&mut self.state, ids, Logits::None)?;
        self.ids.extend_from_slice(ids);
        Ok(())
    }

    /// Appends `ids` and lends the logits behind the last.
    pub(crate) fn next_logits(&mut self, ids: &[u32]) -> Result<&mut [f32], GptError> {
        let logits = self.model.next_logits(&mut self.state, ids)?;
        self.ids.extend_from_slice(ids);
        Ok(logits)
    }

    /// Appends one token and lends the logits behind it and all tokens so far.
    pub(crate) fn step(&mut self, id: u32) -> Result<(&mut [f32], &[u32]), GptError> {
        let logits = self.model.next_logits(&mut self.state, &[id])?;
        self.ids.push(id);
        Ok((logits, &self.ids))
    }

    /// Appends `ids` and shows the logits behind each.
    pub(crate) fn each_logits(
        &mut self,
        ids: &[u32],
        each: impl FnMut(usize, &mut [f32]),
    ) -> Result<(), GptError> {
        self.model.each_logits(&mut self.state, ids, 0, each)?;
        self.ids.extend_from_slice(ids);
        Ok(())
    }

    /// Appends `ids` and shows the final state behind each.
    pub(crate) fn each_hidden(
        &mut self,
        ids: &[u32],
        each: impl FnMut(usize, &[f32]),
    ) -> Result<(), GptError> {
        self.model.each_hidden(&mut self.state, ids, each)?;
        self.ids.extend_from_slice(ids);
        Ok(())
    }

    /// Shows the logits that are wanted of several continuations and their
    /// branches, none of which is appended.
    pub(crate) fn each_stem_logits(
        &mut self,
        stems: &[Stem<'_>],
        each: impl FnMut(StemPlace, &mut [f32]),
    ) -> Result<(), GptError> {
        self.model.each_stem_logits(&mut self.state, stems, each)
    }

    /// Shows the logits behind the tokens of several continuations, none of
    /// which is appended: behind all of them, or behind the last of each.
    pub(crate) fn each_branch_logits(
        &mut self,
        branches: &[&[u32]],
        want: Logits,
        each: impl FnMut(usize, usize, &mut [f32]),
    ) -> Result<(), GptError> {
        self.model
            .each_branch_logits(&mut self.state, branches, want, each)
    }
}
