//! Builds what runs in a sandbox: the gateway guest and the browser variants.
//!
//! The guest goes to `<target>/guest`, the browser variants to
//! `web/wasm/{simd128,relaxed,threads,webgpu}` as a wasm file, its script and its
//! types.

use std::path::Path;

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

use crate::{cargo, shared_memory, target_dir};

/// One browser build.
pub struct Variant {
    /// Its folder under `web/wasm`, by which JavaScript picks it.
    pub name: &'static str,
    /// Target features.
    features: &'static str,
    /// Features of the crate `web`.
    crate_features: &'static [&'static str],
    /// Whether workers share its memory; see [`crate::shared_memory`].
    pub shared: bool,
    /// The most that wasm and scripts together may weigh, in KiB of brotli -q 11.
    pub budget_kib: usize,
}

/// The browser builds. Not every engine has relaxed SIMD, only a page that is
/// cross-origin isolated has shared memory, and few models are worth a GPU, so
/// all ship; a page loads one. Every engine with WebGPU can load `webgpu`.
pub const VARIANTS: [Variant; 4] = [
    Variant {
        name: "simd128",
        features: "+simd128",
        crate_features: &[],
        shared: false,
        budget_kib: 350,
    },
    Variant {
        name: "relaxed",
        features: "+simd128,+relaxed-simd",
        crate_features: &[],
        shared: false,
        budget_kib: 350,
    },
    Variant {
        name: "threads",
        features: "+simd128,+relaxed-simd",
        crate_features: &["helpers"],
        shared: true,
        budget_kib: 350,
    },
    Variant {
        name: "webgpu",
        features: "+simd128",
        crate_features: &["gpu"],
        shared: false,
        budget_kib: 450,
    },
];

/// What runs under wasmtime, as cargo names it, and as it is looked for: the
/// component that the gateway embeds, the command for any WASI host, and the
/// check that holds the kernels of both to the oracle.
pub const GUEST_FILES: [(&str, &str); 3] = [
    ("senselm_guest.wasm", "senselm-guest.wasm"),
    ("senselm-command.wasm", "senselm-command.wasm"),
    ("parity.wasm", "kernels-parity.wasm"),
];

/// Builds the guest component, the command and the kernels' check.
///
/// # Errors
/// When cargo fails or its output cannot be copied.
pub fn build_guest(root: &Path) -> anyhow::Result<()> {
    let target = target_dir(root);
    let build = [
        "build",
        "--quiet",
        "--profile=wasm",
        "--target=wasm32-wasip2",
    ];
    run(cargo()
        .current_dir(root)
        .args(build)
        .arg("--package=senselm-guest"))?;
    run(cargo().current_dir(root).args(build).args([
        "--package=senselm-kernels",
        "--features=testing",
        "--bin=parity",
    ]))?;
    let guest = target.join("guest");
    std::fs::create_dir_all(&guest)?;
    for (built, published) in GUEST_FILES {
        let from = target.join("wasm32-wasip2/wasm").join(built);
        let to = guest.join(published);
        std::fs::copy(&from, &to)
            .with_context(|| format!("copy {} to {}", from.display(), to.display()))?;
        println!("built {}", to.display());
    }
    Ok(())
}

/// Builds every browser variant and its script.
///
/// # Errors
/// When cargo or the binding generator fails.
pub fn build_web(root: &Path) -> anyhow::Result<()> {
    for variant in &VARIANTS {
        let input = compile_web(root, variant)?;
        let folder = root.join("web/wasm").join(variant.name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let mut bindgen = Bindgen::new();
        bindgen
            .input_path(&input)
            .out_name("senselm")
            .web(true)?
            .omit_default_module_path(false)
            .typescript(true)
            .remove_name_section(true)
            .remove_producers_section(true);
        if variant.shared {
            // An encoder does not write into shared memory.
            bindgen.encode_into(EncodeInto::Never);
        }
        bindgen
            .generate(&folder)
            .with_context(|| format!("generate bindings for {}", variant.name))?;
        if variant.shared {
            shared_memory::share(&folder)
                .with_context(|| format!("share the memory of {}", variant.name))?;
        }
        println!("built {}", folder.display());
    }
    Ok(())
}

/// Compiles one variant. All share the target folder `web`, and with it the
/// macros compiled for the host; cargo keeps the files of different flags apart.
fn compile_web(root: &Path, variant: &Variant) -> anyhow::Result<std::path::PathBuf> {
    let target = target_dir(root).join("web");
    let mut flags = format!("-Ctarget-feature={}", variant.features);
    if variant.shared {
        flags += shared_memory::RUSTFLAGS;
    }
    let features = variant.crate_features.iter();
    let features = features.map(|feature| format!("--features={feature}"));
    run(cargo()
        .current_dir(root)
        .args([
            "build",
            "--quiet",
            "--profile=wasm",
            "--target=wasm32-unknown-unknown",
            "--package=senselm-web",
            // Keeps the section that names the target features: the binding
            // generator reads it.
            "--config=profile.wasm.strip='debuginfo'",
        ])
        .args(features)
        .arg("--target-dir")
        .arg(&target)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", flags))?;
    Ok(target.join("wasm32-unknown-unknown/wasm/senselm_web.wasm"))
}

fn run(command: &mut std::process::Command) -> anyhow::Result<()> {
    let status = command
        .status()
        .with_context(|| format!("start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} failed with {status}");
    }
    Ok(())
}
