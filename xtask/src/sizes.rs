//! What a browser downloads before the model: sizes, raw and compressed.
//!
//! A bundle is one wasm variant, its generated script, and the package's own
//! scripts. A browser fetches exactly one of them.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::wasm::VARIANTS;

/// The sizes of one file.
pub struct FileSize {
    /// Path from the workspace root.
    pub path: String,
    /// Bytes on disk.
    pub raw: usize,
    /// Bytes after brotli at quality 11 with a 22-bit window.
    pub brotli: usize,
}

/// One thing a browser may fetch: a wasm variant with every script it needs.
pub struct Bundle {
    /// The variant's name.
    pub variant: &'static str,
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
            writeln!(f, "{:<44}{:>10}{:>10}", bundle.variant, "raw", "brotli")?;
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
    let bundles = VARIANTS
        .iter()
        .map(|variant| {
            let mut paths = vec![
                root.join("web/wasm")
                    .join(variant.name)
                    .join("senselm_bg.wasm"),
                root.join("web/wasm").join(variant.name).join("senselm.js"),
            ];
            paths.extend(package_scripts(root)?);
            let files = paths
                .iter()
                .map(|path| size(root, path))
                .collect::<Result<_, _>>()?;
            Ok(Bundle {
                variant: variant.name,
                files,
                budget: variant.budget_kib * 1024,
            })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Sizes(bundles))
}

/// An entry point that a page fetches besides the first one, and only by its own
/// choice.
const OPTIONAL_SCRIPT: &str = "openai.js";

/// Every script of the built package that a page needs, sorted by name.
fn package_scripts(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = root.join("web/dist");
    let entries = std::fs::read_dir(&folder)
        .with_context(|| format!("{} is missing: run npm run build in web/", folder.display()))?;
    let mut scripts = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let optional = path.file_name().is_some_and(|name| name == OPTIONAL_SCRIPT);
        if !optional && path.extension().is_some_and(|extension| extension == "js") {
            scripts.push(path);
        }
    }
    scripts.sort();
    Ok(scripts)
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
