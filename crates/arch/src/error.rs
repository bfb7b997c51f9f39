//! What can be wrong with a model's sizes and tensors.

use senselm_gguf::GgufError;

/// Why something is not a model that is described here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchError {
    /// A key is missing or of another type.
    #[error(transparent)]
    Gguf(#[from] GgufError),

    /// The file holds a model of another family.
    #[error(
        "architecture `{found}` is not supported: `gpt2` models are run, converted and trained"
    )]
    Architecture {
        /// What `general.architecture` says.
        found: String,
    },

    /// A size is outside its bounds.
    #[error(
        "{size} is {found}, expected 1 to {max}: the model is damaged or made for another runtime"
    )]
    Size {
        /// Which size, in words.
        size: &'static str,
        /// What it is.
        found: u64,
        /// The largest accepted value.
        max: u64,
    },

    /// The heads do not divide the embedding width.
    #[error("{heads} heads do not divide an embedding width of {width}")]
    Heads {
        /// Number of attention heads, H.
        heads: usize,
        /// Embedding width, C.
        width: usize,
    },

    /// Keys and values cannot have so many heads.
    #[error("{found} heads of keys and values do not go with {heads} heads: GPT-2 has as many")]
    KeyValueHeads {
        /// Heads of keys and values.
        found: usize,
        /// Number of attention heads, H.
        heads: usize,
    },

    /// The norms' epsilon is not a small positive number.
    #[error("the epsilon of layer norms is {found}, expected a number above 0 and at most 1")]
    Epsilon {
        /// What it is.
        found: f32,
    },

    /// A tensor of the architecture is not in the file.
    #[error("tensor `{name}` is missing: convert the model again with all of its weights")]
    MissingTensor {
        /// The name looked for.
        name: String,
    },

    /// The file holds a tensor which the architecture has no use for.
    #[error("tensor `{name}` is not part of a GPT-2 with {layers} layers")]
    UnexpectedTensor {
        /// The tensor's name in the file.
        name: String,
        /// Number of layers according to the metadata, L.
        layers: usize,
    },

    /// A tensor has another shape than the sizes ask for.
    #[error("tensor `{name}` has dimensions {found:?}, expected {expected:?}")]
    TensorShape {
        /// The tensor's name in the file.
        name: String,
        /// Dimensions in ggml order, columns first.
        expected: Vec<u64>,
        /// Dimensions in ggml order, columns first.
        found: Vec<u64>,
    },
}
