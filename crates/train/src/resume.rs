//! What a folder holds of earlier runs, and what `--resume` makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use senselm_sensor::Labelled;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::TrainError;
use crate::checkpoint::Checkpoint;
use crate::note::Note;
use crate::prepare::{Source, hex};

/// The files of a run.
pub(crate) const CHECKPOINT: &str = "checkpoint.gguf";
pub(crate) const METRICS: &str = "metrics.json";

/// The most changed settings that are named.
const MOST_CHANGES: usize = 3;

/// Everything that decides what a run computes: two runs that agree in it
/// compute the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The SHA-256 of the recipe's text.
    pub recipe_sha256: String,
    /// The seed.
    pub seed: u64,
    /// The device.
    pub device: String,
    /// The SHA-256 of what is trained on: windows, answers, texts.
    pub data_sha256: String,
    /// The SHA-256 of what is measured on.
    pub validation_sha256: String,
    /// The SHA-256 of the files that the recipe names beside the data.
    pub files_sha256: String,
}

impl Identity {
    /// What a run of this identity does not share with an earlier one; empty
    /// where they are the same.
    pub(crate) fn changes(&self, earlier: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.recipe_sha256 != earlier.recipe_sha256 {
            changes.push("the recipe".to_owned());
        }
        if self.seed != earlier.seed {
            changes.push(format!("the seed (it was {})", earlier.seed));
        }
        if self.device != earlier.device {
            changes.push(format!("the device (it was {})", earlier.device));
        }
        let hashes = [
            ("the training data", &self.data_sha256, &earlier.data_sha256),
            (
                "the validation data",
                &self.validation_sha256,
                &earlier.validation_sha256,
            ),
            (
                "a file that the recipe names",
                &self.files_sha256,
                &earlier.files_sha256,
            ),
        ];
        let others = hashes.into_iter().filter(|(_, now, then)| now != then);
        changes.extend(others.map(|(what, _, _)| what.to_owned()));
        changes
    }
}

impl Source {
    /// The identity of a run on these records.
    pub(crate) fn identity(
        &self,
        seed: u64,
        train: &[Labelled],
        unlabelled: &[Labelled],
        test: &[Labelled],
    ) -> Identity {
        let mut data = hash_of(train.iter().chain(unlabelled));
        for text in &self.texts {
            data.update(text.as_bytes());
        }
        Identity {
            recipe_sha256: self.recipe_sha256.clone(),
            seed,
            device: self.device.name().to_owned(),
            data_sha256: hex(&data.finalize()),
            validation_sha256: hex(&hash_of(test.iter()).finalize()),
            files_sha256: self.files_sha256.clone(),
        }
    }
}

fn hash_of<'a>(records: impl Iterator<Item = &'a Labelled>) -> Sha256 {
    let mut hash = Sha256::new();
    for record in records {
        hash.update(record.window.fingerprint().to_le_bytes());
        hash.update(format!("{:?}", record.truth).as_bytes());
    }
    hash
}

/// What a folder holds of earlier runs.
#[derive(Debug)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// A run that was not finished.
    Begun,
    /// A finished run, with its identity where it is known.
    Finished(Option<Identity>),
}

impl Found {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        if folder.join(CHECKPOINT).exists() {
            return Self::Begun;
        }
        let metrics = folder.join(METRICS);
        if !metrics.exists() {
            return Self::Nothing;
        }
        let text = std::fs::read(metrics).unwrap_or_default();
        Self::Finished(serde_json::from_slice(&text).ok())
    }

    /// What a run that starts anew in that folder says.
    pub(crate) fn overwritten(&self, folder: &Path) -> Option<Note> {
        match self {
            Self::Nothing => None,
            Self::Begun => Some(Note::StartsOver {
                path: folder.join(CHECKPOINT),
            }),
            Self::Finished(_) => Some(Note::Replaces {
                path: folder.to_owned(),
            }),
        }
    }

    /// Whether a finished run is the one that is asked for.
    ///
    /// # Errors
    /// [`TrainError::Resume`] where the folder holds another run.
    pub(crate) fn same(
        earlier: Option<&Identity>,
        now: &Identity,
        folder: &Path,
    ) -> Result<(), TrainError> {
        let changes = match earlier {
            Some(earlier) => now.changes(earlier),
            None => vec!["the version of this program".to_owned()],
        };
        if changes.is_empty() {
            return Ok(());
        }
        Err(TrainError::Resume {
            path: folder.to_owned(),
            reason: format!(
                "it holds a finished run, and since then this changed: {}",
                changes.join(", ")
            ),
        })
    }
}

/// Says from where a run goes on.
pub(crate) fn goes_on(path: &Path, at: &Checkpoint) -> Note {
    Note::GoesOn {
        path: path.to_owned(),
        phase: if at.phase == 0 { "pretrain" } else { "train" },
        step: at.step,
    }
}

/// Which settings of a recipe changed.
pub(crate) fn recipe_changes(before: &str, now: &str) -> String {
    let table = |text: &str| -> BTreeMap<String, String> {
        let mut settings = BTreeMap::new();
        if let Ok(table) = text.parse::<toml::Table>() {
            flatten("", &toml::Value::Table(table), &mut settings);
        }
        settings
    };
    let (before, now) = (table(before), table(now));
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let changes: Vec<String> = names
        .into_iter()
        .filter_map(|name| match (before.get(name), now.get(name)) {
            (Some(then), Some(now)) if then == now => None,
            (Some(then), Some(now)) => Some(format!("{name} was {then} and is {now}")),
            (Some(then), None) => Some(format!("{name} was {then} and is left out")),
            (None, Some(now)) => Some(format!("{name} was left out and is {now}")),
            (None, None) => None,
        })
        .collect();
    if changes.is_empty() {
        return "the recipe's text".to_owned();
    }
    let more = changes.len().saturating_sub(MOST_CHANGES);
    let named: Vec<String> = changes.into_iter().take(MOST_CHANGES).collect();
    let mut text = format!("in the recipe {}", named.join(", "));
    if more > 0 {
        text += &format!(" and {more} more");
    }
    text
}

/// Every setting by its full name.
fn flatten(name: &str, value: &toml::Value, settings: &mut BTreeMap<String, String>) {
    let inner = |key: &str| match name {
        "" => key.to_owned(),
        name => format!("{name}.{key}"),
    };
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                flatten(&inner(key), value, settings);
            }
        }
        toml::Value::Array(array) if array.iter().any(toml::Value::is_table) => {
            for (at, value) in array.iter().enumerate() {
                flatten(&inner(&at.to_string()), value, settings);
            }
        }
        value => {
            settings.insert(name.to_owned(), value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_a_recipe_are_named() {
        let before = "name = \"a\"\n[train]\nsteps = 40\nclip = 1.0\n[[c]]\nx = 1\n";
        let same = format!("# a remark\n{before}");
        assert_eq!(recipe_changes(before, &same), "the recipe's text");
        let now = "name = \"a\"\n[train]\nsteps = 80\nbatch = 4\n[[c]]\nx = 2\n";
        assert_eq!(
            recipe_changes(before, now),
            "in the recipe c.0.x was 1 and is 2, train.batch was left out and is 4, \
             train.clip was 1.0 and is left out and 1 more"
        );
        assert_eq!(
            recipe_changes("not TOML at all", "nor = this = that"),
            "the recipe's text"
        );
    }
}
