//! The variants for one instruction set each, and which of them run here.

use crate::kernels::Table;

/// The tables that this machine can run, the fastest first.
pub(crate) fn tables() -> Vec<&'static Table> {
    Vec::new()
}
