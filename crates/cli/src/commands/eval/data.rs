//! What a model is measured on: a recording, or a folder of them, where the folder of
//! each may be its label.

use std::path::Path;

use anyhow::Result;
use senselm_look::{Found, Role, find};
use senselm_readings::Note;
use senselm_sensor::{BadRow, Dataset, Labelled, Stated, Task, Truth, Warning};
use senselm_session::SessionError;

use crate::commands::recording::{self, Policy, ToldArgs};
use crate::diagnostics::note;
use crate::input::{Input, InputError};
use crate::runtime::Runtime;

/// Labelled windows, and what was not as expected.
#[derive(Default)]
pub(super) struct Data {
    pub(super) records: Vec<Labelled>,
    pub(super) bad: Vec<BadRow>,
    pub(super) warnings: Vec<Warning>,
    pub(super) stated: Stated,
}

impl Data {
    /// Reads a recording, or those of a folder: of files that are called train and
    /// test, only those that are not to learn from.
    pub(super) fn read(
        runtime: &Runtime,
        path: &Path,
        policy: Policy,
        told: &ToldArgs,
        measured: bool,
    ) -> Result<Self> {
        let mut data = Self::default();
        if !path.is_dir() {
            let read = recording::read(runtime, &Input::File(path.to_path_buf()), policy, told)?;
            data.take(read);
            return Ok(data);
        }
        let mut files = find(&[path.to_path_buf()])?;
        let wanted = |file: &Found| (file.role != Role::Train) == measured;
        if files.iter().any(wanted) {
            files.retain(wanted);
        }
        let task = runtime.info().task.clone().ok_or(SessionError::NoTask)?;
        let mut used = 0;
        for file in &files {
            if is_empty(&file.path) {
                note!("{} has no rows, and is left out", file.path.display());
                continue;
            }
            let input = Input::File(file.path.clone());
            let is_label = file
                .folder
                .as_ref()
                .is_some_and(|f| task.labels().contains(f));
            // That no column holds the labels is how such folders are.
            let usual = is_label.then(|| no_column(&task)).flatten();
            let mut read = recording::read_but(runtime, &input, policy, told, usual.as_ref())?;
            label(&mut read, file, &task)?;
            data.take(read);
            used += 1;
        }
        note!("{}: {used} recordings", path.display());
        Ok(data)
    }

    fn take(&mut self, read: Dataset) {
        self.records.extend(read.records);
        self.bad.extend(read.bad);
        self.warnings.extend(read.warnings);
        self.stated.join(&read.stated);
    }
}

/// What is said of a recording without the column of right answers.
fn no_column(task: &Task) -> Option<Warning> {
    let column = task.column()?.to_string();
    Some(Warning::from(&Note::NoTruthColumn { column }))
}

/// Whether a file holds nothing that could be lost.
fn is_empty(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|about| about.len() == 0)
}

/// Takes the folder for the label, where it is one and the file says none.
///
/// # Errors
/// [`InputError::Useless`] where neither says one.
fn label(read: &mut Dataset, file: &Found, task: &Task) -> Result<()> {
    let folder = file.folder.as_deref().unwrap_or_default();
    let at = task.labels().iter().position(|label| label == folder);
    let truths = || {
        read.records
            .iter()
            .filter_map(|record| record.truth.as_ref())
    };
    let other = at.and_then(|at| truths().find(|truth| **truth != Truth::Label(at)));
    if let Some(other) = other {
        note!(
            "{}: its folder is called {folder}, and rows of it say {}: what rows say counts",
            file.path.display(),
            recording::truth_text(task, other)
        );
    }
    if truths().next().is_some() || read.records.is_empty() {
        return Ok(());
    }
    let Some(at) = at else {
        let words = match task {
            Task::Classify { labels, .. } => format!(
                "no row of {} has a label, and its folder {folder:?} is none of {}: name the \
                 folder as its label, or leave the file out",
                file.path.display(),
                labels.join(", ")
            ),
            _ => format!(
                "no row of {} has a right answer: measure on labelled recordings",
                file.path.display()
            ),
        };
        return Err(InputError::Useless(words).into());
    };
    for record in &mut read.records {
        record.truth = Some(Truth::Label(at));
    }
    Ok(())
}
