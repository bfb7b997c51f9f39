//! Times, as seconds, and the forms in which they are written.

mod calendar;
mod column;
mod doubt;
mod form;
mod written;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use self::written::Written;
use crate::{Decimal, Problem, number, quote};

pub(crate) use column::agree;
pub use column::{Sampled, TimeColumn, Times};

/// What a plain number counts, as a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Thousandths of a second.
    Millis,
    /// Millionths of a second.
    Micros,
    /// Billionths of a second.
    Nanos,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days; those of a spreadsheet count from the end of 1899.
    Days,
}

impl TimeUnit {
    /// All of them, the likely ones first.
    pub const ALL: [Self; 7] = [
        Self::Seconds,
        Self::Millis,
        Self::Micros,
        Self::Nanos,
        Self::Minutes,
        Self::Hours,
        Self::Days,
    ];

    /// How many seconds it is.
    #[must_use]
    pub fn seconds(self) -> f64 {
        match self {
            Self::Seconds => 1.0,
            Self::Millis => 1e-3,
            Self::Micros => 1e-6,
            Self::Nanos => 1e-9,
            Self::Minutes => 60.0,
            Self::Hours => 3_600.0,
            Self::Days => 86_400.0,
        }
    }
}

/// In which order a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateOrder {
    /// `2025-01-31`
    YearMonthDay,
    /// `31.01.2025`
    DayMonthYear,
    /// `01/31/2025`
    MonthDayYear,
}

/// How the times of a source are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeForm {
    /// A plain number.
    Number(TimeUnit),
    /// A date, perhaps with a time of the day and a zone.
    Date(DateOrder),
    /// A time of the day alone.
    Clock,
}

impl TimeForm {
    /// Every form.
    pub const ALL: [Self; 11] = [
        Self::Number(TimeUnit::Seconds),
        Self::Number(TimeUnit::Millis),
        Self::Number(TimeUnit::Micros),
        Self::Number(TimeUnit::Nanos),
        Self::Number(TimeUnit::Minutes),
        Self::Number(TimeUnit::Hours),
        Self::Number(TimeUnit::Days),
        Self::Date(DateOrder::YearMonthDay),
        Self::Date(DateOrder::DayMonthYear),
        Self::Date(DateOrder::MonthDayYear),
        Self::Clock,
    ];

    /// What a user calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Number(TimeUnit::Seconds) => "s",
            Self::Number(TimeUnit::Millis) => "ms",
            Self::Number(TimeUnit::Micros) => "us",
            Self::Number(TimeUnit::Nanos) => "ns",
            Self::Number(TimeUnit::Minutes) => "min",
            Self::Number(TimeUnit::Hours) => "h",
            Self::Number(TimeUnit::Days) => "days",
            Self::Date(DateOrder::YearMonthDay) => "ymd",
            Self::Date(DateOrder::DayMonthYear) => "dmy",
            Self::Date(DateOrder::MonthDayYear) => "mdy",
            Self::Clock => "clock",
        }
    }

    /// The one with this name, or `None`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// The seconds that a text says in this form: since 1970, or since some
    /// beginning where it is an elapsed time, or since midnight. A time without
    /// a zone is taken as UTC: only differences matter to a recording.
    ///
    /// # Errors
    /// [`Problem::NotATime`].
    pub fn read(self, text: &str, decimal: Option<Decimal>) -> Result<f64, Problem> {
        let not_a_time = || Problem::NotATime { text: quote(text) };
        if let Self::Number(unit) = self {
            // What nearly every cell is: no date begins with so plain a text.
            return number(text, decimal)
                .ok()
                .filter(|value| !value.is_nan())
                .map(|value| value * unit.seconds())
                .ok_or_else(not_a_time);
        }
        match (self, Written::of(text, decimal)) {
            (Self::Date(order), Some(Written::Date(date))) => {
                date.seconds(order).ok_or_else(not_a_time)
            }
            (Self::Clock, Some(Written::Clock(seconds))) => Ok(seconds),
            (_, Some(Written::Number(_))) => {
                written::from_digits(self, text).ok_or_else(not_a_time)
            }
            _ => Err(not_a_time()),
        }
    }
}

/// Reads one time that stands alone, in a line or a message: a date in any
/// form that is certain, or a plain number, whose size tells seconds since 1970
/// from their fractions.
///
/// # Errors
/// [`Problem::TwoTimes`] for a date that could be two, and
/// [`Problem::NotATime`].
pub fn time(text: &str, decimal: Option<Decimal>) -> Result<f64, Problem> {
    let not_a_time = || Problem::NotATime { text: quote(text) };
    match Written::of(text, decimal).ok_or_else(not_a_time)? {
        Written::Number(value) => Ok(value * unit_by_size(value).seconds()),
        Written::Clock(seconds) => Ok(seconds),
        Written::Date(date) => {
            let orders: Vec<DateOrder> = date.orders().collect();
            let first = *orders.first().ok_or_else(not_a_time)?;
            let same = |order: &&DateOrder| date.seconds(**order) == date.seconds(first);
            match orders.iter().find(|order| !same(order)) {
                Some(&second) => Err(Problem::TwoTimes {
                    text: quote(text),
                    first: TimeForm::Date(first),
                    second: TimeForm::Date(second),
                }),
                None => date.seconds(first).ok_or_else(not_a_time),
            }
        }
    }
}

/// What a number counts, if it is a time since 1970: as seconds, anything below
/// 1e11 is before the year 5138; what is larger is finer.
#[must_use]
pub fn unit_by_size(value: f64) -> TimeUnit {
    match libm::fabs(value) {
        size if size < 1e11 => TimeUnit::Seconds,
        size if size < 1e14 => TimeUnit::Millis,
        size if size < 1e17 => TimeUnit::Micros,
        _ => TimeUnit::Nanos,
    }
}

/// Whether a text is a unit of time.
pub(crate) fn is_time_unit(text: &str) -> bool {
    form::unit_word(text.trim()).is_some()
}

/// A day and the time of the day as one text.
pub(crate) fn day_and_clock(day: &str, clock: &str) -> String {
    format!("{} {}", day.trim(), clock.trim()).trim().into()
}

/// Which part of a moment a text says that is no plain number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A day.
    Day,
    /// A time of the day.
    Clock,
    /// Both.
    Moment,
}

/// The part that a text says, or `None`.
pub(crate) fn part(text: &str) -> Option<Part> {
    match Written::of(text, None)? {
        Written::Number(_) => None,
        Written::Clock(_) => Some(Part::Clock),
        Written::Date(date) if date.is_of_a_minute() => Some(Part::Moment),
        Written::Date(_) => Some(Part::Day),
    }
}

#[cfg(test)]
mod tests {
    use super::{TimeForm, time};
    use crate::Problem;

    #[test]
    fn one_reading_is_read() {
        let expected = Ok(1_423_072_260.0);
        for text in [
            "2015-02-04 17:51:00",
            "2015-02-04T17:51:00Z",
            "2015-02-04T17:51",
            "2015-02-04T18:51:00+01:00",
            "2015-02-04T12:21:00-0530",
            "2015-02-04 18:51:00 +01",
            "2015-02-04T18:51:00+01:00[Europe/Berlin]",
            "2015-02-04 17:51:00 UTC",
            "2015-02-04 17:51:00,000",
            "2015/02/04 17:51:00",
            "2015/2/4 5:51:00 PM",
            "2015-02-04 05:51 p.m.",
            "04.02.2015 17:51:00",
            "4.2.15 17:51",
            "[2015-02-04 17:51:00]",
            "20150204T175100Z",
            "20150204 175100",
            "20150204175100",
            "4 Feb 2015 17:51:00",
            "04-Feb-2015 17:51:00",
            "Feb 4, 2015 17:51:00",
            "Wed, 4 Feb 2015 17:51:00 GMT",
            "1423072260",
            "1423072260000",
            "1423072260000000",
            "1423072260000000000",
        ] {
            assert_eq!(time(text, None), expected, "{text}");
        }
        assert_eq!(time("1970-01-01 00:00:00.25", None), Ok(0.25));
        assert_eq!(time("1970-01-01 00:00:00,25", None), Ok(0.25));
        assert_eq!(time("2000-02-29 00:00", None), Ok(951_782_400.0));
        assert_eq!(time("1969-12-31 23:59:59", None), Ok(-1.0));
        assert_eq!(time("2015-02-04", None), Ok(1_423_008_000.0));
        assert_eq!(time("01/01/1970 00:00:05", None), Ok(5.0));
        assert_eq!(time("01/31/1970", None), Ok(30.0 * 86_400.0));
        assert_eq!(time("12:00:00 AM", None), Ok(0.0));
        assert_eq!(time("11:59:30", None), Ok(43_170.0));
    }

    #[test]
    fn two_readings_are_named() {
        let problem = time("01/02/2025 10:00:00", None).expect_err("two");
        let Problem::TwoTimes { first, second, .. } = problem else {
            panic!("{problem:?}");
        };
        let names = [first.name(), second.name()];
        assert!(
            names.contains(&"dmy") && names.contains(&"mdy"),
            "{names:?}"
        );
        for (form, expected) in [("dmy", 2_678_400.0), ("mdy", 86_400.0)] {
            let form = TimeForm::from_name(form).expect("a form");
            assert_eq!(form.read("01/02/1970", None), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "yesterday",
            "2015-13-01 00:00",
            "2015-02-29 00:00",
            "2015-02-04 25:00",
            "2015-02-04 10:00:00.",
            "inf",
            "nan",
            "1e300",
            "2015-02-04 10:00+99:00",
            "2025-01-01T11:59:30.000+1700",
            "2015-02-04-05 10:00",
            "2015-02-04 10:00:00:00",
            "2015-02.04 10:00",
            "2015-02-04 13:00 PM",
            "2015-02-04 10:00 CEST",
            "2015-02-04 10",
            "Foo 4, 2015",
            "1/2",
        ] {
            assert!(time(text, None).is_err(), "{text}");
        }
    }
}
