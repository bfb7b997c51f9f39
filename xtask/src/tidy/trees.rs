//! What is linked into the browser bundle and into the guest.

use std::path::Path;

use anyhow::{Context, ensure};

use super::Report;
use crate::cargo;

/// The sandboxed artefacts: crate and target.
const ARTEFACTS: &[(&str, &str)] = &[
    ("senselm-web", "wasm32-unknown-unknown"),
    ("senselm-guest", "wasm32-wasip2"),
];

/// What none of them may contain, by prefix: training, and the large tokenizer
/// that is only its oracle.
const ABSENT: &[&str] = &["burn", "cubecl", "tokenizers", "rayon", "wgpu", "tokio"];

pub(super) fn check(root: &Path, report: &mut Report) -> anyhow::Result<()> {
    for (package, target) in ARTEFACTS {
        let output = cargo()
            .current_dir(root)
            .args([
                "tree",
                "--locked",
                "--prefix=none",
                "--edges=normal,no-proc-macro",
            ])
            .args(["--package", package, "--target", target])
            .output()
            .context("start cargo tree")?;
        ensure!(
            output.status.success(),
            "cargo tree: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let tree = String::from_utf8(output.stdout)?;
        for name in tree.lines().filter_map(|line| line.split(' ').next()) {
            let forbidden = ABSENT
                .iter()
                .any(|absent| name == *absent || name.starts_with(&format!("{absent}-")));
            report.check(!forbidden, || {
                format!("{package} contains {name}: see `cargo tree -p {package} --target {target} -i {name}`")
            });
        }
    }
    Ok(())
}
