//! Linear scores of numbers, held small: the fit of a projection.
//!
//! # Source
//! Hoerl and Kennard, "Ridge regression", 1970; as a classifier of random
//! convolutions, Dempster, Petitjean and Webb, "ROCKET", 2020.

use faer::linalg::solvers::{Llt, Solve};
use faer::{Mat, MatRef, Side};

use senselm_evaluate::{Clusters, Fold, stratified_folds};

use crate::FitError;

/// How much weights are held, of which one is chosen: shares of the mean square
/// length of a window's numbers, so that few and many numbers are held alike.
const STRENGTHS: [f64; 9] = [1e-5, 1e-4, 1e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 10.0];

/// Parts of the windows by which the strength is chosen.
const PARTS: usize = 5;

/// How numbers are brought to one scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Standard {
    /// What is subtracted from each.
    pub mean: Vec<f64>,
    /// What it is then divided by: 1 where nothing varies.
    pub deviation: Vec<f64>,
    /// What it is then held to, on both sides of 0.
    pub clip: f64,
}

/// Scores from standardised numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Ridge {
    /// The scale.
    pub standard: Standard,
    /// A row of weights for each score.
    pub weights: Vec<Vec<f64>>,
    /// What is added to each score.
    pub bias: Vec<f64>,
    /// Which strength was chosen.
    pub strength: f64,
}

impl Standard {
    /// The scale of rows of numbers. A missing number, NaN, does not count.
    #[must_use]
    pub fn of(rows: &[Vec<f64>], clip: f64) -> Self {
        let width = rows.first().map_or(0, Vec::len);
        let column = |at: usize| {
            let all = rows.iter().filter_map(move |row| row.get(at).copied());
            all.filter(|number| number.is_finite())
        };
        let (mut mean, mut deviation) = (Vec::new(), Vec::new());
        for at in 0..width {
            let count = column(at).count().max(1) as f64;
            let centre = column(at).sum::<f64>() / count;
            let squares = column(at).map(|number| (number - centre).powi(2));
            let spread = (squares.sum::<f64>() / count).sqrt();
            // As the file holds them: in 32 bits.
            mean.push(f64::from(centre as f32));
            let spread = f64::from(spread as f32);
            // What hardly varies against its own size is rounding.
            let varies = spread.is_normal() && spread > 1e-7 * centre.abs();
            deviation.push(if varies { spread } else { 1.0 });
        }
        Self {
            mean,
            deviation,
            clip,
        }
    }

    /// Numbers on the scale; a missing one is at the mean.
    #[must_use]
    pub fn of_row(&self, row: &[f64]) -> Vec<f64> {
        let each = row.iter().zip(&self.mean).zip(&self.deviation);
        let each = each.map(|((number, mean), deviation)| match number.is_nan() {
            true => 0.0,
            false => ((number - mean) / deviation).clamp(-self.clip, self.clip),
        });
        each.collect()
    }
}

impl Ridge {
    /// Fits scores to targets, a row of each for every sample. The strength is the
    /// one with the least squared error on clusters that were not fitted on; of
    /// equal ones the larger.
    ///
    /// # Errors
    /// [`FitError::Data`] where there is nothing to fit on.
    pub fn fit(
        rows: &[Vec<f64>],
        targets: &[Vec<f64>],
        clusters: &[u64],
        strata: &[usize],
        clip: f64,
        seed: u64,
    ) -> Result<Self, FitError> {
        let standard = Standard::of(rows, clip);
        let width = standard.mean.len();
        let outputs = targets.first().map_or(0, Vec::len);
        if rows.is_empty() || width == 0 || outputs == 0 {
            return Err(FitError::Data(
                "there is no window, or no number of a window, to fit a projection on".into(),
            ));
        }
        let scaled: Vec<Vec<f64>> = rows.iter().map(|row| standard.of_row(row)).collect();
        let x = Mat::from_fn(rows.len(), width, |at, column| scaled[at][column]);
        let y = Mat::from_fn(rows.len(), outputs, |at, output| targets[at][output]);
        let problem = Problem::new(x, y);
        let clusters = Clusters::of_keys(clusters.iter().copied());
        let parts = PARTS.min(clusters.distinct());
        let strength = match parts {
            0 | 1 => 1.0,
            _ => {
                let folds = stratified_folds(&clusters, strata, parts, seed)?;
                problem.best(&folds)
            }
        };
        let all: Vec<usize> = (0..rows.len()).collect();
        let Some(Some((weights, bias))) = problem.solve(&all, &[strength]).pop() else {
            return Err(FitError::Data("a projection has no solution".into()));
        };
        Ok(Self {
            standard,
            weights: (0..outputs)
                .map(|output| (0..width).map(|at| weights[(at, output)]).collect())
                .collect(),
            bias,
            strength,
        })
    }

    /// The scores of a row of numbers.
    #[must_use]
    pub fn scores(&self, row: &[f64]) -> Vec<f64> {
        let row = self.standard.of_row(row);
        let each = self.weights.iter().zip(&self.bias);
        each.map(|(weights, bias)| {
            let products = weights.iter().zip(&row).map(|(w, x)| w * x);
            products.sum::<f64>() + bias
        })
        .collect()
    }
}

/// Standardised numbers `x`, a row a sample, and targets `y`.
struct Problem {
    x: Mat<f64>,
    y: Mat<f64>,
    /// What strengths are shares of.
    scale: f64,
}

/// Weights `[columns, outputs]` and biases.
type Solution = (Mat<f64>, Vec<f64>);

impl Problem {
    fn new(x: Mat<f64>, y: Mat<f64>) -> Self {
        let squares = x.col_iter().map(|column| column.squared_norm_l2());
        let scale = squares.sum::<f64>() / x.nrows().max(1) as f64;
        Self {
            x,
            y,
            // Where nothing varies, there is nothing to hold.
            scale: scale.max(1e-9),
        }
    }

    /// The strength with the least squared error on the tests of folds.
    fn best(&self, folds: &[Fold]) -> f64 {
        let mut errors = [0.0; STRENGTHS.len()];
        for fold in folds {
            let solutions = self.solve(&fold.train, &STRENGTHS);
            for (error, solution) in errors.iter_mut().zip(&solutions) {
                *error += match solution {
                    Some(solution) => self.error(solution, &fold.test),
                    None => f64::INFINITY,
                };
            }
        }
        let tried = STRENGTHS.iter().zip(&errors).rev();
        let least = tried.min_by(|(_, a), (_, b)| a.total_cmp(b));
        least.map_or(1.0, |(strength, _)| *strength)
    }

    /// The squared error on some of the rows.
    fn error(&self, (weights, bias): &Solution, rows: &[usize]) -> f64 {
        let of_row = |&at: &usize| {
            let scores = self.x.row(at) * weights;
            let each = bias.iter().enumerate();
            each.map(|(output, bias)| (scores[output] + bias - self.y[(at, output)]).powi(2))
                .sum::<f64>()
        };
        rows.iter().map(of_row).sum()
    }

    /// The solution by some of the rows for each strength; `None` where there is
    /// none in `f64`.
    fn solve(&self, rows: &[usize], strengths: &[f64]) -> Vec<Option<Solution>> {
        let count = rows.len().max(1) as f64;
        let mean_of = |all: &Mat<f64>, column: usize| {
            rows.iter().map(|&at| all[(at, column)]).sum::<f64>() / count
        };
        let centred = |all: &Mat<f64>| {
            let means: Vec<f64> = (0..all.ncols()).map(|at| mean_of(all, at)).collect();
            let less = Mat::from_fn(rows.len(), all.ncols(), |at, column| {
                all[(rows[at], column)] - means[column]
            });
            (less, means)
        };
        let (x, x_means) = centred(&self.x);
        let (y, y_means) = centred(&self.y);
        // The products of rows with rows or of columns with columns, whichever are
        // fewer: both give the same weights.
        let by_rows = x.nrows() < x.ncols();
        let (gram, right) = match by_rows {
            true => (&x * x.transpose(), y),
            false => (x.transpose() * &x, x.transpose() * &y),
        };
        let solution = |strength: &f64| {
            let solved = solve_held(gram.as_ref(), strength * self.scale, right.as_ref())?;
            let weights = match by_rows {
                true => x.transpose() * &solved,
                false => solved,
            };
            let bias = y_means.iter().enumerate().map(|(output, mean)| {
                let at_means = x_means.iter().enumerate();
                mean - at_means
                    .map(|(at, x)| x * weights[(at, output)])
                    .sum::<f64>()
            });
            let bias = bias.collect();
            Some((weights, bias))
        };
        strengths.iter().map(solution).collect()
    }
}

/// Solves `(gram + held) z = right`.
fn solve_held(gram: MatRef<'_, f64>, held: f64, right: MatRef<'_, f64>) -> Option<Mat<f64>> {
    let mut held_gram = gram.to_owned();
    for at in 0..held_gram.nrows() {
        held_gram[(at, at)] += held;
    }
    let factor = Llt::new(held_gram.as_ref(), Side::Lower).ok()?;
    Some(factor.solve(right))
}
