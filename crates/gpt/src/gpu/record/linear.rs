//! Norms and linear maps.

use senselm_gpu::{Bound, BufferId, Dispatch, Extent};
use senselm_shaders::{Features, LinearParams, Shader, padded, table};

use super::{Path, ROWS, Recorder, WANTED, bind_shard, each};
use crate::gpu::GpuModelError;
use crate::gpu::weights::Uploaded;
use crate::plan::{Activation, Buffer, Linear, Norm};
use crate::tensors::{MatrixId, VectorId};

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
    pub(super) fn norm_linear(
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
        let on = self.features_behind(norm, matrix);
        let shader = match (to, activation, path) {
            (Buffer::Qkv, Activation::None, Path::Few) => {
                table::NORM_LINEAR_QKV.on(on).of(ty, cache)
            }
            (Buffer::Qkv, Activation::None, Path::Many) => {
                let dot = table::MATMUL_QKV_DOT.of(ty, cache);
                self.tiled(table::MATMUL_QKV.on(on).of(ty, cache), dot)
            }
            (_, Activation::Gelu, Path::Few) => table::NORM_LINEAR_GELU.on(on).of(ty),
            (_, Activation::Gelu, Path::Many) => {
                let dot = table::MATMUL_GELU_DOT.of(ty);
                self.tiled(table::MATMUL_GELU.on(on).of(ty), dot)
            }
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
            self.layer_norm(table::LAYER_NORM.on(on), norm, x, ROWS, out);
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
        let mut x = memory.buffer(input);
        let shader = match path {
            Path::Few => table::HEAD.on(self.features).of(matrix.ty),
            Path::Many => {
                let shader = table::LAYER_NORM_WANTED.on(self.features);
                self.layer_norm(shader, norm, x, WANTED, out);
                x = memory.normed;
                let dot = table::MATMUL_LOGITS_DOT.of(matrix.ty);
                let on = self.features_behind(norm, matrix);
                self.tiled(table::MATMUL_LOGITS.on(on).of(matrix.ty), dot)
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

    /// What a product behind a norm may make use of: binary16 only where no sum
    /// of four products in it can overflow.
    fn features_behind(&self, norm: Norm, matrix: &Uploaded) -> Features {
        let largest = |id: VectorId| {
            let values = self.model.tensors().vector(id).iter();
            values.fold(0.0_f32, |m, v| m.max(v.abs()))
        };
        let fits = |bound: f32| {
            let inputs = four_normed(self.config().width, largest(norm.gain), largest(norm.bias));
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
    fn activations(&self, path: Path, x: BufferId, y: BufferId) -> Vec<Bound> {
        let mut bound = vec![
            Bound::all("x", x),
            Bound::all("vectors", self.weights.vectors),
            Bound::all("y", y),
        ];
        if path == Path::Many {
            bound.push(Bound::all("batch", self.memory.batches[ROWS]));
            bound.push(Bound::all("x_codes", self.memory.codes));
            bound.push(Bound::all("x_scales", self.memory.code_scales));
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
