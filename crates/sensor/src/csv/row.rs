//! One row: the texts, numbers and windows in its fields.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::rows::Field;
use senselm_readings::{Decimal, arrays, list, number_in};

use super::BadRow;
use super::columns::Columns;
use crate::{FrontEnd, SensorError, Source, Window};

/// Why a row did not become a record.
pub(super) enum Stop {
    /// The row cannot be used.
    Row(BadRow),
    /// Nor can the file.
    File(SensorError),
}

/// A row whose fields are those that the header names.
pub(super) struct Row<'r> {
    pub(super) columns: &'r Columns,
    pub(super) fields: &'r [Field<'r>],
    pub(super) row: u64,
    /// What stands before the decimals of its numbers.
    pub(super) decimal: Option<Decimal>,
}

impl Row<'_> {
    pub(super) fn bad(&self, at: usize, reason: impl Into<String>) -> Stop {
        let field = self.fields.get(at);
        Stop::Row(BadRow {
            line: field.map_or(0, |field| field.line),
            column: field.map_or(0, |field| field.column),
            row: self.row,
            name: self.columns.name(at).to_string(),
            reason: reason.into(),
        })
    }

    pub(super) fn text(&self, at: usize) -> Result<Cow<'_, str>, Stop> {
        let bytes = self.fields.get(at).map_or(&[][..], |field| &field.bytes);
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(_) => Err(self.bad(at, "it is not UTF-8 text")),
        }
    }

    /// The numbers of some columns, in the units of these channels.
    pub(super) fn numbers(
        &self,
        columns: &[usize],
        front_end: &FrontEnd,
        values: &mut Vec<f64>,
    ) -> Result<(), Stop> {
        values.clear();
        for (&at, channel) in columns.iter().zip(front_end.channels()) {
            let value = number_in(&self.text(at)?, self.decimal, &channel.unit);
            values.push(value.map_err(|problem| self.bad(at, problem.to_string()))?);
        }
        Ok(())
    }

    /// A window of length 1 from a list in one cell.
    pub(super) fn list_window(&self, at: usize, front_end: &FrontEnd) -> Result<Window, Stop> {
        let values = list(&self.text(at)?, self.decimal)
            .map_err(|problem| self.bad(at, problem.to_string()))?;
        let channels = front_end
            .channels()
            .iter()
            .map(|channel| {
                let value = match &channel.source {
                    Source::Index(index) => values.get(*index),
                    Source::Name(_) => None,
                };
                let value = value.ok_or_else(|| {
                    let found = values.len();
                    let reason = format!(
                        "no number for channel {} in a list of {found}",
                        channel.name
                    );
                    self.bad(at, reason)
                })?;
                Ok(alloc::vec![*value])
            })
            .collect::<Result<_, Stop>>()?;
        Ok(Window { channels })
    }

    /// A window from the arrays of one cell.
    pub(super) fn cell_window(&self, at: usize, front_end: &FrontEnd) -> Result<Window, Stop> {
        let text = self.text(at)?;
        let arrays =
            arrays(&text, self.decimal).map_err(|problem| self.bad(at, problem.to_string()))?;
        let channels = front_end
            .channels()
            .iter()
            .map(|channel| {
                let found = match &channel.source {
                    Source::Index(index) => (*index < arrays.len()).then_some(*index),
                    Source::Name(name) => arrays.iter().position(|array| array.name == name),
                };
                let found = found.ok_or_else(|| {
                    self.bad(at, format!("no array for channel {}", channel.name))
                })?;
                Ok(arrays[found].values.clone())
            })
            .collect::<Result<_, Stop>>()?;
        let window = Window { channels };
        front_end
            .check(&window)
            .map_err(|error| self.bad(at, reason_of(error)))?;
        Ok(window)
    }
}

pub(super) fn reason_of(error: SensorError) -> String {
    match error {
        SensorError::Truth { reason } => reason,
        other => other.to_string(),
    }
}
