//! The project's chores, callable from `cargo xtask` and from tests.
//!
//! Nothing here ships. Chores that only chain commands live in `build.sh`.

use std::path::{Path, PathBuf};

pub mod shared_memory;
pub mod sizes;
pub mod soak;
pub mod stages;
pub mod tidy;
pub mod wasm;

/// The workspace root.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Where cargo puts what it builds.
#[must_use]
pub fn target_dir(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// The cargo that runs this chore.
#[must_use]
pub fn cargo() -> std::process::Command {
    std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
