//! One optimiser step: gradients of all parts of a batch, added up in a fixed
//! order, clipped, applied.

use burn::Tensor;
use burn::tensor::Device;
use senselm_sensor::rng::Rng;

use crate::TrainError;
use crate::data::{Batch, Emphasis, Sequence};
use crate::model::Dropout;
use crate::optim::{AdamW, clip_global_norm};
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
    ) -> Result<StepReport, TrainError> {
        let targets = sequences.iter().map(Sequence::targets).sum();
        let emphasis = self.emphasis.per_target(targets);
        let mut total: Option<Gradient> = None;
        let mut tokens = 0;
        for (part, chunk) in sequences.chunks(self.phase.batch).enumerate() {
            let share = chunk.len().div_ceil(self.shards).max(1);
            let batches: Vec<Batch> = chunk
                .chunks(share)
                .map(|shard| Batch::new(shard, emphasis))
                .filter(|batch| !batch.rows.is_empty())
                .collect();
            tokens += batches.iter().map(Batch::tokens).sum::<usize>();
            for gradient in self.gradients(trainee, &batches, step, part)? {
                total = Some(match total {
                    None => gradient,
                    Some(sum) => add(sum, gradient),
                });
            }
        }
        let Some(Gradient { loss, mut of }) = total else {
            return Err(TrainError::data(
                "no token of this batch counts: the recipe asks for a loss on answers or windows \
                 that are not there",
            ));
        };
        let gradient_norm = clip_global_norm(&mut of, self.phase.clip_limit())?;
        let rate = self.phase.schedule().at(step);
        optimiser.step(trainee.trainable_mut(), of, rate);
        Ok(StepReport {
            loss,
            gradient_norm,
            rate,
            tokens,
        })
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
            let stream = STREAM ^ (step << 16) ^ ((part * self.shards + index) as u64);
            let rng = Rng::new(self.seed, stream);
            let mut dropout = Dropout::new(self.phase.dropout, rng, self.device);
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
