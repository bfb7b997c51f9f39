//! Hugging Face folders, requantisation and random weights, to and from GGUF.
//!
//! Everything here makes or takes a whole GGUF file as bytes. It knows one
//! architecture, GPT-2, whose tensors stand in one table that all directions
//! share. It runs no model and trains none.
//!
//! - [`hf_to_gguf`] and [`gguf_to_hf`]: a Hugging Face GPT-2 folder and back.
//! - [`requantize`]: the same model with its weights stored in other types.
//! - [`init`]: random weights of a usual size, for benchmarks.
//!
//! Folders and files are untrusted: what is wrong with one is an error that
//! names the place, never a panic. What was assumed or left out on the way is a
//! [`ConvertWarning`].

mod architecture;
mod encode;
mod error;
mod gguf_to_hf;
mod hf_config;
mod hf_to_gguf;
mod init;
mod layout;
mod metadata;
mod names;
mod random;
mod requantize;
mod target;
mod tensors;
mod text;
mod vocabulary;
mod warning;
mod weights;

pub use architecture::Architecture;
pub use error::ConvertError;
pub use gguf_to_hf::gguf_to_hf;
pub use hf_to_gguf::{Converted, hf_to_gguf};
pub use init::{Preset, Vocab, init};
pub use requantize::requantize;
pub use target::Target;
pub use warning::ConvertWarning;
