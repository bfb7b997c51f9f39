//! A sample of a table, split at one delimiter, and which of several is right.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{HeaderLine, Told};
use crate::limits::{MAX_SAMPLE_FIELDS, MAX_SAMPLE_ROWS};
use crate::names::{Kind, Wanted, fit, is_time_name};
use crate::rows::{Delimiter, Field, Position, Row, Rows};
use crate::series::are_titles;
use crate::{Decimal, Problem, arrays, cell, quote, time};

/// Rows among which a header is looked for.
const HEADER_WITHIN: usize = 64;

/// The rows that a delimiter makes of a sample.
pub(super) struct Trial<'a> {
    pub(super) delimiter: Delimiter,
    /// All rows, also those before the header.
    rows: Vec<Row<'a>>,
    /// Where each of them ends.
    ends: Vec<Position>,
    /// Which of them is the header.
    header: Option<usize>,
    /// How many wanted columns the header has.
    matched: usize,
    /// Where the first row behind the header begins.
    pub(super) body: Position,
    /// The first of the rows behind the header.
    first: usize,
}

impl<'a> Trial<'a> {
    pub(super) fn new(
        sample: &'a [u8],
        complete: bool,
        start: Position,
        delimiter: Delimiter,
        wanted: &[Wanted<'_>],
        told: &Told,
    ) -> Result<Option<Self>, Problem> {
        let mut reader = Rows::from_position(sample, delimiter, start);
        if !complete {
            reader = reader.of_piece();
        }
        let mut rows = Vec::new();
        let mut ends = Vec::new();
        let mut row = Row::default();
        let mut fields = 0;
        while rows.len() < MAX_SAMPLE_ROWS && fields < MAX_SAMPLE_FIELDS {
            match reader.read(&mut row) {
                None => break,
                Some(Err(_)) => {}
                Some(Ok(())) => {
                    fields += row.fields.len();
                    rows.push(core::mem::take(&mut row));
                    ends.push(reader.position());
                }
            }
        }
        // Quotes that another delimiter stands between are malformed here.
        if rows.is_empty() {
            return Ok(None);
        }
        let mut trial = Self {
            delimiter,
            rows,
            ends,
            header: None,
            matched: 0,
            body: start,
            first: 0,
        };
        trial.find_header(wanted, told)?;
        trial.pass(0);
        Ok(Some(trial))
    }

    fn find_header(&mut self, wanted: &[Wanted<'_>], told: &Told) -> Result<(), Problem> {
        match told.header_line {
            Some(HeaderLine::Nowhere) => return Ok(()),
            Some(HeaderLine::Line(line)) => {
                let at = self.rows.iter().position(|row| row.line == line);
                let at = at.ok_or(Problem::NoSuchHeader { line })?;
                self.header = Some(at);
                self.matched = matches(&self.rows[at], wanted);
                return Ok(());
            }
            None => {}
        }
        let mut best = (0, None);
        for (at, row) in self.rows.iter().enumerate().take(HEADER_WITHIN) {
            let matched = matches(row, wanted);
            if matched > best.0 {
                best = (matched, Some(at));
            }
        }
        (self.matched, self.header) = best;
        if self.header.is_none() {
            self.header = self.header_by_looks();
        }
        Ok(())
    }

    /// Without names to look for: the first row that is as wide as the others
    /// is a header if nothing in it is a value, or if its numbers only count columns;
    /// or the one above it, if that has words and is wider.
    fn header_by_looks(&self) -> Option<usize> {
        let width = usual_width(&self.rows);
        let (fields, _) = usual_fields(&self.rows);
        // Rows may have nothing in their last fields that have titles.
        let is_full = |row: &Row| row.fields.len() == fields && width_of(row) > width;
        let at = self
            .rows
            .iter()
            .position(|row| width_of(row) == width || width == 1 || is_full(row))
            .unwrap_or(0);
        let row = self.rows.get(at)?;
        let has_value = |row: &Row| row.fields.iter().any(|field| is_value(field));
        if !has_value(row) || are_titles(row, self.rows.get(at + 1)) {
            return Some(at);
        }
        let above = at.checked_sub(1)?;
        let titles = self.rows.get(above)?;
        let is_wider = (width + 1..=width * 2).contains(&width_of(titles));
        let is_word = |field: &Field| !text(field).trim().is_empty();
        let are_words = titles.fields.iter().all(is_word) && !has_value(titles);
        (is_wider && are_words).then_some(above)
    }

    /// The header, or why none is there though one is needed.
    pub(super) fn header_row(&self, wanted: &[Wanted<'_>]) -> Result<Option<&Row<'a>>, Problem> {
        let header = self.header.and_then(|at| self.rows.get(at));
        let first = self.rows.first();
        match (header, first) {
            (None, Some(row)) if !wanted.is_empty() => Err(Problem::NoHeader {
                line: row.line,
                text: quote(&row.fields.first().map_or(Cow::Borrowed(""), text)),
            }),
            _ => Ok(header),
        }
    }

    /// The row above the header, where both are there.
    pub(super) fn above_header(&self) -> Option<&Row<'a>> {
        self.rows.get(self.header?.checked_sub(1)?)
    }

    /// The header, or the row that is so many below it.
    pub(super) fn below_header(&self, rows: usize) -> Option<&Row<'a>> {
        self.rows.get(self.header? + rows)
    }

    /// Whether the last of the titles is none, and most rows have no field there.
    pub(super) fn lacks_last(&self, titles: &[String]) -> bool {
        let rows = self.body_rows().count();
        let lacks = |row: &&Row| row.fields.len() + 1 == titles.len();
        titles.len() > 1
            && titles.last().is_some_and(String::is_empty)
            && self.body_rows().filter(lacks).count() * 2 > rows
    }

    /// So many rows behind the header hold no readings.
    pub(super) fn pass(&mut self, rows: usize) {
        let last = self.header.map(|at| at + rows);
        if let Some((last, end)) = last.and_then(|at| Some((at, self.ends.get(at)?))) {
            self.first = last + 1;
            self.body = *end;
        }
    }

    /// Whether rows stand before the header.
    pub(super) fn is_preceded(&self, header: &Row<'_>) -> bool {
        self.rows.first().is_some_and(|row| row.line != header.line)
    }

    pub(super) fn titles(row: &Row<'_>) -> Vec<String> {
        let title = |field: &Field| text(field).trim().to_string();
        row.fields.iter().map(title).collect()
    }

    /// The rows behind the header, but for headers that come again.
    pub(super) fn body_rows(&self) -> impl Iterator<Item = &Row<'a>> + Clone {
        let header = self.header.and_then(|at| self.rows.get(at));
        let again = move |row: &&Row| {
            header.is_none_or(|header| {
                let same = |(a, b): (&Field, &Field)| a.bytes == b.bytes;
                header.fields.len() != row.fields.len()
                    || !header.fields.iter().zip(&row.fields).all(same)
            })
        };
        self.rows.iter().skip(self.first).filter(again)
    }

    /// How many fields the header has, or without one most rows.
    pub(super) fn width(&self) -> usize {
        match self.header.and_then(|at| self.rows.get(at)) {
            Some(header) => header.fields.len(),
            None => self.regularity().0,
        }
    }

    /// What share of the rows is as wide as most, and how wide that is. Where most
    /// have as many fields, some may have nothing in the last ones.
    fn regularity(&self) -> (usize, f64) {
        let body: Vec<&Row> = self.body_rows().collect();
        let width = usual_width(body.iter().copied());
        let same = body.iter().filter(|row| width_of(row) == width).count();
        let share = same as f64 / body.len().max(1) as f64;
        let (fields, as_many) = usual_fields(body.iter().copied());
        let full = body.iter().filter(|row| row.fields.len() == fields);
        let widest = full.map(|row| width_of(row)).max().unwrap_or(width);
        match as_many > share && widest >= width {
            true => (widest, as_many),
            false => (width, share),
        }
    }

    /// What share of the cells is a value.
    fn readable(&self) -> f64 {
        let cells = || self.body_rows().flat_map(|row| &row.fields);
        let filled = || cells().filter(|field| !text(field).trim().is_empty());
        let values = filled().filter(|field| is_value(field)).count();
        values as f64 / filled().count().max(1) as f64
    }
}

/// The text of a field, as far as it is one.
pub(super) fn text<'f>(field: &'f Field<'_>) -> Cow<'f, str> {
    alloc::string::String::from_utf8_lossy(&field.bytes)
}

/// Whether a field holds a number, a time or an array.
pub(crate) fn is_value(field: &Field<'_>) -> bool {
    let text = text(field);
    if text.trim().is_empty() {
        return false;
    }
    let number = |decimal| cell(&text, decimal).is_ok_and(|cell| !cell.value().is_nan());
    let two = || matches!(cell(&text, None), Err(Problem::TwoNumbers { .. }));
    number(None)
        || two()
        || time(&text, None).is_ok()
        || matches!(time(&text, None), Err(Problem::TwoTimes { .. }))
        || (text.contains('[')
            && (arrays(&text, None).is_ok() || arrays(&text, Some(Decimal::Comma)).is_ok()))
}

/// How wide a row is without what is empty at its end.
pub(super) fn width_of(row: &Row<'_>) -> usize {
    let filled = |field: &Field| !text(field).trim().is_empty();
    row.fields.iter().rposition(filled).map_or(0, |at| at + 1)
}

/// The width that most rows have; the wider of two that are as frequent.
fn usual_width<'r, 'a: 'r>(rows: impl IntoIterator<Item = &'r Row<'a>>) -> usize {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for row in rows {
        let width = width_of(row);
        match counts.iter_mut().find(|(known, _)| *known == width) {
            Some((_, count)) => *count += 1,
            None => counts.push((width, 1)),
        }
    }
    let most = counts.iter().max_by_key(|(width, count)| (*count, *width));
    most.map_or(0, |(width, _)| *width)
}

/// How many fields most rows have, and the share of these rows.
fn usual_fields<'r, 'a: 'r>(rows: impl IntoIterator<Item = &'r Row<'a>>) -> (usize, f64) {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    let mut all = 0;
    for row in rows {
        all += 1;
        let fields = row.fields.len();
        match counts.iter_mut().find(|(known, _)| *known == fields) {
            Some((_, count)) => *count += 1,
            None => counts.push((fields, 1)),
        }
    }
    let most = counts
        .iter()
        .max_by_key(|(fields, count)| (*count, *fields));
    most.map_or((0, 0.0), |(fields, count)| {
        (*fields, *count as f64 / f64::from(all))
    })
}

/// How many wanted columns a row names, each by another title.
fn matches(row: &Row<'_>, wanted: &[Wanted<'_>]) -> usize {
    let titles = Trial::titles(row);
    let mut taken = alloc::vec![false; titles.len()];
    let mut matched = 0;
    for wanted in wanted {
        let found = titles.iter().zip(&taken).position(|(title, taken)| {
            !taken && fit(wanted, title).is_some_and(|fit| fit.is_certain())
        });
        if let Some(taken) = found.and_then(|at| taken.get_mut(at)) {
            *taken = true;
            matched += 1;
        }
    }
    matched
}

/// Which of several trials is the table.
pub(super) fn choose<'a>(
    mut trials: Vec<Trial<'a>>,
    wanted: &[Wanted<'_>],
    told: &Told,
) -> Result<Trial<'a>, Problem> {
    // Decimal commas without quotes around them separate nothing.
    if told.decimal == Some(Decimal::Comma) && told.delimiter.is_none() {
        let in_cells = |trial: &Trial| {
            let mut fields = trial.body_rows().flat_map(|row| &row.fields);
            fields.any(|field| field.bytes.contains(&b','))
        };
        trials.retain(|trial| trial.delimiter != Delimiter::Comma || in_cells(trial));
    }
    let most = trials.iter().map(|trial| trial.matched).max().unwrap_or(0);
    trials.retain(|trial| trial.matched == most);
    let (mut alone, mut split): (Vec<_>, Vec<_>) = trials
        .into_iter()
        .partition(|trial| trial.regularity().0 <= 1 && trial.width() <= 1);
    if alone.is_empty() && split.len() == 1 {
        return split.pop().ok_or(Problem::Empty);
    }
    if most > 0 && split.iter().any(|trial| trial.width() > 1) {
        // The header itself shows what separates it.
        split.retain(|trial| trial.width() > 1);
        alone.clear();
    } else {
        split.retain(|trial| {
            let (width, share) = trial.regularity();
            width > 1 && (share >= 0.9 || (share > 0.5 && trial.width() == width))
        });
    }
    let mut by_readable = Vec::new();
    while !split.is_empty() {
        // The first of those that are best.
        let best = split
            .iter()
            .enumerate()
            .fold((0, -1.0), |best, (at, trial)| {
                let readable = trial.readable();
                if readable > best.1 {
                    (at, readable)
                } else {
                    best
                }
            });
        by_readable.push(split.remove(best.0));
    }
    let split = by_readable;
    // Commas, unless they are in the cells.
    let one_column = (!alone.is_empty()).then(|| alone.swap_remove(0));
    let mut split = split.into_iter();
    match (split.next(), split.next(), one_column) {
        (Some(best), _, Some(one)) => one_or_several(best, one, wanted, told),
        (Some(first), Some(second), None)
            if first.readable() - second.readable() < 0.02 && first.readable() > 0.0 =>
        {
            Err(Problem::TwoDelimiters {
                first: first.delimiter,
                second: second.delimiter,
            })
        }
        (Some(best), _, None) => Ok(best),
        (None, _, one) => one.ok_or(Problem::Empty),
    }
}

/// One column with decimal commas, or several with commas between them? A
/// header of one name says the first, cells that are no numbers the second.
fn one_or_several<'a>(
    several: Trial<'a>,
    one: Trial<'a>,
    wanted: &[Wanted<'_>],
    told: &Told,
) -> Result<Trial<'a>, Problem> {
    let headed = one.header.is_some();
    let is_numbers = |trial: &Trial, decimal| {
        let mut fields = trial.body_rows().flat_map(|row| row.fields.iter());
        let some = trial.body_rows().next().is_some();
        some && fields.all(|field| cell(&text(field), decimal).is_ok())
    };
    let as_one = told.decimal != Some(Decimal::Point) && is_numbers(&one, Some(Decimal::Comma));
    if !as_one {
        // Times and lists have spaces and commas of their own.
        let is_list = several.readable() < one.readable()
            || (headed && wanted.iter().any(|wanted| wanted.kind == Kind::Other));
        let is_list = is_list && several.width() <= 1;
        return Ok(if is_list { one } else { several });
    }
    if told.decimal == Some(Decimal::Comma) {
        return Ok(one);
    }
    let first = one.body_rows().find_map(|row| row.fields.first());
    Err(Problem::CellsOrDecimals {
        text: quote(&first.map_or(Cow::Borrowed(""), text)),
    })
}

/// Where the columns are that hold numbers, and times, by the header.
pub(super) fn columns_of(names: &[String], wanted: &[Wanted<'_>], kind: Kind) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, title) in names.iter().enumerate() {
        let certain = |wanted: &Wanted<'_>| {
            wanted.kind == kind && fit(wanted, title).is_some_and(|fit| fit.is_certain())
        };
        if wanted.iter().any(certain)
            || (kind == Kind::Time && wanted.is_empty() && is_time_name(title))
        {
            found.push(at);
        }
    }
    found
}
