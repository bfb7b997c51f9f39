//! A norm, then a linear map.

use super::{Finish, Norm, layer_norm, matmul};
use crate::Packed;

/// `finish(norm(x) w^T + bias)`, one row.
///
/// # Shapes
/// `weights`: `[outputs, C]`; `x`: C; `bias` and the result: outputs.
#[must_use]
pub fn norm_linear(
    x: &[f32],
    norm: Norm<'_>,
    weights: &Packed,
    bias: &[f32],
    finish: Finish,
) -> Vec<f32> {
    matmul(&layer_norm(x, norm), weights, bias, finish)
}
