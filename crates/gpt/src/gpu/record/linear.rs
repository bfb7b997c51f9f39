//! Norms and linear maps.

use senselm_gpu::{Bound, BufferId, Dispatch, Extent};
use senselm_shaders::{Features, LinearParams, Shader, Slot, padded, table};

use super::{Path, ROWS, Recorder, WANTED, bind_shard, each};
use crate::gpu::memory::Key;
use crate::gpu::weights::Uploaded;
use crate::plan::{Buffer, Linear, Norm};
use crate::tensors::MatrixId;

/// Outputs of a workgroup of a fused operation.
const FUSED_OUTPUTS: u32 = 16;
/// Rows and outputs of a workgroup of a tiled product.
const TILE: u32 = 32;

/// The largest number in binary16.
const LARGEST_HALF: f32 = 65504.0;

/// What the magnitudes of four neighbours behind a norm add up to at most: its
/// rows have the length `sqrt(width)`, and four numbers of a row together at
/// most twice that.
fn four_normed(width: usize, gain: f32, shift: f32) -> f32 {
    2.0 * (width as f32).sqrt() * gain + 4.0 * shift
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

impl Recorder<'_> {
    /// Queries, and the keys and values of `layer` into its cache.
    pub(super) fn qkv(
        &mut self,
        path: Path,
        layer: usize,
        (norm, linear): (Norm, Linear),
        [input, to]: [Buffer; 2],
        out: &mut Vec<Dispatch>,
    ) {
        let memory = self.memory;
        let matrix = self.weights.matrix(linear.weight);
        let (ty, cache) = (matrix.ty, memory.sizes.cache);
        let on = self.features_behind(norm, matrix);
        let shader = match path {
            Path::Few => table::NORM_LINEAR_QKV.on(on).of(ty, cache),
            Path::Many => {
                let dot = table::MATMUL_QKV_DOT.of(ty, cache);
                self.tiled(table::MATMUL_QKV.on(on).of(ty, cache), dot)
            }
        };
        let beside = [
            Bound::all(Slot::Rows, memory.at(Key::Rows)),
            Bound::all(Slot::Kv, memory.at(Key::Cache(layer))),
        ];
        let width = self.config().width;
        let of = (norm, linear, shader);
        self.behind_norm(path, of, [input, to], width, &beside, out);
    }

    /// The wide part of the feed-forward.
    pub(super) fn norm_gelu(
        &mut self,
        path: Path,
        (norm, linear): (Norm, Linear),
        [input, to]: [Buffer; 2],
        out: &mut Vec<Dispatch>,
    ) {
        let matrix = self.weights.matrix(linear.weight);
        let on = self.features_behind(norm, matrix);
        let shader = match path {
            Path::Few => table::NORM_LINEAR_GELU.on(on).of(matrix.ty),
            Path::Many => {
                let dot = table::MATMUL_GELU_DOT.of(matrix.ty);
                self.tiled(table::MATMUL_GELU.on(on).of(matrix.ty), dot)
            }
        };
        let width = to.width(self.config());
        let of = (norm, linear, shader);
        self.behind_norm(path, of, [input, to], width, &[], out);
    }

    /// A product behind a norm, which many rows have in a dispatch of its own.
    fn behind_norm(
        &mut self,
        path: Path,
        (norm, linear, shader): (Norm, Linear, &'static Shader),
        [input, to]: [Buffer; 2],
        width: usize,
        beside: &[Bound],
        out: &mut Vec<Dispatch>,
    ) {
        let (weights, memory) = (self.weights, self.memory);
        let matrix = weights.matrix(linear.weight);
        let mut x = memory.at(Key::Plan(input));
        if path == Path::Many {
            let on = self.features_behind(norm, matrix);
            self.layer_norm(table::LAYER_NORM.on(on), norm, x, ROWS, out);
            x = memory.at(Key::Plan(Buffer::Normed));
        }
        let mut bound = self.activations(path, x, memory.at(Key::Plan(to)), ROWS);
        bound.extend_from_slice(beside);
        let product = Product {
            matrix,
            params: self.linear_params(Some(norm), width),
            bias: weights.vector(linear.bias),
            shader,
            bound,
            rows: ROWS,
        };
        self.product(path, product, out);
    }

    pub(super) fn linear_add(
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
            Path::Few => table::LINEAR_ADD.on(self.features).of(matrix.ty),
            Path::Many => {
                let dot = table::MATMUL_ADD_DOT.of(matrix.ty);
                self.tiled(table::MATMUL_ADD.of(matrix.ty), dot)
            }
        };
        let [x, y] = [input, to].map(|buffer| memory.at(Key::Plan(buffer)));
        let product = Product {
            matrix,
            params: self.linear_params(None, to.width(self.config())),
            bias: weights.vector(linear.bias),
            shader,
            bound: self.activations(path, x, y, ROWS),
            rows: ROWS,
        };
        self.product(path, product, out);
    }

    pub(super) fn head_behind(
        &mut self,
        path: Path,
        norm: Norm,
        input: Buffer,
        head: MatrixId,
        out: &mut Vec<Dispatch>,
    ) {
        let (weights, memory) = (self.weights, self.memory);
        let matrix = weights.matrix(head);
        let mut x = memory.at(Key::Plan(input));
        let shader = match path {
            Path::Few => table::HEAD.on(self.features).of(matrix.ty),
            Path::Many => {
                let shader = table::LAYER_NORM_WANTED.on(self.features);
                self.layer_norm(shader, norm, x, WANTED, out);
                x = memory.at(Key::Plan(Buffer::Normed));
                let dot = table::MATMUL_LOGITS_DOT.of(matrix.ty);
                let on = self.features_behind(norm, matrix);
                self.tiled(table::MATMUL_LOGITS.on(on).of(matrix.ty), dot)
            }
        };
        let logits = memory.at(Key::Plan(Buffer::Logits));
        let mut bound = self.activations(path, x, logits, WANTED);
        bound.push(Bound::all(Slot::Wanted, memory.at(Key::Wanted)));
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
            Bound::all(Slot::X, x),
            Bound::all(Slot::Vectors, self.weights.vectors),
            Bound::all(Slot::Y, memory.at(Key::Plan(Buffer::Normed))),
            Bound::all(Slot::Wanted, memory.at(Key::Wanted)),
        ];
        out.push(Dispatch {
            shader,
            bound,
            extent: [each(rows, 1), Extent::ONE, Extent::ONE],
        });
    }

    /// What a product behind a norm may make use of: binary16 only where no sum
    /// of four products in it can overflow.
    fn features_behind(&self, norm: Norm, matrix: &Uploaded) -> Features {
        let largest = |values: &[f32]| values.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        let tensors = self.model.tensors();
        let gain = largest(tensors.vector(norm.gain));
        let shift = largest(tensors.norm_bias(norm.bias));
        let fits = |bound: f32| {
            let inputs = four_normed(self.config().width, gain, shift);
            inputs * bound.max(1.0) <= LARGEST_HALF && !bound.is_nan()
        };
        Features {
            shader_f16: matrix.bound.is_some_and(fits),
            ..self.features
        }
    }

    /// A tiled product, in whole numbers where there is one and it may be used.
    fn tiled(&self, floats: &'static Shader, dot: Option<&'static Shader>) -> &'static Shader {
        dot.filter(|dot| self.features.contains(dot.features))
            .unwrap_or(floats)
    }

    /// Rows as bytes.
    fn quantize(&mut self, product: &Product<'_>, out: &mut Vec<Dispatch>) {
        let params = LinearParams {
            octets: product.matrix.octets as u32,
            ..product.params
        };
        let mut bound = product.bound.clone();
        bound.push(self.params.bind(&params));
        out.push(Dispatch {
            shader: &table::QUANTIZE,
            bound,
            extent: [each(product.rows, 1), Extent::ONE, Extent::ONE],
        });
    }

    /// What every product of one path binds but for weights and parameters.
    /// `rows` is the size of the run that counts its rows.
    fn activations(&self, path: Path, x: BufferId, y: BufferId, rows: usize) -> Vec<Bound> {
        let memory = self.memory;
        let mut bound = vec![
            Bound::all(Slot::X, x),
            Bound::all(Slot::Vectors, self.weights.vectors),
            Bound::all(Slot::Y, y),
        ];
        if path == Path::Many {
            bound.push(Bound::all(Slot::Batch, memory.at(Key::Batch(rows))));
            bound.push(Bound::all(Slot::XCodes, memory.at(Key::Codes)));
            bound.push(Bound::all(Slot::XScales, memory.at(Key::CodeScales)));
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
            gain: place(|norm| Some(norm.gain)),
            shift: place(|norm| norm.bias),
            width: config.width as u32,
            eps: config.eps,
            values: self.memory.values(config),
            kv_quads: (config.kv_width() / 4) as u32,
            ..LinearParams::default()
        }
    }

    /// A dispatch for each part of a matrix.
    fn product(&mut self, path: Path, product: Product<'_>, out: &mut Vec<Dispatch>) {
        let (outputs, per) = match path {
            Path::Few => (FUSED_OUTPUTS, 1),
            Path::Many => (TILE, TILE),
        };
        if product.shader.features.packed_dot {
            self.quantize(&product, out);
        }
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

#[cfg(test)]
mod tests;
