//! The right answers, as a task has them.

use std::collections::BTreeMap;

use senselm_readings::{Cell, cell};
use senselm_sensor::limits::MAX_NUMBER;
use senselm_sensor::{Source, Task};

use crate::column::Column;
use crate::roles::Roles;
use crate::runs::Runs;
use crate::seen::{Answers, Counted};
use crate::survey::Survey;
use crate::{Goal, LookError, Role};

/// What the range of numbers has on each side beyond those that were seen.
const MARGIN: f64 = 0.1;

/// The right answers, where there are any to learn.
pub(crate) fn answers(survey: &Survey, roles: &Roles, found: &Runs) -> Option<Answers> {
    let goal = roles.goal?;
    if roles.folders {
        let labels = labels_of(folders(survey), found, &|text| text.to_owned());
        return Some(Answers {
            title: "folder".to_owned(),
            column: None,
            goal,
            labels,
            quantiles: None,
        });
    }
    let at = roles.answer?;
    let column = &survey.columns[at];
    let (labels, quantiles) = match goal {
        Goal::Number => (Vec::new(), Some(column.spread.quantiles(&[]))),
        Goal::Classify | Goal::Anomaly => {
            let alike = spellings(&column.labels());
            let names: Vec<String> = alike.values().cloned().collect();
            let label = |text: &str| alike.get(text).cloned().unwrap_or_else(|| text.to_owned());
            (labels_of(names, found, &label), None)
        }
    };
    Some(Answers {
        title: column.title.clone(),
        column: Some(survey.sources[at].clone()),
        goal,
        labels,
        quantiles,
    })
}

/// The folders of what is learned from and measured on.
fn folders(survey: &Survey) -> Vec<String> {
    let files = survey.files.iter();
    let files = files.filter(|file| file.found.role != Role::Test);
    files.filter_map(|file| file.found.folder.clone()).collect()
}

/// For each text the label that it is: numbers that are equal are one, and bear the
/// shortest of their spellings.
fn spellings(texts: &[String]) -> BTreeMap<String, String> {
    let number = |text: &str| match cell(text, None) {
        Ok(Cell::Number { value, unit: None }) => Some(value.to_bits()),
        _ => None,
    };
    let shortest = |text: &String| {
        let bits = number(text);
        let same = texts
            .iter()
            .filter(|other| bits.is_some() && number(other) == bits);
        let shortest = same.min_by_key(|other| (other.len(), (*other).clone()));
        shortest.unwrap_or(text).clone()
    };
    texts
        .iter()
        .map(|text| (text.clone(), shortest(text)))
        .collect()
}

fn labels_of(mut names: Vec<String>, found: &Runs, label: &dyn Fn(&str) -> String) -> Vec<Counted> {
    // 2 stands before 10.
    let number = |text: &String| text.parse::<f64>().ok();
    names.sort_by(|a, b| match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    });
    names.dedup();
    let counted = names.into_iter().map(|name| {
        let of = found.labels.iter().filter(|(text, _)| label(text) == name);
        let (rows, stretches) =
            of.fold((0, 0), |sum, (_, count)| (sum.0 + count.0, sum.1 + count.1));
        Counted {
            name,
            rows,
            stretches,
        }
    });
    counted.collect()
}

/// The task that these answers are of.
pub(crate) fn task(survey: &Survey, roles: &Roles, answers: &Answers) -> Result<Task, LookError> {
    // Where folders are the labels no column has them.
    let column = answers
        .column
        .clone()
        .unwrap_or(Source::Name("folder".to_owned()));
    let of_column = roles.answer.map(|at| &survey.columns[at]);
    let task = match (answers.quantiles, of_column) {
        (Some(quantiles), Some(read)) => {
            let decimals = read.decimals.min(3);
            let (min, max) = range(quantiles.min, quantiles.max, decimals);
            let digits = max.abs().max(min.abs()).log10().floor().max(0.0) as u8 + 1;
            let (_, unit) = crate::title::split_unit(&read.title);
            Task::Number {
                min,
                max,
                decimals,
                width: digits,
                unit: unit.to_owned(),
                column,
            }
        }
        _ => {
            let texts = of_column.map(Column::labels).unwrap_or_default();
            let mut label_values = spellings(&texts);
            label_values.retain(|text, label| text != label);
            Task::Classify {
                labels: answers
                    .labels
                    .iter()
                    .map(|label| label.name.clone())
                    .collect(),
                label_values,
                column,
                temperature: 1.0,
            }
        }
    };
    task.check().map_err(|source| LookError::Sensor {
        path: survey
            .files
            .first()
            .map(|file| file.found.path.clone())
            .unwrap_or_default(),
        source,
    })?;
    Ok(task)
}

/// A range of numbers with a margin, which leaves no sign where all have one.
fn range(min: f64, max: f64, decimals: u8) -> (f64, f64) {
    let unit = 10_f64.powi(-i32::from(decimals));
    let margin = ((max - min) * MARGIN).max(unit);
    let round = |value: f64, to: fn(f64) -> f64| {
        let rounded = to(value / unit) * unit;
        let rounded: f64 = format!("{rounded:.*}", usize::from(decimals))
            .parse()
            .unwrap_or(value);
        rounded.clamp(-MAX_NUMBER, MAX_NUMBER)
    };
    let low = round(min - margin, f64::floor);
    let high = round(max + margin, f64::ceil);
    let low = if min >= 0.0 { low.max(0.0) } else { low };
    let high = if max <= 0.0 { high.min(0.0) } else { high };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::{range, spellings};

    #[test]
    fn ranges_have_a_margin() {
        assert_eq!(range(5.0, 25.0, 1), (3.0, 27.0));
        assert_eq!(range(0.5, 10.5, 1), (0.0, 11.5));
        assert_eq!(range(-3.0, -1.0, 0), (-4.0, 0.0));
        assert_eq!(range(7.0, 7.0, 0), (6.0, 8.0));
    }

    #[test]
    fn numbers_that_are_equal_are_one_label() {
        let texts = ["0", "0.0", "1.0", "walk"].map(str::to_owned);
        let found = spellings(&texts);
        let label = |text: &str| found[text].as_str();
        assert_eq!(
            [label("0"), label("0.0"), label("1.0"), label("walk")],
            ["0", "0", "1.0", "walk"]
        );
    }
}
