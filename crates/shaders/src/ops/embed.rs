//! Token plus position.

use super::row_of;
use crate::Packed;

/// `tokens[id] + positions[position]`
///
/// # Shapes
/// `tokens`: `[V, C]`; `positions`: `[context, C]`; the result: C, padded.
#[must_use]
pub fn embed(tokens: &Packed, id: usize, positions: &Packed, position: usize) -> Vec<f32> {
    let token = row_of(tokens, id);
    let place = row_of(positions, position);
    token.iter().zip(place).map(|(a, b)| a + b).collect()
}
