//! What a browser downloads before the model: sizes, raw and compressed.
//!
//! A bundle is one build of the runtime, its generated script, and the package's
//! own scripts, of which a browser fetches exactly one; or it is another module
//! and its script, or the dashboard, all of its views together.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::wasm::MODULES;

/// The most that scripts and styles of the dashboard may weigh, compressed.
const DASHBOARD_KIB: usize = 200;
/// And the libraries that not every visit needs.
const ON_DEMAND_KIB: usize = 60;

/// The sizes of one file.
pub struct FileSize {
    /// Path from the workspace root.
    pub path: String,
    /// Bytes on disk.
    pub raw: usize,
    /// Bytes after brotli at quality 11 with a 22-bit window.
    pub brotli: usize,
}

/// One thing a browser may fetch.
pub struct Bundle {
    /// The module, or `dashboard`.
    pub name: &'static str,
    /// Its files.
    pub files: Vec<FileSize>,
    /// The most that they may weigh together, compressed.
    pub budget: usize,
}

impl Bundle {
    /// Compressed bytes of the whole bundle.
    #[must_use]
    pub fn brotli(&self) -> usize {
        self.files.iter().map(|file| file.brotli).sum()
    }
}

/// The sizes of every bundle.
pub struct Sizes(pub Vec<Bundle>);

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for bundle in &self.0 {
            let raw: usize = bundle.files.iter().map(|file| file.raw).sum();
            writeln!(f, "{:<44}{:>10}{:>10}", bundle.name, "raw", "brotli")?;
            for file in &bundle.files {
                writeln!(f, "  {:<42}{:>10}{:>10}", file.path, file.raw, file.brotli)?;
            }
            let total = bundle.brotli();
            writeln!(f, "  {:<42}{raw:>10}{total:>10}", "total")?;
            writeln!(f, "  {:<52}{:>10}", "at most", bundle.budget)?;
        }
        Ok(())
    }
}

/// Measures every bundle.
///
/// # Errors
/// When a file is missing: build first, with `cargo xtask wasm` and
/// `npm run build` in `web/`.
pub fn measure(root: &Path) -> anyhow::Result<Sizes> {
    let mut bundles = MODULES
        .iter()
        .map(|module| {
            let folder = root.join("web/wasm").join(module.name);
            let mut paths = vec![
                folder.join(format!("{}_bg.wasm", module.script)),
                folder.join(format!("{}.js", module.script)),
            ];
            if module.is_runtime() {
                paths.extend(package_scripts(root)?);
            }
            let files = paths
                .iter()
                .map(|path| size(root, path))
                .collect::<Result<_, _>>()?;
            Ok(Bundle {
                name: module.name,
                files,
                budget: module.budget_kib * 1024,
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    bundles.push(Bundle {
        name: "dashboard",
        files: dashboard(root, |path| !named(path, &ON_DEMAND))?,
        budget: DASHBOARD_KIB * 1024,
    });
    bundles.push(Bundle {
        name: "dashboard, libraries on demand",
        files: dashboard(root, |path| named(path, &ON_DEMAND))?,
        budget: ON_DEMAND_KIB * 1024,
    });
    Ok(Sizes(bundles))
}

/// Scripts and styles of the built dashboard, without the package's workers:
/// those that `wanted` says.
fn dashboard(root: &Path, wanted: impl Fn(&Path) -> bool) -> anyhow::Result<Vec<FileSize>> {
    let built = root.join("www/dist");
    let mut paths = files_of(&built)?;
    paths.extend(files_of(&built.join("assets"))?);
    paths
        .iter()
        .filter(|path| has_extension(path, &["js", "css"]) && !named(path, &RUNTIME))
        .filter(|path| wanted(path))
        .map(|path| size(root, path))
        .collect()
}

/// How the bundler's names for the package's own workers begin: it names files
/// after their sources.
const RUNTIME: [&str; 4] = ["senselm-", "worker-", "cache-worker-", "helper-"];
/// And those of libraries that are fetched when they are needed: a broker is
/// connected, a Parquet file is opened that another codec than Snappy wrote.
const ON_DEMAND: [&str; 2] = ["mqtt", "codecs-"];

fn named(path: &Path, beginnings: &[&str]) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    beginnings
        .iter()
        .any(|beginning| name.starts_with(beginning))
}

/// Every script of the built package that a page with a model fetches, sorted
/// by name: not the entry for other people's code, and not the worker that
/// looks after stored models without running one.
fn package_scripts(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut scripts = files_of(&root.join("web/dist"))?;
    scripts.retain(|path| {
        let extra = |name: &OsStr| name == "openai" || name == "cache-worker";
        has_extension(path, &["js"]) && !path.file_stem().is_some_and(extra)
    });
    Ok(scripts)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    extensions.iter().any(|known| {
        path.extension()
            .is_some_and(|extension| extension == *known)
    })
}

/// The files in a folder, sorted by name.
fn files_of(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} is missing: run npm run build", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn size(root: &Path, path: &Path) -> anyhow::Result<FileSize> {
    let bytes = std::fs::read(path)
        .with_context(|| format!("{} is missing: run cargo xtask wasm", path.display()))?;
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut compressed, &parameters)?;
    Ok(FileSize {
        path: path
            .strip_prefix(root)
            .unwrap_or(path)
            .display()
            .to_string(),
        raw: bytes.len(),
        brotli: compressed.len(),
    })
}
