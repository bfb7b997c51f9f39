//! What the commands that read a recording have in common.

use anyhow::Result;
use clap::ValueEnum;
use senselm_sensor::{BadRow, BadRows, Dataset, Task, Truth};
use senselm_session::AnswerLine;

use super::inspect::is_simulated;
use crate::diagnostics::note;
use crate::exit::Exit;
use crate::input::Input;
use crate::runtime::Runtime;

/// What to do with a row that cannot be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Policy {
    /// Leave it out, say so, and exit with 4
    #[default]
    Skip,
    /// Stop at the first one and exit with 3
    Fail,
}

/// Says on standard error where a model knows simulated data only.
pub(super) fn say_simulated(runtime: &Runtime) {
    if is_simulated(runtime.info().card.as_ref()) {
        note!("this model was trained on simulated data");
    }
}

/// Reads a recording with the model's front end and says on standard error
/// what was not as expected.
pub(super) fn read(runtime: &Runtime, input: &Input, policy: Policy) -> Result<Dataset> {
    let policy = match policy {
        Policy::Skip => BadRows::Skip,
        Policy::Fail => BadRows::Fail,
    };
    let dataset = runtime.read_csv(input, policy)?;
    for warning in &dataset.warnings {
        note!("{input}: {warning}");
    }
    for bad in &dataset.bad {
        note!("{input}: left out: {bad}");
    }
    Ok(dataset)
}

/// The exit code for a recording that was worked through.
pub(super) fn exit(bad: &[BadRow]) -> Exit {
    if bad.is_empty() {
        Exit::Done
    } else {
        Exit::Partial
    }
}

/// A truth as a model would write it.
pub(super) fn truth_text(task: &Task, truth: &Truth) -> String {
    AnswerLine::truth_text(task, truth)
}
