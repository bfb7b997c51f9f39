//! Advances the engine's epoch while a guest runs, and only then: a gateway
//! that waits for its next window is not woken.

use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::Duration;

use wasmtime::EngineWeak;

/// How often a running guest looks whether it should stop.
const TICK: Duration = Duration::from_millis(10);

#[derive(Default)]
struct Shared {
    /// How many calls are running.
    running: Mutex<usize>,
    started: Condvar,
}

/// Owns the ticking thread, which ends with it.
pub(crate) struct Ticker(Arc<Shared>);

impl Ticker {
    pub(crate) fn new(engine: EngineWeak) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let watched = Arc::downgrade(&shared);
        std::thread::Builder::new()
            .name("senselm-ticker".into())
            .spawn(move || tick(&watched, &engine))?;
        Ok(Self(shared))
    }

    /// Ticks until the guard is dropped.
    pub(crate) fn run(&self) -> Running {
        *self
            .0
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.started.notify_one();
        Running(Arc::clone(&self.0))
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.0.started.notify_one();
    }
}

/// A call that is running.
pub(crate) struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        *self
            .0
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner) -= 1;
    }
}

fn tick(watched: &Weak<Shared>, engine: &EngineWeak) {
    while let (Some(shared), Some(engine)) = (watched.upgrade(), engine.upgrade()) {
        let running = shared
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if *running == 0 {
            // A time limit, so that the thread notices when its owner is gone.
            let idle = shared.started.wait_timeout(running, TICK * 100);
            drop(idle.unwrap_or_else(PoisonError::into_inner));
            continue;
        }
        drop(running);
        std::thread::sleep(TICK);
        engine.increment_epoch();
    }
}
