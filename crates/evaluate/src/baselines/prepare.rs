//! Making rows fit for models that know no missing reading and no unit.

use crate::{EvaluateError, Table};

/// Fills in missing readings and standardises both tables with the medians,
/// means and deviations of the training table. Trees do not care about the
/// scale, so one pair of tables serves every baseline.
pub(super) fn together(train: &Table, test: &Table) -> Result<(Table, Table), EvaluateError> {
    if train.width() != test.width() {
        return Err(EvaluateError::Ragged {
            row: 0,
            expected: train.width(),
            found: test.width(),
        });
    }
    let columns: Vec<Column> = (0..train.width())
        .map(|at| Column::of(train.rows().iter().map(|row| row[at])))
        .collect();
    let apply = |table: &Table| {
        let rows = table.rows().iter().map(|row| {
            let pairs = row.iter().zip(&columns);
            pairs
                .map(|(&number, column)| column.apply(number))
                .collect()
        });
        Table::new(rows.collect())
    };
    Ok((apply(train)?, apply(test)?))
}

/// What the training table says about one column.
struct Column {
    median: f64,
    mean: f64,
    deviation: f64,
}

impl Column {
    fn of(numbers: impl Iterator<Item = f64> + Clone) -> Self {
        let mut known: Vec<f64> = numbers
            .clone()
            .filter(|number| number.is_finite())
            .collect();
        known.sort_unstable_by(f64::total_cmp);
        let half = known.len() / 2;
        let median = match known.len() {
            0 => 0.0,
            length if length % 2 == 1 => known[half],
            _ => known[half - 1].midpoint(known[half]),
        };
        let (mut mean, mut count) = (0.0, 0.0);
        let filled = numbers.map(|number| if number.is_finite() { number } else { median });
        for number in filled.clone() {
            count += 1.0;
            mean += (number - mean) / count;
        }
        let variance = filled.map(|number| (number - mean).powi(2)).sum::<f64>() / count;
        Self {
            median,
            mean,
            // A column that never changes, or overflows, tells nothing apart.
            deviation: Some(variance.sqrt())
                .filter(|deviation| deviation.is_normal())
                .unwrap_or(f64::INFINITY),
        }
    }

    fn apply(&self, number: f64) -> f64 {
        let number = if number.is_finite() {
            number
        } else {
            self.median
        };
        let scaled = (number - self.mean) / self.deviation;
        if scaled.is_finite() { scaled } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_training_table_alone_decides() {
        let nan = f64::NAN;
        let train = Table::new(vec![
            vec![1.0, 5.0, nan],
            vec![3.0, 5.0, nan],
            vec![nan, 5.0, nan],
        ])
        .unwrap();
        let test = Table::new(vec![vec![nan, 9.0, 4.0]]).unwrap();
        let (train, test) = together(&train, &test).unwrap();
        assert_eq!(train.rows()[2], [0.0, 0.0, 0.0]);
        assert!(train.rows()[0][0] < -1.0 && train.rows()[1][0] > 1.0);
        assert_eq!(test.rows()[0], [0.0, 0.0, 0.0]);
    }

    #[test]
    fn widths_must_agree() {
        let one = Table::new(vec![vec![1.0]]).unwrap();
        let two = Table::new(vec![vec![1.0, 2.0]]).unwrap();
        assert!(matches!(
            together(&one, &two),
            Err(EvaluateError::Ragged { .. })
        ));
    }
}
