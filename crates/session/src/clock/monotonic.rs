//! The operating system's monotonic clock.

use std::sync::OnceLock;
use std::time::Instant;

use crate::options::Clock;

/// Milliseconds since the first call.
pub(crate) fn system() -> Option<Clock> {
    Some(|| {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1000.0
    })
}
