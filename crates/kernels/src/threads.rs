//! Threads of the operating system, in rayon's pool: it is kept well, is in
//! most of the field's programs already, and its workers look for new work for
//! a while before they sleep, which is what the short parts of a pass need.

use std::ops::Range;
use std::sync::Arc;

/// A pool of threads.
#[derive(Clone, Debug)]
pub(crate) struct Pool(Arc<rayon::ThreadPool>);

impl Pool {
    /// Starts the threads; `None` where the system refuses.
    pub(crate) fn new(threads: usize) -> Option<Self> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("senselm-{index}"))
            .build();
        pool.ok().map(|pool| Self(Arc::new(pool)))
    }

    pub(crate) fn threads(&self) -> usize {
        self.0.current_num_threads()
    }

    pub(crate) fn enter<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.0.install(work)
    }

    /// Calls `part` once with every index below `parts`.
    pub(crate) fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        self.0.install(|| halves(0..parts, part));
    }
}

fn halves(parts: Range<usize>, part: &(dyn Fn(usize) + Sync)) {
    if parts.len() < 2 {
        parts.for_each(part);
        return;
    }
    let middle = parts.start + parts.len().div_ceil(2);
    rayon::join(
        || halves(parts.start..middle, part),
        || halves(middle..parts.end, part),
    );
}
