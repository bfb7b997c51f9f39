//! Starting points that know that positions follow one another and that levels
//! are ordered. With a few hundred windows a model does not learn either from
//! scratch, and this is worth several percent; docs/experiments.md has the
//! figures.

use burn::tensor::Device;
use senselm_arch::{TensorId, TensorKind};
use senselm_sensor::rng::Rng;
use serde::{Deserialize, Serialize};

use super::ModelConfig;
use super::parameters::{Parameters, from_host, to_host};
use crate::TrainError;

const STREAM: u64 = 0x1217_0000;
/// The wavelengths of positions span this factor.
const SPAN: f64 = 200.0;
/// The fastest wave, in radians per position.
const FASTEST: f64 = 1.5;
/// The random part of an ordered symbol.
const NOISE: f64 = 0.01;

/// What replaces GPT-2's random embeddings; 0 leaves them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InitialSpec {
    /// The amplitude of sines and cosines as position embeddings.
    pub position_waves: f64,
    /// The amplitude of smooth functions of the level as embeddings of level
    /// symbols.
    pub ordered_levels: f64,
}

impl InitialSpec {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`TrainError::Recipe`].
    pub fn check(&self) -> Result<(), TrainError> {
        let fine = |value: f64| (0.0..=10.0).contains(&value);
        if fine(self.position_waves) && fine(self.ordered_levels) {
            return Ok(());
        }
        Err(TrainError::recipe(
            "model.initial",
            "amplitudes must be between 0 and 10",
        ))
    }

    /// Replaces embeddings in `parameters`. Each of `alphabets` lists the
    /// tokens of levels, lowest first.
    ///
    /// # Errors
    /// [`TrainError::Device`].
    pub(crate) fn apply(
        &self,
        config: &ModelConfig,
        parameters: &mut Parameters,
        alphabets: &[Vec<u32>],
        seed: u64,
        device: &Device,
    ) -> Result<(), TrainError> {
        for parameter in &mut parameters.0 {
            let kind = TensorId::from_gguf(&parameter.name).map(|id| id.kind);
            let mut values = match kind {
                Some(TensorKind::PositionEmbedding) if self.position_waves > 0.0 => {
                    waves(config, self.position_waves)
                }
                Some(TensorKind::TokenEmbedding) if self.ordered_levels > 0.0 => {
                    to_host(&parameter.value)?
                }
                _ => continue,
            };
            if kind == Some(TensorKind::TokenEmbedding) {
                for (index, alphabet) in alphabets.iter().enumerate() {
                    let mut rng = Rng::new(seed, STREAM + index as u64);
                    order(
                        &mut values,
                        config.width,
                        alphabet,
                        self.ordered_levels,
                        &mut rng,
                    );
                }
            }
            parameter.value = from_host(values, device);
        }
        Ok(())
    }
}

/// Sines and cosines of the position, from fast to slow.
///
/// # Source
/// Vaswani et al., "Attention is all you need", 2017, section 3.5; here only
/// a starting point.
fn waves(config: &ModelConfig, amplitude: f64) -> Vec<f32> {
    let c = config.width;
    (0..config.context * c)
        .map(|at| {
            let (position, column) = ((at / c) as f64, at % c);
            let share = (column - column % 2) as f64 / c as f64;
            let angle = position * FASTEST * (-share * SPAN.ln()).exp();
            let wave = if column % 2 == 0 {
                angle.sin()
            } else {
                angle.cos()
            };
            (wave * amplitude) as f32
        })
        .collect()
}

/// Gives neighbouring levels similar embeddings: three random directions times
/// a line, a parabola and a wave over the range.
fn order(values: &mut [f32], width: usize, alphabet: &[u32], amplitude: f64, rng: &mut Rng) {
    let directions: Vec<[f64; 3]> = (0..width)
        .map(|_| [rng.normal(), rng.normal() * 0.5, rng.normal() * 0.3])
        .collect();
    let last = alphabet.len().saturating_sub(1).max(1) as f64;
    for (level, &token) in alphabet.iter().enumerate() {
        let z = 2.0 * level as f64 / last - 1.0;
        let shape = [z, 2.0 * z * z - 1.0, (core::f64::consts::TAU * z).cos()];
        let start = token as usize * width;
        let Some(row) = values.get_mut(start..start + width) else {
            continue;
        };
        for (value, direction) in row.iter_mut().zip(&directions) {
            let smooth: f64 = shape.iter().zip(direction).map(|(a, b)| a * b).sum();
            *value = (NOISE * rng.normal() + amplitude * smooth) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_levels_are_closer_than_distant_ones() {
        let mut values = vec![0.0; 8 * 64];
        let alphabet: Vec<u32> = (0..8).collect();
        order(&mut values, 64, &alphabet, 0.1, &mut Rng::new(4, 0));
        let far = |a: usize, b: usize| -> f32 {
            let rows = values[a * 64..][..64].iter().zip(&values[b * 64..][..64]);
            rows.map(|(a, b)| (a - b) * (a - b)).sum()
        };
        assert!(far(0, 1) < far(0, 7) && far(3, 4) < far(1, 6));
    }
}
