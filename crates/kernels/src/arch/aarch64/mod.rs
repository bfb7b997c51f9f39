//! No SIMD for this architecture: the oracle does it all.

use crate::kernels::Table;

/// Nothing.
pub(crate) fn tables() -> Vec<&'static Table> {
    Vec::new()
}
