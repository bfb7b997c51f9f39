//! The column of times, from the first rows of a table.

use alloc::vec::Vec;

use super::columns::Columns;
use super::reader::{Facts, lossy};
use super::{Rows, Wants, three_digits};
use crate::rows::Row;
use crate::time::{Sampled, TimeColumn, Times};
use crate::{Decimal, Problem, Told, quote};

/// Steps of a sample that must be there before any say that it is unsorted.
const FEW_ROWS: usize = 8;

/// Looks at the first rows of a table: in which form its times are, and whether
/// their order and rate are those that are wanted. Nothing where there are no
/// times, or nobody needs them.
///
/// # Errors
/// As [`TimeColumn::of`]; [`Problem::TimesBackwards`] and [`Problem::OtherRate`].
pub(super) fn look(
    wants: &Wants,
    columns: &Columns,
    time: Option<usize>,
    sample: &[Row<'_>],
    decimal: Option<Decimal>,
    told: &Told,
) -> Result<Option<(Times, Facts)>, Problem> {
    let Rows::Stream {
        several,
        rate_hz,
        longest_s,
    } = wants.rows
    else {
        return Ok(None);
    };
    let rate_hz = rate_hz.filter(|_| several);
    if let Some(found_hz) = told.rate_hz {
        return match rate_hz.filter(|rate| !is_near(*rate, found_hz)) {
            Some(expected_hz) => Err(Problem::OtherRate {
                found_hz,
                expected_hz,
            }),
            // Who knows the rate does not need the times.
            None => Ok(None),
        };
    }
    let Some(at) = time else {
        return Ok(None);
    };
    let mut lines = Vec::new();
    let mut cells = Vec::new();
    for row in sample {
        // What is no row of this table is none of its times.
        let fields = columns.fields(row).ok();
        if let Some(field) = fields.and_then(|fields| fields.get(at)) {
            lines.push(row.line);
            cells.push(lossy(&field.bytes));
        }
    }
    let texts: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
    if texts.is_empty() {
        return Ok(None);
    }
    let column = TimeColumn::of(&Sampled {
        texts: &texts,
        name: columns.name(at),
        decimal,
        told: told.times,
        interval_s: rate_hz.map(|rate| 1.0 / rate),
        longest_s: longest_s.filter(|_| several),
    })?;
    if several && texts.len() >= FEW_ROWS && column.is_unsorted() {
        let mut reader = column.reader(decimal);
        let times = texts.iter().map(|text| reader.read(text).ok());
        let times: Vec<Option<f64>> = times.collect();
        let first = times.windows(2).position(|pair| pair[1] < pair[0]);
        let row = first.map_or(0, |at| at + 1);
        return Err(Problem::TimesBackwards {
            line: lines.get(row).copied().unwrap_or_default(),
            text: quote(texts.get(row).copied().unwrap_or_default()),
        });
    }
    if let Some(expected_hz) = rate_hz
        && let Some(found_hz) = column.other_rate_hz(1.0 / expected_hz)
    {
        return Err(Problem::OtherRate {
            found_hz: three_digits(found_hz),
            expected_hz,
        });
    }
    let times = column.reader(decimal);
    // Nobody said at which rate the windows were that are wanted.
    let odd = |step: &f64| !is_near(*step, 1.0);
    let step_s = column.step_s.filter(|_| several && rate_hz.is_none());
    let facts = Facts {
        // A gap that is shorter than what times are given to cannot be seen.
        resolution_s: match column.resolution_s > 1.0 {
            true => column.resolution_s,
            false => 0.0,
        },
        step_s: step_s.filter(odd).map(three_digits),
        dates: times.is_local(),
    };
    Ok(Some((times, facts)))
}

fn is_near(a: f64, b: f64) -> bool {
    (0.75..=1.34).contains(&(a / b))
}
