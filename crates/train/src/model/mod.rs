//! GPT-2 in burn, exactly as a GGUF file describes it: its parameters, its
//! forward pass and low-rank adapters. Its sizes and tensors are those of
//! `senselm-arch`.

mod dropout;
mod forward;
mod initial;
mod lora;
mod parameters;
mod weights;

use burn::tensor::{Device, Int, TensorData};

use crate::TrainError;

pub(crate) use dropout::Dropout;
pub(crate) use forward::{hidden, logits};
pub use initial::InitialSpec;
pub use lora::{LoraSpec, LoraTarget};
pub use parameters::{Parameter, Parameters};
pub(crate) use parameters::{from_host, put_back, take, to_host};
pub use senselm_arch::Config as ModelConfig;
pub(crate) use weights::Weights;

/// The logits of every position of one sequence, outside training: what an
/// exported file must give as well.
///
/// # Shapes
/// T ids give `T * V` logits, one row for each position.
///
/// # Errors
/// [`TrainError::TooLong`] where the ids do not fit the context,
/// [`TrainError::Model`] where one is outside the vocabulary.
pub fn logits_of(
    config: &ModelConfig,
    parameters: &Parameters,
    ids: &[u32],
    device: &Device,
) -> Result<Vec<f32>, TrainError> {
    if ids.len() > config.context {
        return Err(TrainError::TooLong {
            tokens: ids.len(),
            context: config.context,
        });
    }
    if let Some(id) = ids.iter().find(|&&id| id as usize >= config.vocab) {
        return Err(TrainError::model(format!(
            "token {id} is outside the vocabulary of {}",
            config.vocab
        )));
    }
    let weights = Weights::view(config, &parameters.values());
    let ids: Vec<i32> = ids.iter().map(|&id| id as i32).collect();
    let length = ids.len();
    let ids = burn::Tensor::<2, Int>::from_data(TensorData::new(ids, [1, length]), device);
    let states = hidden(config, &weights, ids, &mut Dropout::off(device));
    to_host(&logits(&weights, states))
}
