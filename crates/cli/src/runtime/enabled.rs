//! The guest in wasmtime, with the cargo feature `wasmtime`.

use std::error::Error;

use anyhow::{Context, Result, anyhow};
use senselm_gateway::{GatewayError, Program, ProgramOptions};
use senselm_session::{Answer, GenerateOptions, Generated, Info, Window};

use super::{OnPiece, RuntimeArgs};
use crate::exit::{Exit, of_session_code};

/// A model in a running guest, and in more of them where there is work for
/// several: an instance has one thread, and all share the weights.
pub(super) struct Guest {
    program: Program,
    runtime: senselm_gateway::Runtime,
    others: Vec<senselm_gateway::Runtime>,
    /// How many may run side by side.
    threads: usize,
}

impl Guest {
    pub(super) fn open(args: &RuntimeArgs) -> Result<Self> {
        let component = senselm_gateway::find_guest(args.guest.as_deref())?;
        let options = ProgramOptions {
            kernels: args.kernels.clone(),
            ..ProgramOptions::default()
        };
        Self::start(
            Program::load(&component, &args.model, options)?,
            args.threads(),
        )
    }

    fn start(program: Program, threads: usize) -> Result<Self> {
        Ok(Self {
            runtime: program.start()?,
            program,
            others: Vec::new(),
            threads,
        })
    }

    /// Another instance over the same weights, with a sequence of its own.
    pub(super) fn fork(&self) -> Result<Self> {
        Self::start(self.program.clone(), self.threads)
    }

    pub(super) fn info(&self) -> Result<Info> {
        serde_json::from_str(self.runtime.info_json())
            .context("guest and program are of different versions; build both again")
    }

    pub(super) fn answer(&mut self, window: &Window) -> Result<Answer> {
        Ok(self.runtime.answer(window)?)
    }

    /// Answers windows on as many instances as there are threads.
    pub(super) fn answer_all(&mut self, windows: &[Window]) -> Result<Vec<Result<Answer>>> {
        let parts = self.threads.min(windows.len()).max(1);
        while self.others.len() + 1 < parts {
            self.others.push(self.program.start()?);
        }
        let mut runtimes = std::iter::once(&mut self.runtime).chain(&mut self.others);
        std::thread::scope(|scope| {
            let running: Vec<_> = windows
                .chunks(windows.len().div_ceil(parts).max(1))
                .zip(&mut runtimes)
                .map(|(windows, runtime)| {
                    scope.spawn(move || -> Vec<Result<Answer>> {
                        let answers = windows.iter().map(|window| runtime.answer(window));
                        answers.map(|answer| Ok(answer?)).collect()
                    })
                })
                .collect();
            let mut answers = Vec::with_capacity(windows.len());
            for thread in running {
                let part = thread
                    .join()
                    .map_err(|_| anyhow!("a guest's thread panicked"))?;
                answers.extend(part);
            }
            Ok(answers)
        })
    }

    pub(super) fn logits(&mut self, ids: &[u32], all: bool) -> Result<Vec<f32>> {
        Ok(self.runtime.logits(ids, all)?)
    }

    pub(super) fn generate(
        &mut self,
        prompt: &str,
        options: &GenerateOptions,
        on_piece: OnPiece,
    ) -> Result<Generated> {
        Ok(self.runtime.generate(prompt, options, on_piece)?)
    }
}

/// The exit code for an error of the guest.
pub(crate) fn guest_exit(cause: &(dyn Error + 'static)) -> Option<Exit> {
    let error = cause.downcast_ref::<GatewayError>()?;
    Some(of_session_code(error.code()))
}

/// The code of an error of the guest.
pub(crate) fn guest_code(error: &anyhow::Error) -> Option<String> {
    let error = error.downcast_ref::<GatewayError>()?;
    Some(error.code().to_owned())
}
