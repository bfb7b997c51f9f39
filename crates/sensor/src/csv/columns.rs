//! Which column of a row is meant by a name or a position.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::records::{Field, Record};
use crate::limits::MAX_COLUMNS;
use crate::{SensorError, Source};

/// The columns of a file, as its header names them.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    names: Vec<String>,
    /// How rows differ from the header; the first row decides.
    shape: Shape,
}

/// How the rows of a file differ from its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// They have as many fields as the header.
    Same,
    /// They have one more in front, which the header does not name: the row
    /// numbers that R writes.
    UnnamedFirst,
    /// They end in a comma with nothing after it.
    EmptyLast,
}

impl Columns {
    pub(crate) fn new(header: &Record) -> Result<Self, SensorError> {
        let names = header
            .fields
            .iter()
            .map(|field| match core::str::from_utf8(&field.bytes) {
                Ok(name) => Ok(name.trim().to_string()),
                Err(_) => Err(SensorError::Header {
                    line: field.line,
                    reason: format!("column {} is not UTF-8 text", field.column),
                }),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            names,
            shape: Shape::Same,
        })
    }

    /// The columns of rows that come without their file.
    pub(crate) fn named(header: &[&str]) -> Self {
        let names = header.iter().map(|name| name.trim().to_string());
        Self {
            names: names.collect(),
            shape: Shape::Same,
        }
    }

    /// Looks at the first row to learn how rows differ from the header.
    pub(crate) fn learn_shape(&mut self, first: &Record) -> Shape {
        let extra = first.fields.len() == self.names.len() + 1;
        let blank = |field: Option<&Field>| field.is_none_or(|field| field.bytes.is_empty());
        self.shape = if !extra {
            Shape::Same
        } else if blank(first.fields.last()) && !blank(first.fields.first()) {
            Shape::EmptyLast
        } else {
            Shape::UnnamedFirst
        };
        self.shape
    }

    /// Which field of a row has this name or position, if there is one.
    pub(crate) fn find(&self, source: &Source) -> Option<usize> {
        let index = match source {
            Source::Index(index) => *index,
            Source::Name(name) => self.names.iter().position(|known| known == name.trim())?,
        };
        (index < self.names.len()).then_some(index)
    }

    /// Like [`Columns::find`], with an error that lists the columns.
    pub(crate) fn resolve(&self, source: &Source) -> Result<usize, SensorError> {
        self.find(source).ok_or_else(|| SensorError::UnknownColumn {
            column: match source {
                Source::Index(index) => format!("at position {index}"),
                Source::Name(name) => format!("{name:?}"),
            },
            known: self.names.join(", "),
        })
    }

    /// The name of a column, for messages.
    pub(crate) fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }

    /// The fields of a row that the header names, or what is wrong with their
    /// number.
    pub(crate) fn fields<'r, 'a>(&self, record: &'r Record<'a>) -> Result<&'r [Field<'a>], String> {
        let extra = usize::from(self.shape != Shape::Same);
        let expected = self.names.len() + extra;
        let found = record.fields.len();
        let named = match self.shape {
            Shape::Same | Shape::EmptyLast => record.fields.get(..self.names.len()),
            Shape::UnnamedFirst => record.fields.get(1..),
        };
        named
            .filter(|_| found == expected && found <= MAX_COLUMNS)
            .ok_or_else(|| format!("{found} fields where the rows of this file have {expected}"))
    }
}
