//! The journal as a file.

use std::io::Read as _;
use std::path::Path;

use senselm_save::{SaveError, save};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::identity::{Identity, bytes_hash};
use super::number;

/// The version of the file.
const VERSION: u32 = 1;
/// The longest that is read.
const LONGEST: u64 = 1 << 30;

/// What the journal holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// Which search it is.
    pub(super) of: Identity,
    /// What was measured, in that order.
    pub(super) measured: Vec<Line>,
}

/// One thing that was measured.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) what: String,
    /// Seconds of the search at which it was.
    #[serde(with = "number")]
    pub(super) at_s: f64,
    pub(super) found: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    /// Of the state as compact JSON.
    sha256: String,
    state: State,
}

/// The version alone, which decides what else there may be.
#[derive(Deserialize)]
struct Version {
    version: u32,
}

impl State {
    /// Reads what [`State::write`] wrote, or says why that cannot be.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err("there is no unfinished fit to go on with; leave --resume out".into());
            }
            Err(error) => return Err(format!("it cannot be read: {error}")),
        };
        let mut bytes = Vec::new();
        file.take(LONGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| format!("it cannot be read: {error}"))?;
        if bytes.len() as u64 > LONGEST {
            return Err("it is longer than any that is written; say --force to begin again".into());
        }
        let damaged = |why: &str| format!("it is damaged ({why}); say --force to begin again");
        let version: Version =
            serde_json::from_slice(&bytes).map_err(|error| damaged(&error.to_string()))?;
        if version.version != VERSION {
            return Err(format!(
                "it was written by another version of this program, in version {} of the file \
                 where this one knows {VERSION}; go on with that program, or say --force to begin \
                 again",
                version.version
            ));
        }
        let file: File =
            serde_json::from_slice(&bytes).map_err(|error| damaged(&error.to_string()))?;
        if file.state.hash() != file.sha256 {
            return Err(damaged("it does not hold what was written"));
        }
        Ok(file.state)
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), SaveError> {
        let file = File {
            version: VERSION,
            sha256: self.hash(),
            state: self.clone(),
        };
        save(path, &serde_json::to_vec(&file).unwrap_or_default())
    }

    fn hash(&self) -> String {
        bytes_hash(&serde_json::to_vec(self).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        State {
            of: Identity::default(),
            measured: vec![Line {
                what: "a fold".into(),
                at_s: 0.1 + 0.2,
                found: serde_json::json!({"answers": "l0 - l1"}),
            }],
        }
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unfinished.json");
        state().write(&path).unwrap();
        let read = State::read(&path).unwrap();
        assert_eq!(read.measured[0].at_s.to_bits(), (0.1_f64 + 0.2).to_bits());
        assert_eq!(read.measured[0].found, state().measured[0].found);
    }

    #[test]
    fn what_was_not_written_by_this_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unfinished.json");
        let refused = |text: &str, said: &str| {
            std::fs::write(&path, text).unwrap();
            let why = State::read(&path).unwrap_err();
            assert!(why.contains(said) && why.contains("--force"), "{why}");
        };
        state().write(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        refused(&text.replace("\"version\":1", "\"version\":2"), "version 2");
        refused(&text.replace("l0 - l1", "l0 - l0"), "does not hold");
        refused(&text[..text.len() / 2], "damaged");
        refused("", "damaged");
        refused("[]", "damaged");
        refused(&text.replace("\"at_s\":\"0", "\"at_s\":\"x"), "damaged");
        std::fs::remove_file(&path).unwrap();
        assert!(State::read(&path).unwrap_err().contains("no unfinished"));
    }
}
