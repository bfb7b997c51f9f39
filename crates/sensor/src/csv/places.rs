//! Which fields of a row are read, and as what.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use senselm_readings::names::{Kind, Wanted};

use super::Warning;
use super::columns::Columns;
use super::expected::{ColumnRole, expected_columns};
use crate::{FrontEnd, Layout, SensorError, Source, Task};

/// The fields of a row that are read, by their position.
#[derive(Debug, Clone)]
pub(super) struct Places {
    pub(super) windows: Windows,
    pub(super) truth: Option<usize>,
}

/// Where the samples are.
#[derive(Debug, Clone)]
pub(super) enum Windows {
    /// A window in one cell, as arrays.
    Cell(usize),
    /// A window of length 1 in one cell, as a list.
    List(usize),
    /// A window of length 1 in a row: a field for each channel.
    Row(Vec<usize>),
    /// A reading of a stream in a row.
    Stream {
        channels: Vec<usize>,
        time: Option<usize>,
    },
}

impl Places {
    /// Where the front end and the task say that they are. What is not quite
    /// as they say, and can mean nothing else, is said.
    pub(super) fn by_source(
        front_end: &FrontEnd,
        task: &Task,
        columns: &Columns,
        said: &mut Vec<Warning>,
    ) -> Result<Self, SensorError> {
        let channels = |said: &mut Vec<Warning>| {
            let channels = front_end.channels().iter();
            let found = channels.map(|channel| {
                let wanted = wanted_of(&channel.source, &channel.unit, Kind::Number);
                columns.resolve(&channel.source, &wanted, said)
            });
            found.collect::<Result<Vec<_>, _>>()
        };
        let cell = |source: &Source, said: &mut Vec<Warning>| {
            columns.resolve(source, &wanted_of(source, "", Kind::Other), said)
        };
        let windows = match &front_end.spec().layout {
            Layout::Cells { column, .. } => Windows::Cell(cell(column, said)?),
            Layout::Rows { column: Some(list) } => Windows::List(cell(list, said)?),
            Layout::Rows { column: None } => Windows::Row(channels(said)?),
            Layout::Stream { timestamp, .. } => Windows::Stream {
                channels: channels(said)?,
                time: match timestamp {
                    None => None,
                    Some(source) => {
                        let wanted = wanted_of(source, "", Kind::Time);
                        let found = columns.find(source, &wanted, said)?;
                        if found.is_none() {
                            let column = source.to_string();
                            said.push(Warning::NoTimeColumn { column });
                        }
                        found
                    }
                },
            },
        };
        let truth = wanted_of(task.column(), "", Kind::Other);
        Ok(Self {
            windows,
            truth: columns.find(task.column(), &truth, said)?,
        })
    }

    /// Where somebody said that each of the expected columns is, among `width`.
    pub(super) fn chosen(
        front_end: &FrontEnd,
        task: &Task,
        width: usize,
        chosen: &[Option<usize>],
    ) -> Result<Self, SensorError> {
        let wrong = |reason: String| SensorError::Columns { reason };
        let expected = expected_columns(front_end, task);
        if chosen.len() != expected.len() {
            let (found, wanted) = (chosen.len(), expected.len());
            return Err(wrong(format!(
                "{found} were chosen where the model expects {wanted}"
            )));
        }
        let mut window = None;
        let mut channels = Vec::new();
        let mut time = None;
        let mut truth = None;
        for (column, &place) in expected.iter().zip(chosen) {
            match place {
                None if column.required => {
                    return Err(wrong(format!("none was chosen for {}", column.name)));
                }
                Some(at) if at >= width => {
                    return Err(wrong(format!(
                        "{} is to be column {at} (from 0), but there are {width}",
                        column.name
                    )));
                }
                _ => {}
            }
            match column.role {
                ColumnRole::Window => window = place,
                ColumnRole::Channel => channels.extend(place),
                ColumnRole::Time => time = place,
                ColumnRole::Truth => truth = place,
            }
        }
        let windows = match (&front_end.spec().layout, window) {
            (Layout::Cells { .. }, Some(at)) => Windows::Cell(at),
            (Layout::Rows { column: Some(_) }, Some(at)) => Windows::List(at),
            (Layout::Stream { .. }, _) => Windows::Stream { channels, time },
            _ => Windows::Row(channels),
        };
        Ok(Self { windows, truth })
    }
}

/// What is looked for under a source's name; nothing where it is a position.
pub(super) fn wanted_of<'s>(source: &'s Source, unit: &'s str, kind: Kind) -> Wanted<'s> {
    Wanted {
        name: match source {
            Source::Name(name) => name,
            Source::Index(_) => "",
        },
        unit,
        kind,
    }
}

/// What is looked for in the header of a recording, its truth too.
pub(super) fn wanted<'s>(front_end: &'s FrontEnd, task: &'s Task) -> Vec<Wanted<'s>> {
    let spec = front_end.spec();
    let channels = || {
        let channels = front_end.channels().iter();
        channels.map(|channel| wanted_of(&channel.source, &channel.unit, Kind::Number))
    };
    let mut wanted: Vec<Wanted<'s>> = match &spec.layout {
        Layout::Cells { column, .. }
        | Layout::Rows {
            column: Some(column),
        } => [wanted_of(column, "", Kind::Other)].into(),
        Layout::Rows { column: None } => channels().collect(),
        Layout::Stream { timestamp, .. } => {
            let time = timestamp.iter();
            let time = time.map(|source| wanted_of(source, "", Kind::Time));
            channels().chain(time).collect()
        }
    };
    wanted.retain(|wanted| !wanted.name.is_empty());
    // A recording has no truth of its own accord: its name alone makes no
    // header, and none is missed.
    if !wanted.is_empty() {
        wanted.push(wanted_of(task.column(), "", Kind::Other));
    }
    wanted
}
