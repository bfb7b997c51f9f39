//! Training by a recipe: once, or several times to find out how good the
//! recipe is.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use senselm_evaluate::Fold;
use senselm_save::Folder;
use senselm_sensor::{Labelled, Stated};

use crate::TrainError;
use crate::data::{self, Recordings};
use crate::device::Device;
use crate::note::{Event, Note};
use crate::prepare::{Inputs, Source};
use crate::recipe::Recipe;
use crate::report::{Report, RunReport};
use crate::resume::{CHECKPOINT, Found, METRICS};
use crate::single::Trained;

/// What several runs together write.
const REPORT: &str = "report.json";

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
    /// Go on from the checkpoint in `out`; without one that is an error, and
    /// where the run is finished nothing is done.
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
/// `listen` hears what is odd about data and folder before the first step is
/// done, and then every step.
///
/// # Errors
/// Everything in [`TrainError`]. Where files cannot be written, those of an
/// earlier run are still there, and a checkpoint; what was begun is not.
pub fn run(options: &RunOptions, listen: &mut dyn FnMut(Event<'_>)) -> Result<Report, TrainError> {
    let started = Instant::now();
    let source = Source::open(options)?;
    let recordings = source.recordings(&options.data)?;
    for note in source.survey(options, &recordings)? {
        listen(Event::Note(&note));
    }
    let seed = options.seed.unwrap_or(source.recipe.seed);
    let plans = plan(options, &source, &recordings, seed)?;
    if let Some(note) = untrained(&source, options, &plans) {
        listen(Event::Note(&note));
    }
    let (notes, finished) = earlier(options, &source, &recordings, &plans)?;
    for note in &notes {
        listen(Event::Note(note));
    }
    if !finished.is_empty() {
        let seconds = started.elapsed().as_secs_f64();
        let mut report = Report::new(
            &source,
            options.evaluation,
            recordings.files,
            Vec::new(),
            seconds,
        )?;
        report.finished = finished;
        return Ok(report);
    }
    let folder = Folder::create(&options.out)?;
    let mut runs: Vec<RunReport> = Vec::new();
    for planned in plans {
        let folder = planned.folder.as_deref().map(Folder::create).transpose()?;
        let inputs = Inputs {
            name: planned.name,
            folder: planned.folder,
            seed: planned.seed,
            train: planned.train,
            test: planned.test,
            unlabelled: recordings.unlabelled.clone(),
            stated: recordings.stated.clone(),
            resume: options.resume,
            stop_after: options.stop_after,
            first: runs.is_empty(),
        };
        let done = source.train(inputs, &mut to_the_end(listen));
        if let (Err(TrainError::Write(_)), Some(folder)) = (&done, folder) {
            clear(folder.path());
        }
        runs.push(done?.report);
    }
    let report = Report::new(
        &source,
        options.evaluation,
        recordings.files,
        runs,
        started.elapsed().as_secs_f64(),
    )?;
    if options.evaluation != Evaluation::Once {
        folder.save_all(&[(REPORT, report.to_json().as_bytes())])?;
    }
    Ok(report)
}

/// Trains once by the text of a recipe on windows that were read already, and
/// measures on others. With `out` it writes there what [`run()`] writes.
///
/// # Errors
/// Everything in [`TrainError`].
pub fn train_on(
    recipe: &str,
    windows: Windows<'_>,
    out: Option<&Path>,
    device: Device,
    seed: u64,
    listen: &mut dyn FnMut(Event<'_>),
) -> Result<Trained, TrainError> {
    train_while(recipe, windows, out, device, seed, &mut to_the_end(listen))
}

/// As [`train_on()`], ended by whoever listens: after a step that is answered with
/// [`ControlFlow::Break`] there is no further one and no model. Behind the last step
/// that changes nothing.
///
/// # Errors
/// [`TrainError::Ended`] where it was ended; everything else in [`TrainError`].
pub fn train_while(
    recipe: &str,
    windows: Windows<'_>,
    out: Option<&Path>,
    device: Device,
    seed: u64,
    listen: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
) -> Result<Trained, TrainError> {
    let parsed = Recipe::parse(recipe, Path::new("recipe"))?;
    let here = Path::new(".");
    let source = Source::new(parsed, recipe.to_owned(), here, here, device)?;
    let inputs = Inputs {
        name: String::new(),
        folder: out.map(Path::to_path_buf),
        seed,
        train: windows.train.to_vec(),
        test: windows.test.to_vec(),
        unlabelled: Vec::new(),
        stated: windows.stated.clone(),
        resume: false,
        stop_after: None,
        first: true,
    };
    source.train(inputs, listen)
}

/// Hears everything, and ends nothing.
fn to_the_end<'a>(
    listen: &'a mut dyn FnMut(Event<'_>),
) -> impl FnMut(Event<'_>) -> ControlFlow<()> + 'a {
    |event| {
        listen(event);
        ControlFlow::Continue(())
    }
}

/// Windows to train on and others to measure on.
#[derive(Debug, Clone, Copy)]
pub struct Windows<'a> {
    /// To train on. Those of one `group` are never on both sides of a split.
    pub train: &'a [Labelled],
    /// To measure on.
    pub test: &'a [Labelled],
    /// What the recordings state of units and rates.
    pub stated: &'a Stated,
}

/// Takes away the log of a run whose files could not be written: without a
/// checkpoint nothing can go on from it, and a full disk needs the room.
fn clear(folder: &Path) {
    if !folder.join(CHECKPOINT).exists() && !folder.join(METRICS).exists() {
        let _ = std::fs::remove_file(folder.join("log.jsonl"));
    }
}

/// What is said about labels that some of several runs never see.
fn untrained(source: &Source, options: &RunOptions, plans: &[Planned]) -> Option<Note> {
    let task = source.recipe.task.as_ref()?;
    if matches!(options.evaluation, Evaluation::Once | Evaluation::Seeds(_)) {
        return None;
    }
    let notes = plans
        .iter()
        .filter_map(|plan| data::not_trained(task, &plan.train, &plan.test));
    let (mut some, mut all_labels, mut all_windows) = (0, Vec::new(), 0);
    for note in notes {
        if let Note::NotTrained {
            labels, windows, ..
        } = note
        {
            some += 1;
            all_windows += windows;
            all_labels.extend(labels);
        }
    }
    all_labels.sort();
    all_labels.dedup();
    (some > 0).then_some(Note::NotTrained {
        labels: all_labels,
        windows: all_windows,
        runs: Some((some, plans.len())),
    })
}

/// What the folders hold of earlier runs: what is to be said about it, and the
/// metrics of runs that are finished already, where there is nothing to do.
fn earlier(
    options: &RunOptions,
    source: &Source,
    recordings: &Recordings,
    plans: &[Planned],
) -> Result<(Vec<Note>, Vec<serde_json::Value>), TrainError> {
    let folders = plans
        .iter()
        .filter_map(|plan| Some((plan, plan.folder.as_ref()?)));
    let found: Vec<(&Planned, &PathBuf, Found)> = folders
        .map(|(plan, folder)| (plan, folder, Found::in_folder(folder)))
        .collect();
    if !options.resume {
        let first = found
            .iter()
            .find_map(|(_, folder, found)| found.overwritten(folder));
        return Ok((first.into_iter().collect(), Vec::new()));
    }
    if found
        .iter()
        .all(|(_, _, found)| matches!(found, Found::Nothing))
    {
        return Err(TrainError::Resume {
            path: options.out.clone(),
            reason: "there is no checkpoint to go on from".into(),
        });
    }
    let mut notes = Vec::new();
    let mut finished = Vec::new();
    for (plan, folder, found) in &found {
        let Found::Finished(earlier) = found else {
            continue;
        };
        let now = source.identity(plan.seed, &plan.train, &recordings.unlabelled, &plan.test);
        Found::same(earlier.as_ref(), &now, folder)?;
        notes.push(Note::DoneAgain {
            path: (*folder).clone(),
        });
        let text = std::fs::read(folder.join(METRICS)).unwrap_or_default();
        finished.push(serde_json::from_slice(&text).unwrap_or_default());
    }
    let reported = match options.evaluation {
        Evaluation::Once => true,
        _ => options.out.join(REPORT).exists(),
    };
    if finished.len() == plans.len() && reported {
        let path = options.out.clone();
        return Ok((vec![Note::Finished { path }], finished));
    }
    Ok((notes, Vec::new()))
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
            let groups = recordings.groups.as_deref();
            let stream = source.recipe.is_stream();
            let folds = data::folds(&pool, groups, count as usize, seed, stream)
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
