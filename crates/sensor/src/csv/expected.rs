//! What a model expects of a recording, for whoever maps columns onto it, and
//! for `senselm_readings`, which reads it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::recording::{ColumnRole, ExpectedColumn, InCell, Rows, Wants};

use crate::{FrontEnd, Layout, Source, Task};

/// The columns that a recording for this front end and task has: what holds
/// the samples, the time if there is one, and last the truth, where the task has one.
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
        Layout::Cells {
            column: Some(column),
            ..
        }
        | Layout::Rows {
            column: Some(column),
        } => [other(ColumnRole::Window, column, true)].into(),
        Layout::Cells { column: None, .. }
        | Layout::SideBySide { .. }
        | Layout::Rows { column: None } => channels().collect(),
        Layout::Stream { timestamp, .. } => {
            let time = timestamp.iter();
            let time = time.map(|source| other(ColumnRole::Time, source, false));
            channels().chain(time).collect()
        }
    };
    let truth = task.column();
    columns.extend(truth.map(|source| other(ColumnRole::Truth, source, false)));
    columns
}

/// What this front end and task want of a recording.
#[must_use]
pub fn wants(front_end: &FrontEnd, task: &Task) -> Wants {
    let in_cell = || {
        let channels = front_end.channels().iter();
        let channels = channels.map(|channel| InCell {
            name: channel.name.clone(),
            source: channel.source.clone(),
        });
        channels.collect()
    };
    Wants {
        columns: expected_columns(front_end, task),
        rows: match front_end.spec().layout {
            Layout::Cells {
                column: Some(_), ..
            } => Rows::Arrays {
                channels: in_cell(),
            },
            Layout::Cells { column: None, .. } => Rows::Lists,
            Layout::SideBySide { samples } => Rows::SideBySide {
                least: samples.min,
                most: samples.max,
            },
            Layout::Rows { column: Some(_) } => Rows::List {
                channels: in_cell(),
            },
            Layout::Rows { column: None } => Rows::Readings,
            Layout::Stream {
                length, max_gap_s, ..
            } => Rows::Stream {
                several: length > 1,
                rate_hz: front_end.rate_hz(),
                longest_s: max_gap_s,
            },
        },
        number: matches!(task, Task::Number { .. }),
    }
}
