//! How a table is written: what separates its fields, where its header is, what
//! stands before decimals, and how its rows differ from the header.
//!
//! All of it is told from a bounded sample. What was said by somebody who knows
//! goes before anything that the sample shows.

mod decimals;
mod shape;
mod trial;
mod units;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use self::trial::Trial;
use crate::names::{Wanted, has_unit};
use crate::rows::{BYTE_ORDER_MARK, Delimiter, Position};
use crate::{Decimal, Problem, TimeForm};

pub use shape::Shape;
pub(crate) use trial::is_value;

/// What somebody said about a table.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Told {
    /// What stands between fields.
    pub delimiter: Option<Delimiter>,
    /// What stands before decimals.
    pub decimal: Option<Decimal>,
    /// How times are written.
    pub times: Option<TimeForm>,
    /// Where the columns are named.
    pub header_line: Option<HeaderLine>,
    /// Readings a second; times then say the order only.
    pub rate_hz: Option<f64>,
}

/// Where the columns of a table are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderLine {
    /// On this line, from 1.
    Line(u64),
    /// Nowhere: the first row holds readings.
    Nowhere,
}

/// How a table is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What stands between fields.
    pub delimiter: Delimiter,
    /// What stands before decimals, as far as anything shows it.
    pub decimal: Option<Decimal>,
    /// The line of the header, where there is one.
    pub header_line: Option<u64>,
    /// What it calls the columns, with the units that a row beside it says;
    /// empty without one.
    pub names: Vec<String>,
    /// What it calls them without these.
    pub titles: Vec<String>,
    /// How many columns a row has that mean something.
    pub width: usize,
    /// Where the first row behind the header begins.
    pub body: Position,
    /// How rows differ from the header.
    pub shape: Shape,
    /// What a user should know, though it is certain.
    pub notes: Vec<Note>,
}

/// Something about a table that a user should know.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// Lines before the header were passed over.
    Preamble {
        /// The line of the header.
        header_line: u64,
    },
    /// There is no header: columns are known by their position.
    NoHeader,
    /// A row beside the header says the units of the columns.
    Units {
        /// Its line.
        line: u64,
    },
    /// Rows begin with a number of their own, which the header does not name.
    RowNumbers,
    /// The header ends in a delimiter that the rows do not have.
    EmptyLastTitle,
    /// No row has a field for the last of the titles.
    NoCells {
        /// These titles.
        titles: Vec<String>,
    },
    /// Rows end in a field that the header does not name, and that is left out.
    UnnamedLast {
        /// One of them.
        text: String,
    },
    /// Rows end in delimiters with nothing behind them that the header does not
    /// have.
    EmptyLast,
    /// A column with another title is read, because it can mean nothing else.
    ColumnTaken {
        /// The column that was looked for.
        column: String,
        /// The title of the one that is read.
        title: String,
    },
    /// The days and the times of the day are read from two columns.
    DayAndClock {
        /// The title of the column of days.
        day: String,
        /// The title of the one of the times of the day.
        clock: String,
    },
    /// There is no column with the times, so that gaps cannot be seen.
    NoTimeColumn {
        /// The column that was looked for.
        column: String,
    },
    /// There is no column with the truth.
    NoTruthColumn {
        /// The column that was looked for.
        column: String,
    },
}

/// Finds out how a table is written, from its first bytes.
///
/// `sample` is UTF-8 as far as it is text, `complete` whether it is the whole
/// table. `wanted` are the columns that somebody looks for; there may be none.
///
/// # Errors
/// A [`Problem`] where two readings are possible ([`Problem::choices`] says
/// what would decide), [`Problem::NoHeader`] where names are wanted and none
/// are there, [`Problem::NoSuchHeader`] and [`Problem::Empty`].
pub fn detect(
    sample: &[u8],
    complete: bool,
    told: &Told,
    wanted: &[Wanted<'_>],
) -> Result<Table, Problem> {
    let (start, said) = beginning(sample);
    let delimiter = told.delimiter.or(said);
    let trials: Vec<Trial<'_>> = Delimiter::ALL
        .into_iter()
        .filter(|candidate| delimiter.is_none_or(|told| told == *candidate))
        .filter_map(|candidate| {
            Trial::new(sample, complete, start, candidate, wanted, told).transpose()
        })
        .collect::<Result<_, _>>()?;
    let mut trial = trial::choose(trials, wanted, told)?;
    let mut notes = Vec::new();
    let units = units::of(&mut trial, wanted);
    let header = trial.header_row(wanted)?;
    let mut titles: Vec<String> = header.map_or_else(Vec::new, Trial::titles);
    match header {
        Some(row) if trial.is_preceded(row) => notes.push(Note::Preamble {
            header_line: row.line,
        }),
        Some(_) => {}
        None => notes.push(Note::NoHeader),
    }
    if trial.lacks_last(&titles) {
        titles.pop();
        notes.push(Note::EmptyLastTitle);
    }
    let mut names = titles.clone();
    if let Some(units) = units {
        notes.push(Note::Units { line: units.line });
        for (at, unit) in units.of {
            if let Some(name) = names.get_mut(at).filter(|name| !has_unit(name, &unit)) {
                *name = format!("{name} ({unit})");
            }
        }
    }
    let decimal = decimals::decide(&trial, &titles, told, wanted)?;
    let shape = shape::of(&trial, &names, decimal, wanted, &mut notes)?;
    Ok(Table {
        delimiter: trial.delimiter,
        decimal,
        header_line: header.map(|row| row.line),
        width: if names.is_empty() {
            trial.width()
        } else {
            names.len()
        },
        names,
        titles,
        body: trial.body,
        shape,
        notes,
    })
}

/// Where the table begins, behind its byte order mark and a line `sep=;`, and
/// the delimiter that such a line says.
fn beginning(sample: &[u8]) -> (Position, Option<Delimiter>) {
    let mark = if sample.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    };
    let rest = &sample[mark..];
    let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    let line = &rest[..length.unwrap_or(rest.len())];
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let line = line.strip_suffix(b"\"").unwrap_or(line);
    let said = line
        .get(..4)
        .filter(|begin| begin.eq_ignore_ascii_case(b"sep="))
        .and_then(|_| line.get(4..))
        .and_then(|rest| match rest {
            [byte] => Delimiter::ALL
                .into_iter()
                .find(|known| known.byte() == *byte),
            _ => None,
        });
    match (said, length) {
        (Some(delimiter), Some(length)) => {
            let end = &rest[length..];
            let newline = if end.starts_with(b"\r\n") { 2 } else { 1 };
            (
                Position::at_line(mark + length + newline, 2),
                Some(delimiter),
            )
        }
        _ => (Position::at_line(mark, 1), None),
    }
}
