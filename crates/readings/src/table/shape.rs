//! How the rows of a table differ from its header.

use alloc::string::String;
use alloc::vec::Vec;

use super::Note;
use super::trial::{Trial, columns_of, text, width_of};
use crate::names::{Kind, Wanted, is_time_name, plain};
use crate::rows::{Field, Row};
use crate::time::{Part, part};
use crate::{Decimal, Problem, cell, number, quote, time};

/// How rows differ from the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// They have as many fields; what is empty behind them is nothing.
    Same,
    /// The first field is a row number that the header does not name.
    UnnamedFirst,
    /// The last field is one that the header does not name.
    UnnamedLast,
    /// So many of the last titles have no field. A row that has all of them has
    /// what the header names.
    WithoutLast(usize),
}

impl Shape {
    /// The fields of a row that the header names.
    ///
    /// # Errors
    /// [`Problem::FieldCount`] where there are fewer or more.
    pub fn fields<'r, 'a>(
        self,
        row: &'r Row<'a>,
        width: usize,
    ) -> Result<&'r [Field<'a>], Problem> {
        let found = row.fields.len();
        let expected = match self {
            Self::Same => width,
            Self::UnnamedFirst | Self::UnnamedLast => width + 1,
            Self::WithoutLast(titles) if found < width => width.saturating_sub(titles),
            Self::WithoutLast(_) => width,
        };
        let beyond = row.fields.get(expected..);
        let fits =
            beyond.is_some_and(|rest| rest.iter().all(|field| crate::rows::is_blank(&field.bytes)));
        let named = match self {
            Self::UnnamedFirst => row.fields.get(1..=width),
            Self::Same | Self::UnnamedLast => row.fields.get(..width),
            Self::WithoutLast(_) => row.fields.get(..expected),
        };
        named
            .filter(|_| fits)
            .ok_or(Problem::FieldCount { found, expected })
    }
}

/// Looks at the rows of a sample.
pub(super) fn of(
    trial: &Trial<'_>,
    names: &[String],
    decimal: Option<Decimal>,
    wanted: &[Wanted<'_>],
    notes: &mut Vec<Note>,
) -> Result<Shape, Problem> {
    let width = names.len();
    let body: Vec<&Row> = trial.body_rows().collect();
    if width == 0 || body.is_empty() {
        return Ok(Shape::Same);
    }
    if let Some(titles) = without_last(&body, names, decimal, wanted) {
        notes.push(Note::NoCells {
            titles: names.iter().skip(width - titles).cloned().collect(),
        });
        return Ok(Shape::WithoutLast(titles));
    }
    let wider: Vec<&Row> = body
        .iter()
        .copied()
        .filter(|row| width_of(row) == width + 1)
        .collect();
    if wider.len() * 2 <= body.len() {
        let empty = |row: &&&Row| row.fields.len() > width && width_of(row) <= width;
        if body.iter().any(|row| empty(&row)) {
            notes.push(Note::EmptyLast);
        }
        return Ok(Shape::Same);
    }
    let shape = unnamed(&wider, names, decimal, wanted)?;
    match shape {
        Shape::UnnamedFirst => notes.push(Note::RowNumbers),
        Shape::UnnamedLast => notes.push(Note::UnnamedLast {
            text: wider
                .first()
                .map_or_else(String::new, |row| shown(row, width)),
        }),
        Shape::Same | Shape::WithoutLast(_) => {}
    }
    Ok(shape)
}

fn shown(row: &Row<'_>, at: usize) -> String {
    row.fields
        .get(at)
        .map_or_else(String::new, |field| quote(text(field).trim()))
}

/// How many of the last titles have no field, where all rows lack as many; the
/// last one may be cut off. Fewer fields than titles is what programs write that
/// leave out what is empty at the end of a row, and nobody leaves out the first;
/// but two titles may share a field, and a title may be of what counts rows.
fn without_last(
    body: &[&Row<'_>],
    names: &[String],
    decimal: Option<Decimal>,
    wanted: &[Wanted<'_>],
) -> Option<usize> {
    let (last, rows) = body.split_last()?;
    let filled = rows.first()?.fields.len();
    let lacking = names.len().checked_sub(filled)?;
    // Few fields of many titles are another delimiter's.
    let fits = (1..=filled).contains(&lacking)
        && rows.iter().all(|row| row.fields.len() == filled)
        && last.fields.len() <= filled;
    if !fits {
        return None;
    }
    let column = |at: usize| column(body, at);
    let counter = |name: &String| matches!(plain(name).as_str(), "" | "index" | "row" | "no");
    let of_counts = names.iter().take(lacking).any(counter) && counts(&column(0)).is_none();
    let is_moment = |field: &&Field| part(&text(field)) == Some(Part::Moment);
    let shared = |at: usize| {
        let mut titles = names.iter().skip(at).take(2);
        titles.all(|title| is_time_name(title)) && column(at).iter().any(is_moment)
    };
    let is_last = !of_counts && !(0..filled).any(shared);
    let (named, _) = names.split_at_checked(filled)?;
    (is_last && readable(body, named, 0, decimal, wanted)).then_some(lacking)
}

fn column<'r, 'a>(rows: &[&'r Row<'a>], at: usize) -> Vec<&'r Field<'a>> {
    rows.iter().filter_map(|row| row.fields.get(at)).collect()
}

/// Whether what is wanted can be read where it stands if rows have so many fields
/// before the first that the header names.
fn readable(
    rows: &[&Row<'_>],
    names: &[String],
    shift: usize,
    decimal: Option<Decimal>,
    wanted: &[Wanted<'_>],
) -> bool {
    let of_numbers = |at: &usize| {
        let cells = column(rows, at + shift);
        let read = cells
            .iter()
            .filter(|field| cell(&text(field), decimal).is_ok());
        read.count() * 2 > cells.len()
    };
    let of_times = |at: &usize| {
        let cells = column(rows, at + shift);
        let no_time =
            |field: &&&Field| matches!(time(&text(field), decimal), Err(Problem::NotATime { .. }));
        cells.iter().filter(no_time).count() * 2 < cells.len()
    };
    columns_of(names, wanted, Kind::Number)
        .iter()
        .all(of_numbers)
        && columns_of(names, wanted, Kind::Time).iter().all(of_times)
}

/// Which field of rows that have one more than the header is without a name.
fn unnamed(
    rows: &[&Row<'_>],
    names: &[String],
    decimal: Option<Decimal>,
    wanted: &[Wanted<'_>],
) -> Result<Shape, Problem> {
    let width = names.len();
    let column = |at: usize| column(rows, at);
    let readable = |shift: usize| readable(rows, names, shift, decimal, wanted);
    let times = columns_of(names, wanted, Kind::Time);
    let (first, last) = (column(0), column(width));
    let (as_first, as_last) = (readable(1), readable(0));
    let first_counts = counts(&first);
    let last_counts = counts(&last);
    let may_be_first = as_first && (first_counts.is_some() || is_text(&first, decimal));
    let may_be_last = as_last && (last_counts.is_some() || is_text(&last, decimal));
    if may_be_first && !as_last {
        return Ok(Shape::UnnamedFirst);
    }
    if may_be_last && !as_first {
        return Ok(Shape::UnnamedLast);
    }
    // Both can be read: only what counts 1, 2, 3 and leaves times in order is
    // the number of a row.
    let named_time = times.first().copied();
    let named_time = named_time.or_else(|| names.iter().position(|name| is_time_name(name)));
    let in_order = || named_time.is_none_or(|at| is_rising(&column(at + 1), decimal));
    // A date beside the column that is named a time, which would hold the count.
    let dated = named_time == Some(0) && is_dates(&column(1), decimal);
    let quoted =
        first.iter().all(|field| field.quoted) && !column(1).iter().all(|field| field.quoted);
    let is_first = may_be_first
        && first_counts.is_some_and(|start| quoted || dated || start == 1.0)
        && in_order();
    let is_last = may_be_last && last_counts == Some(1.0);
    match (is_first, is_last) {
        (true, false) => Ok(Shape::UnnamedFirst),
        (false, true) if first_counts.is_none() => Ok(Shape::UnnamedLast),
        _ => Err(Problem::UnnamedColumn {
            named: width,
            first: rows.first().map_or_else(String::new, |row| shown(row, 0)),
            last: rows
                .first()
                .map_or_else(String::new, |row| shown(row, width)),
        }),
    }
}

/// Where a column that counts up by one begins.
fn counts(column: &[&Field<'_>]) -> Option<f64> {
    let value = |field: &&Field| number(&text(field), None).ok();
    let values: Vec<f64> = column.iter().map(value).collect::<Option<_>>()?;
    let first = *values.first()?;
    let mut expected = (0..).map(|at| first + f64::from(at));
    let all = values.iter().all(|value| Some(*value) == expected.next());
    (all && values.len() > 1).then_some(first)
}

/// Whether a column is of words.
fn is_text(column: &[&Field<'_>], decimal: Option<Decimal>) -> bool {
    column
        .iter()
        .all(|field| cell(&text(field), decimal).is_err())
}

/// Whether a column is of times that are no numbers.
fn is_dates(column: &[&Field<'_>], decimal: Option<Decimal>) -> bool {
    column.iter().all(|field| {
        let text = text(field);
        time(&text, decimal).is_ok() && number(&text, None).is_err()
    })
}

fn is_rising(column: &[&Field<'_>], decimal: Option<Decimal>) -> bool {
    let times = column.iter().map(|field| time(&text(field), decimal).ok());
    let Some(times) = times.collect::<Option<Vec<f64>>>() else {
        return true;
    };
    times.windows(2).all(|pair| pair[0] <= pair[1])
}
