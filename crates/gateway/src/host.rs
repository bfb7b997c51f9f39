//! What a guest can reach: WASI with nothing in it, and the listener.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wasmtime::component::ResourceTable;
use wasmtime::{Engine, Store, StoreLimits, StoreLimitsBuilder, UpdateDeadline};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::bindings;

/// Enough for a panic's message.
const STDERR_BYTES: usize = 64 * 1024;

/// Takes pieces of generated text; breaks to cancel.
pub type OnPiece = Box<dyn FnMut(&str) -> ControlFlow<()> + Send>;

/// What bounds a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory of one instance beyond the model's own size, in bytes.
    pub memory_bytes: usize,
    /// The longest that one call may take.
    pub call: Duration,
}

impl Default for Limits {
    /// 512 MiB beside the model, two minutes a call.
    fn default() -> Self {
        Self {
            memory_bytes: 512 << 20,
            call: Duration::from_secs(120),
        }
    }
}

/// Stops the call that is running, from another thread.
#[derive(Clone, Debug, Default)]
pub struct Canceller(Arc<AtomicBool>);

impl Canceller {
    /// Cancels the running call; without one, nothing happens.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn reset(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why the epoch callback stopped a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Interrupted {
    #[error("cancelled")]
    Cancelled,
    #[error("timed out")]
    TimedOut,
}

/// The store's data.
pub(crate) struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
    limits: StoreLimits,
    stderr: MemoryOutputPipe,
    canceller: Canceller,
    pub(crate) deadline: Instant,
    pub(crate) on_piece: Option<OnPiece>,
}

impl Host {
    /// A store whose guest sees no files, no network, no environment.
    pub(crate) fn store(
        engine: &Engine,
        limits: Limits,
        model_bytes: usize,
        canceller: Canceller,
    ) -> Store<Self> {
        let stderr = MemoryOutputPipe::new(STDERR_BYTES);
        let memory = limits.memory_bytes.saturating_add(model_bytes);
        let host = Self {
            wasi: WasiCtx::builder().stderr(stderr.clone()).build(),
            table: ResourceTable::new(),
            limits: StoreLimitsBuilder::new().memory_size(memory).build(),
            stderr,
            canceller,
            deadline: Instant::now() + limits.call,
            on_piece: None,
        };
        let mut store = Store::new(engine, host);
        store.limiter(|host| &mut host.limits);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| {
            let host = store.data();
            if host.canceller.is_cancelled() {
                return Err(Interrupted::Cancelled.into());
            }
            if Instant::now() >= host.deadline {
                return Err(Interrupted::TimedOut.into());
            }
            Ok(UpdateDeadline::Continue(1))
        });
        store
    }

    /// What the guest wrote to its standard error.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.contents())
            .trim()
            .to_owned()
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl bindings::senselm::guest::listener::Host for Host {
    fn on_piece(&mut self, piece: String) -> bool {
        match &mut self.on_piece {
            Some(on_piece) => on_piece(&piece).is_continue(),
            None => true,
        }
    }
}
