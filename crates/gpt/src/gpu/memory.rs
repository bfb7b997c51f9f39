//! Everything on the device that a pass writes.

use senselm_gpu::{BufferId, BufferSpec, Gpu};
use senselm_shaders::{
    AttentionParams, Batch, CacheType, PicksHeader, Row, SampleParams, SamplerHeader, ScoreParams,
    padded,
};

use super::GpuModelError;
use super::model::MAX_DECODE;
use super::record::{ROWS, WANTED};
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

/// A buffer that passes write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A plan's buffer. Of queries, keys and values only the queries stand
    /// there: the others go into the cache.
    Plan(Buffer),
    /// Rows as bytes.
    Codes,
    /// A scale for 32 of them.
    CodeScales,
    /// [`Row`]s of the pass.
    Rows,
    /// Which of them get logits.
    Wanted,
    /// How many rows a size of the run counts.
    Batch(usize),
    /// The token in every row of the cache.
    History,
    /// Which tokens may be chosen.
    Mask,
    /// How far the sampler is, and what it chose.
    Sampler,
    /// What the sampler is told.
    SampleParams,
    /// Tokens whose logits are wanted.
    Picks,
    /// Those, and log-sum-exps.
    Scores,
    /// Keys, then values, of a layer.
    Cache(usize),
}

impl Key {
    /// Every buffer of a model.
    fn all(config: &Config) -> impl Iterator<Item = Self> {
        let single = [
            Self::Codes,
            Self::CodeScales,
            Self::Rows,
            Self::Wanted,
            Self::Batch(ROWS),
            Self::Batch(WANTED),
            Self::History,
            Self::Mask,
            Self::Sampler,
            Self::SampleParams,
            Self::Picks,
            Self::Scores,
        ];
        let plan = Buffer::ALL.into_iter().map(Self::Plan);
        plan.chain(single)
            .chain((0..config.layers).map(Self::Cache))
    }

    /// How large it is.
    fn spec(self, config: &Config, sizes: &Sizes) -> BufferSpec {
        let rows = sizes.rows;
        let floats = |label: &str, rows: usize, width: usize| {
            BufferSpec::storage(label, 4 * rows as u64 * padded(width) as u64)
        };
        let words = |label: &str, words: usize| BufferSpec::storage(label, 4 * words as u64);
        let uniform = |label: &str, bytes: usize| BufferSpec::uniform(label, bytes as u64);
        let widest = padded(config.width.max(config.ff_width));
        match self {
            Self::Plan(Buffer::Qkv) => floats("queries", rows, config.width),
            Self::Plan(Buffer::Logits) => floats("logits", sizes.logits, config.vocab),
            Self::Plan(buffer) => {
                let label = format!("{buffer:?}").to_lowercase();
                floats(&label, rows, buffer.width(config))
            }
            Self::Codes => words("codes", rows * widest / 4),
            Self::CodeScales => words("scales of codes", rows * widest / 32),
            Self::Rows => words("rows", rows * size_of::<Row>() / 4),
            Self::Wanted => words("wanted", rows),
            Self::Batch(_) => uniform("rows of a batch", size_of::<Batch>()),
            Self::History => words("history", sizes.capacity),
            Self::Mask => words("mask", 2 * config.vocab.div_ceil(64)),
            Self::Sampler => words("sampler", size_of::<SamplerHeader>() / 4 + MAX_DECODE),
            Self::SampleParams => uniform("sample params", size_of::<SampleParams>()),
            Self::Picks => words("picks", size_of::<PicksHeader>() / 4 + 2 * MAX_PICKS),
            Self::Scores => words("scores", sizes.logits + MAX_PICKS),
            Self::Cache(_) => {
                let values = 2 * sizes.capacity as u64 * config.kv_width() as u64;
                BufferSpec::storage("cache", values * sizes.cache.bytes() as u64)
            }
        }
    }
}

/// The buffers.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) sizes: Sizes,
    buffers: Vec<(Key, BufferId)>,
}

impl Memory {
    pub(crate) async fn new(
        gpu: &mut Gpu,
        config: &Config,
        sizes: Sizes,
    ) -> Result<Self, GpuModelError> {
        let specs = Key::all(config).map(|key| key.spec(config, &sizes));
        let specs: Vec<BufferSpec> = specs.collect();
        let all = allocate(gpu, &specs).await?;
        Ok(Self {
            sizes,
            buffers: Key::all(config).zip(all).collect(),
        })
    }

    /// Where a buffer of this model is.
    pub(crate) fn at(&self, key: Key) -> BufferId {
        let found = self.buffers.iter().find(|(known, _)| *known == key);
        found.expect("every buffer of the model was made").1
    }

    /// What attention is told.
    pub(crate) fn attention(&self, config: &Config) -> AttentionParams {
        AttentionParams {
            quads: (config.head_width() / 4) as u32,
            kv_quads: (config.kv_width() / 4) as u32,
            values: self.values(config),
            row_quads: (padded(config.width) / 4) as u32,
            scale: 1.0 / (config.head_width() as f32).sqrt(),
            ..AttentionParams::default()
        }
    }

    /// The quad at which a layer's values begin.
    pub(crate) fn values(&self, config: &Config) -> u32 {
        (self.sizes.capacity * config.kv_width() / 4) as u32
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
