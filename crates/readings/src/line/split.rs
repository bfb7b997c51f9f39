//! What one line of text holds.

use alloc::vec::Vec;

use super::{influx, pairs};
use crate::message::Fields;
use crate::{Decimal, Problem, cell, number, time};

/// A line, taken apart.
#[derive(Debug, PartialEq)]
pub(super) enum Line<'a> {
    Json,
    /// Values in order.
    Values(Vec<&'a str>),
    /// Names with their values.
    Named(Vec<(&'a str, &'a str)>),
    /// Perhaps a header, perhaps what a device says about itself.
    Words(Vec<&'a str>),
}

/// What stands between cells; `None` is white space.
pub(super) type Separator = Option<char>;

pub(super) const SEPARATORS: [Separator; 4] = [Some(';'), Some('\t'), Some(','), None];

/// What separates the words of a line.
pub(super) fn separator(text: &str) -> Separator {
    let mut marks = SEPARATORS.into_iter().flatten();
    marks.find(|mark| text.contains(*mark))
}

/// Takes a line apart. Values are separated by semicolons, tabs, commas or
/// spaces: by the first of these that leaves nothing but values.
pub(super) fn parse<'a>(line: &'a str, decimal: Option<Decimal>, fields: &Fields) -> Line<'a> {
    let text = line.trim();
    if text.starts_with(['{', '[']) {
        return Line::Json;
    }
    let mut words = None;
    for separator in SEPARATORS {
        if separator.is_some_and(|separator| !text.contains(separator)) {
            continue;
        }
        let cells = split(text, separator);
        // Where commas separate, none stands before decimals.
        let decimal = decimal.filter(|_| separator != Some(','));
        let filled = cells.iter().any(|cell| !cell.is_empty());
        if filled && cells.iter().all(|cell| is_value(cell, decimal)) {
            return Line::Values(cells);
        }
        words = words.or(Some(cells));
    }
    if let Some(named) = influx::named(text) {
        return Line::Named(named);
    }
    let named = pairs::named(text, fields);
    if !named.is_empty() {
        return Line::Named(named);
    }
    let words = words.unwrap_or_default();
    pairs::in_turn(&words, fields).map_or(Line::Words(words), Line::Named)
}

/// The values without an empty one behind the last separator, which sketches
/// write behind every value.
pub(super) fn cells<'a>(values: &[&'a str], places: usize) -> Vec<&'a str> {
    let mut cells: Vec<&str> = values.into();
    if cells.len() == places + 1 && cells.last().is_some_and(|last| last.is_empty()) {
        cells.pop();
    }
    cells
}

/// The cells of a line, without their quotes; `None` separates at white space.
/// A separator between quotes is none.
pub(super) fn split(text: &str, separator: Separator) -> Vec<&str> {
    let Some(separator) = separator else {
        return text.split_whitespace().map(unquoted).collect();
    };
    let mut quoted = false;
    let ends = |letter: char| {
        quoted ^= letter == '"';
        letter == separator && !quoted
    };
    text.split(ends).map(unquoted).collect()
}

fn unquoted(cell: &str) -> &str {
    let cell = cell.trim();
    let inner = cell
        .strip_prefix('"')
        .and_then(|cell| cell.strip_suffix('"'));
    inner.unwrap_or(cell)
}

/// Whether a cell has a number, perhaps with its unit.
pub(super) fn is_filled(text: &str) -> bool {
    match cell(text, None) {
        Ok(cell) => !cell.value().is_nan(),
        Err(problem) => !matches!(
            problem,
            Problem::NotANumber { .. } | Problem::UnknownUnit { .. }
        ),
    }
}

pub(super) fn is_value(cell: &str, decimal: Option<Decimal>) -> bool {
    match number(cell, decimal) {
        // What may be two numbers is a number, whichever it is.
        Ok(_) | Err(Problem::TwoNumbers { .. } | Problem::OtherDecimal { .. }) => true,
        Err(_) => time(cell, decimal).is_ok(),
    }
}
