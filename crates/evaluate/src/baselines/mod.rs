//! Classical models on the raw numbers, to compare with.
//!
//! Each is fitted on one table and answers for another. Missing readings
//! become the median that the column has in the training table.

mod forest;
mod isolation;
mod majority;
mod nearest;
mod prepare;
mod warped;

use crate::error::same_length;
use crate::{EvaluateError, Table};

pub use forest::TREES;
pub use isolation::{isolation_forest, nearest_distance};
pub use majority::{mean, most_frequent};
pub use nearest::NEIGHBOURS;
pub use warped::{BAND, Points, nearest_warped};

/// The answers of every baseline, for the rows of the test table.
#[derive(Clone, Debug, PartialEq)]
pub struct Baselines<T> {
    /// The most frequent label, or the mean, of the training table.
    pub majority: Vec<T>,
    /// The vote, or the mean, of the [`NEIGHBOURS`] nearest rows, columns
    /// standardised.
    pub knn: Vec<T>,
    /// A random forest of [`TREES`] trees.
    pub random_forest: Vec<T>,
}

/// Fits the baselines on labelled rows and answers for `test`.
///
/// # Errors
/// [`EvaluateError::LengthMismatch`], [`EvaluateError::Ragged`] when the tables
/// differ in width, [`EvaluateError::LabelOutOfRange`] and
/// [`EvaluateError::Baseline`].
pub fn classify(
    train: &Table,
    truths: &[usize],
    labels: usize,
    test: &Table,
    seed: u64,
) -> Result<Baselines<usize>, EvaluateError> {
    same_length("labels", train.rows().len(), truths.len())?;
    if let Some(row) = truths.iter().position(|&label| label >= labels) {
        return Err(EvaluateError::LabelOutOfRange {
            row,
            found: truths[row],
            labels,
        });
    }
    let (train, test) = prepare::together(train, test)?;
    let majority = most_frequent(truths, labels);
    Ok(Baselines {
        majority: vec![majority; test.rows().len()],
        knn: nearest::classify(&train, truths, labels, &test),
        random_forest: forest::classify(&train, truths, &test, seed)?,
    })
}

/// Fits the baselines on rows with numbers and answers for `test`.
///
/// # Errors
/// As for [`classify`], and [`EvaluateError::NotFinite`].
pub fn estimate(
    train: &Table,
    truths: &[f64],
    test: &Table,
    seed: u64,
) -> Result<Baselines<f64>, EvaluateError> {
    same_length("numbers", train.rows().len(), truths.len())?;
    if let Some(row) = truths.iter().position(|number| !number.is_finite()) {
        return Err(EvaluateError::NotFinite {
            row,
            what: "the truth",
            found: truths[row],
        });
    }
    let (train, test) = prepare::together(train, test)?;
    Ok(Baselines {
        majority: vec![mean(truths); test.rows().len()],
        knn: nearest::estimate(&train, truths, &test),
        random_forest: forest::estimate(&train, truths, &test, seed)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Two noisy clouds in six columns: the rows, which cloud, and a number
    /// that follows the first column. Some readings are missing.
    fn clouds(seed: u64) -> (Table, Vec<usize>, Vec<f64>) {
        let mut rng = Rng::new(seed);
        let mut noise = || {
            (0..4)
                .map(|_| rng.below(1001) as f64 / 1000.0 - 0.5)
                .sum::<f64>()
        };
        let truths: Vec<usize> = (0..80).map(|row| usize::from(row % 4 == 0)).collect();
        let mut rows: Vec<Vec<f64>> = truths
            .iter()
            .map(|&cloud| (0..6).map(|_| 3.0 * cloud as f64 + noise()).collect())
            .collect();
        let numbers = rows.iter().map(|row| 2.0 * row[0]).collect();
        rows.iter_mut().step_by(7).for_each(|row| row[3] = f64::NAN);
        (Table::new(rows).unwrap(), truths, numbers)
    }

    #[test]
    fn classifiers_learn_what_can_be_learned() {
        let (train, labels, _) = clouds(1);
        let (test, truths, _) = clouds(2);
        let answers = classify(&train, &labels, 2, &test, 7).unwrap();
        let right = |answers: &[usize]| answers.iter().zip(&truths).filter(|(a, t)| a == t).count();
        assert_eq!(right(&answers.majority), 60);
        assert!(right(&answers.knn) >= 79, "{}", right(&answers.knn));
        assert!(right(&answers.random_forest) >= 79);
        assert_eq!(answers, classify(&train, &labels, 2, &test, 7).unwrap());
    }

    #[test]
    fn estimators_beat_the_mean() {
        let (train, _, numbers) = clouds(1);
        let (test, _, truths) = clouds(2);
        let answers = estimate(&train, &numbers, &test, 7).unwrap();
        let mae = |answers: &[f64]| crate::NumberErrors::new(&truths, answers).unwrap().mae();
        assert!(mae(&answers.knn) < 0.5 * mae(&answers.majority));
        assert!(mae(&answers.random_forest) < 0.3 * mae(&answers.majority));
    }

    #[test]
    fn little_data_is_no_trouble_and_wrong_data_is_refused() {
        let (train, labels, numbers) = clouds(1);
        let one = train.select(&[3]).unwrap();
        assert_eq!(
            classify(&one, &[4], 5, &train, 7).unwrap().random_forest,
            [4; 80]
        );
        assert_eq!(
            estimate(&one, &[1.5], &one, 7).unwrap().random_forest,
            [1.5]
        );
        let refused = [
            classify(&train, &labels, 1, &train, 7).err(),
            classify(&one, &labels, 2, &train, 7).err(),
            estimate(&one, &numbers, &train, 7).err(),
            estimate(&one, &[f64::NAN], &train, 7).err(),
        ];
        assert!(refused.iter().all(Option::is_some), "{refused:?}");
    }
}
