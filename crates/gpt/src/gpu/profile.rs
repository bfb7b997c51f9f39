//! What the time of a decoded token goes into.

use senselm_gpu::{Step, Timing};

use super::memory::Key;
use super::rows::appended;
use super::{GpuModel, GpuModelError};
use crate::GptError;

impl GpuModel {
    /// Runs the last token through the plan once more, as decoding does, and
    /// says how long each dispatch took. The sequence stays as it is, and the
    /// logits behind it are on the device.
    ///
    /// # Errors
    /// [`senselm_gpu::GpuError::NoTimestamps`] where the device has no clock,
    /// [`GptError::NoTokens`] without any token, and what the device says.
    pub async fn profile_token(&mut self) -> Result<Vec<Timing>, GpuModelError> {
        let last = self.tokens.last().ok_or(GptError::NoTokens)?;
        let row = appended(*last, self.tokens.len() - 1);
        self.has_logits = false;
        let memory = &self.memory;
        self.gpu
            .write(memory.at(Key::Rows), 0, bytemuck::bytes_of(&row))?;
        self.gpu.write(memory.at(Key::Wanted), 0, &[0; 4])?;
        let sizes = [1, 1];
        let steps = [self.sequences.few, self.sequences.head_few];
        let steps = steps.map(|sequence| Step { sequence, sizes });
        let timings = self.gpu.profile(&steps).await?;
        self.has_logits = true;
        Ok(timings)
    }
}
