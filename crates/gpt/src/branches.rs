//! Several continuations of one sequence in one pass.
//!
//! That is how windows are answered: the instruction is cached once, every
//! window is a stem behind it, and every label a branch of every stem.

use crate::cpu::{Pass, Place};
use crate::workspace::{CHUNK, PassRows};
use crate::{GptError, Logits, Model, State};

/// Tokens that continue a sequence, and tokens that continue them.
#[derive(Clone, Copy, Debug)]
pub struct Stem<'a> {
    /// The tokens right behind the sequence.
    pub ids: &'a [u32],
    /// Which logits of theirs are wanted.
    pub want: Logits,
    /// Continuations of the stem, which do not see each other. All their
    /// logits are wanted.
    pub branches: &'a [&'a [u32]],
}

/// Where a row of logits belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StemPlace {
    /// The index of the stem.
    pub stem: usize,
    /// The index of its branch; `None` for the stem itself.
    pub branch: Option<usize>,
    /// The index of the token that the logits follow.
    pub at: usize,
}

impl Stem<'_> {
    /// Rows of a pass that it takes.
    fn rows(&self) -> usize {
        let branches = self.branches.iter().map(|branch| branch.len());
        self.ids.len() + branches.sum::<usize>()
    }

    /// Adds its rows.
    fn push(&self, rows: &mut PassRows, position: usize) {
        let first = rows.tokens.len();
        let length = self.ids.len();
        rows.push(self.ids, position, wanted_from(self.ids, self.want), (0, 0));
        for branch in self.branches {
            rows.push(branch, position + length, 0, (first, length));
        }
    }

    /// Where its logits belong, in their order.
    fn places(&self, stem: usize) -> impl Iterator<Item = StemPlace> {
        let place = move |branch, at| StemPlace { stem, branch, at };
        let own = wanted_from(self.ids, self.want)..self.ids.len();
        let branches = self.branches.iter().enumerate();
        own.map(move |at| place(None, at)).chain(
            branches.flat_map(move |(b, ids)| (0..ids.len()).map(move |at| place(Some(b), at))),
        )
    }
}

fn wanted_from(ids: &[u32], want: Logits) -> usize {
    match want {
        Logits::None => ids.len(),
        Logits::Last => ids.len().saturating_sub(1),
        Logits::All => 0,
    }
}

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
        let stems: Vec<Stem<'_>> = branches
            .iter()
            .map(|ids| Stem {
                ids,
                want,
                branches: &[],
            })
            .collect();
        self.each_stem_logits(state, &stems, |place, row| each(place.stem, place.at, row))
    }

    /// Shows the logits that are wanted of several stems and their branches.
    /// They run in as few passes as fit, and the sequence stays as it is.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn each_stem_logits(
        &self,
        state: &mut State,
        stems: &[Stem<'_>],
        mut each: impl FnMut(StemPlace, &mut [f32]),
    ) -> Result<(), GptError> {
        for stem in stems {
            self.check(state, stem.ids)?;
            for branch in stem.branches {
                self.check_behind(state, stem.ids.len(), branch)?;
            }
        }
        let mut first = 0;
        while first < stems.len() {
            let group = &stems[first..][..group_len(&stems[first..])];
            self.stem_pass(state, group, |place, logits| {
                let stem = first + place.stem;
                each(StemPlace { stem, ..place }, logits);
            })?;
            first += group.len();
        }
        Ok(())
    }

    fn stem_pass(
        &self,
        state: &mut State,
        stems: &[Stem<'_>],
        mut each: impl FnMut(StemPlace, &mut [f32]),
    ) -> Result<(), GptError> {
        let State {
            cache, workspace, ..
        } = state;
        let mut rows = std::mem::take(&mut workspace.pass_rows);
        rows.clear();
        for stem in stems {
            stem.push(&mut rows, cache.len());
        }
        let pass = Pass {
            model: self,
            bytes: self.bytes(),
            workspace,
            place: Place::Branches(cache),
        };
        let done = pass.run(&rows);
        let wanted = rows.wanted.len();
        workspace.pass_rows = rows;
        done?;
        let stems = stems.iter().enumerate();
        let mut places = stems.flat_map(|(index, stem)| stem.places(index));
        self.show_logits(workspace, wanted, |_, logits| {
            if let Some(place) = places.next() {
                each(place, logits);
            }
        })
    }
}

/// How many of the first stems run in one pass: as many as make a chunk, at
/// least one.
fn group_len(stems: &[Stem<'_>]) -> usize {
    let mut rows = 0;
    let fitting = stems.iter().take_while(|stem| {
        rows += stem.rows();
        rows <= CHUNK
    });
    fitting.count().max(1)
}
