//! How wasmtime is set up, and why.

use std::path::PathBuf;

use wasmtime::{Cache, CacheConfig, Config, Engine};

use crate::GatewayError;

/// Where compiled guests are kept from one start to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CompileCache {
    /// The user's cache folder, where there is one.
    #[default]
    User,
    /// This folder, which must be absolute and which only trusted users may
    /// write to.
    Folder(PathBuf),
    /// Nowhere: every start compiles.
    Off,
}

/// The engine: relaxed SIMD with the host's own rounding, guard pages instead
/// of bounds checks, no NaN canonicalisation (each of the last two would cost
/// 40 % or more), copy-on-write memory images, and epochs to interrupt by,
/// which are cheaper than fuel.
///
/// A store of this engine needs an epoch deadline before its first call.
///
/// # Errors
/// [`GatewayError::Host`] where the cache's folder cannot be used.
pub fn engine(cache: &CompileCache) -> Result<Engine, GatewayError> {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .wasm_simd(true)
        .wasm_relaxed_simd(true)
        .relaxed_simd_deterministic(false)
        .memory_init_cow(true)
        .epoch_interruption(true);
    config.cache(open_cache(cache)?);
    Engine::new(&config).map_err(host)
}

fn open_cache(cache: &CompileCache) -> Result<Option<Cache>, GatewayError> {
    let mut config = CacheConfig::new();
    match cache {
        CompileCache::Off => return Ok(None),
        // Where there is no folder to keep it in, every start compiles.
        CompileCache::User => return Ok(Cache::new(config).ok()),
        CompileCache::Folder(folder) => config.with_directory(folder),
    };
    Cache::new(config).map(Some).map_err(host)
}

pub(crate) fn host(error: wasmtime::Error) -> GatewayError {
    GatewayError::Host(format!("{error:#}"))
}
