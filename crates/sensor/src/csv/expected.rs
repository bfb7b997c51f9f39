//! What a model expects of a recording, for whoever maps columns onto it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::names::{Fit, Kind, Wanted, fit};
use serde::{Deserialize, Serialize};

use crate::{FrontEnd, Layout, Source, Task};

/// What a column is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// The samples of one channel.
    Channel,
    /// A whole window in each cell.
    Window,
    /// When a reading was taken: a number of seconds, or a date and time.
    Time,
    /// The right answer.
    Truth,
}

/// A column that recordings for a model have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpectedColumn {
    /// What it is read as.
    pub role: ColumnRole,
    /// The channel's name, or how the model's own recordings call the column.
    pub name: String,
    /// Where the model's own recordings have it.
    pub source: Source,
    /// The unit of its samples; empty where there is none.
    pub unit: String,
    /// Samples a second, where the front end says so.
    pub sample_rate_hz: Option<f64>,
    /// Whether no recording can be read without it. Times are only needed to
    /// see gaps, truths to see what was right.
    pub required: bool,
}

/// The columns that a recording for this front end and task has: what holds
/// the samples, the time if there is one, and last the truth.
#[must_use]
pub fn expected_columns(front_end: &FrontEnd, task: &Task) -> Vec<ExpectedColumn> {
    let other = |role, source: &Source, required| ExpectedColumn {
        role,
        name: source.to_string(),
        source: source.clone(),
        unit: String::new(),
        sample_rate_hz: None,
        required,
    };
    let channels = || {
        front_end.channels().iter().map(|channel| ExpectedColumn {
            role: ColumnRole::Channel,
            name: channel.name.clone(),
            source: channel.source.clone(),
            unit: channel.unit.clone(),
            sample_rate_hz: channel.sample_rate_hz,
            required: true,
        })
    };
    let mut columns: Vec<_> = match &front_end.spec().layout {
        Layout::Cells { column, .. }
        | Layout::Rows {
            column: Some(column),
        } => [other(ColumnRole::Window, column, true)].into(),
        Layout::Rows { column: None } => channels().collect(),
        Layout::Stream { timestamp, .. } => {
            let time = timestamp.iter();
            let time = time.map(|source| other(ColumnRole::Time, source, false));
            channels().chain(time).collect()
        }
    };
    columns.push(other(ColumnRole::Truth, task.column(), false));
    columns
}

/// For each expected column the one of `header` that it probably is: the one
/// with its name, or else one that differs in case, spaces and punctuation or
/// in a unit behind the name. No column is suggested twice.
#[must_use]
pub fn suggest_columns(expected: &[ExpectedColumn], header: &[&str]) -> Vec<Option<usize>> {
    let mut suggested: Vec<Option<usize>> = alloc::vec![None; expected.len()];
    let mut taken = alloc::vec![false; header.len()];
    let by_name = |column: &ExpectedColumn, title: &str, level: Fit| {
        let kind = match column.role {
            ColumnRole::Channel => Kind::Number,
            ColumnRole::Time => Kind::Time,
            ColumnRole::Window | ColumnRole::Truth => Kind::Other,
        };
        let names = [Some(column.name.as_str()), named(&column.source)];
        let mut fits = names.into_iter().flatten().filter_map(|name| {
            let unit = column.unit.as_str();
            fit(&Wanted { name, unit, kind }, title)
        });
        fits.any(|fit| fit == level)
    };
    let at_position = |column: &ExpectedColumn, at: usize| column.source == Source::Index(at);
    let passes: [Fits<'_>; 7] = [
        &|column, _, title| by_name(column, title, Fit::Exact),
        &|column, _, title| by_name(column, title, Fit::Alike),
        &|column, _, title| by_name(column, title, Fit::WithUnit),
        &|column, _, title| by_name(column, title, Fit::OtherUnit),
        &|column, _, title| by_name(column, title, Fit::Perhaps),
        &|column, _, title| by_name(column, title, Fit::UsualTime),
        &|column, at, _| at_position(column, at),
    ];
    for fits in passes {
        for (column, suggestion) in expected.iter().zip(&mut suggested) {
            if suggestion.is_some() {
                continue;
            }
            let mut titles = header.iter().enumerate();
            let found = titles.find(|&(at, title)| {
                !taken.get(at).copied().unwrap_or(true) && fits(column, at, title)
            });
            if let Some((at, _)) = found {
                *suggestion = Some(at);
                if let Some(taken) = taken.get_mut(at) {
                    *taken = true;
                }
            }
        }
    }
    suggested
}

/// Whether an expected column may be the one at this position with this title.
type Fits<'a> = &'a dyn Fn(&ExpectedColumn, usize, &str) -> bool;

fn named(source: &Source) -> Option<&str> {
    match source {
        Source::Name(name) => Some(name),
        Source::Index(_) => None,
    }
}
