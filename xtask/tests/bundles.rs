//! What a browser downloads: small enough, and vectorised.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use libtest_mimic::{Arguments, Failed, Trial};
use wasmparser::{DataKind, Parser, Payload, TypeRef};
use xtask::sizes::measure;
use xtask::wasm::MODULES;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = xtask::workspace_root();
    let built = ["web/dist", "web/wasm/relaxed", "www/dist"]
        .iter()
        .all(|folder| root.join(folder).is_dir());
    if !built {
        println!("ignored: the package and the page are not built, run ./build.sh test web");
    }
    let mut trials = vec![trial("bundles_fit_the_budget", built, fits_the_budget)];
    for variant in MODULES.iter().filter(|module| module.is_runtime()) {
        let relaxed = !["simd128", "webgpu"].contains(&variant.name);
        trials.push(trial(
            &format!("{}_uses_simd", variant.name),
            built,
            move || uses_simd(variant.name, relaxed),
        ));
        trials.push(trial(
            &format!("{}_has_the_right_memory", variant.name),
            built,
            move || shares_memory(variant.name, variant.shared),
        ));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(
    name: &str,
    built: bool,
    check: impl FnOnce() -> anyhow::Result<()> + Send + 'static,
) -> Trial {
    Trial::test(name, move || {
        check().map_err(|error| Failed::from(format!("{error:#}")))
    })
    .with_ignored_flag(!built)
}

fn fits_the_budget() -> anyhow::Result<()> {
    let sizes = measure(&xtask::workspace_root())?;
    println!("{sizes}");
    let exceeded = sizes.exceeded();
    ensure!(exceeded.is_empty(), "{}", exceeded.join("\n"));
    Ok(())
}

/// Relaxed SIMD must be in the one build and absent from the other: an engine
/// without it refuses the whole module.
fn uses_simd(variant: &str, relaxed: bool) -> anyhow::Result<()> {
    let found = simd_operators(&module(variant))?;
    ensure!(
        found.simd > 100,
        "{variant} has only {} SIMD operators",
        found.simd
    );
    ensure!(
        (found.relaxed > 0) == relaxed,
        "{variant} has {} relaxed SIMD operators",
        found.relaxed
    );
    Ok(())
}

/// Memory that workers share comes from outside, and no instance but the first
/// may fill it.
fn shares_memory(variant: &str, shared: bool) -> anyhow::Result<()> {
    let bytes = std::fs::read(module(variant))?;
    let (mut shared_imports, mut active) = (0, 0);
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    if let TypeRef::Memory(memory) = import?.ty {
                        shared_imports += usize::from(memory.shared);
                    }
                }
            }
            Payload::DataSection(segments) => {
                for segment in segments {
                    let active_one = matches!(segment?.kind, DataKind::Active { .. });
                    active += usize::from(active_one);
                }
            }
            _ => {}
        }
    }
    ensure!(
        shared_imports == usize::from(shared),
        "{variant} imports {shared_imports} shared memories"
    );
    ensure!(
        (active == 0) == shared,
        "{variant} has {active} active data segments"
    );
    Ok(())
}

fn module(variant: &str) -> PathBuf {
    let folder = xtask::workspace_root().join("web/wasm").join(variant);
    folder.join("senselm_bg.wasm")
}

#[derive(Default)]
struct Found {
    simd: usize,
    relaxed: usize,
}

fn simd_operators(path: &Path) -> anyhow::Result<Found> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let mut found = Found::default();
    for payload in Parser::new(0).parse_all(&bytes) {
        let Payload::CodeSectionEntry(body) = payload? else {
            continue;
        };
        for operator in body.get_operators_reader()? {
            let name = format!("{:?}", operator?);
            let name = name.split([' ', '{']).next().unwrap_or_default();
            found.relaxed += usize::from(name.contains("Relaxed"));
            found.simd += usize::from(
                name.starts_with("V128") || name.contains("x16") || name.contains("x4"),
            );
        }
    }
    Ok(found)
}
