//! What a row is: a reading of a stream, one by itself, or a whole window.

use senselm_sensor::Samples;

use crate::column::Column;
use crate::roles::Roles;
use crate::runs::Runs;
use crate::survey::Survey;
use crate::{Goal, LookError, Options, RowKind};

/// Numbers side by side that are the samples of a window, from so many on; fewer
/// than [`FEW_SIDE_BY_SIDE`] are channels.
const MANY_SIDE_BY_SIDE: usize = 32;
const FEW_SIDE_BY_SIDE: usize = 8;
/// Numbers of a list that are a window, from so many on.
const MANY_IN_A_LIST: usize = 65;
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
    // Windows that are a little shorter or longer are windows too.
    let slack = if shortest == longest {
        0
    } else {
        longest.div_ceil(4)
    };
    let cells = Rows::Cells {
        samples: Samples {
            min: shortest.saturating_sub(slack).max(1),
            max: longest + slack,
        },
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
    if apart < 0.25 && longest >= MANY_SIDE_BY_SIDE {
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

/// What a row is whose numbers have a column each.
pub(crate) fn of_numbers(
    survey: &Survey,
    roles: &Roles,
    options: &Options,
) -> Result<Rows, LookError> {
    let nameless = survey.files.iter().all(|file| file.table.names.is_empty());
    let titles: Vec<(usize, &str)> = roles
        .channels
        .iter()
        .map(|&at| (at, survey.columns[at].title.as_str()))
        .collect();
    let found = match nameless {
        true => side_by_side(&titles, &|title| {
            title.parse().ok().map(|n| (String::new(), n))
        }),
        false => side_by_side(&titles, &numbered),
    };
    let undecided = match options.rows {
        Some(RowKind::Stream) => return Ok(Rows::Stream),
        Some(RowKind::Reading) => return Ok(Rows::Readings),
        Some(RowKind::Window) => {
            let (channels, samples) = found.unwrap_or((1, titles.len()));
            return Err(LookError::SideBySide { samples, channels });
        }
        None => Rows::Undecided,
    };
    let Some((channels, samples)) = found.filter(|_| roles.times.is_empty()) else {
        return Ok(undecided);
    };
    if samples >= MANY_SIDE_BY_SIDE {
        return Err(LookError::SideBySide { samples, channels });
    }
    if samples < FEW_SIDE_BY_SIDE {
        return Ok(undecided);
    }
    let reason = format!("its {samples} numbered columns may be samples of a channel or channels");
    Err(two(RowKind::Window, RowKind::Reading, reason))
}

/// A title that ends in a number, and that: `ax_12`, `s0`.
fn numbered(title: &str) -> Option<(String, usize)> {
    let bare = title.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let number = title.get(bare.len()..)?.parse().ok()?;
    Some((
        bare.trim_end_matches(['_', '-', ' ', '.']).to_owned(),
        number,
    ))
}

/// How many channels stand side by side with all their samples, and how many samples
/// each has. All columns belong to one, or nothing is found.
fn side_by_side(
    titles: &[(usize, &str)],
    split: &dyn Fn(&str) -> Option<(String, usize)>,
) -> Option<(usize, usize)> {
    let mut channels: Vec<(String, usize, usize, usize)> = Vec::new();
    for &(at, title) in titles {
        let (name, number) = split(title)?;
        match channels.last_mut() {
            Some((known, first, length, last))
                if *known == name && at == *first + *length && number == last.wrapping_add(1) =>
            {
                *length += 1;
                *last = number;
            }
            _ => channels.push((name, at, 1, number)),
        }
    }
    let samples = channels.first()?.2;
    let equal = channels.iter().all(|channel| channel.2 == samples);
    (equal && samples > 1).then_some((channels.len(), samples))
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

#[cfg(test)]
mod tests {
    use super::{numbered, side_by_side};

    #[test]
    fn samples_side_by_side() {
        let titles: Vec<String> = (0..3)
            .flat_map(|at| ["ax", "ay"].map(|name| (name, at)))
            .map(|(name, at)| format!("{name}_{at}"))
            .collect();
        let all: Vec<(usize, &str)> = titles.iter().map(String::as_str).enumerate().collect();
        assert_eq!(side_by_side(&all, &numbered), None, "samples alternate");
        let mut sorted = titles.clone();
        sorted.sort();
        let all: Vec<(usize, &str)> = (1..).zip(sorted.iter().map(String::as_str)).collect();
        assert_eq!(side_by_side(&all, &numbered), Some((2, 3)));
        assert_eq!(side_by_side(&[(0, "t1"), (1, "x")], &numbered), None);
    }
}
