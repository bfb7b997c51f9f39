//! What tests of several crates share: small models, golden outputs of other
//! people's software, and where recordings are that are not in the repository.
//!
//! Recordings lie in a folder of their own: the one that `SENSELM_DATA` names,
//! or `../shared` beside the workspace. A test that wants them and finds none
//! reports itself ignored. Golden outputs are in the repository.

pub mod golden;
pub mod models;
pub mod recipes;
pub mod recorded;
pub mod rendered;
pub mod trained;

use std::path::{Path, PathBuf};

/// The workspace root.
#[must_use]
pub fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder that holds the recordings as `data/`, or `None` where there is
/// none.
#[must_use]
pub fn data_dir() -> Option<PathBuf> {
    let named = std::env::var_os("SENSELM_DATA").map(PathBuf::from);
    let beside = workspace_root().join("../shared");
    named
        .into_iter()
        .chain([beside])
        .find(|dir| dir.join("data").is_dir())
}
