//! How long a step of training takes here: real steps on made-up sequences, for the
//! chore that holds them against other software.

use std::time::Instant;

use burn::tensor::Device;

use crate::TrainError;
use crate::cpu::Buffers;
use crate::data::{Emphasis, Sequence};
use crate::model::{ModelConfig, Parameters};
use crate::optim::{AdamW, AdamWSpec, Ema};
use crate::phase::PhaseSpec;
use crate::step::StepSettings;
use crate::trainee::Trainee;

/// Decay of the averaged weights, as in the recipes.
const EMA: f64 = 0.98;
/// Tokens of the answer, the last ones.
const ANSWER: usize = 2;

/// A model and what is in a step of it.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The sizes of the model.
    pub config: ModelConfig,
    /// Sequences of a step.
    pub batch: usize,
    /// Predicted tokens of a sequence, T.
    pub tokens: usize,
    /// Those at its end whose prediction counts.
    pub counted: usize,
    /// The rate of dropout.
    pub dropout: f64,
}

impl Pace {
    /// Takes `steps` steps on the CPU and gives what each took, in seconds: both
    /// passes, clipping, AdamW and the average.
    ///
    /// # Errors
    /// [`TrainError::TooLong`] where a sequence does not fit the context; those of
    /// a step.
    pub fn measure(&self, steps: u64) -> Result<Vec<f64>, TrainError> {
        let Self { config, tokens, .. } = *self;
        if tokens > config.context {
            let context = config.context;
            return Err(TrainError::TooLong { tokens, context });
        }
        let device = Device::flex();
        let phase = self.phase(steps);
        let settings = StepSettings {
            phase: &phase,
            emphasis: Emphasis {
                window: 1.0,
                answer: 1.0,
            },
            seed: 1,
            shards: crate::Device::Cpu.shards(),
            device: &device,
        };
        let sequences: Vec<Sequence> = (0..self.batch).map(|index| self.sequence(index)).collect();
        let parameters = Parameters::initial(&config, 1, &device);
        let mut trainee = Trainee::new(config, parameters);
        let mut optimiser = AdamW::new(phase.adamw, trainee.trainable());
        let mut average = Ema::new(EMA, trainee.trainable());
        let mut buffers = Buffers::default();
        let mut times = Vec::new();
        for step in 0..steps {
            let started = Instant::now();
            settings.run(&mut trainee, &mut optimiser, step, &sequences, &mut buffers)?;
            average.update(trainee.trainable(), step);
            times.push(started.elapsed().as_secs_f64());
        }
        Ok(times)
    }

    fn phase(&self, steps: u64) -> PhaseSpec {
        PhaseSpec {
            steps,
            batch: self.batch,
            accumulate: 1,
            learning_rate: 1e-3,
            floor: 0.02,
            warmup: 0,
            clip: 1.0,
            ema: EMA,
            dropout: self.dropout,
            label_smoothing: 0.0,
            window_loss: 1.0,
            bucket: false,
            evaluate_every: 0,
            checkpoint_every: 0,
            early_stopping: None,
            adamw: AdamWSpec::default(),
        }
    }

    /// A sequence without a pattern that could be learned quickly.
    fn sequence(&self, index: usize) -> Sequence {
        let length = self.tokens + 1;
        let id = |at: usize| ((at * 7919 + index * 104_729) % self.config.vocab) as u32;
        Sequence {
            ids: (0..length).map(id).collect(),
            window: length - self.counted.min(self.tokens),
            answer: length - ANSWER.min(self.tokens),
        }
    }
}
