//! x86-64: AVX2, and the two encodings of VNNI above it.

mod avx2;
mod avx512_vnni;
mod avx_vnni;
mod ymm;
mod ymm_codes;
mod zmm;

use crate::kernels::Table;

/// The tables that this machine can run, the fastest first.
pub(crate) fn tables() -> Vec<&'static Table> {
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("f16c");
    let avx_vnni = avx2 && is_x86_feature_detected!("avxvnni");
    let avx512_vnni = avx2
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vnni");
    [
        (avx512_vnni, &avx512_vnni::TABLE),
        (avx_vnni, &avx_vnni::TABLE),
        (avx2, &avx2::TABLE),
    ]
    .into_iter()
    .filter_map(|(runs, table)| runs.then_some(table))
    .collect()
}
