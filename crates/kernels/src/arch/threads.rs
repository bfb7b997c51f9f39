//! Threads of the operating system that wait for the next kernel awake.
//!
//! A token of a small model is two dozen kernels of 10 to 50 microseconds. That
//! is less than a sleeping thread takes to wake up, so these look for work for
//! a while before they sleep, and the thread that asks does its own part
//! meanwhile. rayon, which is kept well and was tried first, puts its threads
//! to sleep too soon for that: a 30M model in Q8_0 decoded 481 tokens a second
//! on one thread, 534 on two of rayon's, and 1000 on two of these.

#![allow(unsafe_code, reason = "see arch/job.rs")]

use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, Thread};

use crate::arch::Job;

/// How often a thread looks before it sleeps, or lets others run: about as long
/// as it takes to sample a token.
const SPINS: u32 = 4000;

/// Threads that work together. The one that asks is one of them.
#[derive(Clone, Debug)]
pub(crate) struct Pool(Arc<Owner>);

#[derive(Debug)]
struct Owner {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    /// Held while a job is going on.
    busy: Mutex<()>,
}

struct Shared {
    job: UnsafeCell<Option<Job>>,
    /// Counts jobs: a new value is a new job.
    jobs: AtomicUsize,
    /// Workers that have not finished the job.
    working: AtomicUsize,
    asleep: AtomicUsize,
    failed: AtomicBool,
    stop: AtomicBool,
}

// SAFETY: the job is written while nobody works, and `jobs` and `working` order
// that: it is counted after the write, and written again when nobody works.
unsafe impl Sync for Shared {}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Pool {
    /// Starts the threads; `None` where the system refuses.
    pub(crate) fn new(threads: usize) -> Option<Self> {
        let shared = Arc::new(Shared {
            job: UnsafeCell::new(None),
            jobs: AtomicUsize::new(0),
            working: AtomicUsize::new(0),
            asleep: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            stop: AtomicBool::new(false),
        });
        let mut owner = Owner {
            shared,
            workers: Vec::new(),
            busy: Mutex::new(()),
        };
        for worker in 1..threads {
            let shared = Arc::clone(&owner.shared);
            let builder = thread::Builder::new().name(format!("senselm-{worker}"));
            // Those that were started end with their owner.
            owner
                .workers
                .push(builder.spawn(move || work(&shared, worker)).ok()?);
        }
        Some(Self(Arc::new(owner)))
    }

    pub(crate) fn threads(&self) -> usize {
        self.0.workers.len() + 1
    }

    /// Calls `part` once with every index below `parts`. While another thread
    /// has the workers, this one does all of it.
    pub(crate) fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        let Ok(_busy) = self.0.busy.try_lock() else {
            (0..parts).for_each(part);
            return;
        };
        let shared = &*self.0.shared;
        // SAFETY: `Finish` waits for everybody before this function ends.
        let job = unsafe { Job::new(part, parts, self.threads()) };
        // SAFETY: nobody works.
        unsafe { *shared.job.get() = Some(job) };
        shared
            .working
            .store(self.0.workers.len(), Ordering::Relaxed);
        shared.jobs.fetch_add(1, Ordering::SeqCst);
        if shared.asleep.load(Ordering::SeqCst) > 0 {
            self.0
                .workers
                .iter()
                .for_each(|worker| worker.thread().unpark());
        }
        let finish = Finish(shared);
        job.share(0);
        drop(finish);
        assert!(
            !shared.failed.swap(false, Ordering::Relaxed),
            "a kernel panicked on another thread"
        );
    }
}

/// Waits for the workers, even where this thread panics.
struct Finish<'a>(&'a Shared);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        let mut spins = 0;
        while self.0.working.load(Ordering::Acquire) > 0 {
            if spins < SPINS {
                spins += 1;
                std::hint::spin_loop();
            } else {
                thread::yield_now();
            }
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        for worker in self.workers.drain(..) {
            let thread: &Thread = worker.thread();
            thread.unpark();
            // A worker catches what a kernel panics with.
            let _ = worker.join();
        }
    }
}

/// What a worker does until its owner is gone.
fn work(shared: &Shared, worker: usize) {
    let mut done = 0;
    loop {
        let mut spins = 0;
        while shared.jobs.load(Ordering::Acquire) == done {
            if shared.stop.load(Ordering::SeqCst) {
                return;
            }
            if spins < SPINS {
                spins += 1;
                std::hint::spin_loop();
                continue;
            }
            shared.asleep.fetch_add(1, Ordering::SeqCst);
            // A job that was counted before `asleep` was is seen here, one that
            // was counted after it unparks this thread.
            if shared.jobs.load(Ordering::SeqCst) == done && !shared.stop.load(Ordering::SeqCst) {
                thread::park();
            }
            shared.asleep.fetch_sub(1, Ordering::SeqCst);
        }
        done = done.wrapping_add(1);
        // SAFETY: it is not written until this worker has finished.
        let job = unsafe { *shared.job.get() };
        let share = || job.iter().for_each(|job| job.share(worker));
        if catch_unwind(AssertUnwindSafe(share)).is_err() {
            shared.failed.store(true, Ordering::Relaxed);
        }
        shared.working.fetch_sub(1, Ordering::Release);
    }
}
