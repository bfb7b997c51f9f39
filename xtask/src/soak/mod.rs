//! Chores that take longer than a test may: `./build.sh soak NAME`.
//!
//! A chore is a list of rounds. After each one the record is written, so a run
//! that was stopped goes on where it was, as long as the commit, the machine and
//! what is asked for are the same. A record is `docs/soak/NAME.json`; the short
//! form, which the tests run, leaves its own under `target/soak`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::target_dir;

mod anomaly;
mod browser;
mod csv;
mod machine;
mod page;
mod panel;
mod record;
mod regret;
mod training;
mod training_step;

use record::Record;

/// A chore.
pub struct Chore {
    /// What `./build.sh soak` calls it.
    pub name: &'static str,
    /// What it finds out.
    pub what: &'static str,
    /// What the whole of it needs beside the repository.
    pub needs: &'static str,
    /// The names of its rounds.
    rounds: fn(&Setting) -> anyhow::Result<Vec<String>>,
    /// One round: what it found, with `"failed": true` where something did not hold.
    round: fn(&Setting, &str) -> anyhow::Result<Value>,
    /// What all rounds together come to, by their names: a table to print, and whether
    /// what has to hold of them does.
    table: Option<Table>,
}

type Table = fn(&[(&str, &Value)]) -> (String, bool);

/// Every chore.
pub const CHORES: [Chore; 10] = [
    Chore {
        name: "training",
        what: "each recipe is trained; its figures are those of `senselm eval` on the file",
        needs: "recordings for all recipes but pump: SENSELM_DATA; about an hour",
        rounds: training::rounds,
        round: training::round,
        table: None,
    },
    Chore {
        name: "training-step",
        what: "a step of training beside eager PyTorch on one core, at 0.12M and 1.05M parameters",
        needs: "a Python with torch: SENSELM_PYTHON; a quiet machine; three minutes",
        rounds: training_step::rounds,
        round: training_step::round,
        table: Some(training_step::table),
    },
    Chore {
        name: "anomaly",
        what: "a model of the normal beside nearest windows and an isolation forest",
        needs: "recordings with marks: SENSELM_DATA; about ten minutes",
        rounds: anomaly::rounds,
        round: anomaly::round,
        table: None,
    },
    Chore {
        name: "panel",
        what: "fit on sets that nobody tuned, beside convolutions, time warping and a forest",
        needs: "recordings, data/panel and data/shoulder: SENSELM_DATA; up to two hours",
        rounds: panel::rounds,
        round: panel::round,
        table: Some(panel::table),
    },
    Chore {
        name: "panel-long",
        what: "the same with ten minutes for each fit instead of three, and one seed",
        needs: "recordings, data/panel: SENSELM_DATA; up to an hour",
        rounds: panel::long_rounds,
        round: panel::round,
        table: Some(panel::table),
    },
    Chore {
        name: "regret",
        what: "what the choice of fit costs: the candidate chosen beside the best of all",
        needs: "recordings, data/panel: SENSELM_DATA; up to an hour",
        rounds: regret::rounds,
        round: regret::round,
        table: Some(regret::table),
    },
    Chore {
        name: "browser-repeat",
        what: "the browser's tests five times beside two busy loops",
        needs: "what the stage browser needs; about an hour",
        rounds: browser::rounds,
        round: browser::round,
        table: None,
    },
    Chore {
        name: "live-rate",
        what: "200 readings a second in the live view for two minutes, at 30 frames a second",
        needs: "what the stage browser needs, and a quiet machine; three minutes",
        rounds: page::rate_rounds,
        round: page::rate_round,
        table: None,
    },
    Chore {
        name: "page-tasks",
        what: "no task of the page takes 50 ms while 100,000 rows are answered, five times",
        needs: "what the stage browser needs, and a quiet machine; two minutes",
        rounds: page::task_rounds,
        round: page::task_round,
        table: None,
    },
    Chore {
        name: "csv",
        what: "how long the program takes to read 100,000 rows, in seven rounds",
        needs: "a quiet machine; a minute",
        rounds: csv::rounds,
        round: csv::round,
        table: None,
    },
];

/// What a round is run with.
pub struct Setting {
    root: PathBuf,
    /// Where it may leave files.
    work: PathBuf,
    /// Whether it is the short form.
    short: bool,
}

/// The seed of whatever a chore draws.
const SEED: u64 = 1;

impl Setting {
    /// The program: what the tests have built in the short form, and else the
    /// one that ships.
    fn senselm(&self) -> anyhow::Result<Command> {
        let profile = if self.short { "debug" } else { "release" };
        let path = target_dir(&self.root).join(profile).join("senselm");
        ensure!(path.is_file(), "{} is not built", path.display());
        let mut command = Command::new(path);
        command.current_dir(&self.root);
        Ok(command)
    }

    /// The folder of recordings, with `data/` in it, where there is one.
    fn data(&self) -> Option<PathBuf> {
        let named = std::env::var_os("SENSELM_DATA").map(PathBuf::from);
        let folders = named.into_iter().chain([self.root.join("../shared")]);
        folders
            .map(|folder| folder.join("data"))
            .find(|data| data.is_dir())
    }
}

/// The table that `--list` prints.
#[must_use]
pub fn list() -> String {
    let lines = CHORES.iter().map(|chore| {
        let Chore {
            name, what, needs, ..
        } = chore;
        format!("{name:<15} {what}\n{:<15} needs {needs}\n", "")
    });
    lines.collect()
}

/// Runs a chore, or goes on with it. Gives whether everything held.
///
/// # Errors
/// Where there is no such chore, where its record would not say what was run
/// (tracked files are changed), or where a round cannot be run.
pub fn run(root: &Path, name: &str, short: bool) -> anyhow::Result<bool> {
    let Some(chore) = CHORES.iter().find(|chore| chore.name == name) else {
        bail!("there is no chore {name}; there are:\n{}", list());
    };
    let target = target_dir(root).join("soak");
    let setting = Setting {
        root: root.to_owned(),
        work: target.join(name),
        short,
    };
    std::fs::create_dir_all(&setting.work)?;
    let file = if short {
        target.join(format!("{name}.json"))
    } else {
        ensure!(
            !record::is_changed(root)?,
            "tracked files are changed, and the record names a commit: commit them first, \
             or run the short form (--short)"
        );
        root.join("docs/soak").join(format!("{name}.json"))
    };
    let rounds = (chore.rounds)(&setting)?;
    let mut record = Record::resume(&file, name, SEED, &rounds, record::commit(root)?)?;
    for round in &rounds {
        if record.has(round) {
            println!("{name}: {round} was run already");
            continue;
        }
        let found = (chore.round)(&setting, round).with_context(|| format!("{name}: {round}"))?;
        println!("{name}: {round}: {found}");
        record.add(round, found);
        record.write(&file)?;
    }
    println!(
        "{name}: written to {}",
        file.strip_prefix(root).unwrap_or(&file).display()
    );
    let mut holds = record.holds();
    if let Some(table) = chore.table {
        let (text, all_hold) = table(&record.found());
        print!("{text}");
        // The short form shows only that everything runs.
        holds &= short || all_hold;
    }
    Ok(holds)
}

/// The names of so many rounds that do the same; the short form has one.
fn numbered(setting: &Setting, count: usize) -> Vec<String> {
    let count = if setting.short { 1 } else { count };
    (1..=count).map(|round| format!("round {round}")).collect()
}

/// Runs a command to its end and gives what it printed.
fn output(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .output()
        .with_context(|| format!("start {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?} ended with {}:\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
