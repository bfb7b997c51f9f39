//! The guest in wasmtime, without the cargo feature `wasmtime`: a refusal.

use std::error::Error;

use anyhow::Result;
use senselm_session::{Answer, GenerateOptions, Generated, Info, Window};

use super::{OnPiece, RuntimeArgs};
use crate::exit::{Exit, UsageError};

/// There is none in this build.
pub(super) enum Guest {}

impl Guest {
    pub(super) fn open(_: &RuntimeArgs) -> Result<Self> {
        Err(UsageError(
            "this program was built without wasmtime; build it with `--features wasmtime`, or use --runtime native".into(),
        )
        .into())
    }

    pub(super) fn fork(&self) -> Result<Self> {
        match *self {}
    }

    pub(super) fn info(&self) -> Result<Info> {
        match *self {}
    }

    pub(super) fn answer(&mut self, _: &Window) -> Result<Answer> {
        match *self {}
    }

    pub(super) fn answer_all(&mut self, _: &[Window]) -> Result<Vec<Result<Answer>>> {
        match *self {}
    }

    pub(super) fn logits(&mut self, _: &[u32], _: bool) -> Result<Vec<f32>> {
        match *self {}
    }

    pub(super) fn generate(
        &mut self,
        _: &str,
        _: &GenerateOptions,
        _: OnPiece,
    ) -> Result<Generated> {
        match *self {}
    }
}

/// No error of a guest can occur.
pub(crate) fn guest_exit(_: &(dyn Error + 'static)) -> Option<Exit> {
    None
}

/// No error of a guest can occur.
pub(crate) fn guest_code(_: &anyhow::Error) -> Option<String> {
    None
}
