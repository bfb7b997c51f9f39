//! The record of a chore: which rounds were run, on what, and what they found.

use std::path::Path;
use std::process::Command;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{machine, output};

/// A record, as it is in its file.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    chore: String,
    /// What was checked out.
    commit: String,
    seed: u64,
    machine: Value,
    /// The rounds that there are to be.
    asked: Vec<String>,
    rounds: Vec<Round>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Round {
    round: String,
    found: Value,
}

impl Record {
    /// The record of the same work that `file` has, or an empty one.
    ///
    /// # Errors
    /// Where the file is there and is no record.
    pub(super) fn resume(
        file: &Path,
        chore: &str,
        seed: u64,
        asked: &[String],
        commit: String,
    ) -> anyhow::Result<Self> {
        let new = Self {
            chore: chore.to_owned(),
            commit,
            seed,
            machine: machine::describe(),
            asked: asked.to_vec(),
            rounds: Vec::new(),
        };
        if !file.exists() {
            return Ok(new);
        }
        let text = std::fs::read_to_string(file)?;
        let old: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is no record: remove it", file.display()))?;
        // What ran to its end is run again, and so is what was asked otherwise.
        Ok(if old.goes_on(&new) { old } else { new })
    }

    fn goes_on(&self, new: &Self) -> bool {
        let same = (
            &self.chore,
            &self.commit,
            self.seed,
            &self.machine,
            &self.asked,
        ) == (&new.chore, &new.commit, new.seed, &new.machine, &new.asked);
        same && self.rounds.len() < self.asked.len()
    }

    /// Whether a round was run.
    pub(super) fn has(&self, round: &str) -> bool {
        self.rounds.iter().any(|run| run.round == round)
    }

    /// Adds what a round found.
    pub(super) fn add(&mut self, round: &str, found: Value) {
        let round = round.to_owned();
        self.rounds.push(Round { round, found });
    }

    /// What each round found.
    pub(super) fn found(&self) -> Vec<(&str, &Value)> {
        let each = self.rounds.iter();
        each.map(|run| (run.round.as_str(), &run.found)).collect()
    }

    /// Whether no round found a failure.
    pub(super) fn holds(&self) -> bool {
        !self.rounds.iter().any(|run| run.found["failed"] == true)
    }

    /// Writes it whole: a run that is stopped meanwhile leaves the one before.
    pub(super) fn write(&self, file: &Path) -> anyhow::Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let unfinished = file.with_extension("unfinished");
        std::fs::write(&unfinished, serde_json::to_string_pretty(self)? + "\n")?;
        std::fs::rename(&unfinished, file).with_context(|| file.display().to_string())
    }
}

/// What is checked out.
pub(super) fn commit(root: &Path) -> anyhow::Result<String> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["rev-parse", "HEAD"]);
    Ok(output(&mut git)?.trim().to_owned())
}

/// Whether tracked files are not as they were committed, records aside.
pub(super) fn is_changed(root: &Path) -> anyhow::Result<bool> {
    let mut git = Command::new("git");
    git.current_dir(root)
        .args(["status", "--porcelain", "--untracked-files=no"]);
    git.args(["--", ".", ":!docs/soak"]);
    Ok(!output(&mut git)?.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn resumed(file: &Path, asked: &[&str], commit: &str) -> Record {
        let asked: Vec<String> = asked.iter().map(|&name| name.to_owned()).collect();
        Record::resume(file, "csv", 1, &asked, commit.to_owned()).expect("a record")
    }

    #[test]
    fn a_record_goes_on_where_it_was_and_only_there() {
        let folder = std::env::temp_dir().join(format!("xtask-soak-{}", std::process::id()));
        let file = folder.join("csv.json");
        let mut record = resumed(&file, &["1", "2"], "a");
        record.add("1", json!({ "seconds": 2 }));
        record.write(&file).expect("written");

        let mut again = resumed(&file, &["1", "2"], "a");
        assert_eq!(again, record);
        assert!(again.has("1") && !again.has("2"));
        assert!(!resumed(&file, &["1", "2"], "b").has("1"), "another commit");
        assert!(!resumed(&file, &["1"], "a").has("1"), "other rounds");

        assert!(again.holds());
        again.add("2", json!({ "failed": true }));
        assert!(!again.holds());
        again.write(&file).expect("written");
        assert!(
            !resumed(&file, &["1", "2"], "a").has("1"),
            "it ran to its end"
        );

        std::fs::write(&file, "{").expect("written");
        let error = Record::resume(&file, "csv", 1, &[], String::new()).expect_err("no record");
        assert!(error.to_string().contains("remove it"), "{error}");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
