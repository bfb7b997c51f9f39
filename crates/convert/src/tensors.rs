//! The tensors of a GPT-2 in the order in which llama.cpp writes them, from the
//! one table of them in `senselm-arch`.

use senselm_arch::TensorKind::{
    AttentionNorm, AttentionOutput, FfDown, FfNorm, FfUp, Head, OutputNorm, PositionEmbedding, Qkv,
    TokenEmbedding,
};
use senselm_arch::{Start, Suffix, TensorId, TensorKind, TensorSpec};

use crate::Architecture;

/// One tensor.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    /// Which one.
    pub(crate) id: TensorId,
    /// Its name in a GGUF file.
    pub(crate) gguf: String,
    /// Its name in a Hugging Face file.
    pub(crate) hf: String,
    /// The same without the prefix of its model.
    pub(crate) bare: String,
    /// Its dimensions in ggml's order: inputs, then outputs.
    pub(crate) dims: Vec<u64>,
    /// Whether Hugging Face keeps it transposed (its `Conv1D`).
    pub(crate) transposed: bool,
    /// How it begins.
    pub(crate) start: Start,
}

/// The order within a layer, then of what is behind all layers.
const ORDER: [TensorKind; 10] = [
    Qkv,
    AttentionOutput,
    FfUp,
    FfDown,
    AttentionNorm,
    FfNorm,
    OutputNorm,
    PositionEmbedding,
    TokenEmbedding,
    Head,
];

/// Every tensor, layer by layer, biases first. The head has one of its own only
/// where it is not tied to the embedding.
pub(crate) fn tensors(a: &Architecture, tied: bool) -> Vec<Spec> {
    let config = a.config(tied);
    let mut specs = senselm_arch::tensors(&config);
    specs.sort_by_key(|spec| place(spec.id));
    let specs = specs.iter().map(|spec| Spec::of(spec, config.layers));
    specs.collect()
}

fn place(id: TensorId) -> (usize, Option<usize>, bool) {
    let kind = ORDER.iter().position(|kind| *kind == id.kind);
    let layer = id.layer.unwrap_or(usize::MAX);
    (layer, kind, id.suffix == Suffix::Weight)
}

impl Spec {
    fn of(spec: &TensorSpec, layers: usize) -> Self {
        Self {
            id: spec.id,
            gguf: spec.id.gguf(),
            hf: spec.id.hf(),
            bare: spec.id.hf_bare(),
            dims: spec.dims(),
            transposed: spec.is_transposed_in_hf(),
            start: spec.role.start(layers),
        }
    }

    /// The shape in a Hugging Face file: outer dimension first, and a `Conv1D`
    /// the other way round.
    pub(crate) fn hf_shape(&self) -> Vec<u64> {
        let mut shape = self.dims.clone();
        if !self.transposed {
            shape.reverse();
        }
        shape
    }

    /// Weights in all.
    pub(crate) fn elements(&self) -> u64 {
        self.dims.iter().product()
    }
}

/// The transpose of a matrix of `rows` rows of `cols`, row by row.
pub(crate) fn transpose(values: &[f32], rows: usize, cols: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(values.len());
    for col in 0..cols {
        out.extend(values.iter().skip(col).step_by(cols.max(1)).take(rows));
    }
    out
}
