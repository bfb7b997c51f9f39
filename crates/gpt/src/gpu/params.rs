//! Parameters of dispatches: one uniform buffer, a slot for each.

use bytemuck::Pod;
use senselm_gpu::{Bound, BufferId, BufferSpec, Gpu};
use senselm_shaders::Slot;

use super::GpuModelError;
use super::weights::allocate;

/// Parameters on their way into a buffer.
#[derive(Debug)]
pub(crate) struct Params {
    buffer: BufferId,
    alignment: usize,
    bytes: Vec<u8>,
}

impl Params {
    /// Room for `slots` structs.
    pub(crate) async fn new(gpu: &mut Gpu, slots: usize) -> Result<Self, GpuModelError> {
        let alignment = gpu.limits().alignment as usize;
        let bytes = (slots * alignment) as u64;
        let made = allocate(gpu, &[BufferSpec::uniform("parameters", bytes)]).await?;
        Ok(Self {
            buffer: made[0],
            alignment,
            bytes: Vec::new(),
        })
    }

    /// A slot with these parameters.
    pub(crate) fn bind(&mut self, params: &impl Pod) -> Bound {
        let bytes = bytemuck::bytes_of(params);
        let offset = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.bytes
            .resize(self.bytes.len().next_multiple_of(self.alignment), 0);
        Bound {
            slot: Slot::Params,
            buffer: self.buffer,
            offset: offset as u64,
            bytes: Some(bytes.len() as u64),
        }
    }

    /// Writes all slots.
    pub(crate) fn write(&self, gpu: &mut Gpu) -> Result<(), GpuModelError> {
        Ok(gpu.write(self.buffer, 0, &self.bytes)?)
    }
}
