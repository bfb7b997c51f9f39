//! AArch64: NEON, and its dot product extension.

mod codes;
mod lanes;
mod neon;
mod neon_dotprod;

use crate::kernels::Table;

/// The tables that this machine can run, the fastest first.
pub(crate) fn tables() -> Vec<&'static Table> {
    let dotprod = std::arch::is_aarch64_feature_detected!("dotprod");
    [(dotprod, &neon_dotprod::TABLE), (true, &neon::TABLE)]
        .into_iter()
        .filter_map(|(runs, table)| runs.then_some(table))
        .collect()
}
