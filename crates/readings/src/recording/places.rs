//! Which fields of a row are read, and as what.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::columns::Columns;
use super::field::text;
use super::time_columns::{self, TimeColumns};
use super::{ColumnRole, ExpectedColumn, Rows, Wants};
use crate::rows::{Field, Row};
use crate::time::day_and_clock;
use crate::{Note, Problem, Told, quote};

/// The fields of a row that are read, by their position.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// A cell with a whole window, or with a list.
    pub(super) cell: Option<usize>,
    /// The channels, where each has a field of its own.
    pub(super) channels: Vec<usize>,
    /// All columns of each channel, where each of its samples has one.
    pub(super) samples: Vec<Vec<usize>>,
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
        // What is none of the others may hold the times.
        let is_time = |expected: &&ExpectedColumn| expected.role == ColumnRole::Time;
        let others = wants.columns.iter().filter(|expected| !is_time(expected));
        for expected in others {
            let found = match expected.required {
                true => Some(columns.resolve(expected, said)?),
                false => columns.find(expected, said)?,
            };
            places.put(expected.role, found);
        }
        // Who knows the rate does not need them.
        let times = wants.columns.iter().filter(is_time);
        for expected in times.filter(|_| told.rate_hz.is_none()) {
            let mut taken = Vec::new();
            let found = columns.find(expected, &mut taken);
            let named = matches!(found, Ok(Some(_)));
            places.put_time(found, columns, sample, told, said)?;
            let column = expected.source.to_string();
            match (places.time, places.day) {
                (None, _) => said.push(Note::NoTimeColumn { column }),
                (Some(_), None) if named => said.append(&mut taken),
                (Some(at), None) => said.push(Note::ColumnTaken {
                    column,
                    title: columns.name(at).to_string(),
                }),
                (Some(_), Some(_)) => {}
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
        let mut used = self.channels.clone();
        used.extend([self.cell, self.truth].into_iter().flatten());
        let TimeColumns { time, day } = time_columns::of(found, columns, &used, sample, told)?;
        (self.time, self.day) = (time, day);
        if let (Some(clock), Some(day)) = (time, day) {
            said.push(Note::DayAndClock {
                day: columns.name(day).to_string(),
                clock: columns.name(clock).to_string(),
            });
        }
        Ok(())
    }

    /// The text of a row's time, from both of its columns; with a problem comes
    /// the position of the field. `last_day` is the day of the row before: where
    /// a day is left out, it is that one.
    ///
    /// # Errors
    /// [`Problem::LongCell`], [`Problem::NotText`], and [`Problem::NotATime`] where
    /// there is no day yet.
    pub(super) fn time_text<'r>(
        &self,
        fields: &'r [Field<'_>],
        clock: usize,
        last_day: &mut String,
    ) -> Result<Cow<'r, str>, (usize, Problem)> {
        let time = text(fields, clock)?;
        let Some(at) = self.day else {
            return Ok(time);
        };
        let day = text(fields, at)?;
        if !day.trim().is_empty() {
            *last_day = day.trim().to_string();
        }
        // A day alone would be its midnight, and a time of the day one of 1970.
        if time.trim().is_empty() {
            return Ok(time);
        }
        if last_day.is_empty() {
            let text = format!("{} without a day", quote(time.trim()));
            return Err((at, Problem::NotATime { text }));
        }
        Ok(Cow::Owned(day_and_clock(last_day, &time)))
    }

    /// Finds the other columns of channels whose samples have one each.
    ///
    /// # Errors
    /// [`Problem::NoColumn`] where some are missing.
    pub(super) fn put_samples(&mut self, wants: &Wants, columns: &Columns) -> Result<(), Problem> {
        if let Rows::SideBySide { least, most } = wants.rows {
            for &first in &self.channels {
                let all = columns.side_by_side(first, (least, most))?;
                self.samples.push(all);
            }
        }
        Ok(())
    }

    /// Every field with numbers of a channel.
    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> + '_ {
        let alone = self.channels.iter().filter(|_| self.samples.is_empty());
        alone.chain(self.samples.iter().flatten()).copied()
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
