//! What is being trained: all weights of a model, or adapters on frozen ones.

use burn::Tensor;
use burn::tensor::Device;

use crate::TrainError;
use crate::data::Batch;
use crate::fused;
use crate::model::{Dropout, LoraSpec, ModelConfig, Parameters, Weights, hidden, logits, to_host};

/// A model in training.
#[derive(Debug, Clone)]
pub(crate) struct Trainee {
    pub(crate) config: ModelConfig,
    pub(crate) base: Parameters,
    pub(crate) adapters: Option<(LoraSpec, Parameters)>,
}

/// The loss of a batch and the gradient of each trainable parameter.
pub(crate) struct Gradient {
    pub(crate) loss: f64,
    pub(crate) of: Vec<Tensor<1>>,
}

impl Trainee {
    pub(crate) fn new(config: ModelConfig, base: Parameters) -> Self {
        Self {
            config,
            base,
            adapters: None,
        }
    }

    /// Freezes the weights and adds adapters.
    pub(crate) fn with_adapters(mut self, spec: LoraSpec, seed: u64, device: &Device) -> Self {
        let adapters = spec.initial(&self.config, seed, device);
        self.adapters = Some((spec, adapters));
        self
    }

    pub(crate) fn trainable(&self) -> &Parameters {
        match &self.adapters {
            Some((_, adapters)) => adapters,
            None => &self.base,
        }
    }

    pub(crate) fn trainable_mut(&mut self) -> &mut Parameters {
        match &mut self.adapters {
            Some((_, adapters)) => adapters,
            None => &mut self.base,
        }
    }

    /// The dense weights of the model, with `trainable` in place of the
    /// current values.
    pub(crate) fn merged(&self, trainable: &Parameters) -> Parameters {
        match &self.adapters {
            Some((spec, _)) => spec.merge(&self.config, &self.base, trainable),
            None => trainable.clone(),
        }
    }

    /// Loss and gradients of one batch.
    pub(crate) fn gradient(
        &self,
        batch: &Batch,
        smoothing: f64,
        dropout: &mut Dropout,
        device: &Device,
    ) -> Result<Gradient, TrainError> {
        let device = device.clone().autodiff();
        let leaves: Vec<Tensor<1>> = self
            .trainable()
            .values()
            .into_iter()
            .map(|value| value.autodiff().require_grad())
            .collect();
        let weights = match &self.adapters {
            None => Weights::view(&self.config, &leaves),
            Some((spec, _)) => {
                let frozen: Vec<Tensor<1>> = self
                    .base
                    .values()
                    .into_iter()
                    .map(Tensor::autodiff)
                    .collect();
                let mut weights = Weights::view(&self.config, &frozen);
                spec.attach(&self.config, &mut weights, &leaves);
                weights
            }
        };
        let states = hidden(&self.config, &weights, batch.ids_tensor(&device), dropout);
        let rows = states.select(0, batch.rows_tensor(&device));
        let loss = fused::token_loss(
            logits(&weights, rows),
            batch.targets_tensor(&device),
            batch.weights_tensor(&device),
            smoothing,
        );
        let value = to_host(&loss.clone().inner())?
            .first()
            .copied()
            .unwrap_or(f32::NAN);
        let mut gradients = loss.backward();
        let of = leaves
            .into_iter()
            .map(|leaf| {
                leaf.grad_remove(&mut gradients)
                    .map_or_else(|| leaf.inner().zeros_like(), Tensor::inner)
            })
            .collect();
        Ok(Gradient {
            loss: f64::from(value),
            of,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LoraTarget;
    use burn::tensor::{Int, TensorData};

    const CONFIG: ModelConfig = ModelConfig {
        eps: 1e-3,
        ..ModelConfig::gpt2([2, 2, 8], 9, 23)
    };

    fn all_logits(weights: &Weights, device: &Device) -> Vec<f32> {
        let ids: Vec<i32> = (0..14).map(|at| (at * 5) % 23).collect();
        let ids: Tensor<2, Int> = Tensor::from_data(TensorData::new(ids, [2, 7]), device);
        let states = hidden(&CONFIG, weights, ids, &mut Dropout::off(device));
        to_host(&logits(weights, states)).unwrap()
    }

    #[test]
    fn merged_adapters_give_the_logits_of_attached_ones() {
        let device = Device::flex();
        let spec = LoraSpec {
            rank: 3,
            alpha: 6.0,
            dropout: 0.0,
            targets: vec![LoraTarget::AttnQkv, LoraTarget::FfnDown],
        };
        let base = Parameters::initial(&CONFIG, 1, &device);
        let mut trainee = Trainee::new(CONFIG, base).with_adapters(spec.clone(), 2, &device);
        for (index, parameter) in trainee.trainable_mut().0.iter_mut().enumerate() {
            let length = parameter.value.dims()[0];
            let values = (0..length).map(|at| ((at * 7 + index) % 11) as f32 * 0.03 - 0.15);
            parameter.value = crate::model::from_host(values.collect(), &device);
        }
        let mut attached = Weights::view(&CONFIG, &trainee.base.values());
        spec.attach(&CONFIG, &mut attached, &trainee.trainable().values());
        let merged = trainee.merged(trainee.trainable());
        let plain = Weights::view(&CONFIG, &trainee.base.values());

        let with = all_logits(&attached, &device);
        let dense = all_logits(&Weights::view(&CONFIG, &merged.values()), &device);
        let without = all_logits(&plain, &device);
        let far = |a: &[f32], b: &[f32]| {
            a.iter()
                .zip(b)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0_f32, f32::max)
        };
        assert!(far(&with, &dense) < 1e-5, "{}", far(&with, &dense));
        assert!(far(&with, &without) > 1e-3, "adapters do something");
    }

    #[test]
    fn gradients_of_the_whole_model_are_slopes_of_the_loss() {
        let device = Device::flex();
        let mut base = Parameters::initial(&CONFIG, 1, &device);
        for parameter in &mut base.0 {
            // Larger matrices, so that every part matters.
            if parameter.decay {
                parameter.value = parameter.value.clone() * 5.0;
            }
        }
        let sequences = [crate::data::Sequence {
            ids: vec![3, 9, 22, 1, 0, 14, 7],
            window: 0,
            answer: 4,
        }];
        let emphasis = crate::data::Emphasis {
            window: 0.1,
            answer: 0.5,
        };
        let batch = Batch::new(&sequences, emphasis);
        let loss = |base: &Parameters| -> Gradient {
            let trainee = Trainee::new(CONFIG, base.clone());
            let mut dropout = Dropout::off(&device);
            trainee
                .gradient(&batch, 0.1, &mut dropout, &device)
                .unwrap()
        };
        let gradient = loss(&base);
        for (index, parameter) in base.0.iter().enumerate() {
            let slopes = to_host(&gradient.of[index]).unwrap();
            // The steepest entry of each parameter.
            let steep = (0..slopes.len())
                .max_by(|&a, &b| slopes[a].abs().total_cmp(&slopes[b].abs()))
                .unwrap();
            let h = 3e-3;
            let moved = |by: f32| {
                let mut base = base.clone();
                let mut values = to_host(&parameter.value).unwrap();
                values[steep] += by;
                base.0[index].value = crate::model::from_host(values, &device);
                loss(&base).loss
            };
            let measured = (moved(h) - moved(-h)) / f64::from(2.0 * h);
            let found = f64::from(slopes[steep]);
            assert!(
                (measured - found).abs() <= 0.03 * found.abs() + 1e-3,
                "{}: {found} and {measured}",
                parameter.name
            );
        }
    }
}
