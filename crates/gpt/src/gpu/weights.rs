//! Weights on the device.

use senselm_gpu::{BufferId, BufferSpec, Gpu};
use senselm_shaders::{Features, PackError, Packed, WeightType, padded};

use super::GpuModelError;
use crate::plan::{Linear, Norm, Op};
use crate::tensors::{Matrix, MatrixId, VectorId};
use crate::{GptError, Model};

/// Outputs of a shard are a multiple of this, so that no workgroup straddles
/// two.
const SHARD_ROWS: usize = 32;

/// Rows of a matrix that fit into one binding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shard {
    /// The first row.
    pub(crate) first: usize,
    pub(crate) rows: usize,
    pub(crate) quants: BufferId,
    pub(crate) scales: Option<BufferId>,
}

/// A matrix on the device.
#[derive(Clone, Debug)]
pub(crate) struct Uploaded {
    pub(crate) ty: WeightType,
    /// Octets of a row, with its padding.
    pub(crate) octets: usize,
    pub(crate) shards: Vec<Shard>,
    /// Bytes of all planes.
    pub(crate) bytes: u64,
    /// No weight is larger in magnitude; known where binary16 may be used.
    pub(crate) bound: Option<f32>,
    pub(crate) rows: usize,
}

/// All weights of a model on the device.
#[derive(Debug)]
pub(crate) struct GpuWeights {
    matrices: Vec<Uploaded>,
    /// Gains and biases, one behind the other.
    pub(crate) vectors: BufferId,
    /// The quad at which each begins.
    starts: Vec<u32>,
    /// The quad at which the zeros begin that stand for missing biases.
    zeros: u32,
    pub(crate) vector_bytes: u64,
}

impl GpuWeights {
    /// Repacks and uploads everything. The matrices of `floats` become `F32`.
    /// How large weights are is only looked up where `features` make use of it.
    pub(crate) async fn upload(
        gpu: &mut Gpu,
        model: &Model,
        floats: &[MatrixId],
        features: Features,
    ) -> Result<Self, GpuModelError> {
        let (vectors, mut starts, vector_bytes) = upload_vectors(gpu, model).await?;
        let zeros = starts.pop().unwrap_or(0);
        let mut matrices = Vec::new();
        for (index, matrix) in model.tensors().matrices().iter().enumerate() {
            let float = floats.iter().any(|id| id.index() == index);
            let bounded = features.shader_f16;
            matrices.push(upload_matrix(gpu, model, matrix, float, bounded).await?);
        }
        Ok(Self {
            matrices,
            vectors,
            starts,
            zeros,
            vector_bytes,
        })
    }

    pub(crate) fn matrix(&self, id: MatrixId) -> &Uploaded {
        &self.matrices[id.index()]
    }

    /// The quad at which a vector begins; without any that of zeros, as many
    /// as are wanted of them.
    pub(crate) fn vector(&self, id: Option<VectorId>) -> u32 {
        id.map_or(self.zeros, |id| self.starts[id.index()])
    }

    /// The most parts that a matrix is in.
    pub(crate) fn most_shards(&self) -> usize {
        let shards = self.matrices.iter().map(|matrix| matrix.shards.len());
        shards.max().unwrap_or(1)
    }
}

/// How long the longest bias is that a model does without.
fn longest_missing(model: &Model) -> usize {
    let rows = |linear: Linear| model.tensors().matrix(linear.weight).rows;
    let without = |norm: Option<Norm>, linear: Option<Linear>| {
        let of_norm = norm.filter(|norm| norm.bias.is_none());
        let of_linear = linear.filter(|linear| linear.bias.is_none());
        let width = of_norm.map_or(0, |_| model.config().width);
        width.max(of_linear.map_or(0, rows))
    };
    let ops = model.plan().ops.iter().map(|op| match *op {
        Op::Qkv { norm, linear, .. } | Op::NormGelu { norm, linear, .. } => {
            without(Some(norm), Some(linear))
        }
        Op::LinearAdd { linear, .. } => without(None, Some(linear)),
        Op::FinalNorm { norm, .. } => without(Some(norm), None),
        Op::Embed { .. } | Op::Attention { .. } | Op::Llama(_) => 0,
    });
    ops.max().unwrap_or(0)
}

/// The buffer, where each vector begins in it and at last the zeros, and its
/// bytes.
async fn upload_vectors(
    gpu: &mut Gpu,
    model: &Model,
) -> Result<(BufferId, Vec<u32>, u64), GpuModelError> {
    let mut all: Vec<f32> = Vec::new();
    let mut starts = Vec::new();
    for vector in model.tensors().vectors() {
        starts.push((all.len() / 4) as u32);
        all.extend_from_slice(vector);
        all.resize(padded(all.len()), 0.0);
    }
    starts.push((all.len() / 4) as u32);
    all.resize(padded(all.len() + longest_missing(model)), 0.0);
    let bytes = 4 * all.len() as u64;
    let buffer = allocate(gpu, &[BufferSpec::storage("vectors", bytes)]).await?[0];
    gpu.write(buffer, 0, bytemuck::cast_slice(&all))?;
    Ok((buffer, starts, bytes))
}

/// As many buffers as specifications.
pub(crate) async fn allocate(
    gpu: &mut Gpu,
    specs: &[BufferSpec],
) -> Result<Vec<BufferId>, GpuModelError> {
    let limit = gpu.limits().binding_bytes;
    if let Some(spec) = specs.iter().find(|spec| spec.bytes > limit) {
        return Err(GpuModelError::Unsupported {
            what: "the size of a buffer",
            found: format!("{} bytes for {}", spec.bytes, spec.label),
            expected: "no more than one binding holds",
        });
    }
    Ok(gpu.allocate(specs).await?)
}

async fn upload_matrix(
    gpu: &mut Gpu,
    model: &Model,
    matrix: &Matrix,
    float: bool,
    bounded: bool,
) -> Result<Uploaded, GpuModelError> {
    let ty = match float {
        true => WeightType::F32,
        false => WeightType::of(matrix.ty),
    };
    let octets = padded(matrix.cols) / 8;
    let bytes = model.bytes().get(matrix.range.clone());
    let bytes = bytes.ok_or(GptError::BytesChanged)?;
    let mut uploaded = Uploaded {
        ty,
        octets,
        shards: Vec::new(),
        bytes: 0,
        bound: bounded.then_some(0.0),
        rows: matrix.rows,
    };
    let shard_rows = shard_rows(gpu, octets * ty.words() * 4);
    let row_bytes = bytes.len() / matrix.rows;
    let mut first = 0;
    for bytes in bytes.chunks(shard_rows * row_bytes) {
        let rows = bytes.len() / row_bytes;
        let packed = match float {
            true => Packed::pack_f32(matrix.ty, rows, matrix.cols, bytes),
            false => Packed::pack(matrix.ty, rows, matrix.cols, bytes),
        };
        let packed = packed.map_err(|source: PackError| GpuModelError::Pack {
            name: matrix.name.clone(),
            source,
        })?;
        uploaded.bytes += packed.bytes();
        let larger_one = |bound| larger(bound, packed.bound());
        uploaded.bound = uploaded.bound.map(larger_one);
        uploaded
            .shards
            .push(upload_shard(gpu, matrix, first, &packed).await?);
        first += rows;
    }
    Ok(uploaded)
}

/// The larger of two, NaN if either is.
fn larger(a: f32, b: f32) -> f32 {
    if a >= b || a.is_nan() { a } else { b }
}

/// How many rows of so many bytes go into one binding, and are computed in one
/// dispatch.
fn shard_rows(gpu: &Gpu, row_bytes: usize) -> usize {
    let limits = gpu.limits();
    let fitting = limits.binding_bytes / row_bytes as u64;
    // The smallest workgroup makes 16 outputs.
    let most = fitting.min(16 * u64::from(limits.workgroups)) as usize;
    (most / SHARD_ROWS * SHARD_ROWS).max(SHARD_ROWS)
}

async fn upload_shard(
    gpu: &mut Gpu,
    matrix: &Matrix,
    first: usize,
    packed: &Packed,
) -> Result<Shard, GpuModelError> {
    let mut specs = vec![BufferSpec::storage(
        &matrix.name,
        4 * packed.quants.len() as u64,
    )];
    if packed.ty.has_scales() {
        let bytes = 4 * packed.scales.len() as u64;
        specs.push(BufferSpec::storage(&matrix.name, bytes));
    }
    let buffers = allocate(gpu, &specs).await?;
    gpu.write(buffers[0], 0, bytemuck::cast_slice(&packed.quants))?;
    let scales = buffers.get(1).copied();
    if let Some(scales) = scales {
        gpu.write(scales, 0, bytemuck::cast_slice(&packed.scales))?;
    }
    Ok(Shard {
        first,
        rows: packed.rows,
        quants: buffers[0],
        scales,
    })
}
