//! Who works on a kernel: the calling thread alone, or several side by side.

use crate::pool::Pool;

/// The threads that kernels run on.
///
/// A result does not depend on how many there are: threads share rows of
/// weights or heads of attention among each other, never a sum.
#[derive(Clone, Debug)]
pub struct Team {
    pool: Option<Pool>,
    /// Multiplications that are worth another thread.
    worth: usize,
}

/// Multiplications that are worth another thread: it takes microseconds to
/// hand a part over, which small models do not have.
const WORTH_A_THREAD: usize = 100_000;

impl Default for Team {
    fn default() -> Self {
        Self::solo()
    }
}

impl Team {
    /// Only the calling thread.
    #[must_use]
    pub const fn solo() -> Self {
        Self {
            pool: None,
            worth: WORTH_A_THREAD,
        }
    }

    /// As many threads, where this build has any to start.
    ///
    /// `None` where threads cannot be started here: fewer then have to do.
    #[must_use]
    pub fn of_threads(threads: usize) -> Option<Self> {
        if threads < 2 {
            return Some(Self::solo());
        }
        Some(Self {
            pool: Some(Pool::new(threads)?),
            worth: WORTH_A_THREAD,
        })
    }

    /// The same threads, but for work of any size: for tests.
    #[cfg(feature = "testing")]
    pub(crate) fn eager(self) -> Self {
        Self { worth: 1, ..self }
    }

    /// How many threads work at the same time.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.pool.as_ref().map_or(1, Pool::threads)
    }

    /// Into how many parts to cut work of so many multiplications.
    pub(crate) fn parts(&self, multiplications: usize) -> usize {
        self.threads().min(1 + multiplications / self.worth)
    }

    /// Calls `part` once with every index below `parts`, in any order, on any
    /// thread, and returns when all calls have.
    pub(crate) fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        match &self.pool {
            Some(pool) if parts > 1 => pool.run(parts, part),
            _ => (0..parts).for_each(part),
        }
    }
}
