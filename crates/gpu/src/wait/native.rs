//! Waiting natively: polling the device drives it.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

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

/// Runs a future to its end on this thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
