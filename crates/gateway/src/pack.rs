//! Putting a model into the guest, as a data segment of its core module.
//!
//! The weights go behind everything the module itself uses: its memory grows by
//! the length of the model, an active data segment fills the new pages, and the
//! descriptor that `senselm_gguf::mapped::embedded` reads is set to where they
//! are. The host maps such a segment copy-on-write, so all instances share one
//! copy and starting one costs nothing.
//!
//! Nothing is written to disk here, and nothing is compiled.

use senselm_gguf::Gguf;

use crate::GatewayError;

mod component;
mod module;

/// Puts `model` into the component `guest`.
///
/// # Errors
/// [`GatewayError::Model`] where the model is no sound GGUF file or its tensors are
/// damaged, and
/// [`GatewayError::Guest`] where the component is not one that takes weights.
pub fn pack(guest: &[u8], model: &[u8]) -> Result<Vec<u8>, GatewayError> {
    Gguf::parse(model)?.check_damage()?;
    component::with_weights(guest, model)
}
