//! What the shaders compute, in plain loops over one row at a time: the oracle
//! of their tests. Nothing here is fast, and no model runs on it.

mod attention;
mod embed;
mod layer_norm;
mod linear_add;
mod matmul;
mod matmul_dot;
mod norm_linear;
mod quantize;
mod sample;
mod score;

pub use attention::attention;
pub use embed::embed;
pub use layer_norm::{Norm, layer_norm};
pub use linear_add::linear_add;
pub use matmul::matmul;
pub use matmul_dot::matmul_dot;
pub use norm_linear::norm_linear;
pub use quantize::{Quantized, quantize};
pub use sample::{Choice, Draw, gumbel, philox4x32, sample};
pub use score::log_sum_exp;

use senselm_quant::f16_to_f32;

use crate::{Packed, WeightType};

/// What follows a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Nothing.
    Store,
    /// GELU in its tanh form.
    Gelu,
}

impl Finish {
    fn of(self, v: f32) -> f32 {
        match self {
            Self::Store => v,
            Self::Gelu => {
                let u = 0.797_884_6 * (v + 0.044_715 * v * v * v);
                0.5 * v * (1.0 + u.tanh())
            }
        }
    }
}

/// A row of weights with its padding, as floats. A row that is not there is
/// empty.
#[must_use]
pub fn row_of(weights: &Packed, row: usize) -> Vec<f32> {
    let octets = crate::padded(weights.cols) / 8;
    let words = octets * weights.ty.words();
    let quants = weights.quants.iter().skip(row * words).take(words);
    let values = quants.flat_map(|&word| match weights.ty {
        WeightType::Q8_0 => word.to_le_bytes().map(|b| f32::from(b as i8)).to_vec(),
        WeightType::Q4_0 => (0..8)
            .map(|i| (word >> (4 * i) & 15) as f32 - 8.0)
            .collect(),
        WeightType::F16 => vec![half(word, 0), half(word, 1)],
        WeightType::F32 => vec![f32::from_bits(word)],
    });
    let scale = |column: usize| {
        let block = row * octets / 4 + column / 32;
        match weights.ty.has_scales() {
            true => weights
                .scales
                .get(block / 2)
                .map_or(0.0, |&w| half(w, block % 2)),
            false => 1.0,
        }
    };
    values
        .enumerate()
        .map(|(column, v)| v * scale(column))
        .collect()
}

fn half(word: u32, which: usize) -> f32 {
    f16_to_f32((word >> (16 * which)) as u16)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
