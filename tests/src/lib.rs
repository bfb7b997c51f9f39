//! What tests of several crates share: small models, where they find data that
//! is not in the repository, and how they read golden outputs.
//!
//! Golden outputs and recordings live in a folder of their own: the one that
//! `SENSELM_DATA` names, or `../shared` beside the workspace. A test that
//! wants them and finds none reports itself ignored.

pub mod golden;
pub mod models;

use std::path::{Path, PathBuf};

/// The workspace root.
#[must_use]
pub fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder that holds `golden/` and `data/`, or `None` where there is none.
#[must_use]
pub fn data_dir() -> Option<PathBuf> {
    let named = std::env::var_os("SENSELM_DATA").map(PathBuf::from);
    let beside = workspace_root().join("../shared");
    named
        .into_iter()
        .chain([beside])
        .find(|dir| dir.join("golden").is_dir() || dir.join("data").is_dir())
}
