//! A plan as recordings, once for few rows and once for many.
//!
//! Few rows, as in decoding, go through fused operations whose weights are
//! read once a row. Many rows go through tiled products, with their norms in a
//! dispatch of their own.

mod linear;

use senselm_gpu::{Bound, Dispatch, Extent, Recording};
use senselm_shaders::{EmbedParams, Features, Shader, Slot, table};

use super::GpuModelError;
use super::memory::{Key, Memory};
use super::params::Params;
use super::weights::{GpuWeights, Shard};
use crate::plan::{Buffer, Op};
use crate::tensors::MatrixId;
use crate::{Config, Model};

/// The size of a run that counts its rows.
pub(crate) const ROWS: usize = 0;
/// The size of a run that counts its wanted rows.
pub(crate) const WANTED: usize = 1;

/// How a product is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// Row by row.
    Few,
    /// In tiles.
    Many,
}

/// Makes recordings.
pub(crate) struct Recorder<'a> {
    pub(crate) model: &'a Model,
    pub(crate) weights: &'a GpuWeights,
    pub(crate) memory: &'a Memory,
    /// What shaders may make use of.
    pub(crate) features: Features,
    pub(crate) params: Params,
}

/// One of every `per` rows.
const fn each(size: usize, per: u32) -> Extent {
    Extent::Of { size, per }
}

impl Recorder<'_> {
    fn config(&self) -> &Config {
        self.model.config()
    }

    /// How many slots of parameters all recordings of a plan take at most.
    pub(crate) fn slots(model: &Model, weights: &GpuWeights) -> usize {
        let a_path = (model.plan().ops.len() + 1) * (2 + weights.most_shards());
        2 * a_path + 2
    }

    /// Everything up to the final norm.
    pub(crate) fn body(&mut self, path: Path) -> Result<Recording, GpuModelError> {
        let mut recording = Recording::default();
        let out = &mut recording.dispatches;
        let plan = self.model.plan();
        for op in &plan.ops {
            match *op {
                Op::Embed {
                    tokens,
                    positions,
                    out: to,
                } => self.embed(tokens, positions, to, out)?,
                Op::Qkv {
                    layer,
                    norm,
                    linear,
                    input,
                    out: to,
                } => self.qkv(path, layer, (norm, linear), [input, to], out),
                Op::NormGelu {
                    norm,
                    linear,
                    input,
                    out: to,
                } => self.norm_gelu(path, (norm, linear), [input, to], out),
                Op::Attention {
                    layer,
                    qkv,
                    out: to,
                    ..
                } => self.attention(layer, qkv, to, out),
                Op::LinearAdd {
                    linear,
                    input,
                    out: to,
                } => self.linear_add(path, linear, input, to, out),
                // Goes with the head.
                Op::FinalNorm { .. } => {}
                Op::Llama(_) => {
                    return Err(GpuModelError::Unsupported {
                        what: "the architecture",
                        found: "llama".into(),
                        expected: "gpt2",
                    });
                }
            }
        }
        Ok(recording)
    }

    /// The final norm and the logits of wanted rows.
    pub(crate) fn head(&mut self, path: Path) -> Recording {
        let mut recording = Recording::default();
        let plan = self.model.plan();
        for op in &plan.ops {
            if let Op::FinalNorm { norm, input, .. } = *op {
                self.head_behind(path, norm, input, plan.head, &mut recording.dispatches);
            }
        }
        recording
    }

    /// Choosing the next token.
    pub(crate) fn sample(&self) -> Recording {
        let memory = self.memory;
        let bound = vec![
            Bound::all(Slot::Params, memory.at(Key::SampleParams)),
            Bound::all(Slot::Mask, memory.at(Key::Mask)),
            Bound::all(Slot::Logits, memory.at(Key::Plan(Buffer::Logits))),
            Bound::all(Slot::State, memory.at(Key::Sampler)),
            Bound::all(Slot::History, memory.at(Key::History)),
            Bound::all(Slot::Rows, memory.at(Key::Rows)),
        ];
        one(&table::SAMPLE, bound, [Extent::ONE; 3])
    }

    /// Log-sum-exp and picked logits of wanted rows.
    pub(crate) fn score(&mut self) -> Recording {
        let memory = self.memory;
        let bound = vec![
            self.params.bind(&memory.score(self.model.config())),
            Bound::all(Slot::Logits, memory.at(Key::Plan(Buffer::Logits))),
            Bound::all(Slot::Scores, memory.at(Key::Scores)),
            Bound::all(Slot::Picks, memory.at(Key::Picks)),
        ];
        let extent = [each(WANTED, 1), Extent::ONE, Extent::ONE];
        one(table::SCORE.on(self.features), bound, extent)
    }

    fn embed(
        &mut self,
        tokens: MatrixId,
        positions: Option<MatrixId>,
        to: Buffer,
        out: &mut Vec<Dispatch>,
    ) -> Result<(), GpuModelError> {
        let (weights, memory) = (self.weights, self.memory);
        let matrix = weights.matrix(tokens);
        let positions = positions.ok_or_else(|| GpuModelError::Unsupported {
            what: "a model",
            found: "without learned positions".into(),
            expected: "such as have them",
        })?;
        for shard in &matrix.shards {
            let params = EmbedParams {
                octets: matrix.octets as u32,
                first: shard.first as u32,
                tokens: shard.rows as u32,
                unused: 0,
            };
            let mut bound = vec![
                self.params.bind(&params),
                Bound::all(Slot::Y, memory.at(Key::Plan(to))),
                Bound::all(Slot::History, memory.at(Key::History)),
                Bound::all(Slot::Rows, memory.at(Key::Rows)),
            ];
            let positions = weights.matrix(positions).shards.first();
            bound.extend(positions.map(|shard| Bound::all(Slot::Positions, shard.quants)));
            bind_shard(shard, &mut bound);
            out.push(Dispatch {
                shader: table::EMBED.of(matrix.ty),
                bound,
                extent: [each(ROWS, 1), Extent::ONE, Extent::ONE],
            });
        }
        Ok(())
    }

    fn attention(&mut self, layer: usize, queries: Buffer, to: Buffer, out: &mut Vec<Dispatch>) {
        let memory = self.memory;
        let config = self.model.config();
        let bound = vec![
            self.params.bind(&memory.attention(config)),
            Bound::all(Slot::X, memory.at(Key::Plan(queries))),
            Bound::all(Slot::Y, memory.at(Key::Plan(to))),
            Bound::all(Slot::Rows, memory.at(Key::Rows)),
            Bound::all(Slot::Kv, memory.at(Key::Cache(layer))),
        ];
        out.push(Dispatch {
            shader: table::ATTENTION.on(self.features).of(memory.sizes.cache),
            bound,
            extent: [
                Extent::Fixed(config.heads as u32),
                each(ROWS, 1),
                Extent::ONE,
            ],
        });
    }
}

fn bind_shard(shard: &Shard, bound: &mut Vec<Bound>) {
    bound.push(Bound::all(Slot::Quants, shard.quants));
    bound.extend(shard.scales.map(|scales| Bound::all(Slot::Scales, scales)));
}

fn one(shader: &'static Shader, bound: Vec<Bound>, extent: [Extent; 3]) -> Recording {
    Recording {
        dispatches: vec![Dispatch {
            shader,
            bound,
            extent,
        }],
    }
}
