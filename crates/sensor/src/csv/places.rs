//! Which fields of a row are read, and as what.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::columns::Columns;
use super::expected::{ColumnRole, expected_columns};
use crate::{FrontEnd, Layout, SensorError, Task};

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
    /// Where the front end and the task say that they are.
    pub(super) fn by_source(
        front_end: &FrontEnd,
        task: &Task,
        columns: &Columns,
    ) -> Result<Self, SensorError> {
        let channels = || {
            let sources = front_end.channels().iter().map(|channel| &channel.source);
            let found = sources.map(|source| columns.resolve(source));
            found.collect::<Result<Vec<_>, _>>()
        };
        let windows = match &front_end.spec().layout {
            Layout::Cells { column, .. } => Windows::Cell(columns.resolve(column)?),
            Layout::Rows { column: Some(list) } => Windows::List(columns.resolve(list)?),
            Layout::Rows { column: None } => Windows::Row(channels()?),
            Layout::Stream { timestamp, .. } => {
                let time = timestamp.as_ref().map(|source| columns.resolve(source));
                Windows::Stream {
                    channels: channels()?,
                    time: time.transpose()?,
                }
            }
        };
        Ok(Self {
            windows,
            truth: columns.find(task.column()),
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
