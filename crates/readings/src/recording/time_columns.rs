//! Which column holds the times, or which two: the day, and the time of the day.

use alloc::vec::Vec;

use super::columns::Columns;
use super::field::lossy;
use crate::names::is_time_name;
use crate::rows::{Row, is_blank};
use crate::time::{Part, TimeUnit, part};
use crate::{Problem, TimeForm, Told};

/// The columns of the times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TimeColumns {
    /// The times, or the times of the day.
    pub(super) time: Option<usize>,
    /// The days, where `time` has only times of the day.
    pub(super) day: Option<usize>,
}

/// Finds them. `found` is the column that names say, or why it cannot be said;
/// `used` are those that hold something else.
///
/// What names leave open, cells decide where they leave one answer: a column of
/// times that nobody called so, and the day beside a time of the day.
///
/// # Errors
/// That of `found`, where cells do not decide.
pub(super) fn of(
    found: Result<Option<usize>, Problem>,
    columns: &Columns,
    used: &[usize],
    sample: &[Row<'_>],
    told: &Told,
) -> Result<TimeColumns, Problem> {
    let sampled = Sampled {
        columns,
        used,
        sample,
    };
    let alone = |at| TimeColumns {
        time: Some(at),
        day: None,
    };
    if let Some(form) = told.times.filter(|form| !matches!(form, TimeForm::Date(_))) {
        // Who says that times are no dates does not mean two columns.
        return match (found, sampled.titled_only(|at| sampled.reads(at, form))) {
            (Err(_), Some(at)) => Ok(alone(at)),
            (found, _) => found.map(|time| TimeColumns { time, day: None }),
        };
    }
    let day = || sampled.only(Part::Day, |_| true);
    let clock = || sampled.only(Part::Clock, |_| true);
    let pair = |time, day| TimeColumns {
        time: Some(time),
        day: Some(day),
    };
    match found {
        Ok(Some(at)) => Ok(match sampled.part(at) {
            Some(Part::Clock) => day().map_or(alone(at), |day| pair(at, day)),
            Some(Part::Day) => clock().map_or(alone(at), |clock| pair(clock, at)),
            _ => alone(at),
        }),
        // Two that are called so may be the two halves, if they are all.
        Err(problem) => {
            let titled = |at: &usize| sampled.is_titled(*at);
            let day = sampled.only(Part::Day, titled);
            let clock = sampled.only(Part::Clock, titled);
            let count = sampled.free().filter(titled).count();
            // Beside a number that is a time, a day says nothing.
            let seconds = TimeForm::Number(TimeUnit::Seconds);
            let number = sampled.titled_only(|at| sampled.reads(at, seconds));
            match (day, clock, number) {
                (Some(day), Some(clock), _) if count == 2 => Ok(pair(clock, day)),
                (Some(_), None, Some(number)) if count == 2 => Ok(alone(number)),
                _ => Err(problem),
            }
        }
        Ok(None) => Ok(
            match (sampled.only(Part::Moment, |_| true), day(), clock()) {
                (Some(at), ..) => alone(at),
                (None, Some(day), Some(clock)) => pair(clock, day),
                (None, None, Some(clock)) if !sampled.any(Part::Day) => alone(clock),
                _ => TimeColumns::default(),
            },
        ),
    }
}

/// Whether something holds of three cells in four, and there is one.
fn nearly_all<T>(cells: &[T], holds: impl Fn(&T) -> bool) -> bool {
    let count = cells.iter().filter(|cell| holds(cell)).count();
    count > 0 && count * 4 >= cells.len() * 3
}

/// What there is to decide by.
struct Sampled<'s> {
    columns: &'s Columns,
    used: &'s [usize],
    sample: &'s [Row<'s>],
}

impl Sampled<'_> {
    fn free(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.columns.width()).filter(|at| !self.used.contains(at))
    }

    fn is_titled(&self, at: usize) -> bool {
        is_time_name(self.columns.name(at))
    }

    /// The only free column whose cells say this part, among those that `may` be.
    fn only(&self, part: Part, may: impl Fn(&usize) -> bool) -> Option<usize> {
        let is_one = |at: &usize| may(at) && self.part(*at) == Some(part);
        let mut found = self.free().filter(is_one);
        found.next().filter(|_| found.next().is_none())
    }

    fn any(&self, part: Part) -> bool {
        self.free().any(|at| self.part(at) == Some(part))
    }

    fn titled_only(&self, is_one: impl Fn(usize) -> bool) -> Option<usize> {
        let mut found = self.free().filter(|at| self.is_titled(*at) && is_one(*at));
        found.next().filter(|_| found.next().is_none())
    }

    /// Which part of a moment nearly all cells of a column say.
    fn part(&self, at: usize) -> Option<Part> {
        let parts = self.cells(at, part);
        let each = [Part::Moment, Part::Day, Part::Clock];
        each.into_iter()
            .find(|wanted| nearly_all(&parts, |part| *part == Some(*wanted)))
    }

    /// Whether nearly all cells are times of a form.
    fn reads(&self, at: usize, form: TimeForm) -> bool {
        let read = self.cells(at, |text| form.read(text, None).is_ok());
        nearly_all(&read, |read| *read)
    }

    /// What is found of each cell of a column that is not blank.
    fn cells<T>(&self, at: usize, of: impl Fn(&str) -> T) -> Vec<T> {
        let rows = self.sample.iter();
        let fields = rows.filter_map(|row| self.columns.fields(row).ok()?.get(at));
        let there = fields.filter(|field| !is_blank(&field.bytes));
        there.map(|field| of(lossy(&field.bytes).trim())).collect()
    }
}
