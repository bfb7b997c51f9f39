//! In which unit the cells of a channel are.

use alloc::string::{String, ToString};

use super::columns::Columns;
use crate::names::{Fit, Kind, Wanted, bare, fit, plain};
use crate::{Cell, Decimal, Problem, Unit, cell, is_missing, quote, unit};

/// What is known of the units of one channel's cells.
#[derive(Debug, Clone)]
pub(super) struct Units {
    /// That of the channel, where it is known.
    wanted: Option<Unit>,
    /// What the channel's is called, for messages.
    name: String,
    /// The column that holds the unit of each cell.
    pub(super) beside: Option<usize>,
    /// Whether the title says the channel's unit, so that numbers alone are in it.
    titled: bool,
    /// The unit in brackets behind the title, where it is one.
    in_title: String,
    /// A number alone, in quotes.
    alone: Option<String>,
    /// One with another unit than the channel's, and which.
    other: Option<(String, Unit)>,
}

impl Units {
    /// Of the channel with this unit that is column `at`, where all channels are
    /// these columns.
    pub(super) fn new(columns: &Columns, channels: &[usize], at: usize, name: &str) -> Self {
        let title = columns.name(at);
        let wanted = Wanted {
            name: bare(title),
            unit: name,
            kind: Kind::Number,
        };
        Self {
            wanted: unit::find(name),
            name: name.to_string(),
            beside: beside(columns, channels, at),
            in_title: in_brackets(title).unwrap_or_default().to_string(),
            titled: fit(&wanted, title) == Some(Fit::WithUnit),
            alone: None,
            other: None,
        }
    }

    /// The unit that the recording states for these cells, as it is written or by
    /// its usual name; empty where it states none.
    pub(super) fn stated(&self) -> &str {
        match (&self.other, self.titled) {
            (Some((_, unit)), _) => unit.name(),
            (None, true) => &self.name,
            (None, false) => &self.in_title,
        }
    }

    /// Reads a cell, and the one that says its unit where there is one: the number
    /// in the channel's unit, NaN where it is missing.
    ///
    /// # Errors
    /// [`Problem::TwoUnits`] where other cells had another unit, or none;
    /// [`Problem::OtherUnit`], and those of [`cell`].
    pub(super) fn read(
        &mut self,
        text: &str,
        beside: &str,
        decimal: Option<Decimal>,
    ) -> Result<f64, Problem> {
        let (value, own) = match cell(text, decimal)? {
            Cell::Missing => return Ok(f64::NAN),
            Cell::Number { value, unit } => (value, unit),
        };
        let own = match own {
            None if self.wanted.is_some() && !is_missing(beside) => {
                let unknown = || Problem::UnknownUnit {
                    text: quote(text.trim()),
                    unit: quote(beside.trim()),
                };
                Some(unit::find(beside).ok_or_else(unknown)?)
            }
            own => own,
        };
        let two = |other: &str| Problem::TwoUnits {
            one: quote(text.trim()),
            other: other.to_string(),
            unit: self.name.clone(),
        };
        let Some(own) = own else {
            match &self.other {
                // Without a unit to be had both are the same number.
                Some((other, _)) if self.wanted.is_some() && !self.titled => {
                    return Err(two(other));
                }
                _ => {}
            }
            if self.alone.is_none() {
                self.alone = Some(quote(text.trim()));
            }
            return Ok(value);
        };
        if self.wanted == Some(own) {
            return Ok(value);
        }
        let read = match (self.wanted, &self.other, &self.alone) {
            (Some(_), _, Some(alone)) if !self.titled => return Err(two(alone)),
            (None, Some((other, unit)), _) if *unit != own => return Err(two(other)),
            (None, ..) => value,
            (Some(wanted), ..) => {
                let other = || Problem::OtherUnit {
                    text: quote(text.trim()),
                    expected: self.name.clone(),
                };
                own.convert(value, wanted).ok_or_else(other)?
            }
        };
        if self.other.is_none() {
            self.other = Some((quote(text.trim()), own));
        }
        Ok(read)
    }
}

/// The unit that stands in brackets behind a title: `suction (bar)`.
fn in_brackets(title: &str) -> Option<&str> {
    let behind = title.trim().strip_prefix(bare(title))?;
    let inner = behind.trim_matches([' ', '(', ')', '[', ']']);
    // `accel (1)` is one of several, and in no unit.
    let is_number = inner.bytes().all(|byte| byte.is_ascii_digit());
    unit::find(inner).filter(|_| !is_number).map(|_| inner)
}

/// The column with the units of the cells of column `at`: `suction_unit`, or
/// `unit` right behind it, or before the first of the channels.
fn beside(columns: &Columns, channels: &[usize], at: usize) -> Option<usize> {
    let value = plain(bare(columns.name(at)));
    (0..columns.width()).find(|&other| {
        let title = plain(columns.name(other));
        let Some(begin) = ["unit", "units", "uom", "einheit"]
            .iter()
            .find_map(|unit| title.strip_suffix(unit))
        else {
            return false;
        };
        if channels.contains(&other) {
            return false;
        }
        let follows = |other: usize| channels.contains(&other.wrapping_sub(1));
        match begin {
            "" => other == at + 1 || (other + 1 == at && !follows(other)),
            begin => begin == value,
        }
    })
}
