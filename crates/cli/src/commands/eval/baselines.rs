//! The baselines on the same windows, as raw numbers.

use std::path::PathBuf;

use anyhow::Result;
use senselm_evaluate::{Fold, Table, Widths, baselines, contiguous_folds, stratified_folds};
use senselm_sensor::{Labelled, Task};
use serde::Serialize;

use super::Known;
use super::judge::{self, Figures};

/// Folds where there is no training recording.
const FOLDS: usize = 5;

/// What the baselines reach.
#[derive(Serialize)]
pub(super) struct Baselines {
    /// The training recording, or `cross-validation`.
    pub(super) fitted_on: Option<String>,
    /// Windows they were fitted on; for cross-validation, of the smallest fold.
    pub(super) n_train: usize,
    /// The most frequent label, or the mean.
    pub(super) majority: Option<Figures>,
    pub(super) knn: Option<Figures>,
    pub(super) random_forest: Option<Figures>,
    /// Why there are none.
    pub(super) reason: Option<String>,
}

/// Fits the baselines, and measures them on `known`. Windows of a stream are
/// like their neighbours, so they are held out in contiguous stretches.
pub(super) fn measure(
    task: &Task,
    stream: bool,
    known: &Known,
    training: Option<&(Known, &PathBuf)>,
    seed: u64,
) -> Result<Baselines> {
    if matches!(task, Task::Generate { .. }) {
        return Ok(without("free text has no classical baseline"));
    }
    match training {
        Some((train, path)) => {
            let name = path.display().to_string();
            let whole = Fold {
                train: (0..train.records.len()).collect(),
                test: (0..known.records.len()).collect(),
            };
            over(task, train, known, &[whole], name, seed)
        }
        None => {
            let clusters = judge::clusters(&known.records);
            let folds = FOLDS.min(clusters.distinct());
            if folds < 2 {
                return Ok(without(
                    "one distinct window is too few to cross-validate: give --train",
                ));
            }
            let (split, kind) = if stream {
                (contiguous_folds(known.records.len(), folds)?, "contiguous ")
            } else {
                let strata = match task {
                    Task::Classify { .. } => judge::label_truths(known)?,
                    _ => vec![0; known.records.len()],
                };
                (stratified_folds(&clusters, &strata, folds, seed)?, "")
            };
            let name = format!("{folds}-fold {kind}cross-validation on the data");
            over(task, known, known, &split, name, seed)
        }
    }
}

fn without(reason: &str) -> Baselines {
    Baselines {
        fitted_on: None,
        n_train: 0,
        majority: None,
        knn: None,
        random_forest: None,
        reason: Some(reason.to_owned()),
    }
}

/// Fits on the training part of each fold, collects the answers for the tests.
/// The majority is that of all training rows: holding a part of balanced labels
/// out would always make the others the more frequent ones.
fn over(
    task: &Task,
    train: &Known,
    test: &Known,
    folds: &[Fold],
    fitted_on: String,
    seed: u64,
) -> Result<Baselines> {
    let channels = |record: &'_ Labelled| record.window.channels.clone();
    let train_windows: Vec<Vec<Vec<f64>>> = train.records.iter().map(channels).collect();
    let test_windows: Vec<Vec<Vec<f64>>> = test.records.iter().map(channels).collect();
    let widths = Widths::of(train_windows.iter().map(Vec::as_slice));
    let train_rows = widths.table(train_windows.iter().map(Vec::as_slice))?;
    let test_rows = widths.table(test_windows.iter().map(Vec::as_slice))?;
    let n_train = folds.iter().map(|fold| fold.train.len()).min().unwrap_or(0);
    let rows = Rows {
        train: &train_rows,
        test: &test_rows,
        folds,
    };
    let [majority, knn, random_forest] = if let Task::Classify { labels, .. } = task {
        let truths = judge::label_truths(train)?;
        let mut answers = rows.answers(&truths, |train, truths, test| {
            let answers = baselines::classify(train, truths, labels.len(), test, seed)?;
            Ok([answers.majority, answers.knn, answers.random_forest])
        })?;
        answers[0].fill(baselines::most_frequent(&truths, labels.len()));
        answers.map(|answers| judge::labels(labels.len(), test, &answers, seed))
    } else {
        let truths = judge::number_truths(train)?;
        let mut answers = rows.answers(&truths, |train, truths, test| {
            let answers = baselines::estimate(train, truths, test, seed)?;
            Ok([answers.majority, answers.knn, answers.random_forest])
        })?;
        answers[0].fill(baselines::mean(&truths));
        answers.map(|answers| judge::numbers(test, &answers, seed))
    };
    Ok(Baselines {
        fitted_on: Some(fitted_on),
        n_train,
        majority: Some(majority?),
        knn: Some(knn?),
        random_forest: Some(random_forest?),
        reason: None,
    })
}

/// The tables, and which of their rows belong together.
struct Rows<'a> {
    train: &'a Table,
    test: &'a Table,
    folds: &'a [Fold],
}

impl Rows<'_> {
    /// The answers of the three baselines for every row of the test table.
    fn answers<T: Copy + Default>(
        &self,
        truths: &[T],
        fit: impl Fn(&Table, &[T], &Table) -> Result<[Vec<T>; 3]>,
    ) -> Result<[Vec<T>; 3]> {
        let mut all = [(); 3].map(|()| vec![T::default(); self.test.rows().len()]);
        for fold in self.folds {
            let known: Vec<T> = fold.train.iter().map(|&row| truths[row]).collect();
            let (train, test) = (
                self.train.select(&fold.train)?,
                self.test.select(&fold.test)?,
            );
            for (all, answers) in all.iter_mut().zip(fit(&train, &known, &test)?) {
                for (&row, answer) in fold.test.iter().zip(answers) {
                    all[row] = answer;
                }
            }
        }
        Ok(all)
    }
}
