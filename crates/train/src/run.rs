//! Training by a recipe: once, or several times to find out how good the
//! recipe is.

use std::path::PathBuf;
use std::time::Instant;

use senselm_evaluate::Fold;
use senselm_sensor::Labelled;

use crate::TrainError;
use crate::checkpoint::write_atomically;
use crate::data::{self, Recordings};
use crate::device::Device;
use crate::prepare::{Inputs, Source};
use crate::progress::Progress;
use crate::report::{Report, RunReport};

/// What to train, on what, and where the results go.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The recipe.
    pub recipe: PathBuf,
    /// The folder that the recipe's data paths are relative to.
    pub data: PathBuf,
    /// The folder for the results; it is made where it is missing.
    pub out: PathBuf,
    /// Where to train.
    pub device: Device,
    /// Instead of the recipe's seed.
    pub seed: Option<u64>,
    /// Go on from the checkpoint in `out`, if there is one.
    pub resume: bool,
    /// One run, or several.
    pub evaluation: Evaluation,
    /// Stop after this many steps with a checkpoint, as if interrupted.
    pub stop_after: Option<u64>,
}

/// How often and on what to train.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Evaluation {
    /// Once, on the training files; the result is a model.
    #[default]
    Once,
    /// With this many seeds on the training files, measured on the validation
    /// files.
    Seeds(u32),
    /// Once for each of this many folds of training and validation files.
    Folds(u32),
    /// Once for each distinct window of training and validation files.
    LeaveOneOut,
}

/// One of the runs to do.
struct Planned {
    name: String,
    folder: Option<PathBuf>,
    seed: u64,
    train: Vec<Labelled>,
    test: Vec<Labelled>,
}

/// Trains by a recipe and writes into `out`: `model.gguf`, `metrics.json`,
/// `log.jsonl` and `loss.svg` of a single run, `report.json` of several, and
/// one folder for each of them.
///
/// # Errors
/// Everything in [`TrainError`].
pub fn run(
    options: &RunOptions,
    progress: &mut dyn FnMut(&Progress),
) -> Result<Report, TrainError> {
    let started = Instant::now();
    let source = Source::open(options)?;
    let recordings = source.recordings(&options.data)?;
    std::fs::create_dir_all(&options.out)
        .map_err(|error| TrainError::write(options.out.as_path(), error))?;
    let seed = options.seed.unwrap_or(source.recipe.seed);
    let plans = plan(options, &source, &recordings, seed)?;
    let mut runs: Vec<RunReport> = Vec::new();
    for planned in plans {
        let inputs = Inputs {
            name: planned.name,
            folder: planned.folder,
            seed: planned.seed,
            train: planned.train,
            test: planned.test,
            unlabelled: recordings.unlabelled.clone(),
            resume: options.resume,
            stop_after: options.stop_after,
        };
        runs.push(source.train(inputs, progress)?);
    }
    let report = Report::new(
        &source,
        options.evaluation,
        recordings.files,
        runs,
        started.elapsed().as_secs_f64(),
    )?;
    if options.evaluation != Evaluation::Once {
        let path = options.out.join("report.json");
        write_atomically(&path, report.to_json().as_bytes())?;
    }
    Ok(report)
}

fn plan(
    options: &RunOptions,
    source: &Source,
    recordings: &Recordings,
    seed: u64,
) -> Result<Vec<Planned>, TrainError> {
    let pool = || -> Vec<Labelled> {
        let all = recordings.train.iter().chain(&recordings.validation);
        all.cloned().collect()
    };
    let by_folds = |pool: &[Labelled], folds: Vec<Fold>, what: &str| {
        let count = folds.len();
        let take = |indices: &[usize]| -> Vec<Labelled> {
            let records = indices.iter().filter_map(|&index| pool.get(index));
            records.cloned().collect()
        };
        folds
            .into_iter()
            .enumerate()
            .map(|(index, fold)| Planned {
                name: format!("{what} {} of {count}", index + 1),
                folder: Some(options.out.join(format!("{what}-{}", index + 1))),
                seed: seed + index as u64,
                train: take(&fold.train),
                test: take(&fold.test),
            })
            .collect::<Vec<_>>()
    };
    let with_validation = |what: &str| {
        if recordings.validation.is_empty() {
            return Err(TrainError::recipe(
                "data, validation",
                format!("{what} measures on validation files, and there are none"),
            ));
        }
        Ok(())
    };
    match options.evaluation {
        Evaluation::Once => Ok(vec![Planned {
            name: String::new(),
            folder: Some(options.out.clone()),
            seed,
            train: recordings.train.clone(),
            test: recordings.validation.clone(),
        }]),
        Evaluation::Seeds(count) => {
            with_validation("--seeds")?;
            Ok((0..u64::from(count.max(1)))
                .map(|index| Planned {
                    name: format!("seed {} ({} of {count})", seed + index, index + 1),
                    folder: Some(options.out.join(format!("seed-{}", seed + index))),
                    seed: seed + index,
                    train: recordings.train.clone(),
                    test: recordings.validation.clone(),
                })
                .collect())
        }
        Evaluation::Folds(count) => {
            let pool = pool();
            let folds = data::folds(&pool, count as usize, seed, source.recipe.is_stream())
                .map_err(|error| TrainError::data(error.to_string()))?;
            Ok(by_folds(&pool, folds, "fold"))
        }
        Evaluation::LeaveOneOut => {
            let pool = pool();
            let folds = data::leave_one_out(&pool);
            if folds.len() < 2 {
                return Err(TrainError::data(
                    "leaving one out needs at least two distinct windows",
                ));
            }
            Ok(by_folds(&pool, folds, "window"))
        }
    }
}
