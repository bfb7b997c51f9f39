//! The one sequence that a session keeps in its cache.
//!
//! Whatever is asked next is compared with the tokens that are cached, and
//! what both begin with is not computed again. For windows that is the
//! instruction in front of every one of them.
//!
//! The sequence is on the CPU or on a GPU, and both are asked for the same. A
//! GPU that is lost is opened again, and where that fails the CPU goes on: the
//! tokens are known here, and what was asked for is done once more.

mod on_cpu;
#[cfg(feature = "gpu")]
mod on_gpu;
mod place;

use std::sync::Arc;

use senselm_ask::{AskError, Predictor, Rounds, SpotScores};
use senselm_gpt::{GptError, Model, Sampler};

use self::place::{Failure, Place};
use crate::SessionError;
use crate::backend::{Backend, BackendChange, OnCompiled};
use crate::options::GpuMath;

/// How often a lost GPU is opened again, before the CPU goes on for good.
#[cfg(feature = "gpu")]
const MOST_REOPENED: usize = 3;

/// Tokens and their cached state.
pub(crate) struct Feed {
    pub(crate) model: Arc<Model>,
    place: Place,
    gpu_math: GpuMath,
    /// How often a GPU was opened again.
    #[cfg(feature = "gpu")]
    reopened: usize,
    /// What the caller has not been told yet.
    changes: Vec<BackendChange>,
}

impl Feed {
    /// An empty sequence on the CPU.
    pub(crate) fn new(model: Arc<Model>, gpu_math: GpuMath) -> Self {
        Self {
            place: Place::cpu(&model),
            model,
            gpu_math,
            #[cfg(feature = "gpu")]
            reopened: 0,
            changes: Vec::new(),
        }
    }

    /// What runs the model.
    pub(crate) fn backend(&self) -> Backend {
        self.place.backend()
    }

    /// What the GPU is, if it is there that the model runs.
    pub(crate) fn adapter(&self) -> Option<String> {
        self.place.adapter()
    }

    /// What happened to the backend since this was last asked.
    pub(crate) fn take_changes(&mut self) -> Vec<BackendChange> {
        std::mem::take(&mut self.changes)
    }

    /// Goes to another backend and takes the sequence along. Where that fails
    /// it stays where it was.
    pub(crate) async fn go_to(
        &mut self,
        backend: Backend,
        on_compiled: OnCompiled<'_>,
    ) -> Result<(), SessionError> {
        if backend == self.backend() {
            return Ok(());
        }
        let mut place = match backend {
            Backend::Cpu => Place::cpu(&self.model),
            Backend::Gpu => Place::gpu(&self.model, self.gpu_math, on_compiled).await?,
        };
        let replayed = place.replay(&self.model, self.place.tokens()).await;
        replayed.map_err(SessionError::from)?;
        self.place = place;
        Ok(())
    }

    /// A handle to the GPU, if it is there that the model runs.
    #[cfg(feature = "gpu")]
    pub(crate) fn gpu(&self) -> Option<senselm_gpt::gpu::Handle> {
        self.place.handle()
    }

    /// What was fed.
    pub(crate) fn ids(&self) -> &[u32] {
        self.place.tokens()
    }

    /// Keeps of what is cached only what `ids` begins with too, at most `most`
    /// tokens of it, and says how many those are.
    pub(crate) fn rewind(&mut self, ids: &[u32], most: usize) -> usize {
        let both = self.ids().iter().zip(ids);
        let common = both.take_while(|(a, b)| a == b).count();
        let kept = common.min(most);
        self.place.truncate(kept);
        kept
    }

    /// Appends `ids` without asking for anything.
    pub(crate) async fn append(&mut self, ids: &[u32]) -> Result<(), SessionError> {
        self.run(async |place, model| place.append(model, ids).await)
            .await
    }

    /// Appends `ids` and keeps the logits behind the last, for
    /// [`Feed::logits`] and [`Feed::decode`].
    pub(crate) async fn prefill(&mut self, ids: &[u32]) -> Result<(), SessionError> {
        self.run(async |place, model| place.prefill(model, ids).await)
            .await
    }

    /// As [`Feed::prefill`], with the log-probabilities of all of `ids` but the
    /// first.
    pub(crate) async fn prefill_scored(&mut self, ids: &[u32]) -> Result<Vec<f64>, SessionError> {
        self.run(async |place, model| place.prefill_scored(model, ids).await)
            .await
    }

    /// The logits behind the last token, `[V]`.
    pub(crate) async fn logits(&mut self) -> Result<Vec<f32>, SessionError> {
        self.run(async |place, _| place.logits().await).await
    }

    /// Chooses tokens one behind the other, at least one and at most `count`;
    /// none where the context is full.
    pub(crate) async fn decode(
        &mut self,
        count: usize,
        sampler: &mut Sampler,
    ) -> Result<Vec<u32>, SessionError> {
        self.run(async |place, model| place.decode(model, count, sampler).await)
            .await
    }

    /// Appends `ids` and returns the logits behind each, `[T, V]`.
    pub(crate) async fn all_logits(&mut self, ids: &[u32]) -> Result<Vec<f32>, SessionError> {
        self.run(async |place, model| place.all_logits(model, ids).await)
            .await
    }

    /// Appends `ids` and shows the final state behind each. Only the CPU does.
    pub(crate) fn each_hidden(
        &mut self,
        ids: &[u32],
        each: impl FnMut(&[f32]),
    ) -> Result<(), SessionError> {
        match &mut self.place {
            Place::Cpu(cpu) => Ok(cpu.each_hidden(&self.model, ids, each)?),
            #[cfg(feature = "gpu")]
            Place::Gpu(_) => unreachable!("states are asked for on the CPU"),
        }
    }

    /// Does some work where the sequence is; where a GPU fails, once more where
    /// it is then.
    async fn run<T>(
        &mut self,
        mut work: impl AsyncFnMut(&mut Place, &Model) -> Result<T, Failure>,
    ) -> Result<T, SessionError> {
        let done = work(&mut self.place, &self.model).await;
        #[cfg(feature = "gpu")]
        let mut done = done;
        #[cfg(feature = "gpu")]
        while let Err(Failure::Gpu(error)) = &done {
            self.recover(error).await?;
            done = work(&mut self.place, &self.model).await;
        }
        done.map_err(|failure| not_finite(failure.into()))
    }

    /// Opens the GPU again, or goes to the CPU, with the same tokens.
    #[cfg(feature = "gpu")]
    async fn recover(
        &mut self,
        error: &senselm_gpt::gpu::GpuModelError,
    ) -> Result<(), SessionError> {
        let tokens = self.place.tokens().to_vec();
        // Frees what is left of the old one first.
        self.place = Place::cpu(&self.model);
        if error.is_lost() && self.reopened < MOST_REOPENED {
            self.reopened += 1;
            if let Ok(mut gpu) = Place::gpu(&self.model, self.gpu_math, &mut |_| ()).await
                && gpu.replay(&self.model, &tokens).await.is_ok()
            {
                self.place = gpu;
            }
        }
        if self.backend() == Backend::Cpu {
            let replayed = self.place.replay(&self.model, &tokens).await;
            replayed.map_err(SessionError::from)?;
        }
        self.changes.push(BackendChange {
            backend: self.backend(),
            reason: error.to_string(),
        });
        Ok(())
    }
}

impl Predictor for Feed {
    type Error = SessionError;

    /// Behind what was fed, none of which is appended.
    async fn scores(&mut self, rounds: &dyn Rounds) -> Result<SpotScores, SessionError> {
        self.run(async |place, model| place.scores(model, rounds).await)
            .await
    }
}

/// Logits from which nothing can be chosen are no numbers.
fn not_finite(error: SessionError) -> SessionError {
    match error {
        SessionError::Model(GptError::NothingToSample { .. }) => AskError::NotFinite.into(),
        other => other,
    }
}
