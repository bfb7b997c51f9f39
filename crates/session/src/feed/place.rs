//! Where a sequence is, and how it is asked there.

use senselm_ask::{Rounds, Spot, SpotScores};
use senselm_gpt::{GptError, Kernels, Logits, Model, Sampler, Stem, StemPlace};

use super::on_cpu::OnCpu;
#[cfg(feature = "gpu")]
use super::on_gpu::OnGpu;
use crate::SessionError;
use crate::backend::{Backend, OnCompiled};
use crate::options::GpuMath;

/// A sequence. What is asked of it is described at [`super::Feed`].
pub(super) enum Place {
    Cpu(Box<OnCpu>),
    #[cfg(feature = "gpu")]
    Gpu(Box<OnGpu>),
}

/// Why something could not be done.
pub(super) enum Failure {
    /// It would fail anywhere.
    Asked(SessionError),
    /// The GPU cannot.
    #[cfg(feature = "gpu")]
    Gpu(senselm_gpt::gpu::GpuModelError),
}

impl From<GptError> for Failure {
    fn from(error: GptError) -> Self {
        Self::Asked(error.into())
    }
}

#[cfg(feature = "gpu")]
impl From<senselm_gpt::gpu::GpuModelError> for Failure {
    fn from(error: senselm_gpt::gpu::GpuModelError) -> Self {
        match error {
            senselm_gpt::gpu::GpuModelError::Gpt(error) => error.into(),
            error => Self::Gpu(error),
        }
    }
}

impl From<Failure> for SessionError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Asked(error) => error,
            #[cfg(feature = "gpu")]
            Failure::Gpu(error) => error.into(),
        }
    }
}

/// Passes a call on to whatever there is; only a GPU is waited for.
macro_rules! ask {
    ($place:expr, $call:ident($($of_cpu:expr)?; $($argument:expr),*)) => {
        match $place {
            Place::Cpu(cpu) => Ok(cpu.$call($($of_cpu,)? $($argument),*)?),
            #[cfg(feature = "gpu")]
            Place::Gpu(gpu) => Ok(gpu.$call($($argument),*).await?),
        }
    };
}

impl Place {
    /// An empty sequence on the CPU.
    pub(super) fn cpu(model: &Model) -> Self {
        Self::Cpu(Box::new(OnCpu::new(model)))
    }

    /// An empty sequence on the GPU.
    #[cfg(feature = "gpu")]
    pub(super) async fn gpu(
        model: &Model,
        math: GpuMath,
        on_compiled: OnCompiled<'_>,
    ) -> Result<Self, SessionError> {
        let gpu = OnGpu::open(model, math, on_compiled).await?;
        Ok(Self::Gpu(Box::new(gpu)))
    }

    /// An empty sequence on the GPU.
    #[cfg(not(feature = "gpu"))]
    pub(super) async fn gpu(
        _: &Model,
        _: GpuMath,
        _: OnCompiled<'_>,
    ) -> Result<Self, SessionError> {
        Err(SessionError::WithoutGpu)
    }

    pub(super) fn backend(&self) -> Backend {
        match self {
            Self::Cpu(_) => Backend::Cpu,
            #[cfg(feature = "gpu")]
            Self::Gpu(_) => Backend::Gpu,
        }
    }

    pub(super) fn adapter(&self) -> Option<String> {
        match self {
            Self::Cpu(_) => None,
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => Some(gpu.adapter().to_string()),
        }
    }

    #[cfg(feature = "gpu")]
    pub(super) fn handle(&self) -> Option<senselm_gpt::gpu::Handle> {
        match self {
            Self::Cpu(_) => None,
            Self::Gpu(gpu) => Some(gpu.handle()),
        }
    }

    pub(super) fn tokens(&self) -> &[u32] {
        match self {
            Self::Cpu(cpu) => cpu.tokens(),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.tokens(),
        }
    }

    pub(super) fn truncate(&mut self, len: usize) {
        match self {
            Self::Cpu(cpu) => cpu.truncate(len),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.truncate(len),
        }
    }

    /// Takes up a sequence from somewhere else, with the logits behind it.
    pub(super) async fn replay(&mut self, model: &Model, tokens: &[u32]) -> Result<(), Failure> {
        if tokens.is_empty() {
            return Ok(());
        }
        self.prefill(model, tokens).await
    }

    pub(super) async fn append(&mut self, model: &Model, ids: &[u32]) -> Result<(), Failure> {
        ask!(self, append(model; ids))
    }

    pub(super) async fn prefill(&mut self, model: &Model, ids: &[u32]) -> Result<(), Failure> {
        ask!(self, prefill(model; ids))
    }

    pub(super) async fn prefill_scored(
        &mut self,
        model: &Model,
        ids: &[u32],
    ) -> Result<Vec<f64>, Failure> {
        ask!(self, prefill_scored(model; ids))
    }

    pub(super) async fn logits(&mut self) -> Result<Vec<f32>, Failure> {
        ask!(self, logits(;))
    }

    pub(super) async fn decode(
        &mut self,
        model: &Model,
        count: usize,
        sampler: &mut Sampler,
    ) -> Result<Vec<u32>, Failure> {
        ask!(self, decode(model; count, sampler))
    }

    pub(super) async fn all_logits(
        &mut self,
        model: &Model,
        ids: &[u32],
    ) -> Result<Vec<f32>, Failure> {
        ask!(self, all_logits(model; ids))
    }

    pub(super) async fn scores(
        &mut self,
        model: &Model,
        rounds: &dyn Rounds,
    ) -> Result<SpotScores, Failure> {
        let asked = rounds.stems();
        if let [held] = asked.as_slice()
            && held.ids.is_empty()
        {
            return self.held_scores(model, rounds).await;
        }
        let stems: Vec<Stem<'_>> = asked
            .iter()
            .map(|stem| Stem {
                ids: stem.ids,
                want: if stem.all { Logits::All } else { Logits::Last },
                branches: stem.branches,
            })
            .collect();
        let mut wanted = |place: StemPlace, ids: &mut Vec<u32>| rounds.wanted(spot(place), ids);
        ask!(self, stem_scores(model; &stems, &mut wanted))
    }

    /// The scores behind the last token.
    async fn held_scores(
        &mut self,
        model: &Model,
        rounds: &dyn Rounds,
    ) -> Result<SpotScores, Failure> {
        let behind = Spot {
            stem: 0,
            branch: None,
            at: 0,
        };
        let mut ids = Vec::new();
        rounds.wanted(behind, &mut ids);
        let mut logits = self.logits().await?;
        let mut found = Vec::new();
        log_probabilities(model.kernels(), &mut logits, &ids, &mut found);
        let mut scores = SpotScores::default();
        scores.push(behind, found);
        Ok(scores)
    }
}

/// The same place in the terms of what asks.
pub(super) fn spot(place: StemPlace) -> Spot {
    Spot {
        stem: place.stem,
        branch: place.branch,
        at: place.at,
    }
}

/// [`senselm_ask::log_probabilities`] with the kernels of the model.
pub(super) fn log_probabilities(
    kernels: Kernels,
    logits: &mut [f32],
    ids: &[u32],
    scores: &mut Vec<f64>,
) {
    senselm_ask::log_probabilities(
        logits,
        |logits| kernels.argmax(logits),
        |logits| kernels.softmax(logits),
        ids,
        scores,
    );
}
