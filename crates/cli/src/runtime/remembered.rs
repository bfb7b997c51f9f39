//! Which backend was faster for a model, kept between runs.
//!
//! The file lies in the user's cache folder. It can be deleted at any time, and
//! one that cannot be read or written costs a measurement and nothing else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::Result;
use senselm_session::{Backend, Info};

/// The most models that are remembered.
const MOST: usize = 1000;
/// The most bytes that are read.
const MAX_BYTES: u64 = 1 << 20;

type Known = BTreeMap<String, Backend>;

/// The backend that was measured for this model on this machine, or is now:
/// the CPU where there is nothing to choose from, which is not remembered.
pub(super) fn backend(
    model: &Path,
    info: &Info,
    measure: impl FnOnce() -> Result<Option<Backend>>,
) -> Result<Backend> {
    let Some((file, key)) = file().zip(key(model, info)) else {
        return Ok(measure()?.unwrap_or_default());
    };
    let mut known = read(&file).unwrap_or_default();
    if let Some(backend) = known.get(&key) {
        return Ok(*backend);
    }
    let Some(backend) = measure()? else {
        return Ok(Backend::default());
    };
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(key, backend);
    // Another run measures again where this one cannot be remembered.
    let _ = write(&file, &known);
    Ok(backend)
}

/// What tells this model on this machine from others: where it lies, its size,
/// when it was written, and what the CPU offers it.
fn key(model: &Path, info: &Info) -> Option<String> {
    let path = model.canonicalize().ok()?;
    let data = path.metadata().ok()?;
    let written = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let (path, kernels, threads) = (path.display(), &info.kernels, info.threads);
    let (bytes, ms) = (data.len(), written.as_millis());
    Some(format!(
        "{path}, {bytes} bytes, {ms} ms, {kernels}, {threads} threads"
    ))
}

fn file() -> Option<PathBuf> {
    let folder = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let caches = folder("XDG_CACHE_HOME")
        .or_else(|| folder("LOCALAPPDATA"))
        .or_else(|| folder("HOME").map(|home| home.join(".cache")))?;
    Some(caches.join("senselm").join("backends.json"))
}

fn read(file: &Path) -> Option<Known> {
    let small = file.metadata().ok()?.len() <= MAX_BYTES;
    let text = small.then(|| std::fs::read(file).ok())??;
    serde_json::from_slice(&text).ok()
}

/// Another run may be reading the file: it is replaced whole.
fn write(file: &Path, known: &Known) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    Ok(senselm_save::save(file, &serde_json::to_vec(known)?)?)
}
