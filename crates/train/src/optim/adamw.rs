//! Adam with decoupled weight decay, and clipping by the global norm.

use burn::Tensor;
use pulp::Arch;
use serde::{Deserialize, Serialize};

use crate::TrainError;
use crate::model::{Parameters, from_host, put_back, take, to_host};

/// The settings of AdamW besides the learning rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdamWSpec {
    /// Decay of the mean of the gradients.
    pub beta_1: f64,
    /// Decay of the mean of their squares.
    pub beta_2: f64,
    /// Added to the root of the mean square.
    pub epsilon: f64,
    /// Decoupled decay of matrices; vectors do not decay.
    pub weight_decay: f64,
}

impl Default for AdamWSpec {
    fn default() -> Self {
        Self {
            beta_1: 0.9,
            beta_2: 0.98,
            epsilon: 1e-8,
            weight_decay: 0.1,
        }
    }
}

/// The optimiser and its state, one pair of moments for each parameter.
///
/// # Source
/// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019,
/// algorithm 2.
#[derive(Debug, Clone)]
pub struct AdamW {
    spec: AdamWSpec,
    steps: u64,
    means: Vec<Tensor<1>>,
    squares: Vec<Tensor<1>>,
}

/// The state of the optimiser on the host.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    pub(crate) steps: u64,
    pub(crate) means: Vec<Vec<f32>>,
    pub(crate) squares: Vec<Vec<f32>>,
}

impl AdamW {
    /// An optimiser of `parameters` that has seen no gradient yet.
    #[must_use]
    pub fn new(spec: AdamWSpec, parameters: &Parameters) -> Self {
        let zeros = || {
            parameters
                .0
                .iter()
                .map(|parameter| parameter.value.zeros_like())
                .collect()
        };
        Self {
            spec,
            steps: 0,
            means: zeros(),
            squares: zeros(),
        }
    }

    /// Changes `parameters` by one step along `gradients`, which are in the
    /// same order.
    pub fn step(&mut self, parameters: &mut Parameters, gradients: Vec<Tensor<1>>, rate: f64) {
        let AdamWSpec {
            beta_1,
            beta_2,
            epsilon,
            weight_decay,
        } = self.spec;
        self.steps += 1;
        let power = self.steps.min(i32::MAX as u64) as i32;
        let corrected_1 = 1.0 - beta_1.powi(power);
        let corrected_2 = 1.0 - beta_2.powi(power);
        let moments = self.means.iter_mut().zip(&mut self.squares);
        for ((parameter, gradient), (mean, square)) in
            parameters.0.iter_mut().zip(gradients).zip(moments)
        {
            let squared = gradient.clone() * gradient.clone();
            mean.inplace(|mean| mean * beta_1 + gradient * (1.0 - beta_1));
            square.inplace(|square| square * beta_2 + squared * (1.0 - beta_2));
            let scale = square.clone().div_scalar(corrected_2).sqrt() + epsilon;
            let update = mean.clone() / scale * (rate / corrected_1);
            let keep = if parameter.decay {
                1.0 - rate * weight_decay
            } else {
                1.0
            };
            parameter.value.inplace(|value| value * keep - update);
        }
    }

    /// [`Self::step`] along `factor` times gradients that are slices, in one pass
    /// over each parameter.
    pub(crate) fn step_on_slices(
        &mut self,
        decays: impl IntoIterator<Item = bool>,
        values: &mut [Vec<f32>],
        gradients: &[Vec<f32>],
        factor: f64,
        rate: f64,
    ) -> Result<(), TrainError> {
        self.steps += 1;
        let power = self.steps.min(i32::MAX as u64) as i32;
        let update = Update {
            factor: factor as f32,
            beta_1: self.spec.beta_1 as f32,
            beta_2: self.spec.beta_2 as f32,
            new_1: (1.0 - self.spec.beta_1) as f32,
            new_2: (1.0 - self.spec.beta_2) as f32,
            corrected_2: (1.0 - self.spec.beta_2.powi(power)) as f32,
            epsilon: self.spec.epsilon as f32,
            rate: (rate / (1.0 - self.spec.beta_1.powi(power))) as f32,
            keep: 1.0,
        };
        let decayed = (1.0 - rate * self.spec.weight_decay) as f32;
        let moments = self.means.iter_mut().zip(&mut self.squares);
        let parameters = values.iter_mut().zip(gradients).zip(moments);
        for (((value, gradient), (mean, square)), decay) in parameters.zip(decays) {
            let (mut means, mut squares) = (take(mean)?, take(square)?);
            let keep = if decay { decayed } else { 1.0 };
            let update = Update { keep, ..update };
            update.apply(value, gradient, &mut means, &mut squares);
            put_back(mean, means);
            put_back(square, squares);
        }
        Ok(())
    }

    pub(crate) fn state(&self) -> Result<State, TrainError> {
        let host = |tensors: &[Tensor<1>]| -> Result<Vec<Vec<f32>>, TrainError> {
            tensors.iter().map(to_host).collect()
        };
        Ok(State {
            steps: self.steps,
            means: host(&self.means)?,
            squares: host(&self.squares)?,
        })
    }

    /// Replaces the state by one that [`Self::state`] gave.
    pub(crate) fn restore(&mut self, state: State) {
        self.steps = state.steps;
        for (tensor, values) in self.means.iter_mut().zip(state.means) {
            *tensor = from_host(values, &tensor.device());
        }
        for (tensor, values) in self.squares.iter_mut().zip(state.squares) {
            *tensor = from_host(values, &tensor.device());
        }
    }
}

/// The numbers of one step.
#[derive(Debug, Clone, Copy)]
struct Update {
    factor: f32,
    beta_1: f32,
    beta_2: f32,
    new_1: f32,
    new_2: f32,
    corrected_2: f32,
    epsilon: f32,
    rate: f32,
    keep: f32,
}

impl Update {
    fn apply(self, values: &mut [f32], gradient: &[f32], means: &mut [f32], squares: &mut [f32]) {
        Arch::new().dispatch(
            #[inline(always)]
            || {
                let moments = means.iter_mut().zip(squares);
                for ((value, gradient), (mean, square)) in
                    values.iter_mut().zip(gradient).zip(moments)
                {
                    let gradient = gradient * self.factor;
                    *mean = *mean * self.beta_1 + gradient * self.new_1;
                    *square = *square * self.beta_2 + gradient * gradient * self.new_2;
                    let scale = (*square / self.corrected_2).sqrt() + self.epsilon;
                    *value = *value * self.keep - *mean / scale * self.rate;
                }
            },
        );
    }
}

/// The factor that brings a norm down to a limit.
pub(crate) fn clip_factor(norm: f64, limit: Option<f64>) -> f64 {
    limit
        .filter(|&limit| norm > limit)
        .map_or(1.0, |limit| limit / norm)
}

/// Scales all gradients by one factor, so that the norm of all of them
/// together is at most `limit`; returns the norm before.
///
/// # Errors
/// [`TrainError::Device`] where the device fails.
pub(crate) fn clip_global_norm(
    gradients: &mut [Tensor<1>],
    limit: Option<f64>,
) -> Result<f64, TrainError> {
    let squares: Vec<Tensor<1>> = gradients
        .iter()
        .map(|gradient| (gradient.clone() * gradient.clone()).sum())
        .collect();
    if squares.is_empty() {
        return Ok(0.0);
    }
    let total: f64 = to_host(&Tensor::cat(squares, 0))?
        .into_iter()
        .map(f64::from)
        .sum();
    let norm = total.sqrt();
    let factor = clip_factor(norm, limit);
    if factor < 1.0 {
        for gradient in gradients {
            gradient.inplace(|gradient| gradient * factor);
        }
    }
    Ok(norm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    fn tensor(values: &[f32]) -> Tensor<1> {
        from_host(values.to_vec(), &Device::flex())
    }

    #[test]
    fn clipping_scales_all_gradients_by_one_factor() {
        let mut gradients = vec![tensor(&[3.0, 0.0]), tensor(&[0.0, 4.0])];
        let norm = clip_global_norm(&mut gradients, Some(1.0)).unwrap();
        assert!((norm - 5.0).abs() < 1e-6);
        assert_eq!(to_host(&gradients[0]).unwrap(), [0.6, 0.0]);
        assert_eq!(to_host(&gradients[1]).unwrap(), [0.0, 0.8]);
        let mut small = vec![tensor(&[0.3]), tensor(&[0.4])];
        clip_global_norm(&mut small, Some(1.0)).unwrap();
        assert_eq!(to_host(&small[0]).unwrap(), [0.3]);
    }

    #[test]
    fn two_steps_agree_with_the_formula() {
        let spec = AdamWSpec {
            beta_1: 0.9,
            beta_2: 0.99,
            epsilon: 1e-8,
            weight_decay: 0.5,
        };
        let device = Device::flex();
        let mut parameters = Parameters(vec![
            crate::model::Parameter::new("m".into(), vec![1, 1], vec![1.0], &device),
            crate::model::Parameter::new("v".into(), vec![1], vec![1.0], &device),
        ]);
        let mut optimiser = AdamW::new(spec, &parameters);
        let (mut matrix, mut vector) = (1.0_f64, 1.0_f64);
        let (mut mean, mut square) = (0.0_f64, 0.0_f64);
        for (step, gradient) in [(1, 0.5_f64), (2, -0.25)] {
            optimiser.step(
                &mut parameters,
                vec![tensor(&[gradient as f32]), tensor(&[gradient as f32])],
                0.1,
            );
            mean = 0.9 * mean + 0.1 * gradient;
            square = 0.99 * square + 0.01 * gradient * gradient;
            let update = 0.1 * (mean / (1.0 - 0.9_f64.powi(step)))
                / ((square / (1.0 - 0.99_f64.powi(step))).sqrt() + 1e-8);
            matrix = matrix * (1.0 - 0.1 * 0.5) - update;
            vector -= update;
        }
        let values = parameters.to_host().unwrap();
        assert!((f64::from(values[0][0]) - matrix).abs() < 1e-6);
        assert!((f64::from(values[1][0]) - vector).abs() < 1e-6);
    }
}
