//! A column that counts the rows, and the rows below that sum them up: `Average`.

use alloc::vec::Vec;

use super::columns::Columns;
use super::field::{lossy, text};
use super::places::Places;
use crate::rows::{Field, Row};
use crate::{Problem, is_missing, number, quote};

/// The first column, if nobody reads it and most of its cells count up.
pub(super) fn of(columns: &Columns, places: &Places, sample: &[Row<'_>]) -> Option<usize> {
    let others = [places.cell, places.time, places.day, places.truth];
    let mut read = places.numbers().chain(others.into_iter().flatten());
    if read.any(|at| at == 0) {
        return None;
    }
    let cells = sample
        .iter()
        .filter_map(|row| columns.fields(row).ok()?.first());
    let numbers: Vec<Option<f64>> = cells
        .map(|field| number(&lossy(&field.bytes), None).ok())
        .collect();
    let counted = numbers.iter().copied().flatten();
    let counted: Vec<f64> = counted.filter(|value| !value.is_nan()).collect();
    let counts = counted.windows(2).all(|pair| pair[0] < pair[1]);
    (counts && counted.len() > 2 && counted.len() * 2 > numbers.len()).then_some(0)
}

/// Refuses a row whose count is a word.
pub(super) fn check(fields: &[Field<'_>], at: usize) -> Result<(), Problem> {
    // What cannot be read here is not wanted.
    let cell = text(fields, at).unwrap_or_default();
    let is_word =
        cell.chars().any(char::is_alphabetic) && !cell.chars().any(|c| c.is_ascii_digit());
    match is_word && !is_missing(&cell) {
        true => Err(Problem::NotANumber {
            text: quote(cell.trim()),
        }),
        false => Ok(()),
    }
}
