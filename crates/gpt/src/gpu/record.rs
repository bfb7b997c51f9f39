//! A plan as recordings, once for few rows and once for many.
//!
//! Few rows, as in decoding, go through fused operations whose weights are
//! read once a row. Many rows go through tiled products, with their norms in a
//! dispatch of their own.

use senselm_gpu::{Bound, BufferId, Dispatch, Extent, Recording};
use senselm_shaders::{EmbedParams, LinearParams, Shader, padded, table};

use super::GpuModelError;
use super::memory::Memory;
use super::params::Params;
use super::weights::{GpuWeights, Shard, Uploaded};
use crate::plan::{Activation, Buffer, Linear, Norm, Op};
use crate::tensors::MatrixId;
use crate::{Config, Model};

/// The size of a run that counts its rows.
pub(crate) const ROWS: usize = 0;
/// The size of a run that counts its wanted rows.
pub(crate) const WANTED: usize = 1;

/// Outputs of a workgroup of a fused operation.
const FUSED_OUTPUTS: u32 = 16;
/// Rows and outputs of a workgroup of a tiled product.
const TILE: u32 = 32;

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
    pub(crate) params: Params,
}

/// A linear map being recorded.
struct Product<'a> {
    matrix: &'a Uploaded,
    /// Without first output, outputs and bias of a shard.
    params: LinearParams,
    /// The quad at which its bias begins.
    bias: u32,
    shader: &'static Shader,
    bound: Vec<Bound>,
    /// Which size of the run counts its rows.
    rows: usize,
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
        let a_path = (model.plan().ops.len() + 1) * (1 + weights.most_shards());
        2 * a_path + 2
    }

    /// Everything up to the final norm.
    pub(crate) fn body(&mut self, path: Path) -> Result<Recording, GpuModelError> {
        let mut recording = Recording::default();
        let out = &mut recording.dispatches;
        let plan = self.model.plan();
        let mut layer = 0;
        for op in &plan.ops {
            match *op {
                Op::Embed {
                    tokens,
                    positions,
                    out: to,
                } => self.embed(tokens, positions, to, out),
                Op::NormLinear {
                    norm,
                    linear,
                    activation,
                    input,
                    out: to,
                } => {
                    let of = (norm, linear, activation);
                    self.norm_linear(path, of, input, to, layer, out)?;
                }
                Op::Attention {
                    layer: at,
                    out: to,
                    qkv,
                    ..
                } => {
                    self.attention(at, qkv, to, out);
                    layer = at + 1;
                }
                Op::LinearAdd {
                    linear,
                    input,
                    out: to,
                } => self.linear_add(path, linear, input, to, out),
                // Goes with the head.
                Op::FinalNorm { .. } => {}
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
            Bound::all("params", memory.sample_params),
            Bound::all("mask", memory.mask),
            Bound::all("logits", memory.logits),
            Bound::all("state", memory.sampler),
            Bound::all("history", memory.history),
            Bound::all("rows", memory.rows),
        ];
        one(&table::SAMPLE, bound, [Extent::ONE; 3])
    }

    /// Log-sum-exp and picked logits of wanted rows.
    pub(crate) fn score(&mut self) -> Recording {
        let memory = self.memory;
        let bound = vec![
            self.params.bind(&memory.score(self.model.config())),
            Bound::all("logits", memory.logits),
            Bound::all("scores", memory.scores),
            Bound::all("picks", memory.picks),
        ];
        let extent = [each(WANTED, 1), Extent::ONE, Extent::ONE];
        one(&table::SCORE, bound, extent)
    }

    fn embed(
        &mut self,
        tokens: MatrixId,
        positions: MatrixId,
        to: Buffer,
        out: &mut Vec<Dispatch>,
    ) {
        let (weights, memory) = (self.weights, self.memory);
        let matrix = weights.matrix(tokens);
        for shard in &matrix.shards {
            let params = EmbedParams {
                octets: matrix.octets as u32,
                first: shard.first as u32,
                tokens: shard.rows as u32,
                unused: 0,
            };
            let mut bound = vec![
                self.params.bind(&params),
                Bound::all("y", memory.buffer(to)),
                Bound::all("history", memory.history),
                Bound::all("rows", memory.rows),
            ];
            let positions = weights.matrix(positions).shards.first();
            bound.extend(positions.map(|shard| Bound::all("positions", shard.quants)));
            bind_shard(shard, &mut bound);
            out.push(Dispatch {
                shader: table::EMBED.of(matrix.ty),
                bound,
                extent: [each(ROWS, 1), Extent::ONE, Extent::ONE],
            });
        }
    }

    fn norm_linear(
        &mut self,
        path: Path,
        (norm, linear, activation): (Norm, Linear, Activation),
        input: Buffer,
        to: Buffer,
        layer: usize,
        out: &mut Vec<Dispatch>,
    ) -> Result<(), GpuModelError> {
        let (weights, memory) = (self.weights, self.memory);
        let matrix = weights.matrix(linear.weight);
        let (ty, cache) = (matrix.ty, memory.sizes.cache);
        let shader = match (to, activation, path) {
            (Buffer::Qkv, Activation::None, Path::Few) => table::NORM_LINEAR_QKV.of(ty, cache),
            (Buffer::Qkv, Activation::None, Path::Many) => table::MATMUL_QKV.of(ty, cache),
            (_, Activation::Gelu, Path::Few) => table::NORM_LINEAR_GELU.of(ty),
            (_, Activation::Gelu, Path::Many) => table::MATMUL_GELU.of(ty),
            (_, Activation::None, _) => {
                return Err(GpuModelError::Unsupported {
                    what: "a linear map without an activation",
                    found: format!("one into {to:?}"),
                    expected: "one into queries, keys and values",
                });
            }
        };
        let mut x = memory.buffer(input);
        if path == Path::Many {
            self.layer_norm(&table::LAYER_NORM, norm, x, ROWS, out);
            x = memory.normed;
        }
        let mut bound = self.activations(path, x, memory.buffer(to));
        if to == Buffer::Qkv {
            bound.push(Bound::all("rows", memory.rows));
            bound.extend(memory.kv.get(layer).map(|kv| Bound::all("kv", *kv)));
        }
        let config = self.config();
        let width = match to {
            Buffer::Qkv => config.width,
            other => other.width(config),
        };
        let product = Product {
            matrix,
            params: self.linear_params(Some(norm), width),
            bias: weights.vector(linear.bias),
            shader,
            bound,
            rows: ROWS,
        };
        self.product(path, product, out);
        Ok(())
    }

    fn attention(&mut self, layer: usize, queries: Buffer, to: Buffer, out: &mut Vec<Dispatch>) {
        let memory = self.memory;
        let config = self.model.config();
        let mut bound = vec![
            self.params.bind(&memory.attention(config)),
            Bound::all("x", memory.buffer(queries)),
            Bound::all("y", memory.buffer(to)),
            Bound::all("rows", memory.rows),
        ];
        bound.extend(memory.kv.get(layer).map(|kv| Bound::all("kv", *kv)));
        out.push(Dispatch {
            shader: table::ATTENTION.of(memory.sizes.cache),
            bound,
            extent: [
                Extent::Fixed(config.heads as u32),
                each(ROWS, 1),
                Extent::ONE,
            ],
        });
    }

    fn linear_add(
        &mut self,
        path: Path,
        linear: Linear,
        input: Buffer,
        to: Buffer,
        out: &mut Vec<Dispatch>,
    ) {
        let (weights, memory) = (self.weights, self.memory);
        let matrix = weights.matrix(linear.weight);
        let shader = match path {
            Path::Few => table::LINEAR_ADD.of(matrix.ty),
            Path::Many => table::MATMUL_ADD.of(matrix.ty),
        };
        let product = Product {
            matrix,
            params: self.linear_params(None, to.width(self.config())),
            bias: weights.vector(linear.bias),
            shader,
            bound: self.activations(path, memory.buffer(input), memory.buffer(to)),
            rows: ROWS,
        };
        self.product(path, product, out);
    }

    fn head_behind(
        &mut self,
        path: Path,
        norm: Norm,
        input: Buffer,
        head: MatrixId,
        out: &mut Vec<Dispatch>,
    ) {
        let (weights, memory) = (self.weights, self.memory);
        let matrix = weights.matrix(head);
        let mut x = memory.buffer(input);
        let shader = match path {
            Path::Few => table::HEAD.of(matrix.ty),
            Path::Many => {
                self.layer_norm(&table::LAYER_NORM_WANTED, norm, x, WANTED, out);
                x = memory.normed;
                table::MATMUL_LOGITS.of(matrix.ty)
            }
        };
        let mut bound = self.activations(path, x, memory.logits);
        bound.push(Bound::all("wanted", memory.wanted));
        if path == Path::Many {
            bound.retain(|b| b.name != "batch");
            bound.push(Bound::all("batch", memory.batches[WANTED]));
        }
        let product = Product {
            matrix,
            params: self.linear_params(Some(norm), self.config().vocab),
            bias: 0,
            shader,
            bound,
            rows: WANTED,
        };
        self.product(path, product, out);
    }

    fn layer_norm(
        &mut self,
        shader: &'static Shader,
        norm: Norm,
        x: BufferId,
        rows: usize,
        out: &mut Vec<Dispatch>,
    ) {
        let memory = self.memory;
        let params = self.linear_params(Some(norm), self.config().width);
        let bound = vec![
            self.params.bind(&params),
            Bound::all("x", x),
            Bound::all("vectors", self.weights.vectors),
            Bound::all("y", memory.normed),
            Bound::all("wanted", memory.wanted),
        ];
        out.push(Dispatch {
            shader,
            bound,
            extent: [each(rows, 1), Extent::ONE, Extent::ONE],
        });
    }

    /// What every product of one path binds but for weights and parameters.
    fn activations(&self, path: Path, x: BufferId, y: BufferId) -> Vec<Bound> {
        let mut bound = vec![
            Bound::all("x", x),
            Bound::all("vectors", self.weights.vectors),
            Bound::all("y", y),
        ];
        if path == Path::Many {
            bound.push(Bound::all("batch", self.memory.batches[ROWS]));
        }
        bound
    }

    /// Parameters of a map into rows of `width`, but for its matrix.
    fn linear_params(&self, norm: Option<Norm>, width: usize) -> LinearParams {
        let config = self.config();
        let place = |of: fn(Norm) -> _| norm.map_or(0, |norm| self.weights.vector(of(norm)));
        LinearParams {
            octets: (padded(config.width) / 8) as u32,
            y_quads: (padded(width) / 4) as u32,
            gain: place(|norm| norm.gain),
            shift: place(|norm| norm.bias),
            width: config.width as u32,
            eps: config.eps,
            values: self.memory.values(config),
            kv_quads: (config.width / 4) as u32,
            ..LinearParams::default()
        }
    }

    /// A dispatch for each part of a matrix.
    fn product(&mut self, path: Path, product: Product<'_>, out: &mut Vec<Dispatch>) {
        let (outputs, per) = match path {
            Path::Few => (FUSED_OUTPUTS, 1),
            Path::Many => (TILE, TILE),
        };
        for shard in &product.matrix.shards {
            let first = (shard.first / 4) as u32;
            let params = LinearParams {
                octets: product.matrix.octets as u32,
                outputs: shard.rows as u32,
                first,
                bias: product.bias + first,
                ..product.params
            };
            let mut bound = product.bound.clone();
            bound.push(self.params.bind(&params));
            bind_shard(shard, &mut bound);
            out.push(Dispatch {
                shader: product.shader,
                bound,
                extent: [
                    Extent::Fixed(params.outputs.div_ceil(outputs)),
                    each(product.rows, per),
                    Extent::ONE,
                ],
            });
        }
    }
}

fn bind_shard(shard: &Shard, bound: &mut Vec<Bound>) {
    bound.push(Bound::all("quants", shard.quants));
    bound.extend(shard.scales.map(|scales| Bound::all("scales", scales)));
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
