//! A row times a matrix.

use super::{Finish, dot, row_of};
use crate::Packed;

/// `finish(x w^T + bias)`, one row.
///
/// # Shapes
/// `weights`: `[outputs, inputs]`; `x`: inputs; `bias` and the result: outputs.
#[must_use]
pub fn matmul(x: &[f32], weights: &Packed, bias: &[f32], finish: Finish) -> Vec<f32> {
    let outputs = (0..weights.rows).zip(bias);
    outputs
        .map(|(row, bias)| finish.of(dot(x, &row_of(weights, row)) + bias))
        .collect()
}
