//! The component around the core module: copied, but for the one module that
//! holds the descriptor.

use wasm_encoder::{Component, RawSection};
use wasmparser::BinaryReader;

use super::module;
use crate::GatewayError;

/// The header of a component: magic, then version 13 of layer 1.
const COMPONENT_HEADER: [u8; 8] = [0x00, b'a', b's', b'm', 0x0d, 0x00, 0x01, 0x00];
const CORE_MODULE_SECTION: u8 = 1;

pub(super) fn with_weights(guest: &[u8], model: &[u8]) -> Result<Vec<u8>, GatewayError> {
    if guest.get(..8) != Some(&COMPONENT_HEADER) {
        return Err(GatewayError::guest("it is not a WebAssembly component"));
    }
    let mut packed = Component::new();
    let mut places = 0;
    let mut reader = BinaryReader::new(guest, 0);
    reader.read_bytes(COMPONENT_HEADER.len())?;
    while !reader.eof() {
        let id = reader.read_u8()?;
        let len = reader.read_var_u32()? as usize;
        let data = reader.read_bytes(len)?;
        let rewritten = if id == CORE_MODULE_SECTION {
            module::with_weights(data, model)?
        } else {
            None
        };
        places += usize::from(rewritten.is_some());
        packed.section(&RawSection {
            id,
            data: rewritten.as_deref().unwrap_or(data),
        });
    }
    match places {
        1 => Ok(packed.finish()),
        0 => Err(GatewayError::guest("it has no place for weights")),
        _ => Err(GatewayError::guest("it has several places for weights")),
    }
}
