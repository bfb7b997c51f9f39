//! Holds every variant that runs here to the oracle, for hosts without a test
//! harness: `parity [CASES] [FIRST_SEED]`.
//!
//! Prints a line per variant; exits with 1 at the first difference. Natively
//! `tests/prop.rs` does the same and more. For wasm:
//!
//! ```text
//! cargo build -p senselm-kernels --features testing --bin parity --target wasm32-wasip2
//! wasmtime run target/wasm32-wasip2/debug/parity.wasm
//! ```

use std::process::ExitCode;

use senselm_kernels::Kernels;
use senselm_kernels::parity::Case;

/// Enough to meet every tile width and tail.
const DEFAULT_CASES: u64 = 100;

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|a| a.parse::<u64>().ok());
    let cases = numbers.next().flatten().unwrap_or(DEFAULT_CASES);
    let first = numbers.next().flatten().unwrap_or(0);
    for kernels in Kernels::available() {
        for seed in first..first.saturating_add(cases) {
            if let Err(mismatch) = Case::from_seed(seed).check(kernels) {
                eprintln!("{mismatch}");
                return ExitCode::FAILURE;
            }
        }
        println!("{}: {cases} cases like the oracle", kernels.name());
    }
    ExitCode::SUCCESS
}
