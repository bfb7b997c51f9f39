//! A row of units, under the header or above it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::trial::{Trial, is_value, text};
use crate::names::{Kind, Wanted, fit, is_time_name};
use crate::rows::{Field, Row};
use crate::time::is_time_unit;
use crate::{is_missing, unit};

/// What a row of units says.
pub(super) struct Units {
    /// Its line.
    pub(super) line: u64,
    /// The columns that it says a unit of, and which.
    pub(super) of: Vec<(usize, String)>,
}

/// How many rows below the header may say units: there may be words in between.
const WITHIN: usize = 3;

/// The row of units beside the header, if there is one; one under the header is
/// then no row of readings.
pub(super) fn of(trial: &mut Trial<'_>, wanted: &[Wanted<'_>]) -> Option<Units> {
    let titles = Trial::titles(trial.below_header(0)?);
    for below in 1..=WITHIN {
        let Some(row) = trial.below_header(below) else {
            break;
        };
        if let Some(units) = units(row, trial.below_header(below + 1), &titles, wanted) {
            trial.pass(below);
            return Some(units);
        }
        if row.fields.iter().any(is_value) {
            break;
        }
    }
    let row = trial.above_header()?;
    units(row, trial.below_header(1), &titles, wanted)
}

/// Whether a cell says that its column has no unit.
fn is_no_unit(text: &str) -> bool {
    matches!(bare(text), "" | "-" | "1")
}

/// A unit without the brackets around it.
fn bare(text: &str) -> &str {
    text.trim().trim_matches(['(', ')', '[', ']', ' '])
}

/// The longest text that may be a unit which is in no table: `degrees F`.
const LONGEST: usize = 12;

/// What a row says, if at least half of its texts are units, or one of them and all
/// are short; if nothing in it is a reading, and one of the units is that of numbers
/// that are wanted. Where nobody wants any, it is that of a value in the `next` row.
fn units(
    row: &Row<'_>,
    next: Option<&Row<'_>>,
    titles: &[String],
    wanted: &[Wanted<'_>],
) -> Option<Units> {
    let mut units = Units {
        line: row.line,
        of: Vec::new(),
    };
    let is_reading = |field: &Field| is_value(field) && !is_no_unit(&text(field));
    if row.fields.len() > titles.len() || row.fields.iter().any(is_reading) {
        return None;
    }
    let (mut texts, mut known, mut of_numbers, mut short) = (0, 0, false, true);
    let is_next_value = |at: usize| {
        let field = next.and_then(|next| next.fields.get(at));
        field.is_some_and(is_value)
    };
    for (at, field) in row.fields.iter().enumerate() {
        let text = text(field);
        let text = bare(&text);
        let Some(title) = titles.get(at).filter(|_| !is_missing(text)) else {
            continue;
        };
        short &= text.chars().count() <= LONGEST;
        let is_unit = unit::find(text).is_some();
        let is_time = is_time_unit(text);
        // `1` alone is a reading as well.
        let may_be_unit = !is_no_unit(text);
        texts += usize::from(may_be_unit);
        known += usize::from(may_be_unit && (is_unit || is_time));
        let of_column = |wanted: &&Wanted<'_>| fit(wanted, title).is_some();
        let wanted_here = wanted.iter().find(of_column);
        of_numbers |= is_unit
            && may_be_unit
            && match wanted_here {
                Some(wanted) => wanted.kind == Kind::Number,
                None => wanted.is_empty() && is_next_value(at),
            };
        let says = match wanted_here {
            // An unknown unit is another one than that which is wanted.
            Some(wanted) if wanted.kind == Kind::Number => !wanted.unit.is_empty(),
            Some(wanted) => wanted.kind == Kind::Time && is_time,
            None => is_unit || (is_time && is_time_name(title)),
        };
        if says {
            units.of.push((at, text.to_string()));
        }
    }
    let are_units = known * 2 >= texts || (known > 0 && short);
    (are_units && of_numbers).then_some(units)
}
