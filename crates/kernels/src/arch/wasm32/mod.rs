//! WebAssembly: 128-bit SIMD, and its relaxed byte products.
//!
//! A module either has an instruction or does not load, so the variants here
//! are those that the build was given features for. Only what relaxed SIMD
//! leaves open is found out when it runs.

#[cfg(target_feature = "simd128")]
mod codes;
#[cfg(target_feature = "simd128")]
mod lanes;
#[cfg(target_feature = "relaxed-simd")]
mod relaxed;
#[cfg(target_feature = "relaxed-simd")]
mod relaxed_unsigned;
#[cfg(all(
    target_feature = "simd128",
    any(not(target_feature = "relaxed-simd"), feature = "testing")
))]
mod simd128;

use crate::kernels::Table;

/// The tables that this build has, the fastest first.
pub(crate) fn tables() -> Vec<&'static Table> {
    let mut tables: Vec<&'static Table> = Vec::new();
    #[cfg(target_feature = "relaxed-simd")]
    {
        if relaxed_unsigned::runs_here() {
            tables.push(&relaxed_unsigned::TABLE);
        }
        tables.push(&relaxed::TABLE);
    }
    #[cfg(all(
        target_feature = "simd128",
        any(not(target_feature = "relaxed-simd"), feature = "testing")
    ))]
    tables.push(&simd128::TABLE);
    tables
}
