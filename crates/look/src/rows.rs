//! What a row is: a reading of a stream, one by itself, or a whole window.

use senselm_sensor::Samples;
use senselm_sensor::limits::MAX_SAMPLES;

use crate::column::Column;
use crate::roles::Roles;
use crate::runs::Runs;
use crate::{Goal, LookError, Options, RowKind};

/// Numbers of a list that are a window, from so many on.
const MANY_IN_A_LIST: usize = 65;
/// The same where they are alike wherever they stand.
const MANY_ALIKE: usize = 32;
/// How alike neighbours are, from 0 to 1: below the first they have nothing to do
/// with each other, above the second they follow each other.
const UNLIKE: f64 = 0.35;
const ALIKE: f64 = 0.65;
/// Rows of one label behind each other that are a recording, whatever is in them.
const LONG_STRETCH: f64 = 200.0;

/// What a row is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rows {
    /// A window in one cell.
    Cells { samples: Samples },
    /// A window in several cells, with a list for each channel.
    Lists { samples: Samples },
    /// A window with a cell for each sample.
    SideBySide { samples: Samples },
    /// A reading in one cell.
    ListOfReadings,
    /// A reading, and nothing to do with the row above.
    Readings,
    /// A reading of a stream.
    Stream,
    /// One of the two, which only all rows can show.
    Undecided,
}

fn two(first: RowKind, second: RowKind, reason: String) -> LookError {
    LookError::TwoRowKinds {
        first: first.name(),
        second: second.name(),
        reason,
    }
}

/// What a row is whose cell holds a list.
pub(crate) fn of_list(column: &Column, options: &Options) -> Result<Rows, LookError> {
    let lists = &column.lists;
    let shortest = lists.arrays.iter().map(|array| array.shortest).min();
    let longest = lists.arrays.iter().map(|array| array.longest).max();
    let (shortest, longest) = (shortest.unwrap_or(1).max(1), longest.unwrap_or(1).max(1));
    let cells = Rows::Cells {
        samples: lengths(shortest, longest),
    };
    let one = lists.arrays.len() == 1 && !lists.brackets;
    match options.rows {
        Some(RowKind::Window) => return Ok(cells),
        Some(RowKind::Reading | RowKind::Stream) if one => return Ok(Rows::ListOfReadings),
        _ => {}
    }
    if !one || shortest != longest || longest >= MANY_IN_A_LIST {
        return Ok(cells);
    }
    // Samples of one channel are alike wherever they stand, channels are not.
    let quantiles = lists.positions.iter().map(|spread| spread.quantiles(&[]));
    let quantiles: Vec<_> = quantiles.collect();
    let count = quantiles.len().max(1) as f64;
    let mean = quantiles.iter().map(|q| q.p50).sum::<f64>() / count;
    let between = quantiles
        .iter()
        .map(|q| (q.p50 - mean).powi(2))
        .sum::<f64>()
        / count;
    let within = quantiles.iter().map(|q| q.p99 - q.p01).sum::<f64>() / count;
    let apart = between.sqrt() / within.max(f64::MIN_POSITIVE);
    if apart > 1.0 || longest <= 3 {
        return Ok(Rows::ListOfReadings);
    }
    if apart < 0.25 && longest >= MANY_ALIKE {
        return Ok(cells);
    }
    Err(two(
        RowKind::Window,
        RowKind::Reading,
        format!(
            "the {longest} numbers in {:?} may be samples of one channel or one sample of {longest}",
            column.title
        ),
    ))
}

/// What a row is in which each of several columns holds a list.
///
/// # Errors
/// [`LookError::SeveralLists`] where one of them holds several.
pub(crate) fn of_lists(columns: &[&Column]) -> Result<Rows, LookError> {
    let several = columns.iter().find(|column| {
        let arrays = &column.lists.arrays;
        arrays.len() != 1 || arrays.iter().any(|array| !array.name.is_empty())
    });
    if let Some(several) = several {
        let other = columns.iter().find(|column| column.title != several.title);
        return Err(LookError::SeveralLists {
            first: several.title.clone(),
            second: other.map_or_else(String::new, |column| column.title.clone()),
        });
    }
    let arrays = columns.iter().flat_map(|column| &column.lists.arrays);
    let shortest = arrays.clone().map(|array| array.shortest).min();
    let longest = arrays.map(|array| array.longest).max();
    let samples = lengths(shortest.unwrap_or(1), longest.unwrap_or(1));
    Ok(Rows::Lists { samples })
}

/// How many samples windows may have that have so many: those that are a little
/// shorter or longer are windows too where they differ.
fn lengths(shortest: usize, longest: usize) -> Samples {
    let (shortest, longest) = (shortest.max(1), longest.max(1));
    let slack = match shortest == longest {
        true => 0,
        false => longest.div_ceil(4),
    };
    Samples {
        min: shortest.saturating_sub(slack).max(1),
        max: (longest + slack).min(MAX_SAMPLES),
    }
}

/// What a row is whose numbers have a column each.
pub(crate) fn of_numbers(options: &Options) -> Rows {
    match options.rows {
        Some(RowKind::Stream) => Rows::Stream,
        Some(RowKind::Reading) => Rows::Readings,
        Some(RowKind::Window) | None => Rows::Undecided,
    }
}

/// Decides between a stream and readings by all rows.
pub(crate) fn settle(
    rows: Rows,
    found: &Runs,
    timed: bool,
    roles: &Roles,
) -> Result<Rows, LookError> {
    if rows != Rows::Undecided {
        return Ok(rows);
    }
    if timed || roles.goal.is_none() || roles.folders {
        return Ok(Rows::Stream);
    }
    let alike = found.neighbours();
    let mean = found.rows as f64 / found.stretches.max(1) as f64;
    // How long stretches are where labels are drawn by lot.
    let total: u64 = found.labels.values().map(|(rows, _)| rows).sum();
    let share = |rows: u64| rows as f64 / total.max(1) as f64;
    let same: f64 = found
        .labels
        .values()
        .map(|(rows, _)| share(*rows).powi(2))
        .sum();
    let by_lot = 1.0 / (1.0 - same).max(1e-3);
    let labels = roles.goal == Some(Goal::Classify);
    let long = !labels || mean > 3.0 * by_lot;
    if labels && long && mean >= LONG_STRETCH || long && alike >= ALIKE {
        return Ok(Rows::Stream);
    }
    if alike <= UNLIKE || (labels && mean < 1.5 * by_lot) {
        return Ok(Rows::Readings);
    }
    let reason = format!(
        "there is no column of times, {mean:.0} rows of one answer follow each other in the mean, and neighbours are alike to {:.0} %",
        alike * 100.0
    );
    Err(two(RowKind::Stream, RowKind::Reading, reason))
}
