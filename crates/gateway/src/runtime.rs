//! One running guest: the session's calls, across the component boundary.

use std::path::Path;
use std::time::Instant;

use senselm_sensor::Window;
use senselm_session::{Answer, GenerateOptions, Generated};
use wasmtime::Store;
use wasmtime::component::ResourceAny;

use crate::GatewayError;
use crate::bindings::Session;
use crate::bindings::exports::senselm::guest::inference::{Failure, LoadOptions};
use crate::engine::host;
use crate::host::{Canceller, Host, Interrupted, OnPiece};
use crate::program::{Program, ProgramOptions};

/// A model that answers windows inside wasmtime.
///
/// A call that was cancelled, timed out or trapped ends its instance; the next
/// call starts a fresh one over the same weights.
pub struct Runtime {
    program: Program,
    canceller: Canceller,
    instance: Option<Instance>,
    info: String,
}

/// A started guest with its loaded session.
struct Instance {
    store: Store<Host>,
    guest: Session,
    session: ResourceAny,
}

impl Runtime {
    /// Loads a model into the guest component with default options.
    ///
    /// # Errors
    /// As [`Program::load`] and [`Program::start`].
    pub fn load(guest: &Path, model: &Path) -> Result<Self, GatewayError> {
        Program::load(guest, model, ProgramOptions::default())?.start()
    }

    pub(crate) fn start(program: Program) -> Result<Self, GatewayError> {
        let mut runtime = Self {
            program,
            canceller: Canceller::default(),
            instance: None,
            info: String::new(),
        };
        runtime.info = runtime.call(|guest, store, session| {
            let info = guest.senselm_guest_inference().session();
            info.call_info(store, session).map(Ok)
        })?;
        Ok(runtime)
    }

    /// What is known about the model: the JSON of `senselm_session::Info`.
    #[must_use]
    pub fn info_json(&self) -> &str {
        &self.info
    }

    /// Stops a running call from another thread.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    /// Answers the model's question about a window.
    ///
    /// # Errors
    /// What the session says of the window, or what stopped the guest.
    pub fn answer(&mut self, window: &Window) -> Result<Answer, GatewayError> {
        let json = self.call(|guest, store, session| {
            let inference = guest.senselm_guest_inference().session();
            inference.call_answer(store, session, &window.channels)
        })?;
        Ok(serde_json::from_str(&json)?)
    }

    /// The mean negative log-likelihood of a window, in nats a token.
    ///
    /// # Errors
    /// As [`Runtime::answer`].
    pub fn score(&mut self, window: &Window) -> Result<f64, GatewayError> {
        self.call(|guest, store, session| {
            let inference = guest.senselm_guest_inference().session();
            inference.call_score(store, session, &window.channels)
        })
    }

    /// The prompt that a window becomes.
    ///
    /// # Errors
    /// As [`Runtime::answer`].
    pub fn prompt(&mut self, window: &Window) -> Result<String, GatewayError> {
        self.call(|guest, store, session| {
            let inference = guest.senselm_guest_inference().session();
            inference.call_prompt(store, session, &window.channels)
        })
    }

    /// Continues a text, each piece of which goes to `on_piece` first.
    ///
    /// # Errors
    /// As [`Runtime::answer`].
    pub fn generate(
        &mut self,
        prompt: &str,
        options: &GenerateOptions,
        on_piece: OnPiece,
    ) -> Result<Generated, GatewayError> {
        let options = serde_json::to_string(options)?;
        let mut on_piece = Some(on_piece);
        let json = self.call(|guest, store, session| {
            store.data_mut().on_piece = on_piece.take();
            let inference = guest.senselm_guest_inference().session();
            let generated = inference.call_generate(&mut *store, session, prompt, &options);
            store.data_mut().on_piece = None;
            generated
        })?;
        Ok(serde_json::from_str(&json)?)
    }

    /// The logits behind the last of `ids`, or behind each of them.
    ///
    /// # Shapes
    /// `[V]`, or `[T, V]` where `all`.
    ///
    /// # Errors
    /// As [`Runtime::answer`].
    pub fn logits(&mut self, ids: &[u32], all: bool) -> Result<Vec<f32>, GatewayError> {
        self.call(|guest, store, session| {
            let inference = guest.senselm_guest_inference().session();
            inference.call_logits(store, session, ids, all)
        })
    }

    /// The token ids of a text.
    ///
    /// # Errors
    /// What stopped the guest.
    pub fn tokenize(&mut self, text: &str) -> Result<Vec<u32>, GatewayError> {
        self.call(|guest, store, session| {
            let inference = guest.senselm_guest_inference().session();
            inference.call_tokenize(store, session, text).map(Ok)
        })
    }

    /// Makes one call under the limits, on a fresh instance if need be.
    fn call<T>(
        &mut self,
        call: impl FnOnce(
            &Session,
            &mut Store<Host>,
            ResourceAny,
        ) -> wasmtime::Result<Result<T, Failure>>,
    ) -> Result<T, GatewayError> {
        self.canceller.reset();
        let _ticking = self.program.shared.ticker.run();
        let mut instance = match self.instance.take() {
            Some(instance) => instance,
            None => Instance::start(&self.program, &self.canceller)?,
        };
        let limit = self.program.shared.options.limits.call;
        instance.store.data_mut().deadline = Instant::now() + limit;
        match call(&instance.guest, &mut instance.store, instance.session) {
            Ok(returned) => {
                self.instance = Some(instance);
                returned.map_err(refused)
            }
            Err(error) => Err(stopped(&self.program, instance.store.data(), &error)),
        }
    }
}

impl Instance {
    fn start(program: &Program, canceller: &Canceller) -> Result<Self, GatewayError> {
        let shared = &program.shared;
        let options = &shared.options;
        let mut store = Host::store(
            &shared.engine,
            options.limits,
            shared.model_bytes,
            canceller.clone(),
        );
        // Starting an instance runs code of the guest too.
        let guest = shared
            .guest
            .instantiate(&mut store)
            .map_err(|error| interrupted(program, &error).unwrap_or_else(|| host(error)))?;
        let load = LoadOptions {
            kernels: options.kernels.clone(),
            anomaly: options.anomaly,
        };
        let inference = guest.senselm_guest_inference().session();
        let session = inference
            .call_load(&mut store, &load)
            .map_err(|error| stopped(program, store.data(), &error))?
            .map_err(refused)?;
        Ok(Self {
            store,
            guest,
            session,
        })
    }
}

fn refused(failure: Failure) -> GatewayError {
    GatewayError::Refused {
        code: failure.code,
        message: failure.message,
    }
}

/// Why a call did not return.
fn stopped(program: &Program, host: &Host, error: &wasmtime::Error) -> GatewayError {
    interrupted(program, error).unwrap_or_else(|| GatewayError::Trapped {
        reason: format!("{error:#} {}", host.stderr()).trim().to_owned(),
    })
}

/// That this side ended the guest's work, where it did.
fn interrupted(program: &Program, error: &wasmtime::Error) -> Option<GatewayError> {
    Some(match error.downcast_ref::<Interrupted>()? {
        Interrupted::Cancelled => GatewayError::Cancelled,
        Interrupted::TimedOut => GatewayError::TimedOut {
            limit: program.shared.options.limits.call,
        },
    })
}
