//! Parts of a kernel on their way to other threads.

#![allow(unsafe_code, reason = "a borrow is handed to threads that outlive it")]

/// What several threads are to do: it borrows from the thread that waits for
/// them.
#[derive(Clone, Copy)]
pub(crate) struct Job {
    part: *const (dyn Fn(usize) + Sync),
    parts: usize,
    threads: usize,
}

// SAFETY: what it points to may be called from several threads.
unsafe impl Send for Job {}

impl Job {
    /// `parts` calls for `threads` threads.
    ///
    /// # Safety
    /// `part` must live until the last [`Job::share`] has returned.
    pub(crate) unsafe fn new<'a>(
        part: &'a (dyn Fn(usize) + Sync + 'a),
        parts: usize,
        threads: usize,
    ) -> Self {
        Self {
            // SAFETY: only the lifetime changes, and the caller keeps it.
            part: unsafe {
                std::mem::transmute::<
                    *const (dyn Fn(usize) + Sync + 'a),
                    *const (dyn Fn(usize) + Sync + 'static),
                >(part)
            },
            parts,
            threads,
        }
    }

    /// Makes the calls of one of the threads.
    pub(crate) fn share(&self, thread: usize) {
        // SAFETY: whoever made the job keeps it alive.
        let part = unsafe { &*self.part };
        (thread..self.parts).step_by(self.threads).for_each(part);
    }
}
