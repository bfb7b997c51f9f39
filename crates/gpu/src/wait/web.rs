//! Waiting in a browser: its event loop drives the device and calls back.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::GpuError;

/// Maps the first `bytes` of a staging buffer, once the device has written them.
pub(crate) async fn mapped(
    _: &wgpu::Device,
    staging: &wgpu::Buffer,
    bytes: u64,
) -> Result<(), GpuError> {
    let call = Call::default();
    let called = call.clone();
    staging.map_async(wgpu::MapMode::Read, 0..bytes, move |result| {
        called.back(result.map_err(|error| error.to_string()));
    });
    call.await.map_err(|reason| GpuError::Lost { reason })
}

/// Returns once everything submitted is done, or the device is lost.
pub(crate) async fn done(_: &wgpu::Device, queue: &wgpu::Queue) {
    let call = Call::default();
    let called = call.clone();
    queue.on_submitted_work_done(move || called.back(Ok(())));
    // A lost device is noted by its callback.
    let _ = call.await;
}

/// A result that a callback brings.
#[derive(Clone, Default)]
struct Call(Arc<Mutex<Called>>);

#[derive(Default)]
struct Called {
    result: Option<Result<(), String>>,
    waker: Option<Waker>,
}

impl Call {
    fn back(&self, result: Result<(), String>) {
        let mut called = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        called.result = Some(result);
        if let Some(waker) = called.waker.take() {
            waker.wake();
        }
    }
}

impl Future for Call {
    type Output = Result<(), String>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut called = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match called.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                called.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
