//! Edges between levels, so that of the numbers that were seen about as many are
//! at each.

use senselm_sensor::{Edges, Numbers};

use crate::FitError;

/// Edges for the levels of an alphabet; `seen` are the numbers, of which NaN does
/// not count.
pub(crate) fn fit(alphabet: &str, seen: &[f64], place: &str) -> Result<Edges, FitError> {
    let levels = alphabet.chars().count();
    if levels < 2 {
        return Err(FitError::setting(
            place,
            "an alphabet of two levels at least is wanted",
        ));
    }
    let mut sorted: Vec<f64> = seen.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    // Equal numbers share a level, however many they are.
    sorted.dedup_by(|a, b| (*a as f32).to_bits() == (*b as f32).to_bits());
    if sorted.is_empty() {
        return Err(FitError::setting(
            place,
            "no window has a number to fit levels to",
        ));
    }
    let mut edges: Vec<f64> = Vec::with_capacity(levels - 1);
    for level in 1..levels {
        let at = (level * sorted.len()) as f64 / levels as f64;
        let above = (at.round() as usize).clamp(1, sorted.len().max(2) - 1);
        let between = match (sorted.get(above - 1), sorted.get(above)) {
            (Some(low), Some(high)) => low.midpoint(*high),
            _ => sorted[0],
        };
        // As the file holds them: in 32 bits, each above the one before.
        let mut edge = between as f32;
        if let Some(last) = edges.last() {
            edge = edge.max((*last as f32).next_up());
        }
        edges.push(f64::from(edge));
    }
    Ok(Edges {
        at: Numbers::pack(&edges),
        alphabet: alphabet.to_owned(),
    })
}
