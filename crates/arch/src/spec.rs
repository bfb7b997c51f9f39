//! What a tensor is for, which shape it has, and how it begins.

use senselm_gguf::{Gguf, TensorInfo};

use crate::kind::TensorKind::{
    AttentionOutput, FfDown, FfUp, Head, PositionEmbedding, Qkv, TokenEmbedding,
};
use crate::{ArchError, Biases, Config, Suffix, TensorId, TensorKind};

/// What a tensor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A row for each token. `[V, C]`
    Embedding,
    /// A row for each position, which is added and never multiplied. `[T, C]`
    Positions,
    /// The matrix of a linear map. `[outputs, inputs]`
    Weight,
    /// A matrix whose output is added to the residual stream.
    /// `[outputs, inputs]`
    Residual,
    /// A row for each token, multiplied with the final states. `[V, C]`
    Head,
    /// The factors of a norm. `[C]`
    Gain,
    /// What a norm or a linear map adds. `[outputs]`
    Bias,
}

/// The values of a tensor before training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    /// All 0.
    Zeros,
    /// All 1.
    Ones,
    /// Normally distributed around 0.
    Normal {
        /// The standard deviation.
        deviation: f64,
    },
}

/// The standard deviation of GPT-2's first weights.
const DEVIATION: f64 = 0.02;

impl Role {
    /// Whether matrix products read it: what is added only, a vector or the
    /// positions, is kept as F32 whatever the file's type.
    #[must_use]
    pub const fn is_multiplied(self) -> bool {
        !matches!(self, Self::Positions | Self::Gain | Self::Bias)
    }

    /// How it begins in a model of so many layers: weights normal with a
    /// deviation of 0.02, smaller by the square root of how many add to the
    /// residual stream where they do, gains one and biases zero.
    ///
    /// # Source
    /// Radford et al., "Language models are unsupervised multitask learners",
    /// 2019, section 2.3.
    #[must_use]
    pub fn start(self, layers: usize) -> Start {
        match self {
            Self::Gain => Start::Ones,
            Self::Bias => Start::Zeros,
            Self::Residual => Start::Normal {
                deviation: DEVIATION / (2.0 * layers as f64).sqrt(),
            },
            Self::Embedding | Self::Positions | Self::Weight | Self::Head => Start::Normal {
                deviation: DEVIATION,
            },
        }
    }
}

/// One tensor of a model of some sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TensorSpec {
    /// Which one.
    pub id: TensorId,
    /// What it is for.
    pub role: Role,
    /// Rows of a matrix, values of a vector.
    pub outputs: usize,
    /// Columns of a matrix, which are contiguous; nothing for a vector.
    pub inputs: Option<usize>,
}

/// A tensor of a model of these sizes.
#[must_use]
pub fn spec(config: &Config, id: TensorId) -> TensorSpec {
    let [outputs, inputs] = matrix(config, id.kind);
    let (role, inputs) = match (id.suffix, id.kind) {
        (Suffix::Bias, _) => (Role::Bias, None),
        (Suffix::Weight, kind) if kind.is_norm() => (Role::Gain, None),
        (Suffix::Weight, TokenEmbedding) => (Role::Embedding, Some(inputs)),
        (Suffix::Weight, PositionEmbedding) => (Role::Positions, Some(inputs)),
        (Suffix::Weight, Head) => (Role::Head, Some(inputs)),
        (Suffix::Weight, AttentionOutput | FfDown) => (Role::Residual, Some(inputs)),
        (Suffix::Weight, _) => (Role::Weight, Some(inputs)),
    };
    TensorSpec {
        id,
        role,
        outputs,
        inputs,
    }
}

/// Outputs and inputs; of a norm both are its width.
const fn matrix(config: &Config, kind: TensorKind) -> [usize; 2] {
    let (width, ff_width) = (config.width, config.ff_width);
    match kind {
        TokenEmbedding | Head => [config.vocab, width],
        PositionEmbedding => [config.context, width],
        Qkv => [config.qkv_width(), width],
        FfUp => [ff_width, width],
        FfDown => [width, ff_width],
        _ => [width, width],
    }
}

/// Every tensor of a model of these sizes, in the order in which a pass meets
/// them, a bias behind its weight.
#[must_use]
pub fn tensors(config: &Config) -> Vec<TensorSpec> {
    let outside = |kind: &TensorKind| TensorId::weight(*kind);
    let behind = TensorKind::BEHIND.iter();
    let behind = behind.filter(|kind| **kind != Head || !config.tied);
    let layers = (0..config.layers).flat_map(|layer| {
        let kinds = TensorKind::IN_LAYER.into_iter();
        kinds.map(move |kind| TensorId::weight_in(layer, kind))
    });
    let weights = TensorKind::BEFORE.iter().map(outside);
    let weights = weights.chain(layers).chain(behind.map(outside));
    let both = weights.flat_map(|weight| {
        let has_bias = weight.kind.is_linear() || weight.kind.is_norm();
        [Some(weight), has_bias.then(|| weight.bias())]
    });
    both.flatten().map(|id| spec(config, id)).collect()
}

/// Where a file has a tensor; nothing for a bias that it lacks as a whole.
///
/// # Errors
/// [`ArchError::MissingTensor`] and [`ArchError::TensorShape`].
pub fn find<'f, 'g>(
    file: &'f Gguf<'g>,
    biases: &Biases,
    spec: &TensorSpec,
) -> Result<Option<&'f TensorInfo<'g>>, ArchError> {
    let name = spec.id.gguf();
    let Some(info) = file.tensor(&name) else {
        return match biases.lack(spec.id) {
            true => Ok(None),
            false => Err(ArchError::MissingTensor { name }),
        };
    };
    let (found, expected) = (info.dims.as_slice(), spec.dims());
    if !same_shape(found, &expected) {
        let found = found.to_vec();
        return Err(ArchError::TensorShape {
            name,
            expected,
            found,
        });
    }
    Ok(Some(info))
}

/// Trailing dimensions of one do not count: some writers pad to four.
fn same_shape(found: &[u64], expected: &[u64]) -> bool {
    let len = found.len().max(expected.len());
    let at = |dims: &[u64], i: usize| dims.get(i).copied().unwrap_or(1);
    (0..len).all(|i| at(found, i) == at(expected, i))
}

impl TensorSpec {
    /// Its dimensions in ggml's order: the contiguous one first.
    #[must_use]
    pub fn dims(&self) -> Vec<u64> {
        let outputs = self.outputs as u64;
        match self.inputs {
            Some(inputs) => vec![inputs as u64, outputs],
            None => vec![outputs],
        }
    }

    /// Whether a Hugging Face file keeps it the other way round (its
    /// `Conv1D`): there a row is an input.
    #[must_use]
    pub const fn is_transposed_in_hf(&self) -> bool {
        self.id.kind.is_linear() && self.inputs.is_some()
    }

    /// Its shape in a Hugging Face file, the contiguous dimension last.
    #[must_use]
    pub fn hf_shape(&self) -> Vec<u64> {
        let mut shape = self.dims();
        if !self.is_transposed_in_hf() {
            shape.reverse();
        }
        shape
    }

    /// The number of its values.
    #[must_use]
    pub const fn elements(&self) -> u64 {
        let inputs = match self.inputs {
            Some(inputs) => inputs as u64,
            None => 1,
        };
        self.outputs as u64 * inputs
    }
}
