//! GPT-2 in burn, exactly as a GGUF file describes it: its shape, its
//! parameters, its forward pass and low-rank adapters.

mod config;
mod dropout;
mod forward;
mod initial;
mod lora;
mod parameters;
mod weights;

pub use config::{EPSILON, ModelConfig};
pub(crate) use dropout::Dropout;
pub(crate) use forward::{hidden, logits};
pub use initial::InitialSpec;
pub use lora::{LoraSpec, LoraTarget};
pub(crate) use parameters::{from_host, to_host};
pub use parameters::{Parameter, Parameters};
pub(crate) use weights::Weights;
