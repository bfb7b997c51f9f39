//! Which column of a table is meant by a name or a position.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{ColumnRole, ExpectedColumn, Source, Wants};
use crate::names::{Fit, fit, plain, split_last};
use crate::rows::{Field, Row, is_blank};
use crate::series::{numbered, series};
use crate::table::is_value;
use crate::{Note, Problem, Shape, Table, is_missing, quote, unit};

/// Columns that are listed where one is missing.
const MOST_NAMED: usize = 64;

/// The columns of a table, as its header names them.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    names: Vec<String>,
    /// The names as the header has them.
    titles: Vec<String>,
    width: usize,
    shape: Shape,
}

impl Columns {
    pub(super) fn of_table(table: &Table) -> Self {
        Self {
            names: table.names.clone(),
            titles: table.titles.clone(),
            width: table.width,
            shape: table.shape,
        }
    }

    /// The columns of rows that come without their file.
    pub(super) fn named(header: &[&str]) -> Self {
        let names = header.iter().map(|name| name.trim().to_string());
        let names: Vec<String> = names.collect();
        Self {
            titles: names.clone(),
            names,
            width: header.len(),
            shape: Shape::Same,
        }
    }

    /// Those that hold the samples of a window whose first is in column `first`.
    ///
    /// # Errors
    /// [`Problem::NoColumn`] where they end before the shortest window does.
    pub(super) fn side_by_side(
        &self,
        first: usize,
        (least, most): (usize, usize),
    ) -> Result<Vec<usize>, Problem> {
        let (found, wanted): (Vec<usize>, usize) = match self.titles.is_empty() {
            true => {
                let end = first.saturating_add(most).min(self.width());
                ((first..end).collect(), most)
            }
            false => (series(&self.titles, first), least),
        };
        if found.len() >= wanted {
            return Ok(found);
        }
        let next = found.last().map_or(first, |last| last + 1);
        let begin = self.titles.get(first).and_then(|title| numbered(title));
        let column = match begin {
            None => format!("at position {next}"),
            Some((_, number)) => {
                let last = number + found.len();
                format!("{last} behind {}", quote(self.name(first)))
            }
        };
        let known = self.known();
        Err(Problem::NoColumn { column, known })
    }

    /// How many of them have cells.
    pub(super) fn width(&self) -> usize {
        match self.shape {
            Shape::WithoutLast(titles) => self.width.saturating_sub(titles),
            _ => self.width,
        }
    }

    /// Looks at the first of rows that come without their file. One field more
    /// than the header is the number of the row, if it is a whole number.
    pub(super) fn learn_shape(&mut self, first: &Row<'_>) -> Shape {
        let is_whole = |field: &Field| {
            let digits = field.bytes.iter().all(u8::is_ascii_digit);
            digits && !field.bytes.is_empty()
        };
        let filled = |field: &Field| !is_blank(&field.bytes);
        let extra = first.fields.len() == self.width + 1;
        if extra
            && first.fields.first().is_some_and(is_whole)
            && first.fields.last().is_some_and(filled)
        {
            self.shape = Shape::UnnamedFirst;
        }
        self.shape
    }

    /// Which column has this position, or is the only one whose title can mean
    /// this name; `None` where there is none.
    ///
    /// # Errors
    /// [`Problem::TwoColumns`] where two can.
    pub(super) fn find(
        &self,
        expected: &ExpectedColumn,
        said: &mut Vec<Note>,
    ) -> Result<Option<usize>, Problem> {
        let name = match &expected.source {
            Source::Index(index) => return Ok((*index < self.width()).then_some(*index)),
            Source::Name(name) => name,
        };
        let has_cells = |at: usize| at < self.width();
        let certain = self.fits(expected).filter(|(_, fit)| fit.is_certain());
        let certain = certain.filter(|(at, _)| has_cells(*at));
        let certain: Vec<(usize, Fit)> = certain.collect();
        let is_exact = certain.iter().any(|(_, fit)| *fit == Fit::Exact);
        // Beside a column that says the unit the one with the name may be raw.
        let is_meant = |fit: Fit| match fit {
            Fit::Exact => true,
            Fit::WithUnit => !is_exact || expected.role == ColumnRole::Channel,
            _ => !is_exact,
        };
        let found = certain.iter().filter(|(_, fit)| is_meant(*fit));
        let found: Vec<usize> = found.map(|(at, _)| *at).collect();
        match found[..] {
            [] => Ok(None),
            [at] => {
                if !is_exact {
                    said.push(Note::ColumnTaken {
                        column: name.clone(),
                        title: self.name(at).to_string(),
                    });
                }
                Ok(Some(at))
            }
            [first, second, ..] => Err(Problem::TwoColumns {
                column: name.clone(),
                first: self.place(first),
                second: self.place(second),
            }),
        }
    }

    /// Like [`Columns::find`], with a problem that lists the columns, or says
    /// which one it may have been.
    pub(super) fn resolve(
        &self,
        expected: &ExpectedColumn,
        said: &mut Vec<Note>,
    ) -> Result<usize, Problem> {
        if let Some(found) = self.find(expected, said)? {
            return Ok(found);
        }
        let (column, near) = match &expected.source {
            Source::Index(index) => (format!("at position {index}"), None),
            Source::Name(name) => {
                let near = self.fits(expected).min_by_key(|(_, fit)| *fit);
                (quote(name), near)
            }
        };
        let titled = match expected.source {
            Source::Index(index) => Some(index),
            Source::Name(_) => near.map(|(at, _)| at),
        };
        let titled = titled.filter(|at| *at >= self.width());
        if let Some(title) = titled.and_then(|at| self.names.get(at)) {
            let title = title.clone();
            return Err(Problem::NoCells { column, title });
        }
        Err(match near {
            Some((at, fit)) => Problem::NearColumn {
                column,
                title: self.name(at).to_string(),
                unit: match fit {
                    Fit::OtherUnit => expected.unit.clone(),
                    _ => String::new(),
                },
            },
            None => Problem::NoColumn {
                column,
                known: self.known(),
            },
        })
    }

    fn fits<'s>(&'s self, expected: &'s ExpectedColumn) -> impl Iterator<Item = (usize, Fit)> + 's {
        let names = self.names.iter().enumerate();
        names.filter_map(|(at, title)| {
            let fit = fit(&expected.wanted(), title)?;
            Some(match fit {
                Fit::WithUnit | Fit::OtherUnit if self.is_one_of_several(at) => (at, Fit::Perhaps),
                fit => (at, fit),
            })
        })
    }

    /// Whether the letter that a title ends in may tell it apart from others, like
    /// `bearing_C` beside `bearing_B`, where `_F` would be another unit.
    fn is_one_of_several(&self, at: usize) -> bool {
        fn letter(name: &str) -> Option<(&str, &str)> {
            split_last(name).filter(|(_, last)| last.chars().count() == 1)
        }
        let Some((front, last)) = letter(self.name(at)) else {
            return false;
        };
        let quantity = |text: &str| unit::find(text).map(unit::Unit::quantity);
        let is_other = |name: &String| {
            letter(name).is_some_and(|(other_front, other)| {
                let alike = plain(other_front) == plain(front) && other != last;
                alike && quantity(other) != quantity(last)
            })
        };
        self.names.iter().any(is_other)
    }

    /// What there is, in a line.
    fn known(&self) -> String {
        let shown = self.names.iter().take(MOST_NAMED).map(String::as_str);
        let mut known = shown.collect::<Vec<&str>>().join(", ");
        let more = self.names.len().saturating_sub(MOST_NAMED);
        if more > 0 {
            known += &format!(" and {more} more");
        }
        known
    }

    fn place(&self, index: usize) -> String {
        format!("{}, column {}", quote(self.name(index)), index + 1)
    }

    /// The name of a column, for messages.
    pub(super) fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }

    /// The fields of a row that the header names, or what is wrong with their
    /// number.
    pub(super) fn fields<'r, 'a>(&self, row: &'r Row<'a>) -> Result<&'r [Field<'a>], Problem> {
        self.shape.fields(row, self.width)
    }

    /// Whether a row is the header again: a logger that was started anew.
    pub(super) fn is_header(&self, fields: &[Field<'_>]) -> bool {
        let same = |(name, field): (&String, &Field)| {
            core::str::from_utf8(&field.bytes).is_ok_and(|text| text.trim() == name)
        };
        // It may end in delimiters.
        let beyond = fields.get(self.titles.len()..);
        // Nearly every row differs in its first field.
        !self.titles.is_empty()
            && beyond.is_some_and(|rest| rest.iter().all(|field| is_blank(&field.bytes)))
            && self.titles.iter().zip(fields).all(same)
    }

    /// Whether a row that holds no reading is another header: it names what is
    /// wanted or, in the `middle` of readings, has a text in each of several columns
    /// that are `read` as numbers and times.
    pub(super) fn is_other_header(
        &self,
        row: &Row<'_>,
        wants: &Wants,
        read: &[usize],
        middle: bool,
    ) -> bool {
        let texts: Vec<String> = row
            .fields
            .iter()
            .map(|field| String::from_utf8_lossy(&field.bytes).trim().to_string())
            .collect();
        let alike = |(a, b): (&String, &String)| plain(a) == plain(b);
        let is_same = texts.len() == self.titles.len()
            && (texts.iter().zip(&self.titles).all(alike)
                || texts.iter().zip(&self.names).all(alike));
        let blank = texts.iter().all(String::is_empty);
        if blank || is_same || self.titles.is_empty() || row.fields.iter().any(is_value) {
            return false;
        }
        let mut filled = texts
            .iter()
            .enumerate()
            .filter(|(_, text)| !text.is_empty());
        if filled.clone().all(|(_, text)| unit::is_any(text)) {
            // The units of the first header once more, or others.
            let differs = |at: usize, text: &str| {
                let (name, title) = (self.name(at), self.titles.get(at));
                let unit = title.and_then(|title| name.strip_prefix(title.as_str()));
                let bare = |text: &str| text.trim_matches([' ', '(', ')', '[', ']']).to_string();
                unit.is_some_and(|unit| !unit.is_empty() && bare(unit) != bare(text))
            };
            return middle
                && (self.names == self.titles || filled.any(|(at, text)| differs(at, text)));
        }
        let of_readings = wants
            .columns
            .iter()
            .filter(|column| column.role != ColumnRole::Truth && !column.source.name().is_empty());
        let (mut wanted, mut named) = (0, 0);
        for column in of_readings {
            wanted += 1;
            let names = |text: &String| fit(&column.wanted(), text).is_some();
            named += usize::from(texts.iter().any(names));
        }
        if named > 0 && named * 2 >= wanted {
            return true;
        }
        let is_title = |(at, text): (usize, &String)| {
            text.is_empty() || (!is_missing(text) && !texts[..at].contains(text))
        };
        // A truth is a text in every row.
        let is_read = |at: &usize| texts.get(*at).is_some_and(|text| !text.is_empty());
        middle
            && read.len() > 1
            && read.iter().all(is_read)
            && texts.iter().enumerate().all(is_title)
    }
}
