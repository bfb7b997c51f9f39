//! One step of training on the CPU without a gradient graph: the model forward and
//! backward over slices, written out.
//!
//! `model::forward` says what a GPT is, for every device and with adapters. Most of
//! a step of a small model went into its graph: a tensor for every operation, its
//! memory, and copies between layouts. Here everything lies in buffers that are
//! kept from step to step, and the gradients of all parts of a batch are added up
//! in place. The tests hold both to each other.

mod attention;
mod pass;
pub(crate) mod passes;
mod product;
mod workspace;

use senselm_arch::tensors;

use crate::TrainError;
use crate::data::Batch;
use crate::model::{Dropout, ModelConfig};
use pass::Pass;
use workspace::Workspace;

/// What is kept from step to step.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    /// One for each shard.
    shards: Vec<Workspace>,
    /// The matrices among the parameters, transposed; the others are empty.
    turned: Vec<Vec<f32>>,
}

/// What all passes of a step have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gradients<'a> {
    pub(crate) config: &'a ModelConfig,
    /// The parameters, in the order of `senselm_arch::tensors`.
    pub(crate) values: &'a [&'a [f32]],
    pub(crate) smoothing: f64,
}

impl Gradients<'_> {
    /// Begins a step: its gradients are zero.
    pub(crate) fn begin(&self, buffers: &mut Buffers, shards: usize) {
        let Buffers {
            shards: workspaces,
            turned,
        } = buffers;
        workspaces.resize_with(shards, || Workspace::new(self.config));
        for workspace in workspaces {
            workspace.clear(self.values);
        }
        let specs = tensors(self.config);
        turned.resize_with(specs.len(), Vec::new);
        for ((turned, values), spec) in turned.iter_mut().zip(self.values).zip(specs) {
            if let Some(inputs) = spec.inputs {
                turned.resize(values.len(), 0.0);
                passes::transpose(values, inputs, turned);
            }
        }
    }

    /// Adds the gradients of batches, each computed on its own thread with the
    /// dropout of its index; gives their losses in order.
    pub(crate) fn add(
        &self,
        buffers: &mut Buffers,
        batches: &[Batch],
        dropout: impl Fn(usize) -> Dropout + Sync,
    ) -> Result<Vec<f64>, TrainError> {
        let Buffers { shards, turned } = buffers;
        let turned = turned.as_slice();
        let one = |index: usize, batch: &Batch, workspace: &mut Workspace| {
            let pass = Pass {
                config: self.config,
                values: self.values,
                turned,
                batch,
                smoothing: self.smoothing,
            };
            pass.run(&mut dropout(index), workspace)
        };
        let mut shards = batches.iter().zip(shards).enumerate();
        let Some((_, (first, workspace))) = shards.next() else {
            return Ok(Vec::new());
        };
        std::thread::scope(|scope| {
            let handles: Vec<_> = shards
                .map(|(index, (batch, workspace))| {
                    let one = &one;
                    scope.spawn(move || one(index, batch, workspace))
                })
                .collect();
            let mut losses = vec![one(0, first, workspace)];
            for handle in handles {
                let loss = handle.join();
                losses.push(loss.map_err(|_| TrainError::device("a training thread panicked"))?);
            }
            Ok(losses)
        })
    }
}

impl Buffers {
    /// The gradients of all shards, added up in order.
    pub(crate) fn total(&mut self) -> &[Vec<f32>] {
        let Some((first, others)) = self.shards.split_first_mut() else {
            return &[];
        };
        for other in others {
            for (sum, gradient) in first.gradient.iter_mut().zip(&other.gradient) {
                passes::add(gradient, sum);
            }
        }
        &first.gradient
    }
}

#[cfg(test)]
impl Buffers {
    /// What [`Self::total`] gave last.
    pub(crate) fn gradient(&self) -> &[Vec<f32>] {
        &self.shards[0].gradient
    }
}
