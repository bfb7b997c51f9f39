//! Random forests, by smartcore: pure Rust, maintained, seeded, no BLAS.

use smartcore::ensemble::random_forest_classifier::{
    RandomForestClassifier, RandomForestClassifierParameters,
};
use smartcore::ensemble::random_forest_regressor::{
    RandomForestRegressor, RandomForestRegressorParameters,
};
use smartcore::linalg::basic::matrix::DenseMatrix;

use crate::{EvaluateError, Table};

/// Trees in a forest.
pub const TREES: u16 = 100;

pub(super) fn classify(
    train: &Table,
    truths: &[usize],
    test: &Table,
    seed: u64,
) -> Result<Vec<usize>, EvaluateError> {
    // The library wants two classes at least; with one there is no question.
    if let Some(&only) = truths.first()
        && truths.iter().all(|&truth| truth == only)
    {
        return Ok(vec![only; test.rows().len()]);
    }
    let parameters = RandomForestClassifierParameters::default()
        .with_n_trees(TREES)
        .with_seed(seed);
    let classes: Vec<u32> = truths.iter().map(|&truth| truth as u32).collect();
    let forest =
        RandomForestClassifier::fit(&matrix(train)?, &classes, parameters).map_err(refused)?;
    let answers = forest.predict(&matrix(test)?).map_err(refused)?;
    Ok(answers.into_iter().map(|label| label as usize).collect())
}

pub(super) fn estimate(
    train: &Table,
    truths: &[f64],
    test: &Table,
    seed: u64,
) -> Result<Vec<f64>, EvaluateError> {
    // A third of the columns at each split, as Breiman recommends for numbers.
    let parameters = RandomForestRegressorParameters::default()
        .with_n_trees(usize::from(TREES))
        .with_m(train.width().div_ceil(3))
        .with_seed(seed);
    let forest = RandomForestRegressor::fit(&matrix(train)?, &truths.to_vec(), parameters)
        .map_err(refused)?;
    forest.predict(&matrix(test)?).map_err(refused)
}

fn matrix(table: &Table) -> Result<DenseMatrix<f64>, EvaluateError> {
    DenseMatrix::from_2d_vec(&table.rows().to_vec()).map_err(refused)
}

fn refused(error: smartcore::error::Failed) -> EvaluateError {
    EvaluateError::Baseline {
        baseline: "random forest",
        reason: error.to_string(),
    }
}
