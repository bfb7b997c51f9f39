//! A linear map, added to what is there.

use super::{Finish, matmul};
use crate::Packed;

/// `y + x w^T + bias`, one row.
///
/// # Shapes
/// `weights`: `[outputs, inputs]`; `x`: inputs; `y`, `bias` and the result:
/// outputs.
#[must_use]
pub fn linear_add(y: &[f32], x: &[f32], weights: &Packed, bias: &[f32]) -> Vec<f32> {
    let product = matmul(x, weights, bias, Finish::Store);
    y.iter().zip(product).map(|(y, p)| y + p).collect()
}
