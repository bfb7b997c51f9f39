//! The one table of a GPT-2's tensors: both their names, their shape, and how
//! they begin before training.

use crate::Architecture;

/// One tensor.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    /// Its name in a GGUF file.
    pub(crate) gguf: String,
    /// Its name in a Hugging Face file.
    pub(crate) hf: String,
    /// Its dimensions in ggml's order: inputs, then outputs.
    pub(crate) dims: Vec<u64>,
    /// Whether Hugging Face keeps it transposed (its `Conv1D`).
    pub(crate) transposed: bool,
    /// How it begins.
    pub(crate) start: Start,
}

/// The values of a tensor before training.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    Zeros,
    Ones,
    /// Normally distributed, mean 0 and standard deviation 0.02.
    Normal,
    /// As `Normal`, but smaller by the square root of the number of layers that
    /// add to the residual stream.
    NormalResidual,
}

/// Every tensor, layer by layer. The head has one of its own only where it is
/// not tied to the embedding.
pub(crate) fn tensors(a: &Architecture, tied: bool) -> Vec<Spec> {
    let (c, ff) = (a.width, a.ff_width);
    let mut specs = Vec::new();
    for i in 0..a.layers {
        let gguf = |part: &str| format!("blk.{i}.{part}");
        let hf = |part: &str| format!("transformer.h.{i}.{part}");
        let mut linear = |ours: &str, theirs: &str, dims: [u64; 2], start: Start| {
            let (gguf, hf) = (gguf(ours), hf(theirs));
            specs.push(vector(&gguf, &hf, "bias", dims[1], Start::Zeros));
            specs.push(matrix(&gguf, &hf, dims, true, start));
        };
        linear("attn_qkv", "attn.c_attn", [c, 3 * c], Start::Normal);
        linear("attn_output", "attn.c_proj", [c, c], Start::NormalResidual);
        linear("ffn_up", "mlp.c_fc", [c, ff], Start::Normal);
        linear("ffn_down", "mlp.c_proj", [ff, c], Start::NormalResidual);
        norm(&mut specs, &gguf("attn_norm"), &hf("ln_1"), c);
        norm(&mut specs, &gguf("ffn_norm"), &hf("ln_2"), c);
    }
    norm(&mut specs, "output_norm", "transformer.ln_f", c);
    let (positions, tokens) = ([c, a.context], [c, a.vocab]);
    let mut table = |ours: &str, theirs: &str, dims: [u64; 2]| {
        specs.push(matrix(ours, theirs, dims, false, Start::Normal));
    };
    table("position_embd", "transformer.wpe", positions);
    table("token_embd", "transformer.wte", tokens);
    if !tied {
        table("output", "lm_head", tokens);
    }
    specs
}

fn norm(specs: &mut Vec<Spec>, gguf: &str, hf: &str, width: u64) {
    specs.push(vector(gguf, hf, "bias", width, Start::Zeros));
    specs.push(vector(gguf, hf, "weight", width, Start::Ones));
}

fn vector(gguf: &str, hf: &str, part: &str, len: u64, start: Start) -> Spec {
    Spec {
        gguf: format!("{gguf}.{part}"),
        hf: format!("{hf}.{part}"),
        dims: vec![len],
        transposed: false,
        start,
    }
}

fn matrix(gguf: &str, hf: &str, dims: [u64; 2], transposed: bool, start: Start) -> Spec {
    Spec {
        gguf: format!("{gguf}.weight"),
        hf: format!("{hf}.weight"),
        dims: dims.to_vec(),
        transposed,
        start,
    }
}

impl Spec {
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
