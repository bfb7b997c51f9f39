//! Windows that are rows: the samples of a channel stand side by side, each in a
//! column of its own.
//!
//! Titles that go on counting (`ax_1`, `ax_2`, ...), or many numbers without any
//! title, may also be channels that are measured at once. What is alike tells: the
//! neighbours in a row of a window, the neighbours in a column of a stream.

use std::collections::BTreeMap;

use senselm_readings::names::is_time_name;
use senselm_readings::recording::Looks;
use senselm_readings::series::{numbered, series};
use senselm_readings::{Cell, Decimal, cell, is_missing};
use senselm_sensor::{Samples, Source};

use crate::column::Column;
use crate::spread::Spread;
use crate::{LookError, Options, RowKind};

/// Columns that may be a window, from so many on: fewer are channels.
const FEW: usize = 8;
/// How alike neighbours are that follow each other, from 0 for noise to 1.
const ALIKE: f64 = 0.65;
/// The share of whole numbers from which a column of these is one like the others.
const MOSTLY_WHOLE: f64 = 0.5;
/// Values that labels have, at most.
const MANY_CLASSES: usize = 30;

/// The windows of rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct SideBySide {
    pub(crate) channels: Vec<Channel>,
    /// The samples of the shortest and the longest window.
    shortest: usize,
    longest: usize,
    /// The samples for which there are columns.
    pub(crate) columns: usize,
    /// Cells that are neither missing nor numbers.
    pub(crate) odd: u64,
    /// The first of them.
    pub(crate) odd_text: String,
}

/// A channel of them.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    /// What its columns have in common; empty where that is nothing.
    pub(crate) title: String,
    /// The title of the first of them.
    pub(crate) first: String,
    /// Where that is.
    pub(crate) source: Source,
    pub(crate) spread: Spread,
}

impl SideBySide {
    pub(crate) fn new(channels: Vec<Channel>) -> Self {
        Self {
            channels,
            shortest: usize::MAX,
            ..Self::default()
        }
    }

    /// How many samples windows have: a little shorter ones are windows too where
    /// they differ.
    pub(crate) fn samples(&self) -> Samples {
        let shortest = self.shortest.min(self.longest).max(1);
        let slack = match shortest == self.columns {
            true => 0,
            false => self.columns.div_ceil(4),
        };
        Samples {
            min: shortest.saturating_sub(slack).max(1),
            max: self.columns.max(1),
        }
    }

    /// Takes the next row: for each channel its cells. What is missing at the end of
    /// all of them is no part of the window.
    pub(crate) fn add<'c>(
        &mut self,
        decimal: Option<Decimal>,
        cells: impl Iterator<Item = Vec<&'c [u8]>>,
    ) {
        let mut read: Vec<Vec<f64>> = Vec::new();
        for cells in cells {
            let number = |bytes: &&[u8]| self.number(bytes, decimal);
            read.push(cells.iter().map(number).collect());
        }
        let filled = |samples: &Vec<f64>| {
            let last = samples.iter().rposition(|value| !value.is_nan());
            last.map_or(0, |at| at + 1)
        };
        let length = read.iter().map(filled).max().unwrap_or_default();
        self.shortest = self.shortest.min(length);
        self.longest = self.longest.max(length);
        for (channel, samples) in self.channels.iter_mut().zip(&read) {
            let samples = samples.iter().take(length);
            samples.for_each(|value| channel.spread.add(*value));
        }
    }

    fn number(&mut self, bytes: &[u8], decimal: Option<Decimal>) -> f64 {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim();
        if is_missing(text) {
            return f64::NAN;
        }
        match cell(text, decimal) {
            Ok(Cell::Number { value, .. }) => value,
            _ => {
                if self.odd == 0 {
                    self.odd_text = text.chars().take(40).collect();
                }
                self.odd += 1;
                f64::NAN
            }
        }
    }
}

/// The first rows of recordings.
pub(crate) struct Beginning<'s> {
    /// Their columns, with what they look like.
    pub(crate) columns: &'s [Column],
    /// Whether a line names these.
    pub(crate) named: bool,
    /// For each of some rows the cells of all columns; NaN where there is no number.
    pub(crate) rows: &'s [Vec<f64>],
}

/// The columns of each channel, where rows are windows.
///
/// # Errors
/// [`LookError::TwoRowKinds`] where they may be channels, [`LookError::LabelOrChannel`]
/// where the label may be a sample, and [`LookError::NoWindows`] where rows are to be
/// windows and no columns are.
pub(crate) fn find(
    beginning: &Beginning<'_>,
    options: &Options,
) -> Result<Option<Vec<Vec<usize>>>, LookError> {
    if matches!(options.rows, Some(RowKind::Stream | RowKind::Reading)) {
        return Ok(None);
    }
    let told = options.rows == Some(RowKind::Window);
    let fewest = if told { 2 } else { FEW };
    let found = match beginning.named {
        true => beginning.by_titles(options),
        false => beginning.by_place(fewest, options)?,
    };
    let samples = found.first().map_or(0, Vec::len);
    let lists = beginning.columns.iter().any(|c| c.looks == Looks::List);
    if samples < fewest {
        return match told && !lists {
            true => Err(LookError::NoWindows),
            false => Ok(None),
        };
    }
    if told {
        return Ok(Some(found));
    }
    let along = along(beginning.rows, &found);
    let down = down(beginning.rows, &found);
    let timed = beginning.columns.iter().any(is_time);
    match (along >= ALIKE, down >= ALIKE) {
        (true, false) => Ok(Some(found)),
        (false, true) => Ok(None),
        (false, false) if timed => Ok(None),
        (both, _) => Err(LookError::TwoRowKinds {
            first: RowKind::Window.name(),
            second: match timed || both {
                true => RowKind::Stream.name(),
                false => RowKind::Reading.name(),
            },
            reason: format!(
                "its {samples} numbered columns may be samples of a channel or channels: neighbours in a row are alike to {:.0} %, and neighbours in a column to {:.0} %",
                along.max(0.0) * 100.0,
                down.max(0.0) * 100.0
            ),
        }),
    }
}

impl Beginning<'_> {
    fn is_number(&self, at: usize) -> bool {
        let looks = self.columns.get(at).map(|column| column.looks);
        matches!(looks, Some(Looks::Number | Looks::Empty))
    }

    /// Titles that are alike but for running numbers. Of channels with other numbers
    /// of samples those with the most are windows.
    fn by_titles(&self, options: &Options) -> Vec<Vec<usize>> {
        let titles: Vec<String> = self.columns.iter().map(|c| c.title.clone()).collect();
        let mut first: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut order = Vec::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, title) in titles.iter().enumerate() {
            let Some((stem, number)) = numbered(title).filter(|_| self.is_number(at)) else {
                continue;
            };
            if is_said(options, stem) || is_said(options, title) {
                continue;
            }
            if !first.contains_key(stem) {
                order.push(stem);
            }
            let least = first.entry(stem).or_insert((number, at));
            *least = (*least).min((number, at));
            *counts.entry(stem).or_default() += 1;
        }
        let whole = |stem: &&str| {
            let columns = series(&titles, first.get(stem)?.1);
            // With a gap in its numbers it is something else.
            (Some(&columns.len()) == counts.get(stem)).then_some(columns)
        };
        let mut found: Vec<Vec<usize>> = order.iter().filter_map(whole).collect();
        let most = found.iter().map(Vec::len).max().unwrap_or_default();
        found.retain(|columns| columns.len() == most);
        found
    }

    /// Without titles: numbers beside each other, but for a label at one of their
    /// ends.
    fn by_place(&self, fewest: usize, options: &Options) -> Result<Vec<Vec<usize>>, LookError> {
        let is_sample = |at: &usize| {
            let title = &self.columns[*at].title;
            let named = [&options.label, &options.group].into_iter().flatten();
            let told = named
                .chain(&options.ignore)
                .any(|name| name.trim() == title);
            !told && self.is_number(*at)
        };
        let mut samples: Vec<usize> = (0..self.columns.len()).filter(is_sample).collect();
        let ends = [samples.first().copied(), samples.last().copied()];
        let inner = samples
            .get(1..samples.len().saturating_sub(1))
            .unwrap_or_default();
        let mut others = Vec::new();
        if inner.len() + 2 >= fewest && options.label.is_none() {
            for (end, beside) in ends
                .into_iter()
                .flatten()
                .zip([inner.first(), inner.last()])
            {
                if self.is_other(end, beside.copied(), inner)? {
                    others.push(end);
                }
            }
        }
        samples.retain(|at| !others.contains(at));
        let together = samples.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        Ok(if together { vec![samples] } else { Vec::new() })
    }

    /// Whether a column at the end holds something else than the samples: whole
    /// numbers beside others, or a few values beside many.
    fn is_other(
        &self,
        end: usize,
        beside: Option<usize>,
        inner: &[usize],
    ) -> Result<bool, LookError> {
        let values = self.values(end);
        let whole = |at: usize| self.of(at).filter(|value| value.fract() == 0.0).count();
        let all = |at: usize| self.of(at).count();
        if values.is_empty() || whole(end) < all(end) {
            return Ok(false);
        }
        let (wholes, numbers) = inner
            .iter()
            .fold((0, 0), |sum, at| (sum.0 + whole(*at), sum.1 + all(*at)));
        let constant = |at: usize| self.values(at).len() <= 1;
        if (wholes as f64) < MOSTLY_WHOLE * numbers as f64 {
            // Rows may be filled up with zeros.
            return Ok(!constant(end) || !beside.is_some_and(constant));
        }
        let few = |at: usize| {
            let values = self.values(at).len();
            (2..=MANY_CLASSES).contains(&values) && values * 3 <= all(at)
        };
        let inner_few = inner.iter().filter(|at| few(**at)).count();
        match few(end) {
            false => Ok(false),
            true if inner_few * 2 < inner.len() => Ok(true),
            true if inner_few == inner.len() => Ok(false),
            true => Err(LookError::LabelOrChannel {
                column: self.columns[end].title.clone(),
                values: values.len(),
            }),
        }
    }

    /// The numbers of a column.
    fn of(&self, at: usize) -> impl Iterator<Item = f64> + '_ {
        let cells = self.rows.iter().filter_map(move |row| row.get(at).copied());
        cells.filter(|value| !value.is_nan())
    }

    /// The distinct ones.
    fn values(&self, at: usize) -> Vec<f64> {
        let mut values: Vec<f64> = self.of(at).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        values
    }
}

/// Whether a column says when a row was.
fn is_time(column: &Column) -> bool {
    let titled = column.looks == Looks::Number && is_time_name(&column.title);
    column.looks == Looks::Time || titled
}

/// Whether somebody said that a column is something else.
fn is_said(options: &Options, title: &str) -> bool {
    let named = [&options.label, &options.group].into_iter().flatten();
    let mut named = named.chain(&options.ignore);
    !title.is_empty() && named.any(|name| name.trim() == title.trim())
}

/// How alike neighbours are in the rows of each channel, from 0 for noise to 1.
fn along(rows: &[Vec<f64>], channels: &[Vec<usize>]) -> f64 {
    let each = rows.iter().flat_map(|row| {
        let of = |at: &usize| row.get(*at).copied().unwrap_or(f64::NAN);
        channels
            .iter()
            .map(move |columns| columns.iter().map(of).collect::<Vec<f64>>())
    });
    mean_alike(each)
}

/// How alike neighbours are in the columns.
fn down(rows: &[Vec<f64>], channels: &[Vec<usize>]) -> f64 {
    let columns = channels.iter().flatten();
    mean_alike(columns.map(|at| {
        let cells = rows
            .iter()
            .map(|row| row.get(*at).copied().unwrap_or(f64::NAN));
        cells.collect()
    }))
}

/// The mean over series that vary of how alike neighbours are in each: one less
/// half the mean squared step over the variance (von Neumann 1941).
fn mean_alike(series: impl Iterator<Item = Vec<f64>>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u32);
    for mut values in series {
        values.retain(|value| !value.is_nan());
        let length = values.len() as f64;
        if values.len() < 4 {
            continue;
        }
        let mean = values.iter().sum::<f64>() / length;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (length - 1.0);
        let steps = values.windows(2).map(|pair| (pair[1] - pair[0]).powi(2));
        let step = steps.sum::<f64>() / (length - 1.0);
        if variance > 0.0 {
            sum += 1.0 - step / (2.0 * variance);
            count += 1;
        }
    }
    sum / f64::from(count.max(1))
}

#[cfg(test)]
mod tests {
    use super::mean_alike;

    #[test]
    fn neighbours_that_follow_each_other_are_alike() {
        let wave = (0..50).map(|at| (f64::from(at) / 5.0).sin()).collect();
        let turns = (0..50).map(|at| f64::from(at % 2)).collect();
        assert!(mean_alike([wave].into_iter()) > 0.9);
        assert!(mean_alike([turns].into_iter()) < 0.1);
        assert_eq!(mean_alike([vec![1.0; 9], vec![1.0, 2.0]].into_iter()), 0.0);
    }
}
