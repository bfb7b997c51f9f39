//! The guest in wasmtime, with the cargo feature `wasmtime`.

use std::error::Error;

use anyhow::{Context, Result};
use senselm_gateway::{GatewayError, Program, ProgramOptions};
use senselm_session::{Answer, GenerateOptions, Generated, Info, Window};

use super::{OnPiece, RuntimeArgs};
use crate::exit::{Exit, of_session_code};

/// A model in a running guest.
pub(super) struct Guest {
    runtime: senselm_gateway::Runtime,
}

impl Guest {
    pub(super) fn open(args: &RuntimeArgs) -> Result<Self> {
        let component = senselm_gateway::find_guest(args.guest.as_deref())?;
        let options = ProgramOptions {
            kernels: args.kernels.clone(),
            ..ProgramOptions::default()
        };
        let program = Program::load(&component, &args.model, options)?;
        Ok(Self {
            runtime: program.start()?,
        })
    }

    pub(super) fn info(&self) -> Result<Info> {
        serde_json::from_str(self.runtime.info_json())
            .context("guest and program are of different versions; build both again")
    }

    pub(super) fn answer(&mut self, window: &Window) -> Result<Answer> {
        Ok(self.runtime.answer(window)?)
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
