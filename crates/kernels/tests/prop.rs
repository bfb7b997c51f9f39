//! Every variant that runs here gives the bits of the scalar oracle.
//!
//! There is no tolerance: see the crate's documentation for what makes the
//! results the same.

use proptest::prelude::*;
use senselm_kernels::parity::{Case, Flavour};
use senselm_kernels::{GgmlType, Kernels};

fn flavour() -> impl Strategy<Value = Flavour> {
    prop::sample::select(Flavour::ALL.to_vec())
}

prop_compose! {
    fn case()(
        seed: u64,
        flavour in flavour(),
        tokens in 1..=40_usize,
        rows in 1..=70_usize,
        width in 1..=12_usize,
    ) -> Case {
        Case { seed, flavour, tokens, rows, width }
    }
}

fn check(
    run: impl Fn(Kernels) -> Result<(), senselm_kernels::parity::Mismatch>,
) -> Result<(), TestCaseError> {
    for kernels in Kernels::available() {
        run(kernels).map_err(|mismatch| TestCaseError::fail(mismatch.to_string()))?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn matmul(case in case(), ty in prop::sample::select(GgmlType::ALL.to_vec())) {
        check(|kernels| case.check_matmul(kernels, ty))?;
    }

    #[test]
    fn layer_norm(case in case()) {
        check(|kernels| case.check_layer_norm(kernels))?;
    }

    #[test]
    fn element_wise(case in case()) {
        check(|kernels| case.check_element_wise(kernels))?;
    }

    #[test]
    fn attention(case in case()) {
        check(|kernels| case.check_attention(kernels))?;
    }
}

#[test]
fn every_type_at_every_tile_width() {
    for ty in GgmlType::ALL {
        for tokens in 1..=17 {
            let case = Case {
                seed: 7,
                flavour: Flavour::Extreme,
                tokens,
                rows: 35,
                width: 2,
            };
            for kernels in Kernels::available() {
                case.check_matmul(kernels, ty).expect("the oracle's bits");
            }
        }
    }
}
