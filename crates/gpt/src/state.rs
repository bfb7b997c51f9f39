//! One sequence: its KV cache, and the buffers its passes run in.

use crate::cache::Cache;
use crate::workspace::Workspace;
use crate::{Compute, Config};

/// A sequence that a model continues. Made by [`crate::Model::new_state`].
///
/// A clone shares nothing with its original and starts with empty buffers; it
/// is the way to keep a prefix while trying several continuations.
#[derive(Debug)]
pub struct State {
    pub(crate) cache: Cache,
    pub(crate) workspace: Workspace,
    compute: Compute,
}

impl State {
    pub(crate) fn new(config: &Config, compute: &Compute) -> Self {
        Self {
            cache: Cache::new(config, compute.kv),
            workspace: Workspace::new(compute),
            compute: compute.clone(),
        }
    }

    /// Tokens fed so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cache.len()
    }

    /// Whether nothing was fed yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets every token from index `len` on; a longer `len` changes nothing.
    pub fn truncate(&mut self, len: usize) {
        self.cache.truncate(len);
    }
}

impl Clone for State {
    fn clone(&self) -> Self {
        Self {
            cache: self.cache.clone(),
            workspace: Workspace::new(&self.compute),
            compute: self.compute.clone(),
        }
    }
}
