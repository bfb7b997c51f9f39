//! Threads of a page: other instances of the same module on the same memory.
//!
//! A wasm build for one thread cannot start threads, but its memory may be
//! shared. Every worker of the page then has an instance of the same module on
//! it, with a stack of its own, in which the same functions have the same
//! addresses. An instance that [`help`]s runs its share of the job that the
//! first one has on its stack. It may not allocate: kernels make room before
//! they hand anything out.
//!
//! Waking the helpers and waiting for them is the host's business, because
//! stable Rust has no instruction for it: [`offer`] says how.

#![allow(unsafe_code, reason = "see the module documentation")]

use std::cell::UnsafeCell;
use std::sync::OnceLock;

use crate::arch::Job;

/// How the host starts its helpers, and waits for them.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// Threads: the helpers and the one that asks them.
    pub threads: usize,
    /// Has helper `i` call [`help`] with `i`, for every `i` from 1 on.
    pub begin: fn(),
    /// Returns when all calls of [`help`] have.
    pub finish: fn(),
}

static HOST: OnceLock<Host> = OnceLock::new();

/// Tells how to start helpers. Only the first call counts.
pub fn offer(host: Host) {
    // A second host is not an error: the first goes on.
    let _ = HOST.set(host);
}

/// The job that is going on, if one is.
struct Current(UnsafeCell<Option<Job>>);

// SAFETY: the first instance writes it only while no helper works, and the host
// orders that: `begin` after the write, `finish` before the next one.
unsafe impl Sync for Current {}

static CURRENT: Current = Current(UnsafeCell::new(None));

/// Does the share of a helper in what is going on; nothing where nothing is.
pub fn help(helper: usize) {
    // SAFETY: between `begin` and `finish` nobody writes it; see above.
    let job = unsafe { &*CURRENT.0.get() };
    if let Some(job) = job {
        job.share(helper);
    }
}

/// The helpers that the host has offered.
#[derive(Clone, Debug)]
pub(crate) struct Pool(Host);

impl Pool {
    /// As many threads; `None` where the host has not offered that many.
    pub(crate) fn new(threads: usize) -> Option<Self> {
        let host = HOST.get().filter(|host| threads <= host.threads);
        host.map(|host| Self(Host { threads, ..*host }))
    }

    pub(crate) fn threads(&self) -> usize {
        self.0.threads
    }

    /// Calls `part` once with every index below `parts`.
    pub(crate) fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        // SAFETY: no helper works after `finish`.
        let job = unsafe { Job::new(part, parts, self.threads()) };
        // SAFETY: no helper works before `begin` and after `finish`.
        unsafe { *CURRENT.0.get() = Some(job) };
        (self.0.begin)();
        help(0);
        (self.0.finish)();
        // SAFETY: as above.
        unsafe { *CURRENT.0.get() = None };
    }
}
