//! Which fields of a row are read, and as what.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::columns::Columns;
use super::{ColumnRole, Wants};
use crate::{Note, Problem};

/// The fields of a row that are read, by their position.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// A cell with a whole window, or with a list.
    pub(super) cell: Option<usize>,
    /// The channels, where each has a field of its own.
    pub(super) channels: Vec<usize>,
    pub(super) time: Option<usize>,
    pub(super) truth: Option<usize>,
}

impl Places {
    /// Where the columns with the wanted names or positions are. What is not
    /// quite as it is wanted, and can mean nothing else, is said.
    pub(super) fn by_source(
        wants: &Wants,
        columns: &Columns,
        said: &mut Vec<Note>,
    ) -> Result<Self, Problem> {
        let mut places = Self::default();
        for expected in &wants.columns {
            if expected.required {
                places.put(expected.role, Some(columns.resolve(expected, said)?));
                continue;
            }
            let found = columns.find(expected, said)?;
            if found.is_none() && expected.role == ColumnRole::Time {
                let column = expected.source.to_string();
                said.push(Note::NoTimeColumn { column });
            }
            places.put(expected.role, found);
        }
        Ok(places)
    }

    /// Where somebody said that each of the expected columns is, among `width`.
    pub(super) fn chosen(
        wants: &Wants,
        width: usize,
        chosen: &[Option<usize>],
    ) -> Result<Self, Problem> {
        let wrong = |reason: String| Problem::Columns { reason };
        if chosen.len() != wants.columns.len() {
            let (found, wanted) = (chosen.len(), wants.columns.len());
            return Err(wrong(format!(
                "{found} were chosen where the model expects {wanted}"
            )));
        }
        let mut places = Self::default();
        for (expected, &place) in wants.columns.iter().zip(chosen) {
            match place {
                None if expected.required => {
                    return Err(wrong(format!("none was chosen for {}", expected.name)));
                }
                Some(at) if at >= width => {
                    return Err(wrong(format!(
                        "{} is to be column {at} (from 0), but there are {width}",
                        expected.name
                    )));
                }
                _ => places.put(expected.role, place),
            }
        }
        Ok(places)
    }

    fn put(&mut self, role: ColumnRole, place: Option<usize>) {
        match role {
            ColumnRole::Window => self.cell = place,
            ColumnRole::Channel => self.channels.extend(place),
            ColumnRole::Time => self.time = place,
            ColumnRole::Truth => self.truth = place,
        }
    }
}
