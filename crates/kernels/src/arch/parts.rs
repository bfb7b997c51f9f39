//! A list whose parts go to several threads, one each.

use core::marker::PhantomData;

use crate::Team;

/// Parts that are handed out.
struct Parts<'a, P> {
    first: *mut P,
    count: usize,
    list: PhantomData<&'a mut [P]>,
}

// SAFETY: `share_parts` gives every part to one thread.
unsafe impl<P: Send> Sync for Parts<'_, P> {}

impl<P> Parts<'_, P> {
    /// One of them.
    ///
    /// # Safety
    /// Nobody else may have it.
    ///
    /// # Panics
    /// Beyond the last.
    #[expect(clippy::mut_from_ref, reason = "the caller keeps parts apart")]
    unsafe fn get(&self, index: usize) -> &mut P {
        assert!(index < self.count);
        // SAFETY: the part is one of the list's, and only the caller has it.
        unsafe { &mut *self.first.add(index) }
    }
}

/// Lets a team work on parts: `work` is called once with each and its index.
pub(crate) fn share_parts<P: Send>(
    team: &Team,
    parts: &mut [P],
    work: impl Fn(usize, &mut P) + Sync,
) {
    let parts = Parts {
        first: parts.as_mut_ptr(),
        count: parts.len(),
        list: PhantomData,
    };
    team.run(parts.count, &|index| {
        // SAFETY: `Team::run` calls with every index once.
        let part = unsafe { parts.get(index) };
        work(index, part);
    });
}
