//! Which column of a table is meant by a name or a position.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::names::{Fit, Wanted, fit};
use senselm_readings::rows::{Field, Row};
use senselm_readings::{Problem, Shape, Table};

use super::Warning;
use crate::{SensorError, Source};

/// The columns of a table, as its header names them.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    names: Vec<String>,
    width: usize,
    shape: Shape,
}

impl Columns {
    pub(crate) fn of_table(table: &Table) -> Self {
        Self {
            names: table.names.clone(),
            width: table.width,
            shape: table.shape,
        }
    }

    /// The columns of rows that come without their file.
    pub(crate) fn named(header: &[&str]) -> Self {
        let names = header.iter().map(|name| name.trim().to_string());
        Self {
            names: names.collect(),
            width: header.len(),
            shape: Shape::Same,
        }
    }

    /// Looks at the first of rows that come without their file. One field more
    /// than the header is the number of the row, if it is a whole number.
    pub(crate) fn learn_shape(&mut self, first: &Row) -> Shape {
        let is_whole = |field: &Field| {
            let digits = field.bytes.iter().all(u8::is_ascii_digit);
            digits && !field.bytes.is_empty()
        };
        let filled = |field: &Field| !senselm_readings::rows::is_blank(&field.bytes);
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
    /// [`SensorError::DoubleColumn`] where two can.
    pub(crate) fn find(
        &self,
        source: &Source,
        wanted: &Wanted<'_>,
        said: &mut Vec<Warning>,
    ) -> Result<Option<usize>, SensorError> {
        let name = match source {
            Source::Index(index) => return Ok((*index < self.width).then_some(*index)),
            Source::Name(name) => name,
        };
        let certain = self.fits(wanted).filter(|(_, fit)| fit.is_certain());
        let certain: Vec<(usize, Fit)> = certain.collect();
        let exact = certain.iter().filter(|(_, fit)| *fit == Fit::Exact);
        let exact: Vec<&(usize, Fit)> = exact.collect();
        let found: Vec<usize> = match exact.is_empty() {
            true => certain.iter().map(|(at, _)| *at).collect(),
            false => exact.iter().map(|(at, _)| *at).collect(),
        };
        match found[..] {
            [] => Ok(None),
            [at] => {
                if exact.is_empty() {
                    said.push(Warning::ColumnTaken {
                        column: name.clone(),
                        title: self.name(at).to_string(),
                    });
                }
                Ok(Some(at))
            }
            [first, second, ..] => Err(SensorError::DoubleColumn {
                column: name.clone(),
                first: format!("{:?}, column {}", self.name(first), first + 1),
                second: format!("{:?}, column {}", self.name(second), second + 1),
            }),
        }
    }

    /// Like [`Columns::find`], with an error that lists the columns, or says
    /// which one it may have been.
    pub(crate) fn resolve(
        &self,
        source: &Source,
        wanted: &Wanted<'_>,
        said: &mut Vec<Warning>,
    ) -> Result<usize, SensorError> {
        if let Some(found) = self.find(source, wanted, said)? {
            return Ok(found);
        }
        let column = match source {
            Source::Index(index) => format!("at position {index}"),
            Source::Name(name) => format!("{name:?}"),
        };
        let near = match source {
            Source::Index(_) => None,
            Source::Name(_) => self.fits(wanted).min_by_key(|(_, fit)| *fit),
        };
        Err(match near {
            Some((at, fit)) => SensorError::NearColumn {
                column,
                title: self.name(at).to_string(),
                reason: match fit {
                    Fit::OtherUnit => format!("is not in {}", wanted.unit),
                    _ => "may be another".to_string(),
                },
            },
            None => SensorError::UnknownColumn {
                column,
                known: self.names.join(", "),
            },
        })
    }

    fn fits<'s>(&'s self, wanted: &'s Wanted<'_>) -> impl Iterator<Item = (usize, Fit)> + 's {
        let names = self.names.iter().enumerate();
        names.filter_map(|(at, title)| Some((at, fit(wanted, title)?)))
    }

    /// The name of a column, for messages.
    pub(crate) fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }

    /// The fields of a row that the header names, or what is wrong with their
    /// number.
    pub(crate) fn fields<'r, 'a>(&self, row: &'r Row<'a>) -> Result<&'r [Field<'a>], Problem> {
        self.shape.fields(row, self.width)
    }

    /// Whether a row is the header again: a logger that was started anew.
    pub(crate) fn is_header(&self, fields: &[Field]) -> bool {
        let same = |(name, field): (&String, &Field)| {
            core::str::from_utf8(&field.bytes).is_ok_and(|text| text.trim() == name)
        };
        // Nearly every row differs in its first field.
        !self.names.is_empty()
            && self.names.len() == fields.len()
            && self.names.iter().zip(fields).all(same)
    }
}
