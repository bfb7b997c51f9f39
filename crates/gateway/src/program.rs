//! A guest with a model in it, compiled once and started many times.

use std::path::Path;
use std::sync::Arc;

use senselm_gguf::Whole;
use wasmtime::Engine;
use wasmtime::component::{Component, HasSelf, Linker};

use crate::bindings::{Session, SessionPre};
use crate::engine::{CompileCache, engine, host};
use crate::host::{Host, Limits};
use crate::runtime::Runtime;
use crate::ticker::Ticker;
use crate::{GatewayError, pack};

/// How to load a model into a guest.
#[derive(Clone, Debug)]
pub struct ProgramOptions {
    /// The kernels by name; the fastest that run under wasmtime without it.
    pub kernels: Option<String>,
    /// Whether answers carry an anomaly score.
    pub anomaly: bool,
    /// What bounds each instance.
    pub limits: Limits,
    /// Where the compiled guest is kept.
    pub cache: CompileCache,
}

impl Default for ProgramOptions {
    fn default() -> Self {
        Self {
            kernels: None,
            anomaly: true,
            limits: Limits::default(),
            cache: CompileCache::default(),
        }
    }
}

/// A compiled guest with its model. Cheap to clone; one [`Runtime`] a stream or
/// a thread, all over the same weights.
#[derive(Clone)]
pub struct Program {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) guest: SessionPre<Host>,
    pub(crate) ticker: Ticker,
    pub(crate) options: ProgramOptions,
    pub(crate) model_bytes: usize,
}

impl Program {
    /// Packs `model` into `guest` and compiles both, or takes what an earlier
    /// start compiled from the cache.
    ///
    /// A model in shards is loaded from any of them.
    ///
    /// # Errors
    /// Where either file cannot be read, is damaged, or does not fit the other.
    pub fn load(guest: &Path, model: &Path, options: ProgramOptions) -> Result<Self, GatewayError> {
        let component = std::fs::read(guest).map_err(|source| GatewayError::Read {
            path: guest.to_owned(),
            source,
        })?;
        let model = Whole::open(model)?;
        Self::new(&component, model.as_ref(), options)
    }

    /// As [`Program::load`], from bytes.
    ///
    /// # Errors
    /// As [`Program::load`].
    pub fn new(guest: &[u8], model: &[u8], options: ProgramOptions) -> Result<Self, GatewayError> {
        let packed = pack(guest, model)?;
        let engine = engine(&options.cache)?;
        let component = Component::from_binary(&engine, &packed).map_err(host)?;
        drop(packed);
        let mut linker = Linker::<Host>::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).map_err(host)?;
        Session::add_to_linker::<_, HasSelf<_>>(&mut linker, |host| host).map_err(host)?;
        let instance = linker.instantiate_pre(&component).map_err(host)?;
        let guest = SessionPre::new(instance).map_err(host)?;
        let ticker = Ticker::new(engine.weak()).map_err(|e| GatewayError::Host(e.to_string()))?;
        Ok(Self {
            shared: Arc::new(Shared {
                engine,
                guest,
                ticker,
                options,
                model_bytes: model.len(),
            }),
        })
    }

    /// Starts an instance.
    ///
    /// # Errors
    /// [`GatewayError::Refused`] where the runtime does not take the model.
    pub fn start(&self) -> Result<Runtime, GatewayError> {
        Runtime::start(self.clone())
    }
}
