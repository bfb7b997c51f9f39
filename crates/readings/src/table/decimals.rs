//! What stands before the decimals of a table's numbers.

use alloc::string::String;
use alloc::vec::Vec;

use super::Told;
use super::trial::{Trial, columns_of, text};
use crate::names::{Kind, Wanted};
use crate::rows::Field;
use crate::{Decimal, Problem, cell, quote};

/// What one cell says.
enum Says {
    Nothing,
    Only(Decimal),
    /// `1,042`
    TwoNumbers(Problem),
}

fn says(text: &str) -> Says {
    let as_point = cell(text, Some(Decimal::Point));
    let as_comma = cell(text, Some(Decimal::Comma));
    match (as_point, as_comma) {
        (Ok(_), Err(_)) => Says::Only(Decimal::Point),
        (Err(_), Ok(_)) => Says::Only(Decimal::Comma),
        _ => match cell(text, None) {
            Err(problem @ Problem::TwoNumbers { .. }) => Says::TwoNumbers(problem),
            _ => Says::Nothing,
        },
    }
}

/// What was told, or what the numbers of a sample show.
pub(super) fn decide(
    trial: &Trial<'_>,
    told: &Told,
    wanted: &[Wanted<'_>],
) -> Result<Option<Decimal>, Problem> {
    if told.decimal.is_some() {
        return Ok(told.decimal);
    }
    let names: Vec<String> = trial.header_row(&[])?.map_or_else(Vec::new, Trial::titles);
    let mut columns = columns_of(&names, wanted, Kind::Number);
    columns.extend(columns_of(&names, wanted, Kind::Time));
    // Where rows are wider than the header, columns may be shifted by one.
    let is_read = |row: &[Field], at: usize| {
        columns.is_empty() || row.len() != names.len() || columns.contains(&at)
    };
    let mut point = None;
    let mut comma = None;
    let mut two = None;
    for row in trial.body_rows() {
        for (at, field) in row.fields.iter().enumerate() {
            if !is_read(&row.fields, at) {
                continue;
            }
            let text = text(field);
            match says(&text) {
                Says::Nothing => {}
                Says::Only(Decimal::Point) if point.is_none() => point = Some(quote(&text)),
                Says::Only(Decimal::Comma) if comma.is_none() => comma = Some(quote(&text)),
                Says::Only(_) => {}
                Says::TwoNumbers(problem) => two = two.or(Some(problem)),
            }
        }
    }
    match (point, comma, two) {
        (Some(point), Some(comma), _) => Err(Problem::TwoDecimals { point, comma }),
        (Some(_), None, _) => Ok(Some(Decimal::Point)),
        (None, Some(_), _) => Ok(Some(Decimal::Comma)),
        (None, None, Some(problem)) => Err(problem),
        (None, None, None) => Ok(None),
    }
}
