//! What a file says about one tensor.

use std::ops::Range;

use senselm_quant::GgmlType;

use crate::GgufError;
use crate::limits::MAX_DIMS;

/// The dimensions of a tensor in ggml's order: the first is the contiguous one.
///
/// A weight matrix of `rows` output features over `cols` inputs is `[cols, rows]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dims {
    sizes: [u64; MAX_DIMS],
    count: usize,
}

impl Dims {
    /// Checks dimensions: 1 to 4, none zero, their product within a `usize`.
    ///
    /// # Errors
    /// [`GgufError::BadDimensionCount`], [`GgufError::ZeroDimension`] or
    /// [`GgufError::TensorTooLarge`], each with `name`.
    pub fn new(name: &str, sizes: &[u64]) -> Result<Self, GgufError> {
        let name = || name.to_owned();
        if sizes.is_empty() || sizes.len() > MAX_DIMS {
            return Err(GgufError::BadDimensionCount {
                name: name(),
                found: sizes.len() as u64,
                max: MAX_DIMS,
            });
        }
        if let Some(index) = sizes.iter().position(|&size| size == 0) {
            return Err(GgufError::ZeroDimension {
                name: name(),
                index,
            });
        }
        let elements = sizes
            .iter()
            .try_fold(1_u64, |product, &size| product.checked_mul(size))
            .and_then(|product| usize::try_from(product).ok());
        if elements.is_none() {
            return Err(GgufError::TensorTooLarge {
                name: name(),
                dims: sizes.to_vec(),
            });
        }
        let mut padded = [1; MAX_DIMS];
        padded[..sizes.len()].copy_from_slice(sizes);
        Ok(Self {
            sizes: padded,
            count: sizes.len(),
        })
    }

    /// The dimensions, contiguous first.
    #[must_use]
    pub fn as_slice(&self) -> &[u64] {
        &self.sizes[..self.count]
    }

    /// How many there are, 1 to 4.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Weights in all.
    #[must_use]
    pub fn elements(&self) -> usize {
        self.sizes.iter().product::<u64>() as usize
    }

    /// The contiguous dimension.
    #[must_use]
    pub fn cols(&self) -> usize {
        self.sizes[0] as usize
    }

    /// How many runs of [`Self::cols`] there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.elements() / self.cols()
    }

    /// The bytes the tensor takes as `ty`.
    pub(crate) fn bytes(&self, name: &str, ty: GgmlType) -> Result<usize, GgufError> {
        if !self.cols().is_multiple_of(ty.block_len()) {
            return Err(GgufError::PartialBlock {
                name: name.to_owned(),
                cols: self.sizes[0],
                ty: ty.name(),
                block_len: ty.block_len(),
            });
        }
        ty.bytes_for(self.elements())
            .ok_or_else(|| GgufError::TensorTooLarge {
                name: name.to_owned(),
                dims: self.as_slice().to_vec(),
            })
    }
}

/// One tensor of a parsed file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TensorInfo<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its dimensions.
    pub dims: Dims,
    /// How its weights are stored.
    pub ty: GgmlType,
    /// Where its bytes are, from the start of the file.
    pub range: Range<usize>,
}
