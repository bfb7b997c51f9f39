//! Which fields of a row are read, and as what.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::columns::Columns;
use super::field::text;
use super::{ColumnRole, Wants, day_clock};
use crate::rows::{Field, Row};
use crate::time::day_and_clock;
use crate::{Note, Problem, Told};

/// The fields of a row that are read, by their position.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// A cell with a whole window, or with a list.
    pub(super) cell: Option<usize>,
    /// The channels, where each has a field of its own.
    pub(super) channels: Vec<usize>,
    pub(super) time: Option<usize>,
    /// The days, where `time` has only times of the day.
    pub(super) day: Option<usize>,
    pub(super) truth: Option<usize>,
}

impl Places {
    /// Where the columns with the wanted names or positions are. What is not
    /// quite as it is wanted, and can mean nothing else, is said. `sample` are the
    /// first rows.
    pub(super) fn by_source(
        wants: &Wants,
        columns: &Columns,
        sample: &[Row<'_>],
        told: &Told,
        said: &mut Vec<Note>,
    ) -> Result<Self, Problem> {
        let mut places = Self::default();
        for expected in &wants.columns {
            let found = match expected.required {
                true => columns.resolve(expected, said).map(Some),
                false => columns.find(expected, said),
            };
            if expected.role != ColumnRole::Time {
                places.put(expected.role, found?);
                continue;
            }
            places.put_time(found, columns, sample, told, said)?;
            if places.time.is_none() {
                let column = expected.source.to_string();
                said.push(Note::NoTimeColumn { column });
            }
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

    /// Puts the times where they are, in one column or in two.
    pub(super) fn put_time(
        &mut self,
        found: Result<Option<usize>, Problem>,
        columns: &Columns,
        sample: &[Row<'_>],
        told: &Told,
        said: &mut Vec<Note>,
    ) -> Result<(), Problem> {
        (self.time, self.day) = day_clock::look(found, columns, sample, told)?;
        if let (Some(clock), Some(day)) = (self.time, self.day) {
            said.push(Note::DayAndClock {
                day: columns.name(day).to_string(),
                clock: columns.name(clock).to_string(),
            });
        }
        Ok(())
    }

    /// The text of a row's time, from both of its columns; with a problem comes
    /// the position of the field.
    ///
    /// # Errors
    /// [`Problem::LongCell`] and [`Problem::NotText`].
    pub(super) fn time_text<'r>(
        &self,
        fields: &'r [Field<'_>],
        clock: usize,
    ) -> Result<Cow<'r, str>, (usize, Problem)> {
        let time = text(fields, clock)?;
        match self.day {
            // A day alone would be its midnight.
            Some(day) if !time.trim().is_empty() => {
                Ok(Cow::Owned(day_and_clock(&text(fields, day)?, &time)))
            }
            _ => Ok(time),
        }
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
