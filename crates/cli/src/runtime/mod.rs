//! Where a model runs: in this process, on the CPU or a GPU, or as a guest in
//! wasmtime.
//!
//! Recordings are read by this process either way, with the front end and the
//! task that the file holds.

#[cfg_attr(feature = "wasmtime", path = "enabled.rs")]
#[cfg_attr(not(feature = "wasmtime"), path = "disabled.rs")]
mod guest;
mod remembered;

use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use senselm_gpt::Model;
use senselm_sensor::{CsvOptions, Dataset};
use senselm_session::{
    Answer, Backend, GenerateOptions, Generated, GpuMath, Info, KvType, LoadOptions, MAX_THREADS,
    Session, SessionError, Window,
};

use crate::diagnostics::note;
use crate::exit::UsageError;
use crate::input;
use crate::output::warn;
pub(crate) use guest::{guest_code, guest_exit};

/// Takes pieces of generated text; breaks to cancel.
type OnPiece = Box<dyn FnMut(&str) -> ControlFlow<()> + Send>;

/// Windows of a recording that are answered together at most.
pub(crate) const BATCH: usize = 64;

/// Which host runs the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// This process.
    #[default]
    Native,
    /// The guest component in an embedded wasmtime.
    Wasmtime,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Wasmtime => "wasmtime",
        }
    }
}

/// What runs a model in this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendArg {
    /// The CPU.
    #[default]
    Cpu,
    /// The fastest GPU (Vulkan, Metal or DX12).
    Gpu,
    /// Whichever answers faster: measured once for a model, and remembered.
    Auto,
}

/// How a GPU computes prompts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MathArg {
    /// In f32.
    #[default]
    Exact,
    /// Rounded to bytes or binary16 where the GPU has instructions for it.
    Rounded,
}

impl From<MathArg> for GpuMath {
    fn from(math: MathArg) -> Self {
        match math {
            MathArg::Exact => Self::Exact,
            MathArg::Rounded => Self::Rounded,
        }
    }
}

/// The arguments that say which model runs where.
#[derive(Args, Clone, Debug)]
pub(crate) struct RuntimeArgs {
    /// The model, a GGUF file
    #[arg(long, value_name = "FILE")]
    pub(crate) model: PathBuf,
    /// Where to run it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) runtime: Kind,
    /// What computes it in this process; gpu and auto need a build with the feature `gpu`
    #[arg(long, value_enum, default_value_t)]
    pub(crate) backend: BackendArg,
    /// How a GPU computes passes of many tokens
    #[arg(long, value_enum, default_value_t)]
    pub(crate) gpu_math: MathArg,
    /// The guest component for `--runtime wasmtime` (default: SENSELM_GUEST, or beside the program)
    #[arg(long, value_name = "FILE")]
    pub(crate) guest: Option<PathBuf>,
    /// The kernels to run on, such as scalar (default: the fastest that run here)
    #[arg(long, value_name = "NAME")]
    pub(crate) kernels: Option<String>,
    /// Threads for one pass, under wasmtime guests that share a recording's windows (default: the machine's cores; for bench, 1)
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(crate) threads: Option<usize>,
    /// What cached keys and values are kept as: F32, F16 or Q8_0
    #[arg(long, value_name = "TYPE", default_value = "F32", value_parser = kv_type)]
    pub(crate) kv: KvType,
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads @ 1..=MAX_THREADS) => Ok(threads),
        _ => Err(format!("must be from 1 to {MAX_THREADS}")),
    }
}

fn kv_type(text: &str) -> Result<KvType, String> {
    KvType::from_name(text).ok_or_else(|| "must be F32, F16 or Q8_0".to_owned())
}

impl RuntimeArgs {
    /// The threads asked for, or as many as the machine has cores.
    fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(cores).min(MAX_THREADS)
    }
}

/// A loaded model.
pub(crate) struct Runtime {
    kind: Kind,
    session: Session,
    guest: Option<guest::Guest>,
    info: Info,
}

impl Runtime {
    /// Loads the model.
    pub(crate) fn open(args: &RuntimeArgs) -> Result<Self> {
        if args.runtime == Kind::Wasmtime && args.kv != KvType::F32 {
            let message = "a guest keeps keys and values as F32: leave --kv out";
            return Err(UsageError(message.into()).into());
        }
        if args.runtime == Kind::Wasmtime && args.backend != BackendArg::Cpu {
            let message = "a guest runs on the CPU: leave --backend or --runtime out";
            return Err(UsageError(message.into()).into());
        }
        let in_file = || format!("{}", args.model.display());
        let native = args.runtime == Kind::Native;
        let options = LoadOptions {
            kernels: args.kernels.clone().filter(|_| native),
            threads: if native { args.threads() } else { 1 },
            kv: args.kv,
            gpu_math: args.gpu_math.into(),
            ..LoadOptions::default()
        };
        let bytes = input::model(&args.model)?;
        let mut session = Session::load(bytes, options).with_context(in_file)?;
        warn(session.tokenizer().warnings());
        choose(&mut session, args)?;
        let (guest, info) = match args.runtime {
            Kind::Native => (None, session.info().clone()),
            Kind::Wasmtime => {
                let guest = guest::Guest::open(args)?;
                let info = guest.info()?;
                (Some(guest), info)
            }
        };
        Ok(Self {
            kind: args.runtime,
            session,
            guest,
            info,
        })
    }

    /// The same model with another sequence, on a device of its own where this
    /// one is on a GPU.
    pub(crate) fn fork(&self) -> Result<Self> {
        let mut session = self.session.fork();
        session.use_backend(self.session.backend(), &mut |_| ())?;
        Ok(Self {
            kind: self.kind,
            session,
            guest: self.guest.as_ref().map(guest::Guest::fork).transpose()?,
            info: self.info.clone(),
        })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// What the model says of itself, where it runs.
    pub(crate) fn info(&self) -> &Info {
        &self.info
    }

    /// The session of this process: for reading, and for measuring natively.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// The model, if nothing but the CPU of this process runs it.
    pub(crate) fn cpu_model(&self) -> Option<&Model> {
        let here = self.kind == Kind::Native && self.session.backend() == Backend::Cpu;
        here.then(|| self.session.model())
    }

    /// The GPU that runs the model, in words.
    pub(crate) fn adapter(&self) -> Option<String> {
        self.session.adapter()
    }

    /// Reads a recording that is UTF-8 already.
    pub(crate) fn read_csv(
        &self,
        text: &[u8],
        options: &CsvOptions,
    ) -> Result<Dataset, SessionError> {
        self.session.read_csv_with(text, options)
    }

    pub(crate) fn answer(&mut self, window: &Window) -> Result<Answer> {
        match &mut self.guest {
            Some(guest) => guest.answer(window),
            None => told(&mut self.session, |session| session.answer(window)),
        }
    }

    /// Answers several windows, natively in as few passes as fit, under wasmtime
    /// on several guests.
    pub(crate) fn answer_all(&mut self, windows: &[Window]) -> Result<Vec<Result<Answer>>> {
        match &mut self.guest {
            Some(guest) => guest.answer_all(windows),
            None => {
                let answers = told(&mut self.session, |session| session.answer_all(windows))?;
                Ok(answers.into_iter().map(|answer| Ok(answer?)).collect())
            }
        }
    }

    pub(crate) fn logits(&mut self, ids: &[u32], all: bool) -> Result<Vec<f32>> {
        match &mut self.guest {
            Some(guest) => guest.logits(ids, all),
            None => told(&mut self.session, |session| session.logits(ids, all)),
        }
    }

    /// Continues a text; `on_piece` gets each piece and breaks to cancel.
    pub(crate) fn generate(
        &mut self,
        prompt: &str,
        options: &GenerateOptions,
        mut on_piece: impl FnMut(&str) -> ControlFlow<()> + Send + 'static,
    ) -> Result<Generated> {
        match &mut self.guest {
            Some(guest) => guest.generate(prompt, options, Box::new(on_piece)),
            None => told(&mut self.session, |session| {
                session.generate(prompt, options, &mut on_piece)
            }),
        }
    }
}

/// Goes to the backend that was asked for, or to the faster one.
fn choose(session: &mut Session, args: &RuntimeArgs) -> Result<()> {
    match args.backend {
        BackendArg::Cpu => Ok(()),
        BackendArg::Gpu => Ok(session.use_backend(Backend::Gpu, &mut |_| ())?),
        BackendArg::Auto => {
            let info = session.info().clone();
            let backend = remembered::backend(&args.model, &info, || faster(session))?;
            if let Err(error) = session.use_backend(backend, &mut |_| ()) {
                note!("{error}; going on with the CPU");
            }
            Ok(())
        }
    }
}

/// Measures the model on both backends; `None` where there is but one.
fn faster(session: &mut Session) -> Result<Option<Backend>> {
    let cpu = session.measure()?;
    if session.use_backend(Backend::Gpu, &mut |_| ()).is_err() {
        return Ok(None);
    }
    let gpu = session.measure()?;
    let wins = session.backend() == Backend::Gpu && gpu.question_ms < cpu.question_ms;
    Ok(Some(if wins { Backend::Gpu } else { Backend::Cpu }))
}

/// Does some work, and tells what happened to the GPU meanwhile.
fn told<T>(
    session: &mut Session,
    work: impl FnOnce(&mut Session) -> Result<T, SessionError>,
) -> Result<T> {
    let done = work(session);
    for change in session.take_changes() {
        let now = match change.backend {
            Backend::Cpu => "going on with the CPU",
            Backend::Gpu => "it was opened again",
        };
        note!("{}; {now}", change.reason);
    }
    Ok(done?)
}
