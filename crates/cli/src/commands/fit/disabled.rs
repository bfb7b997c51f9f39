//! `senselm fit` without the cargo feature `train`: a refusal.

use std::error::Error;
use std::ffi::OsString;

use anyhow::Result;
use clap::Args;

use crate::exit::{Exit, UsageError};
use crate::output::Output;

/// Whatever is asked, it is not in this build.
#[derive(Args)]
#[command(after_help = "\
This program was built without training.

Example:
  cargo build --release --features train")]
pub(crate) struct Fit {
    /// Taken, and not looked at
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    rest: Vec<OsString>,
}

impl Fit {
    pub(crate) fn run(&self, _: &mut Output) -> Result<Exit> {
        Err(UsageError(format!(
            "this program was built without training, so it cannot take {} arguments; build it with `--features train`",
            self.rest.len()
        ))
        .into())
    }
}

/// No error of fitting can occur.
pub(crate) fn fit_exit(_: &(dyn Error + 'static)) -> Option<Exit> {
    None
}
