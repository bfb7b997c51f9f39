//! Plain numbers of a column that may as well be times of another form.

use alloc::vec::Vec;

use super::column::{Sampled, TimeColumn, agree, read_all};
use super::{DateOrder, TimeForm, TimeUnit};
use crate::{Problem, number, quote, sort};

impl TimeColumn {
    /// Whether plain numbers would fit the interval that is wanted as another
    /// unit, and do not as the one that was taken.
    pub(super) fn against(&self, sampled: &Sampled<'_>) -> Result<(), Problem> {
        let (TimeForm::Number(unit), None) = (self.form, sampled.told) else {
            return Ok(());
        };
        if let Some(second) = digits_of_another_form(sampled, unit) {
            return Err(Problem::TwoTimes {
                text: quote(sampled.texts.last().copied().unwrap_or_default()),
                first: self.form,
                second,
            });
        }
        let Some(step) = self.step_s.filter(|_| !self.is_unsorted()) else {
            return Ok(());
        };
        let Some(interval) = sampled.interval_s else {
            return self.against_gap(sampled, unit, step);
        };
        if agree(step, interval) {
            return Ok(());
        }
        let fits = |other: &TimeUnit| agree(step / unit.seconds() * other.seconds(), interval);
        match TimeUnit::ALL.into_iter().find(fits) {
            Some(other) => Err(Problem::TwoTimes {
                text: quote(sampled.texts.last().copied().unwrap_or_default()),
                first: self.form,
                second: TimeForm::Number(other),
            }),
            None => Ok(()),
        }
    }

    /// The same where only the longest gap is known: every step would be one, and
    /// none as a finer unit; or the numbers are days of our time, with less than a
    /// blink between two.
    fn against_gap(&self, sampled: &Sampled<'_>, unit: TimeUnit, step: f64) -> Result<(), Problem> {
        const BLINK_S: f64 = 0.01;
        let as_unit = |other: TimeUnit| step / unit.seconds() * other.seconds();
        let finer = [TimeUnit::Millis, TimeUnit::Micros, TimeUnit::Nanos];
        let gap = sampled.longest_s;
        let fits = |other: &TimeUnit| {
            let step = as_unit(*other);
            gap.is_some_and(|gap| (gap / 1_000.0..=gap).contains(&step))
        };
        let first = sampled.texts.first().copied().unwrap_or_default();
        let of_days = number(first, sampled.decimal).is_ok_and(|value| is_of_days(value, step));
        let other = match () {
            () if gap.is_some_and(|gap| step > gap) => finer.into_iter().find(fits),
            () if unit == TimeUnit::Seconds && of_days && step < BLINK_S => Some(TimeUnit::Days),
            () => None,
        };
        other.map_or(Ok(()), |other| {
            Err(Problem::TwoTimes {
                text: quote(first),
                first: self.form,
                second: TimeForm::Number(other),
            })
        })
    }
}

/// Whether a number may be a day of our time, as spreadsheets, MATLAB and
/// astronomers count them, or the part of a day, of which it is so much to the
/// next: a whole second, or a few.
fn is_of_days(value: f64, step: f64) -> bool {
    let step_s = step * TimeUnit::Days.seconds();
    let part = value > step && value < 1.0;
    let whole = [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0];
    let is_step = || {
        whole
            .iter()
            .any(|whole| libm::fabs(step_s / whole - 1.0) < 0.01)
    };
    (part && is_step())
        || (20_000.0..80_000.0).contains(&value)
        || (700_000.0..800_000.0).contains(&value)
        || (2_400_000.0..2_500_000.0).contains(&value)
}

/// The form whose digits these numbers are, a time of the day as `115930` or a
/// date as `250131115930`, if all are and their steps are more alike as that.
fn digits_of_another_form(sampled: &Sampled<'_>, unit: TimeUnit) -> Option<TimeForm> {
    let count = sampled.texts.len();
    let (as_numbers, largest) = uneven(sampled, TimeForm::Number(unit), count)?;
    // Nobody counts seconds to the year 5000.
    let far = largest > 1e11;
    let forms = [
        TimeForm::Clock,
        TimeForm::Date(DateOrder::YearMonthDay),
        TimeForm::Date(DateOrder::DayMonthYear),
        TimeForm::Date(DateOrder::MonthDayYear),
    ];
    let fits = |form: &TimeForm| {
        uneven(sampled, *form, count).is_some_and(|(uneven, _)| far || uneven < as_numbers)
    };
    forms.into_iter().find(fits)
}

/// How many steps are not as the usual one, and the last time, if all of so many
/// cells are of a form.
fn uneven(sampled: &Sampled<'_>, form: TimeForm, count: usize) -> Option<(usize, f64)> {
    let seconds = read_all(sampled, form);
    if seconds.len() != count {
        return None;
    }
    let steps: Vec<f64> = seconds.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mut sorted = steps.clone();
    sort(&mut sorted);
    let usual = sorted.get(sorted.len() / 2).copied()?;
    let differs = |step: &&f64| !agree(**step, usual) && **step != usual;
    Some((steps.iter().filter(differs).count(), *seconds.last()?))
}
