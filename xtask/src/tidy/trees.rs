//! What is linked into the browser bundle and into the guest.

use std::path::Path;

use anyhow::{Context, ensure};

use super::Report;
use crate::cargo;

/// Something that runs in a sandbox.
struct Artefact {
    package: &'static str,
    target: &'static str,
    features: &'static str,
    /// What it may not contain, by prefix, beside [`ABSENT`].
    absent: &'static [&'static str],
}

const ARTEFACTS: &[Artefact] = &[
    Artefact {
        package: "senselm-web",
        target: "wasm32-unknown-unknown",
        features: "",
        absent: &["wgpu", "senselm-simulate"],
    },
    // With WebGPU: the browser has drivers and a shader compiler of its own.
    Artefact {
        package: "senselm-web",
        target: "wasm32-unknown-unknown",
        features: "gpu",
        absent: &["naga", "wgpu-hal", "wgpu-core"],
    },
    Artefact {
        package: "senselm-web-readings",
        target: "wasm32-unknown-unknown",
        features: "messages,tables",
        absent: &["wgpu", "senselm-sensor", "senselm-gguf", "senselm-tokenize"],
    },
    Artefact {
        package: "senselm-web-fits",
        target: "wasm32-unknown-unknown",
        features: "",
        absent: &["wgpu", "senselm-gguf", "senselm-tokenize"],
    },
    Artefact {
        package: "senselm-web-simulate",
        target: "wasm32-unknown-unknown",
        features: "",
        absent: &["wgpu", "senselm-gguf", "senselm-tokenize"],
    },
    Artefact {
        package: "senselm-guest",
        target: "wasm32-wasip2",
        features: "",
        absent: &["wgpu"],
    },
];

/// Data types that wgpu shares with its shader compiler, without any of its code.
const DATA_ONLY: &str = "naga-types";

/// What none of them may contain, by prefix: training, and the large tokenizer
/// that is only its oracle.
const ABSENT: &[&str] = &["burn", "cubecl", "tokenizers", "rayon", "tokio"];

pub(super) fn check(root: &Path, report: &mut Report) -> anyhow::Result<()> {
    for artefact in ARTEFACTS {
        let Artefact {
            package,
            target,
            features,
            ..
        } = artefact;
        let output = cargo()
            .current_dir(root)
            .args([
                "tree",
                "--locked",
                "--prefix=none",
                "--edges=normal,no-proc-macro",
            ])
            .args(["--package", package, "--target", target])
            .args(["--features", features])
            .output()
            .context("start cargo tree")?;
        ensure!(
            output.status.success(),
            "cargo tree: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let tree = String::from_utf8(output.stdout)?;
        let names = tree.lines().filter_map(|line| line.split(' ').next());
        for name in names.filter(|name| *name != DATA_ONLY) {
            let mut absent = ABSENT.iter().chain(artefact.absent);
            let forbidden =
                absent.any(|absent| name == *absent || name.starts_with(&format!("{absent}-")));
            report.check(!forbidden, || {
                format!("{package} contains {name}: see `cargo tree -p {package} --target {target} -i {name}`")
            });
        }
    }
    Ok(())
}
