//! Everything on the device that a pass writes.

use senselm_gpu::{BufferId, BufferSpec, Gpu};
use senselm_shaders::{
    AttentionParams, Batch, CacheType, PicksHeader, Row, SampleParams, SamplerHeader, ScoreParams,
    padded,
};

use super::GpuModelError;
use super::model::MAX_DECODE;
use super::weights::allocate;
use crate::Config;
use crate::plan::Buffer;

/// Logits are kept for as many rows at once as fit into this.
const LOGITS_BYTES: usize = 64 << 20;

/// The most picked logits of a pass.
pub(crate) const MAX_PICKS: usize = 1 << 14;

/// How much there is of everything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// Rows of a pass.
    pub(crate) rows: usize,
    /// Rows of logits.
    pub(crate) logits: usize,
    /// Rows of keys and values: the context, and room for a pass that is not
    /// appended.
    pub(crate) capacity: usize,
    pub(crate) cache: CacheType,
}

impl Sizes {
    pub(crate) fn new(config: &Config, rows: usize, cache: CacheType) -> Self {
        let row_bytes = 4 * padded(config.vocab);
        Self {
            rows,
            logits: (LOGITS_BYTES / row_bytes).clamp(1, rows),
            capacity: config.context + rows,
            cache,
        }
    }
}

/// The buffers.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) sizes: Sizes,
    pub(crate) residual: BufferId,
    pub(crate) queries: BufferId,
    pub(crate) mixed: BufferId,
    pub(crate) hidden: BufferId,
    pub(crate) normed: BufferId,
    /// Rows as bytes, and a scale for 32 of them.
    pub(crate) codes: BufferId,
    pub(crate) code_scales: BufferId,
    pub(crate) logits: BufferId,
    /// [`Row`]s of the pass.
    pub(crate) rows: BufferId,
    /// Which of them get logits.
    pub(crate) wanted: BufferId,
    /// The token in every row of the cache.
    pub(crate) history: BufferId,
    pub(crate) mask: BufferId,
    pub(crate) sampler: BufferId,
    pub(crate) sample_params: BufferId,
    pub(crate) picks: BufferId,
    pub(crate) scores: BufferId,
    /// How many rows, and how many wanted ones.
    pub(crate) batches: [BufferId; 2],
    /// Keys, then values, of each layer.
    pub(crate) kv: Vec<BufferId>,
}

impl Memory {
    pub(crate) async fn new(
        gpu: &mut Gpu,
        config: &Config,
        sizes: Sizes,
    ) -> Result<Self, GpuModelError> {
        let floats = |label: &str, rows: usize, width: usize| {
            BufferSpec::storage(label, 4 * (rows * padded(width)) as u64)
        };
        let words = |label: &str, words: usize| BufferSpec::storage(label, 4 * words as u64);
        let (rows, width) = (sizes.rows, config.width);
        let widest = padded(width.max(config.ff_width));
        let uniform = |label: &str, bytes: usize| BufferSpec::uniform(label, bytes as u64);
        let mut specs = vec![
            floats("residual", rows, width),
            floats("queries", rows, width),
            floats("mixed", rows, width),
            floats("hidden", rows, config.ff_width),
            floats("normed", rows, width),
            words("codes", rows * widest / 4),
            words("scales of codes", rows * widest / 32),
            floats("logits", sizes.logits, config.vocab),
            words("rows", rows * size_of::<Row>() / 4),
            words("wanted", rows),
            words("history", sizes.capacity),
            words("mask", 2 * config.vocab.div_ceil(64)),
            words("sampler", size_of::<SamplerHeader>() / 4 + MAX_DECODE),
            uniform("sample params", size_of::<SampleParams>()),
            words("picks", size_of::<PicksHeader>() / 4 + 2 * MAX_PICKS),
            words("scores", sizes.logits + MAX_PICKS),
            uniform("rows of a batch", size_of::<Batch>()),
            uniform("wanted rows of a batch", size_of::<Batch>()),
        ];
        let layer = 2 * sizes.capacity * width * sizes.cache.bytes();
        specs.extend((0..config.layers).map(|_| BufferSpec::storage("cache", layer as u64)));
        let all = allocate(gpu, &specs).await?;
        let [
            residual,
            queries,
            mixed,
            hidden,
            normed,
            codes,
            code_scales,
            logits,
            rows,
            wanted,
            history,
            mask,
            sampler,
            sample_params,
            picks,
            scores,
            batch,
            wanted_batch,
            kv @ ..,
        ] = all.as_slice()
        else {
            unreachable!("as many buffers as specifications");
        };
        Ok(Self {
            sizes,
            residual: *residual,
            queries: *queries,
            mixed: *mixed,
            hidden: *hidden,
            normed: *normed,
            codes: *codes,
            code_scales: *code_scales,
            logits: *logits,
            rows: *rows,
            wanted: *wanted,
            history: *history,
            mask: *mask,
            sampler: *sampler,
            sample_params: *sample_params,
            picks: *picks,
            scores: *scores,
            batches: [*batch, *wanted_batch],
            kv: kv.to_vec(),
        })
    }

    /// Where a plan's buffer is. Of queries, keys and values only the queries
    /// stand side by side: the others go into the cache.
    pub(crate) fn buffer(&self, buffer: Buffer) -> BufferId {
        match buffer {
            Buffer::Residual => self.residual,
            Buffer::Qkv => self.queries,
            Buffer::Mixed => self.mixed,
            Buffer::Hidden => self.hidden,
            Buffer::Normed => self.normed,
            Buffer::Logits => self.logits,
        }
    }

    /// What attention is told.
    pub(crate) fn attention(&self, config: &Config) -> AttentionParams {
        AttentionParams {
            quads: (config.head_width / 4) as u32,
            kv_quads: (config.width / 4) as u32,
            values: self.values(config),
            row_quads: (padded(config.width) / 4) as u32,
            scale: 1.0 / (config.head_width as f32).sqrt(),
            ..AttentionParams::default()
        }
    }

    /// The quad at which a layer's values begin.
    pub(crate) fn values(&self, config: &Config) -> u32 {
        (self.sizes.capacity * config.width / 4) as u32
    }

    /// What scoring is told.
    pub(crate) fn score(&self, config: &Config) -> ScoreParams {
        ScoreParams {
            vocab: config.vocab as u32,
            row_values: padded(config.vocab) as u32,
            picked: self.sizes.logits as u32,
            unused: 0,
        }
    }
}
