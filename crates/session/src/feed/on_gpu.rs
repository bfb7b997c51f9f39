//! A sequence on a GPU.

use senselm_ask::SpotScores;
use senselm_gpt::gpu::{
    Adapter, Features, Gpu, GpuModel, GpuModelError, GpuOptions, Handle, Progress,
};
use senselm_gpt::{Model, Sampler, Stem, StemPlace};

use super::place::spot;
use crate::backend::{Compiled, OnCompiled};
use crate::options::GpuMath;

pub(super) struct OnGpu {
    model: GpuModel,
    /// Whether the one token that follows a full context was chosen.
    full: bool,
}

impl OnGpu {
    /// Opens the fastest GPU and uploads a model.
    pub(super) async fn open(
        model: &Model,
        math: GpuMath,
        on_compiled: OnCompiled<'_>,
    ) -> Result<Self, GpuModelError> {
        let options = GpuOptions {
            kv: model.compute().kv,
            features: match math {
                GpuMath::Exact => Features::EXACT,
                GpuMath::Rounded => Features::ALL,
            },
            ..GpuOptions::default()
        };
        let gpu = Gpu::open().await?;
        let mut told = |Progress { done, total }| on_compiled(Compiled { done, total });
        Ok(Self {
            model: GpuModel::load(gpu, model, options, &mut told).await?,
            full: false,
        })
    }

    pub(super) fn adapter(&self) -> &Adapter {
        self.model.adapter()
    }

    pub(super) fn handle(&self) -> Handle {
        self.model.gpu().handle()
    }

    pub(super) fn tokens(&self) -> &[u32] {
        self.model.tokens()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.model.truncate(len);
        self.full = false;
    }

    pub(super) async fn append(&mut self, ids: &[u32]) -> Result<(), GpuModelError> {
        self.model.append(ids).await
    }

    pub(super) async fn prefill(&mut self, ids: &[u32]) -> Result<(), GpuModelError> {
        self.model.prefill(ids).await
    }

    pub(super) async fn prefill_scored(&mut self, ids: &[u32]) -> Result<Vec<f64>, GpuModelError> {
        let mut scores = vec![0.0; ids.len().saturating_sub(1)];
        let mut keep = |row: usize, score: f32| {
            if let Some(slot) = scores.get_mut(row) {
                *slot = f64::from(score);
            }
        };
        self.model.append_scored(ids, &mut keep).await?;
        Ok(scores)
    }

    pub(super) async fn logits(&mut self) -> Result<Vec<f32>, GpuModelError> {
        self.model.logits().await
    }

    pub(super) async fn decode(
        &mut self,
        count: usize,
        sampler: &mut Sampler,
    ) -> Result<Vec<u32>, GpuModelError> {
        if self.model.len() < self.model.config().context {
            return self.model.decode(count, sampler, None).await;
        }
        if self.full {
            return Ok(Vec::new());
        }
        let id = self.model.choose(sampler, None).await?;
        self.full = true;
        Ok(vec![id])
    }

    pub(super) async fn all_logits(&mut self, ids: &[u32]) -> Result<Vec<f32>, GpuModelError> {
        let mut all = Vec::new();
        let mut show = |_: usize, row: &[f32]| all.extend_from_slice(row);
        self.model.each_logits(ids, &mut show).await?;
        Ok(all)
    }

    /// Gives scores only once all are there: a device may be lost between them.
    pub(super) async fn stem_scores(
        &mut self,
        stems: &[Stem<'_>],
        wanted: &mut dyn FnMut(StemPlace, &mut Vec<u32>),
    ) -> Result<SpotScores, GpuModelError> {
        let mut all = SpotScores::default();
        let mut keep = |place, found: &[f32]| {
            all.push(spot(place), found.iter().copied().map(f64::from));
        };
        self.model.each_stem_score(stems, wanted, &mut keep).await?;
        Ok(all)
    }
}
