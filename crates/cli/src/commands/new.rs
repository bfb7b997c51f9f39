//! `senselm new`: looks at recordings, says what it sees, and writes a recipe.

use anyhow::Result;
use clap::Args;
use senselm_look::{RecipeFor, SeenFile};

use super::looking::LookArgs;
use crate::diagnostics::note;
use crate::exit::Exit;
use crate::input::InputError;
use crate::output::{Destination, Output, Written};

/// Arguments of `senselm new`.
#[derive(Args)]
#[command(after_help = "\
DATA are CSV or Parquet files, or folders of them: a file may be a session, and a folder a
label. What is seen is said on standard error, with what is odd about it; where two
readings are possible, nothing is written and the option that decides is named.

Examples:
  senselm new DIR -o recipe.toml
  senselm new pump.csv --label condition --ignore operator > pump.toml")]
pub(crate) struct New {
    #[command(flatten)]
    recordings: LookArgs,
    /// The recipe to write, or standard output: -
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    out: Destination,
    /// Write over a recipe that is there
    #[arg(long)]
    force: bool,
    /// Print one JSON object about the file that was written
    #[arg(long)]
    json: bool,
}

impl New {
    pub(crate) fn run(&self, out: &mut Output) -> Result<Exit> {
        if let (Destination::File(path), false) = (&self.out, self.force)
            && std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
        {
            let words = format!(
                "{} is there already; say --force to replace it",
                path.display()
            );
            return Err(InputError::Useless(words).into());
        }
        let seen = self.recordings.look()?;
        if let Destination::File(path) = &self.out
            && let Ok(out_path) = path.canonicalize()
        {
            let is_out =
                |file: &SeenFile| file.path.canonicalize().is_ok_and(|one| one == out_path);
            if seen.files.iter().any(is_out) {
                let words = format!(
                    "{} is a recording that is read: name another file for the recipe",
                    path.display()
                );
                return Err(InputError::Useless(words).into());
            }
        }
        let wanted = RecipeFor::of(&seen);
        let recipe = seen.recipe(&wanted);
        out.file(&self.out, recipe.as_bytes())?;
        if let Destination::File(path) = &self.out {
            let bytes = Some(recipe.len() as u64);
            Written {
                path: &self.out,
                bytes,
            }
            .say(out, self.json)?;
            if seen.task.is_none() {
                note!("there are no answers to learn: senselm fit learns what is normal");
            } else {
                let (path, data) = (path.display(), wanted.data.display());
                note!("next: senselm train --recipe {path} --data {data} --out OUT --folds 5");
            }
        }
        Ok(Exit::Done)
    }
}
