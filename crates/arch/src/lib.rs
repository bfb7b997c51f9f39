//! What a model is: its sizes and their bounds, and its tensors with their
//! names in a GGUF file and in a Hugging Face one, their shapes, and what each
//! is for.
//!
//! This is the one list. Who runs, converts, trains or makes up a model reads
//! it here: a [`Config`] says how large a model is, [`tensors`] what it is made
//! of, and [`find`] where a file has it. Nothing is computed here, and no
//! weight is read.
//!
//! One architecture is described, GPT-2. Another one is another table like
//! [`TensorKind`]'s, and another plan in `senselm-gpt`.
//!
//! Shapes are written with T for the context, C embedding width, H heads, D
//! head width, F feed-forward width, V vocabulary, L layers.
//!
//! # Source
//! The names are those of llama.cpp (`llama-arch.cpp`) and of transformers
//! (`modeling_gpt2.py`).

#![forbid(unsafe_code)]

mod biases;
mod config;
mod error;
mod kind;
mod spec;

pub use biases::Biases;
pub use config::{
    Config, EPSILON, MAX_CONTEXT, MAX_FF_WIDTH, MAX_LAYERS, MAX_VOCAB, MAX_WIDTH,
    require_architecture,
};
pub use error::ArchError;
pub use kind::{Suffix, TensorId, TensorKind};
pub use senselm_gguf::keys::GPT2 as ARCHITECTURE;
pub use spec::{Role, Start, TensorSpec, find, spec, tensors};
