//! A model's tensors: matrices stay where the file has them, vectors are
//! copied out.
//!
//! A matrix is a checked type, shape and byte range; its bytes are never
//! copied or converted here. Biases, gains and other vectors are small and are
//! wanted as plain `f32`, so they are decoded once.

use std::collections::HashSet;
use std::ops::Range;

use senselm_gguf::{Gguf, TensorInfo};
use senselm_kernels::Weights;
use senselm_quant::{GgmlType, dequantize};

use crate::GptError;

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

/// Takes tensors out of a file by name and checks each.
pub(crate) struct Collector<'g> {
    gguf: &'g Gguf<'g>,
    tensors: Tensors,
    taken: HashSet<String>,
}

impl<'g> Collector<'g> {
    pub(crate) fn new(gguf: &'g Gguf<'g>) -> Self {
        Self {
            gguf,
            tensors: Tensors::default(),
            taken: HashSet::new(),
        }
    }

    /// Whether the file has a tensor of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.gguf.tensor(name).is_some()
    }

    /// Takes the matrix `name` of `rows` outputs and `cols` inputs.
    pub(crate) fn matrix(
        &mut self,
        name: &str,
        rows: usize,
        cols: usize,
    ) -> Result<MatrixId, GptError> {
        let info = self.take(name, &[cols as u64, rows as u64])?;
        let id = MatrixId(self.tensors.matrices.len());
        self.tensors.matrices.push(Matrix {
            name: name.into(),
            ty: info.ty,
            rows,
            cols,
            range: info.range.clone(),
        });
        // Refuses types without a kernel now, not in the first forward pass.
        Weights::new(info.ty, rows, cols, self.gguf.tensor_bytes(info)).map_err(|source| {
            GptError::Kernel {
                name: name.into(),
                source,
            }
        })?;
        Ok(id)
    }

    /// Takes the vector `name` of `len` values.
    pub(crate) fn vector(&mut self, name: &str, len: usize) -> Result<VectorId, GptError> {
        let info = self.take(name, &[len as u64])?;
        let mut values = vec![0.0; len];
        dequantize(info.ty, self.gguf.tensor_bytes(info), &mut values).map_err(|source| {
            GptError::Quant {
                name: name.into(),
                source,
            }
        })?;
        let id = VectorId(self.tensors.vectors.len());
        self.tensors.vectors.push(values);
        Ok(id)
    }

    /// All that was taken; refuses a file that holds more, as llama.cpp does.
    pub(crate) fn finish(self, layers: usize) -> Result<Tensors, GptError> {
        let unknown = |info: &&TensorInfo<'_>| !self.taken.contains(info.name);
        match self.gguf.tensors().iter().find(unknown) {
            Some(info) => Err(GptError::UnexpectedTensor {
                name: info.name.into(),
                layers,
            }),
            None => Ok(self.tensors),
        }
    }

    fn take(&mut self, name: &str, expected: &[u64]) -> Result<&'g TensorInfo<'g>, GptError> {
        let info = self
            .gguf
            .tensor(name)
            .ok_or_else(|| GptError::MissingTensor { name: name.into() })?;
        let found = info.dims.as_slice();
        if !same_shape(found, expected) {
            return Err(GptError::TensorShape {
                name: name.into(),
                expected: expected.to_vec(),
                found: found.to_vec(),
            });
        }
        self.taken.insert(name.into());
        Ok(info)
    }
}

/// Trailing dimensions of one do not count: some writers pad to four.
fn same_shape(found: &[u64], expected: &[u64]) -> bool {
    let len = found.len().max(expected.len());
    let at = |dims: &[u64], i: usize| dims.get(i).copied().unwrap_or(1);
    (0..len).all(|i| at(found, i) == at(expected, i))
}
