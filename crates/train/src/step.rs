//! One optimiser step: gradients of all parts of a batch, added up in a fixed
//! order, clipped, applied.

use burn::Tensor;
use burn::tensor::Device;
use senselm_sensor::rng::Rng;

use crate::TrainError;
use crate::cpu::passes::squares;
use crate::cpu::{Buffers, Gradients};
use crate::data::{Batch, Emphasis, Sequence};
use crate::model::{Dropout, put_back, take};
use crate::optim::{AdamW, clip_factor, clip_global_norm};
use crate::phase::PhaseSpec;
use crate::trainee::{Gradient, Trainee};

const STREAM: u64 = 0xd409_0000_0000_0000;

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct StepReport {
    pub(crate) loss: f64,
    pub(crate) gradient_norm: f64,
    pub(crate) rate: f64,
    pub(crate) tokens: usize,
}

/// Where and how a step is computed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepSettings<'a> {
    pub(crate) phase: &'a PhaseSpec,
    pub(crate) emphasis: Emphasis,
    pub(crate) seed: u64,
    pub(crate) shards: usize,
    pub(crate) device: &'a Device,
}

impl StepSettings<'_> {
    /// Trains on the sequences of one step.
    pub(crate) fn run(
        &self,
        trainee: &mut Trainee,
        optimiser: &mut AdamW,
        step: u64,
        sequences: &[Sequence],
        buffers: &mut Buffers,
    ) -> Result<StepReport, TrainError> {
        let parts = self.parts(sequences);
        if parts.iter().all(Vec::is_empty) {
            return Err(TrainError::data(
                "no token of this batch counts: the recipe asks for a loss on answers or windows \
                 that are not there",
            ));
        }
        let rate = self.phase.schedule().at(step);
        // Adapters have no pass of their own yet.
        let on_slices = *self.device == Device::flex() && trainee.adapters.is_none();
        let (loss, gradient_norm) = match on_slices {
            true => self.on_slices(trainee, optimiser, &parts, step, rate, buffers)?,
            false => self.by_graph(trainee, optimiser, &parts, step, rate)?,
        };
        Ok(StepReport {
            loss,
            gradient_norm,
            rate,
            tokens: parts.iter().flatten().map(Batch::tokens).sum(),
        })
    }

    /// The batches of each forward pass: one for each shard that has a token that
    /// counts.
    fn parts(&self, sequences: &[Sequence]) -> Vec<Vec<Batch>> {
        let targets = sequences.iter().map(Sequence::targets).sum();
        let emphasis = self.emphasis.per_target(targets);
        let parts = sequences.chunks(self.phase.batch).map(|part| {
            let share = part.len().div_ceil(self.shards).max(1);
            let shards = part.chunks(share);
            let batches = shards.map(|shard| Batch::new(shard, emphasis));
            batches.filter(|batch| !batch.rows.is_empty()).collect()
        });
        parts.collect()
    }

    /// Loss and gradient norm of a step over the slices of a CPU.
    fn on_slices(
        &self,
        trainee: &mut Trainee,
        optimiser: &mut AdamW,
        parts: &[Vec<Batch>],
        step: u64,
        rate: f64,
        buffers: &mut Buffers,
    ) -> Result<(f64, f64), TrainError> {
        let parameters = &mut trainee.base.0;
        let mut values = Vec::with_capacity(parameters.len());
        for parameter in parameters.iter_mut() {
            values.push(take(&mut parameter.value)?);
        }
        let slices: Vec<&[f32]> = values.iter().map(Vec::as_slice).collect();
        let gradients = Gradients {
            config: &trainee.config,
            values: &slices,
            smoothing: self.phase.label_smoothing,
        };
        gradients.begin(buffers, self.shards);
        let mut loss = 0.0;
        for (part, batches) in parts.iter().enumerate() {
            let dropout = |index| self.dropout(step, part, index);
            loss += gradients
                .add(buffers, batches, dropout)?
                .iter()
                .sum::<f64>();
        }
        let gradient = buffers.total();
        let squares: f64 = gradient.iter().map(|gradient| squares(gradient)).sum();
        let norm = squares.sqrt();
        let factor = clip_factor(norm, self.phase.clip_limit());
        let decays = parameters.iter().map(|parameter| parameter.decay);
        optimiser.step_on_slices(decays, &mut values, gradient, factor, rate)?;
        for (parameter, values) in parameters.iter_mut().zip(values) {
            put_back(&mut parameter.value, values);
        }
        Ok((loss, norm))
    }

    /// Loss and gradient norm of a step by burn's graph.
    fn by_graph(
        &self,
        trainee: &mut Trainee,
        optimiser: &mut AdamW,
        parts: &[Vec<Batch>],
        step: u64,
        rate: f64,
    ) -> Result<(f64, f64), TrainError> {
        let mut total: Option<Gradient> = None;
        for (part, batches) in parts.iter().enumerate() {
            for gradient in self.gradients(trainee, batches, step, part)? {
                total = Some(match total {
                    None => gradient,
                    Some(sum) => add(sum, gradient),
                });
            }
        }
        let Gradient { loss, mut of } = total.unwrap_or(Gradient {
            loss: 0.0,
            of: Vec::new(),
        });
        let norm = clip_global_norm(&mut of, self.phase.clip_limit())?;
        optimiser.step(trainee.trainable_mut(), of, rate);
        Ok((loss, norm))
    }

    /// The dropout of one shard.
    fn dropout(&self, step: u64, part: usize, shard: usize) -> Dropout {
        let stream = STREAM ^ (step << 16) ^ ((part * self.shards + shard) as u64);
        Dropout::new(self.phase.dropout, Rng::new(self.seed, stream), self.device)
    }

    /// The gradients of all shards, in order, each computed on its own thread.
    fn gradients(
        &self,
        trainee: &Trainee,
        batches: &[Batch],
        step: u64,
        part: usize,
    ) -> Result<Vec<Gradient>, TrainError> {
        let one = |index: usize, batch: &Batch| {
            let mut dropout = self.dropout(step, part, index);
            trainee.gradient(batch, self.phase.label_smoothing, &mut dropout, self.device)
        };
        if let [batch] = batches {
            return Ok(vec![one(0, batch)?]);
        }
        std::thread::scope(|scope| {
            let handles: Vec<_> = batches
                .iter()
                .enumerate()
                .map(|(index, batch)| scope.spawn(move || one(index, batch)))
                .collect();
            handles
                .into_iter()
                .map(|handle| {
                    handle
                        .join()
                        .unwrap_or_else(|_| Err(TrainError::device("a training thread panicked")))
                })
                .collect()
        })
    }
}

fn add(sum: Gradient, next: Gradient) -> Gradient {
    Gradient {
        loss: sum.loss + next.loss,
        of: sum
            .of
            .into_iter()
            .zip(next.of)
            .map(|(a, b): (Tensor<1>, Tensor<1>)| a + b)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ModelConfig, Parameters, to_host};

    /// Rounding in another order; gradients are around 0.1.
    const TOLERANCE: f32 = 2e-5;

    const PHASE: &str = "steps = 10\nbatch = 3\naccumulate = 2\nlearning_rate = 0.01\n\
                         dropout = 0.2\nlabel_smoothing = 0.1\nwindow_loss = 0.3\nclip = 0.5\n";

    fn sequences(count: usize, lengths: &[usize], vocab: usize) -> Vec<Sequence> {
        (0..count)
            .map(|index| {
                let length = lengths[index % lengths.len()];
                let id = |at: usize| ((at * 7 + index * 3) % vocab) as u32;
                Sequence {
                    ids: (0..length).map(id).collect(),
                    window: 1,
                    answer: length - 2,
                }
            })
            .collect()
    }

    fn parameters(config: &ModelConfig, device: &Device) -> Parameters {
        let mut parameters = Parameters::initial(config, 3, device);
        for parameter in &mut parameters.0 {
            // Larger matrices, so that every part matters.
            if parameter.decay {
                parameter.value = parameter.value.clone() * 5.0;
            }
        }
        parameters
    }

    #[test]
    fn slices_and_graph_take_the_same_step() {
        let device = Device::flex();
        let phase: PhaseSpec = toml::from_str(PHASE).unwrap();
        let wide = ModelConfig {
            ff_width: 40,
            tied: false,
            ..ModelConfig::gpt2([3, 3, 21], 9, 35)
        };
        for config in [ModelConfig::gpt2([2, 2, 8], 9, 23), wide] {
            let settings = StepSettings {
                phase: &phase,
                emphasis: Emphasis {
                    window: 0.3,
                    answer: 1.0,
                },
                seed: 4,
                shards: 2,
                device: &device,
            };
            let sequences = sequences(5, &[8, 4, 6], config.vocab);
            let parts = settings.parts(&sequences);
            let mut trainee = Trainee::new(config, parameters(&config, &device));

            let mut expected: Option<Gradient> = None;
            for (part, batches) in parts.iter().enumerate() {
                for gradient in settings.gradients(&trainee, batches, 1, part).unwrap() {
                    expected = Some(match expected {
                        None => gradient,
                        Some(sum) => add(sum, gradient),
                    });
                }
            }
            let expected = expected.unwrap();
            let mut buffers = Buffers::default();
            let mut optimiser = AdamW::new(phase.adamw, trainee.trainable());
            let report = settings
                .run(&mut trainee, &mut optimiser, 1, &sequences, &mut buffers)
                .unwrap();
            assert!((report.loss - expected.loss).abs() < 1e-6 * expected.loss);
            // The sum stands in the first shard's buffers.
            let found = buffers.gradient();
            for ((parameter, found), expected) in trainee.base.0.iter().zip(found).zip(&expected.of)
            {
                let expected = to_host(expected).unwrap();
                assert_eq!(found.len(), expected.len(), "{}", parameter.name);
                for (at, (a, b)) in found.iter().zip(&expected).enumerate() {
                    let far = (a - b).abs();
                    let name = &parameter.name;
                    assert!(
                        far <= TOLERANCE * b.abs().max(1.0),
                        "{name} {at}: {a} and {b}"
                    );
                }
            }

            let mut of = expected.of;
            let norm = clip_global_norm(&mut of, phase.clip_limit()).unwrap();
            assert!((norm - report.gradient_norm).abs() < 1e-5 * norm);
            let mut by_graph = parameters(&config, &device);
            AdamW::new(phase.adamw, &by_graph).step(&mut by_graph, of, report.rate);
            let values = trainee.base.to_host().unwrap();
            for (found, expected) in values.iter().zip(by_graph.to_host().unwrap()) {
                for (a, b) in found.iter().zip(&expected) {
                    // The first step of Adam is a sign: where the gradient is
                    // nothing, rounding decides.
                    assert!((a - b).abs() <= 2.1 * report.rate as f32);
                }
            }
        }
    }
}
