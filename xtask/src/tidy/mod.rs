//! Checks the invariants of ARCHITECTURE.md: who may import whom, what the
//! browser and the guest may contain, where `unsafe` may stand.
//!
//! It reads cargo's metadata and the tracked files; it builds nothing.

use std::path::Path;

mod floors;
mod once;
mod sources;
mod trees;

/// What a run of the checks found.
#[derive(Default)]
pub struct Report {
    /// Broken invariants, each with its place and what to do.
    pub violations: Vec<String>,
    /// Guidance that is not enforced.
    pub notes: Vec<String>,
    /// How many checks were made.
    pub checks: usize,
}

impl Report {
    /// Counts one check and records `violation` if it does not hold.
    fn check(&mut self, holds: bool, violation: impl FnOnce() -> String) {
        self.checks += 1;
        if !holds {
            self.violations.push(violation());
        }
    }
}

/// Runs every check on the workspace at `root`.
///
/// # Errors
/// When cargo or git cannot be asked.
pub fn check(root: &Path) -> anyhow::Result<Report> {
    let mut report = Report::default();
    floors::check(root, &mut report)?;
    trees::check(root, &mut report)?;
    sources::check(root, &mut report)?;
    Ok(report)
}
