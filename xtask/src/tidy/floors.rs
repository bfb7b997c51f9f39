//! Direct dependencies between crates: floors point downward, and the big
//! frameworks stay in the one crate that is for them.

use std::path::Path;

use anyhow::{Context, ensure};
use serde::Deserialize;

use super::Report;
use crate::cargo;

/// The floor of each crate, as ARCHITECTURE.md draws it.
const FLOORS: &[(&str, u8)] = &[
    ("senselm-quant", 0),
    ("senselm-save", 0),
    ("senselm-decode", 0),
    ("senselm-gguf", 0),
    ("senselm-arch", 0),
    ("senselm-readings", 0),
    ("senselm-sensor", 0),
    ("senselm-simulate", 0),
    ("senselm-tokenize", 0),
    ("senselm-ask", 1),
    ("senselm-kernels", 1),
    ("senselm-shaders", 1),
    ("senselm-gpu", 1),
    ("senselm-convert", 1),
    ("senselm-evaluate", 1),
    ("senselm-look", 1),
    ("senselm-fit", 2),
    ("senselm-gpt", 2),
    ("senselm-session", 3),
    ("senselm-train", 3),
    ("senselm-search", 3),
    ("senselm-web", 4),
    ("senselm-web-readings", 4),
    ("senselm-web-fits", 4),
    ("senselm-web-simulate", 4),
    ("senselm-guest", 4),
    ("senselm-gateway", 4),
    ("senselm-cli", 4),
];

/// Imports between crates of one floor, each a decision of its own.
const BESIDE: &[(&str, &str)] = &[
    ("senselm-gguf", "senselm-quant"),
    ("senselm-arch", "senselm-gguf"),
    ("senselm-sensor", "senselm-readings"),
    ("senselm-simulate", "senselm-sensor"),
    ("senselm-tokenize", "senselm-gguf"),
    ("senselm-gpu", "senselm-shaders"),
    ("senselm-search", "senselm-train"),
    ("senselm-cli", "senselm-gateway"),
];

/// Training and running meet in the file only.
const NEVER: &[(&str, &str)] = &[
    ("senselm-train", "senselm-gpt"),
    ("senselm-train", "senselm-session"),
    ("senselm-session", "senselm-train"),
];

/// Frameworks by the prefix of their names, and who may import each: a crate, and
/// those whose names begin with its name and a hyphen.
const CONFINED: &[(&str, &[&str])] = &[
    ("burn", &["senselm-train"]),
    ("cubecl", &["senselm-train"]),
    ("wgpu", &["senselm-gpu"]),
    ("naga", &["senselm-shaders"]),
    // The tests of what looks at recordings write such files.
    ("parquet", &["senselm-decode", "senselm-look"]),
    ("wasmtime", &["senselm-gateway"]),
    ("wit-bindgen", &["senselm-guest"]),
    ("wasm-bindgen", &["senselm-web", "xtask"]),
    ("js-sys", &["senselm-web"]),
    ("web-sys", &["senselm-web"]),
];

/// Members without a floor: they import what they check.
const FLOORLESS: &[&str] = &["senselm-tests", "xtask"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

impl Dependency {
    /// Whether it is linked into the crate, not only into its tests.
    fn is_normal(&self) -> bool {
        self.kind.is_none()
    }
}

pub(super) fn check(root: &Path, report: &mut Report) -> anyhow::Result<()> {
    let output = cargo()
        .current_dir(root)
        .args(["metadata", "--format-version=1", "--no-deps", "--locked"])
        .output()
        .context("start cargo metadata")?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    for package in &metadata.packages {
        if FLOORLESS.contains(&package.name.as_str()) {
            continue;
        }
        check_package(package, report);
    }
    for package in &metadata.packages {
        check_confined(package, report);
    }
    Ok(())
}

fn check_package(package: &Package, report: &mut Report) {
    let Some(own) = floor_of(&package.name) else {
        report.check(false, || {
            format!(
                "{} has no floor: give it one in xtask/src/tidy/floors.rs and in ARCHITECTURE.md",
                package.name
            )
        });
        return;
    };
    for dependency in package.dependencies.iter().filter(|d| d.is_normal()) {
        let Some(other) = floor_of(&dependency.name) else {
            continue;
        };
        let pair = (package.name.as_str(), dependency.name.as_str());
        let allowed = (other < own || BESIDE.contains(&pair)) && !NEVER.contains(&pair);
        report.check(allowed, || {
            format!(
                "{} (floor {own}) must not import {} (floor {other}): floors point downward",
                pair.0, pair.1
            )
        });
    }
}

fn check_confined(package: &Package, report: &mut Report) {
    for dependency in &package.dependencies {
        for (prefix, homes) in CONFINED {
            if !belongs(&dependency.name, prefix) {
                continue;
            }
            let home = homes.iter().any(|home| belongs(&package.name, home));
            report.check(home, || {
                format!(
                    "{} must not import {}: only {} may",
                    package.name,
                    dependency.name,
                    homes.join(", ")
                )
            });
        }
    }
}

/// Whether `name` is that itself or one of its parts.
fn belongs(name: &str, whole: &str) -> bool {
    name.strip_prefix(whole)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn floor_of(name: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(crate_name, _)| *crate_name == name)
        .map(|(_, floor)| *floor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependency: &str, kind: Option<&str>) -> Package {
        Package {
            name: name.into(),
            dependencies: vec![Dependency {
                name: dependency.into(),
                kind: kind.map(Into::into),
            }],
        }
    }

    fn violations(package: &Package) -> usize {
        let mut report = Report::default();
        check_package(package, &mut report);
        check_confined(package, &mut report);
        report.violations.len()
    }

    #[test]
    fn upward_imports_are_found() {
        assert_eq!(
            violations(&package("senselm-gpt", "senselm-session", None)),
            1
        );
        assert_eq!(
            violations(&package("senselm-gpt", "senselm-kernels", None)),
            0
        );
        assert_eq!(
            violations(&package("senselm-session", "senselm-web", None)),
            1
        );
        assert_eq!(
            violations(&package("senselm-train", "senselm-gpt", None)),
            1
        );
    }

    #[test]
    fn tests_may_look_upward() {
        let package = package("senselm-gpt", "senselm-session", Some("dev"));
        assert_eq!(violations(&package), 0);
    }

    #[test]
    fn frameworks_stay_home() {
        assert_eq!(
            violations(&package("senselm-session", "burn-flex", None)),
            1
        );
        assert_eq!(violations(&package("senselm-session", "burner", None)), 0);
        assert_eq!(violations(&package("senselm-cli", "wasm-bindgen", None)), 1);
        for module in [
            "senselm-web",
            "senselm-web-readings",
            "senselm-web-fits",
            "senselm-web-simulate",
        ] {
            assert_eq!(violations(&package(module, "wasm-bindgen", None)), 0);
        }
    }

    #[test]
    fn an_unknown_crate_needs_a_floor() {
        assert_eq!(violations(&package("senselm-new", "serde", None)), 1);
    }
}
