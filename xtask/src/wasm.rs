//! Builds what runs in a sandbox: the gateway guest and the browser's modules.
//!
//! The guest goes to `<target>/guest`, each module to a folder of its name under
//! `web/wasm` as a wasm file, its script and its types.

use std::path::Path;

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

use crate::{cargo, shared_memory, target_dir};

/// One module for the browser.
pub struct Module {
    /// Its folder under `web/wasm`, by which JavaScript picks it.
    pub name: &'static str,
    /// What its script and its wasm file are called.
    pub script: &'static str,
    /// The crate that it is made of.
    package: &'static str,
    /// Target features.
    features: &'static str,
    /// Features of the crate.
    crate_features: &'static [&'static str],
    /// Whether workers share its memory; see [`crate::shared_memory`].
    pub shared: bool,
    /// The most that wasm and scripts together may weigh, in KiB of brotli -q 11.
    pub budget_kib: usize,
}

impl Module {
    /// Whether it is a build of the runtime, which runs models.
    #[must_use]
    pub fn is_runtime(&self) -> bool {
        self.script == RUNTIME
    }
}

/// What the script of the runtime is called, whichever build it is.
const RUNTIME: &str = "senselm";

/// A build of the runtime.
const fn runtime(name: &'static str) -> Module {
    Module {
        name,
        script: RUNTIME,
        package: "senselm-web",
        features: "+simd128",
        crate_features: &[],
        shared: false,
        budget_kib: 320,
    }
}

/// The browser's modules. Each is a line in `cargo xtask sizes`.
///
/// Of the runtime there are four builds. Not every engine has relaxed SIMD, only
/// a page that is cross-origin isolated has shared memory, and few models are
/// worth a GPU, so all ship; a page loads one. Every engine with WebGPU can load
/// `webgpu`.
pub const MODULES: [Module; 8] = [
    runtime("simd128"),
    Module {
        features: "+simd128,+relaxed-simd",
        ..runtime("relaxed")
    },
    Module {
        features: "+simd128,+relaxed-simd",
        crate_features: &["helpers"],
        shared: true,
        ..runtime("threads")
    },
    Module {
        crate_features: &["gpu"],
        budget_kib: 450,
        ..runtime("webgpu")
    },
    Module {
        name: "simulate",
        script: "simulate",
        package: "senselm-web-simulate",
        // As `simd128`: what both need is compiled once.
        features: "+simd128",
        crate_features: &[],
        shared: false,
        budget_kib: 40,
    },
    Module {
        name: "readings",
        script: "readings",
        package: "senselm-web-readings",
        features: "+simd128",
        crate_features: &["messages"],
        shared: false,
        budget_kib: 58,
    },
    Module {
        name: "tables",
        script: "tables",
        package: "senselm-web-readings",
        features: "+simd128",
        crate_features: &["tables"],
        shared: false,
        budget_kib: 75,
    },
    Module {
        name: "fits",
        script: "fits",
        package: "senselm-web-fits",
        features: "+simd128",
        crate_features: &[],
        shared: false,
        budget_kib: 76,
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
        "--profile=wasi",
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
        let from = target.join("wasm32-wasip2/wasi").join(built);
        let to = guest.join(published);
        std::fs::copy(&from, &to)
            .with_context(|| format!("copy {} to {}", from.display(), to.display()))?;
        println!("built {}", to.display());
    }
    Ok(())
}

/// Builds the browser's modules with these names and their scripts, all of them
/// where none is named.
///
/// # Errors
/// When there is no such module, or cargo or the binding generator fails.
pub fn build_web(root: &Path, names: &[&str]) -> anyhow::Result<()> {
    for name in names {
        if !MODULES.iter().any(|module| module.name == *name) {
            let known = MODULES.map(|module| module.name).join(", ");
            bail!("no module is called {name}; there are: {known}");
        }
    }
    let wanted = |module: &&Module| names.is_empty() || names.contains(&module.name);
    for module in MODULES.iter().filter(wanted) {
        let input = compile_web(root, module)?;
        let folder = root.join("web/wasm").join(module.name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let mut bindgen = Bindgen::new();
        bindgen
            .input_path(&input)
            .out_name(module.script)
            .web(true)?
            .omit_default_module_path(true)
            .typescript(true)
            .remove_name_section(true)
            .remove_producers_section(true);
        if module.shared {
            // An encoder does not write into shared memory.
            bindgen.encode_into(EncodeInto::Never);
        }
        bindgen
            .generate(&folder)
            .with_context(|| format!("generate bindings for {}", module.name))?;
        if module.shared {
            shared_memory::share(&folder)
                .with_context(|| format!("share the memory of {}", module.name))?;
        }
        println!("built {}", folder.display());
    }
    Ok(())
}

/// Compiles one module. All share the target folder `web`, and with it the
/// macros compiled for the host; cargo keeps the files of different flags apart.
fn compile_web(root: &Path, module: &Module) -> anyhow::Result<std::path::PathBuf> {
    let target = target_dir(root).join("web");
    let mut flags = format!("-Ctarget-feature={}", module.features);
    if module.shared {
        flags += shared_memory::RUSTFLAGS;
    }
    let features = module.crate_features.iter();
    let features = features.map(|feature| format!("--features={feature}"));
    run(cargo()
        .current_dir(root)
        .args([
            "build",
            "--quiet",
            "--profile=wasm",
            "--target=wasm32-unknown-unknown",
            // Of the crate what the module names, and nothing else.
            "--no-default-features",
            // Keeps the section that names the target features: the binding
            // generator reads it.
            "--config=profile.wasm.strip='debuginfo'",
        ])
        .arg(format!("--package={}", module.package))
        .args(features)
        .arg("--target-dir")
        .arg(&target)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", flags))?;
    let file = module.package.replace('-', "_") + ".wasm";
    Ok(target.join("wasm32-unknown-unknown/wasm").join(file))
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
