//! A loaded model and the passes that can be made over it.
//!
//! A model is immutable and shared; all that changes is in a [`State`]. The
//! weights stay where the file's bytes are.

use std::sync::Arc;

use senselm_gguf::Gguf;
use senselm_kernels::Kernels;

use crate::cpu::{Pass, Place, head};
use crate::load::load;
use crate::plan::{Buffer, Plan};
use crate::tensors::Tensors;
use crate::workspace::{CHUNK, HEAD_CHUNK, Workspace};
use crate::{Compute, Config, GptError, State};

/// A file's bytes, shared: a memory map, a buffer, an embedded data segment.
pub type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Which logits a pass returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logits {
    /// None: the pass only fills the cache.
    None,
    /// Those after the last token.
    Last,
    /// Those after every token.
    All,
}

/// A GPT-2, ready to run.
pub struct Model {
    bytes: Bytes,
    compute: Compute,
    config: Config,
    tensors: Tensors,
    plan: Plan,
}

impl Model {
    /// Checks a file and lays out its plan. Only vectors (biases, gains) are
    /// copied out of `bytes`.
    ///
    /// # Errors
    /// One error a defect; see [`GptError`].
    pub fn load(bytes: Bytes, compute: impl Into<Compute>) -> Result<Self, GptError> {
        Self::load_with(bytes, compute, |_, _| Ok(())).map(|(model, ())| model)
    }

    /// As [`Model::load`], and hands the parsed file to `read`, which takes from
    /// it what else the caller wants: parsing a large vocabulary twice is felt.
    ///
    /// # Errors
    /// As [`Model::load`], and those of `read`.
    pub fn load_with<T, E: From<GptError>>(
        bytes: Bytes,
        compute: impl Into<Compute>,
        read: impl FnOnce(&Gguf<'_>, &Config) -> Result<T, E>,
    ) -> Result<(Self, T), E> {
        let compute = compute.into();
        let gguf = Gguf::parse((*bytes).as_ref()).map_err(GptError::from)?;
        gguf.check_damage().map_err(GptError::from)?;
        let model = Self::of_parts(Arc::clone(&bytes), compute, load(&gguf)?)?;
        let rest = read(&gguf, &model.config)?;
        Ok((model, rest))
    }

    /// What is run of an architecture: its sizes, tensors and plan.
    pub(crate) fn of_parts(
        bytes: Bytes,
        compute: Compute,
        (config, tensors, plan): (Config, Tensors, Plan),
    ) -> Result<Self, GptError> {
        compute.check(&config)?;
        Ok(Self {
            bytes,
            compute,
            config,
            tensors,
            plan,
        })
    }

    /// The sizes.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The kernels that run it.
    #[must_use]
    pub fn kernels(&self) -> Kernels {
        self.compute.kernels
    }

    /// What it is run with.
    #[must_use]
    pub fn compute(&self) -> &Compute {
        &self.compute
    }

    /// The operations.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The tensors which the operations name.
    #[must_use]
    pub fn tensors(&self) -> &Tensors {
        &self.tensors
    }

    /// The whole file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    /// An empty sequence.
    #[must_use]
    pub fn new_state(&self) -> State {
        State::new(&self.config, &self.compute)
    }

    /// Appends `ids` to the sequence and returns the logits asked for.
    ///
    /// # Shapes
    /// Nothing for [`Logits::None`], `[V]` for [`Logits::Last`], `[T, V]` for
    /// [`Logits::All`].
    ///
    /// # Errors
    /// [`GptError::ContextOverflow`] where the tokens do not fit,
    /// [`GptError::TokenId`] for an id outside the vocabulary,
    /// [`GptError::NoTokens`] where logits are asked for and there is no
    /// token. The sequence is then as before.
    pub fn forward(
        &self,
        state: &mut State,
        ids: &[u32],
        want: Logits,
    ) -> Result<Vec<f32>, GptError> {
        match want {
            Logits::None => {
                self.append(state, ids, ids.len(), |_, _, _| Ok(()))?;
                Ok(Vec::new())
            }
            Logits::Last => Ok(self.next_logits(state, ids)?.to_vec()),
            Logits::All => {
                let mut all = Vec::with_capacity(ids.len().saturating_mul(self.config.vocab));
                self.each_logits(state, ids, 0, |_, row| all.extend_from_slice(row))?;
                Ok(all)
            }
        }
    }

    /// Appends `ids` and lends the logits after the last one, `[V]`. The way
    /// to decode: nothing is allocated once the buffers have grown.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn next_logits<'s>(
        &self,
        state: &'s mut State,
        ids: &[u32],
    ) -> Result<&'s mut [f32], GptError> {
        let last = ids.len().checked_sub(1).ok_or(GptError::NoTokens)?;
        self.append(state, ids, last, |_, _, _| Ok(()))?;
        head(self, self.bytes(), &mut state.workspace, 0, 1)
    }

    /// Appends `ids` and shows `each` the logits, `[V]`, after the token at
    /// index `from` of `ids` and after every later one, with that index. Never
    /// more than a few rows of logits exist at a time.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn each_logits(
        &self,
        state: &mut State,
        ids: &[u32],
        from: usize,
        mut each: impl FnMut(usize, &mut [f32]),
    ) -> Result<(), GptError> {
        if ids.is_empty() {
            return Err(GptError::NoTokens);
        }
        self.append(state, ids, from, |workspace, first, rows| {
            self.show_logits(workspace, rows, |row, logits| each(first + row, logits))
        })
    }

    /// Appends `ids` and shows `each` the final states, `[C]`, of every token.
    ///
    /// # Errors
    /// As [`Model::forward`].
    pub fn each_hidden(
        &self,
        state: &mut State,
        ids: &[u32],
        mut each: impl FnMut(usize, &[f32]),
    ) -> Result<(), GptError> {
        if ids.is_empty() {
            return Err(GptError::NoTokens);
        }
        self.append(state, ids, 0, |workspace, first, rows| {
            let normed = workspace.rows(&self.config, Buffer::Normed, rows);
            for (row, hidden) in normed.chunks_exact(self.config.width).enumerate() {
                each(first + row, hidden);
            }
            Ok(())
        })
    }

    /// Feeds `ids` chunk by chunk. `after` is told the index in `ids` of the
    /// first wanted row of a chunk, and how many there are.
    fn append(
        &self,
        state: &mut State,
        ids: &[u32],
        from: usize,
        mut after: impl FnMut(&mut Workspace, usize, usize) -> Result<(), GptError>,
    ) -> Result<(), GptError> {
        self.check(state, ids)?;
        let before = state.len();
        state.cache.expect(ids.len());
        let mut fed = 0;
        for chunk in ids.chunks(CHUNK) {
            let wanted_from = from.clamp(fed, fed + chunk.len()) - fed;
            let rows = chunk.len() - wanted_from;
            let done = self
                .append_chunk(state, chunk, wanted_from)
                .and_then(|()| after(&mut state.workspace, fed + wanted_from, rows));
            if let Err(error) = done {
                state.truncate(before);
                return Err(error);
            }
            fed += chunk.len();
        }
        Ok(())
    }

    fn append_chunk(
        &self,
        state: &mut State,
        ids: &[u32],
        wanted_from: usize,
    ) -> Result<(), GptError> {
        let State {
            cache, workspace, ..
        } = state;
        let mut rows = std::mem::take(&mut workspace.pass_rows);
        rows.clear();
        rows.push(ids, cache.len(), wanted_from, (0, 0));
        let pass = Pass {
            model: self,
            bytes: self.bytes(),
            workspace,
            place: Place::Append(cache),
        };
        let done = pass.run(&rows);
        workspace.pass_rows = rows;
        done
    }

    pub(crate) fn show_logits(
        &self,
        workspace: &mut Workspace,
        rows: usize,
        mut show: impl FnMut(usize, &mut [f32]),
    ) -> Result<(), GptError> {
        for first in (0..rows).step_by(HEAD_CHUNK) {
            let rows = HEAD_CHUNK.min(rows - first);
            let logits = head(self, self.bytes(), workspace, first, rows)?;
            for (row, logits) in logits.chunks_exact_mut(self.config.vocab).enumerate() {
                show(first + row, logits);
            }
        }
        Ok(())
    }

    pub(crate) fn check(&self, state: &State, ids: &[u32]) -> Result<(), GptError> {
        self.check_behind(state, 0, ids)
    }

    /// Checks tokens that follow `more` others behind the sequence, which have
    /// been checked.
    pub(crate) fn check_behind(
        &self,
        state: &State,
        more: usize,
        ids: &[u32],
    ) -> Result<(), GptError> {
        if !state.cache.fits(&self.config, &self.compute) {
            return Err(GptError::ForeignState);
        }
        let cached = state.len() + more;
        if ids.len() > self.config.context.saturating_sub(cached) {
            return Err(GptError::ContextOverflow {
                cached,
                adding: ids.len(),
                context: self.config.context,
            });
        }
        match ids.iter().find(|&&id| id as usize >= self.config.vocab) {
            Some(&id) => Err(GptError::TokenId {
                id,
                vocab: self.config.vocab,
            }),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("config", &self.config)
            .field("compute", &self.compute)
            .finish_non_exhaustive()
    }
}
