//! Getting a model ready: uploading it and preparing all that it ever runs.

use senselm_gpu::{Gpu, Progress, Recording, SequenceId};
use senselm_kernels::KvType;
use senselm_shaders::{CacheType, Features};

use super::memory::{Memory, Sizes};
use super::params::Params;
use super::record::{Path, Recorder};
use super::weights::GpuWeights;
use super::{GpuModel, GpuModelError, Traffic};
use crate::plan::Op;
use crate::{Config, Model};

/// How a model is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GpuOptions {
    /// What keys and values are kept as: `F32` or `F16`.
    pub kv: KvType,
    /// How many tokens go through the plan at once.
    pub rows: usize,
    /// Which of the device's optional features are made use of, from
    /// [`Features::NONE`] for core WGSL on. Two of them round in passes of more
    /// than four rows: with `packed_dot`, activations become bytes where weights
    /// are such, as on the CPU, and logits move by up to 0.02; with `shader_f16`,
    /// products behind a norm are made in binary16 where weights are not `F32`
    /// and nothing can overflow, and logits move by up to 0.0025. `packed_dot`
    /// goes first.
    pub features: Features,
}

impl Default for GpuOptions {
    /// Keys and values as they are, 128 rows, and the features that round
    /// nothing.
    fn default() -> Self {
        Self {
            kv: KvType::F32,
            rows: 128,
            features: Features::EXACT,
        }
    }
}

/// The recordings of a model, prepared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sequences {
    pub(super) few: SequenceId,
    pub(super) many: SequenceId,
    pub(super) head_few: SequenceId,
    pub(super) head_many: SequenceId,
    pub(super) sample: SequenceId,
    pub(super) score: SequenceId,
}

impl GpuModel {
    /// Uploads a model and prepares everything that it will ever run.
    /// `progress` is told after every shader that was compiled.
    ///
    /// # Errors
    /// [`GpuModelError::Unsupported`] for sizes that the shaders are not made
    /// for, [`GpuModelError::Pack`] for weights that are not numbers, and what
    /// the device says.
    pub async fn load(
        mut gpu: Gpu,
        model: &Model,
        options: GpuOptions,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, GpuModelError> {
        let config = *model.config();
        let cache = check(&config, options)?;
        let features = options.features.and(gpu.features());
        let weights = GpuWeights::upload(&mut gpu, model, &positions(model), features).await?;
        let sizes = Sizes::new(&config, options.rows.max(1), cache);
        let memory = Memory::new(&mut gpu, &config, sizes).await?;
        let params = Params::new(&mut gpu, Recorder::slots(model, &weights)).await?;
        let mut recorder = Recorder {
            model,
            weights: &weights,
            memory: &memory,
            features,
            params,
        };
        let recordings = [
            recorder.body(Path::Few)?,
            recorder.body(Path::Many)?,
            recorder.head(Path::Few),
            recorder.head(Path::Many),
            recorder.sample(),
            recorder.score(),
        ];
        recorder.params.write(&mut gpu)?;
        let sequences = prepare(&mut gpu, &recordings, progress).await?;
        let traffic = Traffic::new(model, &weights, cache);
        Ok(Self {
            gpu,
            config,
            memory,
            sequences,
            tokens: Vec::new(),
            has_logits: false,
            traffic,
        })
    }
}

async fn prepare(
    gpu: &mut Gpu,
    recordings: &[Recording; 6],
    progress: &mut dyn FnMut(Progress),
) -> Result<Sequences, GpuModelError> {
    let made = gpu.prepare(recordings, progress).await?;
    let [few, many, head_few, head_many, sample, score] = made[..] else {
        unreachable!("as many sequences as recordings");
    };
    Ok(Sequences {
        few,
        many,
        head_few,
        head_many,
        sample,
        score,
    })
}

/// The position embeddings, which are read as floats.
fn positions(model: &Model) -> Vec<crate::MatrixId> {
    let ops = model.plan().ops.iter();
    let found = ops.filter_map(|op| match op {
        Op::Embed { positions, .. } => *positions,
        _ => None,
    });
    found.collect()
}

fn check(config: &Config, options: GpuOptions) -> Result<CacheType, GpuModelError> {
    let multiples = [
        ("the embedding width", config.width),
        ("the head width", config.head_width()),
        ("the feed-forward width", config.ff_width),
    ];
    for (what, found) in multiples {
        if !found.is_multiple_of(4) {
            return Err(GpuModelError::Unsupported {
                what,
                found: found.to_string(),
                expected: "multiples of 4",
            });
        }
    }
    if config.head_width() > 256 {
        return Err(GpuModelError::Unsupported {
            what: "the head width",
            found: config.head_width().to_string(),
            expected: "at most 256",
        });
    }
    if config.kv_heads != config.heads {
        return Err(GpuModelError::Unsupported {
            what: "the number of heads of keys and values",
            found: config.kv_heads.to_string(),
            expected: "as many as of queries",
        });
    }
    match options.kv {
        KvType::F32 => Ok(CacheType::F32),
        KvType::F16 => Ok(CacheType::F16),
        KvType::Q8_0 => Err(GpuModelError::Unsupported {
            what: "the type of the cache",
            found: options.kv.name().into(),
            expected: "F32 or F16",
        }),
    }
}
