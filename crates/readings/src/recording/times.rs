//! The column of times, from the first rows of a table.

use alloc::string::String;
use alloc::vec::Vec;

use super::cells::Facts;
use super::columns::Columns;
use super::places::Places;
use super::{Rows, Wants, three_digits};
use crate::rows::{Field, Row};
use crate::time::{Sampled, TimeColumn, Times, agree};
use crate::{Decimal, Problem, Told, quote, sort};

/// Steps of a sample that must be there before any say that it is unsorted.
const FEW_ROWS: usize = 8;

/// Checks that readings that come so many times a second are of the rate that is
/// wanted.
///
/// # Errors
/// [`Problem::OtherRate`].
pub fn check_rate(found_hz: f64, expected_hz: f64) -> Result<(), Problem> {
    match agree(expected_hz, found_hz) {
        true => Ok(()),
        false => Err(Problem::OtherRate {
            found_hz,
            expected_hz,
        }),
    }
}

/// Looks at the first rows of a table: in which form its times are, and whether
/// their order and rate are those that are wanted. Nothing where there are no
/// times, or nobody needs them.
///
/// # Errors
/// As [`TimeColumn::of`]; [`Problem::TimesRepeat`], [`Problem::TimesBackwards`]
/// and [`Problem::OtherRate`].
pub(super) fn look(
    wants: &Wants,
    columns: &Columns,
    places: &Places,
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
        if let Some(expected_hz) = rate_hz {
            check_rate(found_hz, expected_hz)?;
        }
        // Who knows the rate does not need the times.
        return Ok(None);
    }
    let Some(at) = places.time else {
        return Ok(None);
    };
    let mut last_day = String::new();
    let mut lines = Vec::new();
    let mut rows = Vec::new();
    let mut cells = Vec::new();
    for row in sample {
        // What is no row of this table is none of its times.
        let fields = columns.fields(row).unwrap_or_default();
        if at < fields.len() {
            lines.push(row.line);
            rows.push(fields);
            cells.push(
                places
                    .time_text(fields, at, &mut last_day)
                    .unwrap_or_default(),
            );
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
    if several {
        let times = column.reader(decimal);
        against_sources(&rows, &texts, &places.channels, times, rate_hz)?;
    }
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
    // Where each reading has a time of its own, the usual step is the true one.
    let repeats = texts.windows(2).filter(|pair| pair[0] == pair[1]).count();
    let own = repeats * 4 < texts.len();
    let gap = longest_s.zip(column.step_s).filter(|_| several && own);
    let are_gaps = gap.is_some_and(|(longest, step)| step > longest);
    // Nobody said at which rate the windows were that are wanted.
    let odd = |step: &f64| !agree(*step, 1.0);
    let step_s = column.step_s.filter(|_| several && rate_hz.is_none());
    let facts = Facts {
        // A gap that is shorter than what times are given to cannot be seen.
        resolution_s: match column.resolution_s > 1.0 && !are_gaps {
            true => column.resolution_s,
            false => 0.0,
        },
        step_s: step_s.filter(odd).map(three_digits),
        dates: times.is_local(),
    };
    Ok(Some((times, facts)))
}

/// Whether nearly every time stands as often, with other readings: there are
/// several sources, or several readings within a tick of the clock. Only the
/// second can be where so many readings make the rate that is wanted, or one a
/// second where none is, with a tick that clocks have.
fn against_sources(
    rows: &[&[Field<'_>]],
    texts: &[&str],
    channels: &[usize],
    mut times: Times,
    rate_hz: Option<f64>,
) -> Result<(), Problem> {
    const TICKS_S: [f64; 4] = [1.0, 60.0, 3_600.0, 86_400.0];
    let (mut lengths, mut steps) = (Vec::new(), Vec::new());
    let (mut length, mut last) = (0, None);
    let (mut repeated, mut changed) = (0, 0);
    for (at, text) in texts.iter().enumerate() {
        let Ok(time) = times.read(text) else {
            continue;
        };
        if last == Some(time) {
            length += 1;
            repeated += 1;
            let reading = |row: usize, channel: &usize| {
                let field = rows.get(row).and_then(|row| row.get(*channel));
                field.map(|field| &field.bytes)
            };
            let differs = |channel| reading(at, channel) != reading(at - 1, channel);
            changed += usize::from(channels.iter().any(differs));
            continue;
        }
        if let Some(last) = last {
            lengths.push(f64::from(length));
            steps.push(time - last);
        }
        (length, last) = (1, Some(time));
    }
    // The sample may begin and end between two of one time.
    let inner = lengths.get(1..).unwrap_or_default();
    let (Some(often), Some(step_s)) = (median(inner), median(&steps)) else {
        return Ok(());
    };
    let alike = inner.iter().filter(|length| **length == often).count();
    let rate = often / step_s;
    let of_one_source = TICKS_S.contains(&step_s) && agree(often, rate_hz.unwrap_or(1.0) * step_s);
    if often < 2.0 || alike * 4 < inner.len() * 3 || changed * 2 < repeated || of_one_source {
        return Ok(());
    }
    Err(Problem::TimesRepeat {
        text: quote(texts.last().copied().unwrap_or_default()),
        often: often as usize,
        rate_hz: three_digits(rate),
    })
}

/// The middle one of at least two.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sort(&mut sorted);
    sorted
        .get(sorted.len() / 2)
        .copied()
        .filter(|_| values.len() > 1)
}
