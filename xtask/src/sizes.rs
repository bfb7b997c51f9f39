//! What a browser downloads before the model: sizes, raw and compressed.
//!
//! A bundle is one build of the runtime with the package's scripts that run it,
//! of which a browser fetches exactly one; another module and its script; an entry
//! of the package; or what the dashboard fetches for a view or a part of one.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::wasm::{MODULES, Module};

mod page;

/// The most that a first visit to a view may fetch: scripts and styles, compressed.
const FIRST_VISIT_KIB: usize = 200;
/// And a part of the page that is opened later.
const ON_DEMAND_KIB: usize = 40;
/// Whole libraries that others wrote, by the beginning of their names: a broker is
/// connected.
const LIBRARIES: [(&str, usize); 1] = [("mqtt", 60)];
/// What the package has beside the workers of its runtime, with what each may
/// weigh: entries that a page imports, and the worker that only looks after models.
const ENTRIES: [(&str, usize); 3] = [("index", 8), ("openai", 6), ("cache-worker", 12)];

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
    /// The module, the entry of the package, or the part of the dashboard.
    pub name: String,
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

impl Sizes {
    /// What is over its budget, a sentence each.
    #[must_use]
    pub fn exceeded(&self) -> Vec<String> {
        let over = self
            .0
            .iter()
            .filter(|bundle| bundle.brotli() > bundle.budget);
        over.map(|bundle| {
            let (name, weight, budget) = (&bundle.name, bundle.brotli(), bundle.budget);
            format!("{name} weighs {weight} bytes brotli, over {budget}")
        })
        .collect()
    }
}

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
/// `npm run build`.
pub fn measure(root: &Path) -> anyhow::Result<Sizes> {
    let scripts = root.join("web/dist");
    let mut bundles = Vec::new();
    for module in &MODULES {
        let mut paths = module_files(root, module);
        if module.is_runtime() {
            paths.push(scripts.join("index.js"));
            paths.push(scripts.join(format!("worker-{}.js", module.name)));
        }
        if module.shared {
            paths.push(scripts.join("helper.js"));
        }
        bundles.push(bundle(root, module.name.into(), &paths, module.budget_kib)?);
    }
    for (name, budget) in ENTRIES {
        let paths = [scripts.join(name).with_extension("js")];
        bundles.push(bundle(root, format!("package, {name}"), &paths, budget)?);
    }
    bundles.extend(dashboard(root)?);
    Ok(Sizes(bundles))
}

/// The files of a module. The runtime's script is part of its worker.
fn module_files(root: &Path, module: &Module) -> Vec<PathBuf> {
    let folder = root.join("web/wasm").join(module.name);
    let mut files = vec![folder.join(format!("{}_bg.wasm", module.script))];
    if !module.is_runtime() {
        files.push(folder.join(module.script).with_extension("js"));
    }
    files
}

/// What the dashboard fetches when a view is the first, and what its parts fetch
/// when they are opened; without the package's workers, which are counted with
/// the runtime.
fn dashboard(root: &Path) -> anyhow::Result<Vec<Bundle>> {
    let built = root.join("www/dist");
    let page = page::Page::read(&built)?;
    let paths = |files: &page::Files| -> Vec<PathBuf> {
        files.iter().map(|file| built.join(file)).collect()
    };
    let mut bundles = Vec::new();
    let live = ("LiveView".to_owned(), page::Files::new());
    let views = page.parts.iter().filter(|(name, _)| name.ends_with("View"));
    for (name, files) in std::iter::once(&live).chain(views) {
        let all = page.first.union(files).cloned().collect();
        let name = format!("page, first visit to {name}");
        bundles.push(bundle(root, name, &paths(&all), FIRST_VISIT_KIB)?);
    }
    for (name, files) in &page.parts {
        let library = LIBRARIES.iter().find(|(library, _)| name == library);
        let budget = library.map_or(ON_DEMAND_KIB, |(_, budget)| *budget);
        bundles.push(bundle(
            root,
            format!("page, {name}"),
            &paths(files),
            budget,
        )?);
    }
    for path in files_of(&built.join("assets"))? {
        // Workers of the page's own; the bundler names them after their sources.
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some((name, _)) = file.split_once(".worker-") {
            let name = format!("page, worker {name}");
            bundles.push(bundle(
                root,
                name,
                std::slice::from_ref(&path),
                ON_DEMAND_KIB,
            )?);
        }
    }
    Ok(bundles)
}

fn bundle(
    root: &Path,
    name: String,
    paths: &[PathBuf],
    budget_kib: usize,
) -> anyhow::Result<Bundle> {
    let files = paths.iter().map(|path| size(root, path));
    Ok(Bundle {
        name,
        files: files.collect::<Result<_, _>>()?,
        budget: budget_kib * 1024,
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
    let bytes = std::fs::read(path).with_context(|| {
        format!(
            "{} is missing: run cargo xtask wasm and npm run build",
            path.display()
        )
    })?;
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
