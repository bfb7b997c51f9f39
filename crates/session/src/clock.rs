//! The clock of a session that was given none.

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#[path = "clock/absent.rs"]
mod imp;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
#[path = "clock/monotonic.rs"]
mod imp;

pub(crate) use imp::system;

use crate::options::Clock;

/// Measures stretches of time by whatever clock there is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    clock: Option<Clock>,
    last: f64,
}

impl Stopwatch {
    pub(crate) fn start(clock: Option<Clock>) -> Self {
        Self {
            clock,
            last: clock.map_or(0.0, |clock| clock()),
        }
    }

    /// Milliseconds since the start or the last lap.
    pub(crate) fn lap(&mut self) -> f64 {
        let now = self.clock.map_or(0.0, |clock| clock());
        let passed = now - self.last;
        self.last = now;
        if passed.is_finite() {
            passed.max(0.0)
        } else {
            0.0
        }
    }
}
