//! A model's tensors: matrices stay where the file has them, vectors are
//! copied out.
//!
//! A matrix is a checked type, shape and byte range; its bytes are never
//! copied or converted here. Biases, gains and other vectors are small and are
//! wanted as plain `f32`, so they are decoded once.

use std::collections::HashSet;
use std::ops::Range;

use senselm_arch::{ArchError, Biases, TensorId, find, spec};
use senselm_gguf::{Gguf, TensorInfo};
use senselm_kernels::Weights;
use senselm_quant::{GgmlType, dequantize};

use crate::{Config, GptError};

/// A matrix's place in [`Tensors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MatrixId(usize);

/// A vector's place in [`Tensors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VectorId(usize);

impl MatrixId {
    /// The place of this matrix in [`Tensors::matrices`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0
    }
}

impl VectorId {
    /// The place of this vector in [`Tensors::vectors`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0
    }
}

/// A matrix in the file: `rows` outputs of `cols` contiguous inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Its name in the file.
    pub name: String,
    /// How its values are stored.
    pub ty: GgmlType,
    /// Number of outputs.
    pub rows: usize,
    /// Number of inputs.
    pub cols: usize,
    /// Where its bytes are, counted from the start of the file.
    pub range: Range<usize>,
}

/// All tensors of a model.
#[derive(Clone, Debug, Default)]
pub struct Tensors {
    matrices: Vec<Matrix>,
    vectors: Vec<Vec<f32>>,
    /// The bias of a norm that has none. `[C]`
    zeros: Vec<f32>,
}

impl Tensors {
    /// The matrix that `id` names.
    #[must_use]
    pub fn matrix(&self, id: MatrixId) -> &Matrix {
        &self.matrices[id.0]
    }

    /// The vector that `id` names.
    #[must_use]
    pub fn vector(&self, id: VectorId) -> &[f32] {
        &self.vectors[id.0]
    }

    /// The bias of a norm, zeros where there is none. `[C]`
    pub(crate) fn norm_bias(&self, id: Option<VectorId>) -> &[f32] {
        id.map_or(&self.zeros, |id| self.vector(id))
    }

    /// All matrices, in the order in which they were added.
    #[must_use]
    pub fn matrices(&self) -> &[Matrix] {
        &self.matrices
    }

    /// All vectors, in the order in which they were added.
    #[must_use]
    pub fn vectors(&self) -> &[Vec<f32>] {
        &self.vectors
    }

    /// How many numbers the model has learned.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        let matrices = self.matrices.iter().map(|m| m.rows as u64 * m.cols as u64);
        let vectors = self.vectors.iter().map(|v| v.len() as u64);
        matrices.chain(vectors).sum()
    }

    /// The matrix over the file's bytes, ready for a kernel.
    pub(crate) fn weights<'a>(
        &self,
        id: MatrixId,
        bytes: &'a [u8],
    ) -> Result<Weights<'a>, GptError> {
        let matrix = self.matrix(id);
        let bytes = bytes
            .get(matrix.range.clone())
            .ok_or(GptError::BytesChanged)?;
        Weights::new(matrix.ty, matrix.rows, matrix.cols, bytes).map_err(|source| {
            GptError::Kernel {
                name: matrix.name.clone(),
                source,
            }
        })
    }
}

/// Takes tensors out of a file and checks each.
pub(crate) struct Collector<'g> {
    gguf: &'g Gguf<'g>,
    config: &'g Config,
    biases: Biases,
    tensors: Tensors,
    taken: HashSet<&'g str>,
}

impl<'g> Collector<'g> {
    pub(crate) fn new(gguf: &'g Gguf<'g>, config: &'g Config) -> Self {
        Self {
            gguf,
            config,
            biases: Biases::of(gguf),
            tensors: Tensors::default(),
            taken: HashSet::new(),
        }
    }

    pub(crate) fn config(&self) -> &Config {
        self.config
    }

    /// Takes a matrix.
    pub(crate) fn matrix(&mut self, id: TensorId) -> Result<MatrixId, GptError> {
        match find(self.gguf, &self.biases, &spec(self.config, id))? {
            Some(info) => self.add_matrix(info),
            None => Err(missing(id)),
        }
    }

    /// Takes a norm's factors.
    pub(crate) fn gain(&mut self, id: TensorId) -> Result<VectorId, GptError> {
        match find(self.gguf, &self.biases, &spec(self.config, id))? {
            Some(info) => self.add_vector(info),
            None => Err(missing(id)),
        }
    }

    /// Takes the bias that goes with a weight, where there is one.
    pub(crate) fn bias(&mut self, weight: TensorId) -> Result<Option<VectorId>, GptError> {
        let info = find(self.gguf, &self.biases, &spec(self.config, weight.bias()))?;
        info.map(|info| self.add_vector(info)).transpose()
    }

    /// Takes a matrix as the file has it.
    pub(crate) fn add_matrix(&mut self, info: &'g TensorInfo<'g>) -> Result<MatrixId, GptError> {
        self.taken.insert(info.name);
        let id = MatrixId(self.tensors.matrices.len());
        let (rows, cols) = (info.dims.rows(), info.dims.cols());
        // Refuses types without a kernel now, not in the first forward pass.
        Weights::new(info.ty, rows, cols, self.gguf.tensor_bytes(info)).map_err(|source| {
            GptError::Kernel {
                name: info.name.into(),
                source,
            }
        })?;
        self.tensors.matrices.push(Matrix {
            name: info.name.into(),
            ty: info.ty,
            rows,
            cols,
            range: info.range.clone(),
        });
        Ok(id)
    }

    /// Takes a vector as the file has it.
    pub(crate) fn add_vector(&mut self, info: &'g TensorInfo<'g>) -> Result<VectorId, GptError> {
        self.taken.insert(info.name);
        let mut values = vec![0.0; info.dims.elements()];
        dequantize(info.ty, self.gguf.tensor_bytes(info), &mut values).map_err(|source| {
            GptError::Quant {
                name: info.name.into(),
                source,
            }
        })?;
        let id = VectorId(self.tensors.vectors.len());
        self.tensors.vectors.push(values);
        Ok(id)
    }

    /// All that was taken; refuses a file that holds more, as llama.cpp does.
    pub(crate) fn finish(mut self) -> Result<Tensors, GptError> {
        let unknown = |info: &&TensorInfo<'_>| !self.taken.contains(info.name);
        if let Some(info) = self.gguf.tensors().iter().find(unknown) {
            return Err(GptError::Arch(ArchError::UnexpectedTensor {
                name: info.name.into(),
                layers: self.config.layers,
            }));
        }
        self.tensors.zeros = vec![0.0; self.config.width];
        Ok(self.tensors)
    }
}

fn missing(id: TensorId) -> GptError {
    GptError::Arch(ArchError::MissingTensor { name: id.gguf() })
}
