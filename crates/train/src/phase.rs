//! The settings of one phase of training: pretraining or fine-tuning.

use serde::Deserialize;

use crate::TrainError;
use crate::optim::{AdamWSpec, Schedule};

/// The settings of one phase.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseSpec {
    /// Optimiser steps.
    pub steps: u64,
    /// Sequences of one forward pass.
    pub batch: usize,
    /// Forward passes of one step; their gradients add up.
    #[serde(default = "one")]
    pub accumulate: usize,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// The last learning rate, as a share of the highest.
    #[serde(default = "floor")]
    pub floor: f64,
    /// Steps until the highest learning rate.
    #[serde(default)]
    pub warmup: u64,
    /// The largest global norm of the gradients; 0 for no limit.
    #[serde(default = "clip")]
    pub clip: f64,
    /// The decay of the averaged weights, which are what is exported; 0 for
    /// none.
    #[serde(default)]
    pub ema: f64,
    /// Dropout on embeddings and on what each half of a block adds.
    #[serde(default)]
    pub dropout: f64,
    /// The share of the target that is spread over the whole vocabulary.
    #[serde(default)]
    pub label_smoothing: f64,
    /// The weight of the next-token loss on the window, beside the loss on
    /// the answer. Pretraining has no other loss and ignores it.
    #[serde(default)]
    pub window_loss: f64,
    /// Put sequences of similar length into a batch.
    #[serde(default)]
    pub bucket: bool,
    /// Steps between two measurements; 0 for none before the end.
    #[serde(default)]
    pub evaluate_every: u64,
    /// Steps between two checkpoints; 0 for none.
    #[serde(default)]
    pub checkpoint_every: u64,
    /// Stop when records held out of training get no better.
    pub early_stopping: Option<EarlyStopping>,
    /// AdamW.
    #[serde(default)]
    pub adamw: AdamWSpec,
}

/// When to stop before the last step. The best weights are kept.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyStopping {
    /// The share of the training records that is held out.
    pub share: f64,
    /// Measurements without a better loss after which training stops.
    pub patience: u32,
}

fn one() -> usize {
    1
}

fn floor() -> f64 {
    0.02
}

fn clip() -> f64 {
    1.0
}

impl PhaseSpec {
    pub(crate) fn schedule(&self) -> Schedule {
        Schedule {
            peak: self.learning_rate,
            floor: self.floor,
            warmup: self.warmup,
            steps: self.steps,
        }
    }

    pub(crate) fn clip_limit(&self) -> Option<f64> {
        (self.clip > 0.0).then_some(self.clip)
    }

    pub(crate) fn check(&self, place: &str) -> Result<(), TrainError> {
        let wrong = |setting: &str, reason: &str| {
            Err(TrainError::recipe(format!("{place}, {setting}"), reason))
        };
        if self.steps == 0 || self.batch == 0 || self.accumulate == 0 {
            return wrong("steps, batch, accumulate", "must be at least 1");
        }
        if self.batch > 65_536 || self.accumulate > 65_536 {
            return wrong("batch, accumulate", "must be at most 65536");
        }
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return wrong("learning_rate", "must be above 0");
        }
        let shares = [
            ("floor", self.floor, 1.0),
            ("ema", self.ema, 0.999_999),
            ("dropout", self.dropout, 0.95),
            ("label_smoothing", self.label_smoothing, 0.95),
            ("adamw.beta_1", self.adamw.beta_1, 0.999_999),
            ("adamw.beta_2", self.adamw.beta_2, 0.999_999),
        ];
        for (setting, value, most) in shares {
            if !(0.0..=most).contains(&value) {
                return wrong(setting, &format!("must be between 0 and {most}"));
            }
        }
        let sizes = [
            ("clip", self.clip),
            ("window_loss", self.window_loss),
            ("adamw.weight_decay", self.adamw.weight_decay),
            ("adamw.epsilon", self.adamw.epsilon),
        ];
        for (setting, value) in sizes {
            if !(value >= 0.0 && value.is_finite()) {
                return wrong(setting, "must not be negative");
            }
        }
        if let Some(stopping) = self.early_stopping {
            if !(stopping.share > 0.0 && stopping.share < 1.0) || stopping.patience == 0 {
                return wrong(
                    "early_stopping",
                    "share must be inside 0..1, patience at least 1",
                );
            }
            if self.evaluate_every == 0 {
                return wrong("early_stopping", "needs evaluate_every");
            }
        }
        Ok(())
    }
}
