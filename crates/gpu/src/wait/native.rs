//! Waiting natively: polling the device drives it.

use std::sync::mpsc;

use crate::GpuError;

/// Maps the first `bytes` of a staging buffer, once the device has written them.
pub(crate) async fn mapped(
    device: &wgpu::Device,
    staging: &wgpu::Buffer,
    bytes: u64,
) -> Result<(), GpuError> {
    let (send, receive) = mpsc::channel();
    staging.map_async(wgpu::MapMode::Read, 0..bytes, move |result| {
        // Nobody listens any more where the wait was given up.
        let _ = send.send(result);
    });
    let lost = |reason: String| GpuError::Lost { reason };
    let polled = device.poll(wgpu::PollType::wait_indefinitely());
    polled.map_err(|error| lost(error.to_string()))?;
    match receive.try_recv() {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(lost(error.to_string())),
        Err(_) => Err(lost("a readback never came".into())),
    }
}

/// Returns once everything submitted is done, or the device is lost.
pub(crate) async fn done(device: &wgpu::Device, _: &wgpu::Queue) {
    // A lost device is noted by its callback.
    let _ = device.poll(wgpu::PollType::wait_indefinitely());
}
