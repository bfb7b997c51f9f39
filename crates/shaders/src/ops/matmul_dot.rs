//! A row of bytes times a matrix.

use super::{Finish, Quantized, matmul};
use crate::Packed;

/// `finish(x w^T + bias)`, one row that was rounded to bytes. Nothing else is
/// rounded: the sum over a block of 32 is a whole number.
///
/// # Shapes
/// `weights`: `[outputs, inputs]`; `x`: inputs; `bias` and the result: outputs.
#[must_use]
pub fn matmul_dot(x: &Quantized, weights: &Packed, bias: &[f32], finish: Finish) -> Vec<f32> {
    let codes = x.codes.chunks(32).zip(&x.scales);
    let values = codes.flat_map(|(codes, scale)| codes.iter().map(move |&c| f32::from(c) * scale));
    matmul(&values.collect::<Vec<_>>(), weights, bias, finish)
}
