//! A column of times, told from a sample of it, and the reader of its form.

use alloc::vec::Vec;

use super::TimeForm;
use super::form;
use super::written::Written;
use crate::{Decimal, Problem, quote, sort};

/// What is known of a column of times before anybody reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sampled<'a> {
    /// Its first cells, in the order of the file.
    pub texts: &'a [&'a str],
    /// What its header calls it, which may say a unit: `time_ms`, `t [us]`.
    pub name: &'a str,
    /// What stands before decimals in its file.
    pub decimal: Option<Decimal>,
    /// What somebody said about its form.
    pub told: Option<TimeForm>,
    /// Seconds between two readings, where those who will use them care.
    pub interval_s: Option<f64>,
    /// The longest step that is no gap, for those who care.
    pub longest_s: Option<f64>,
}

/// How the times of a column are to be read, and what they look like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeColumn {
    /// Their form.
    pub form: TimeForm,
    /// What dates are given to, in seconds: 60 where they end in minutes.
    pub resolution_s: f64,
    /// The usual step from one to the next, where there is one.
    pub step_s: Option<f64>,
    /// What share of the steps runs backwards.
    pub backwards: f64,
}

/// Steps that must be there before they say anything about a rate.
const FEW: usize = 4;
/// The share of steps that run backwards in a file that is not sorted.
const UNSORTED: f64 = 0.25;

impl TimeColumn {
    /// Tells the form of a column.
    ///
    /// # Errors
    /// [`Problem::NoTimes`] where most cells are no times, or not of the form
    /// that was told; [`Problem::TwoTimes`] where the cells can be read in two
    /// forms, `01/02/2025` or a step of 1000 that is one second in
    /// milliseconds.
    pub fn of(sampled: &Sampled<'_>) -> Result<Self, Problem> {
        let written: Vec<(usize, Written)> = sampled
            .texts
            .iter()
            .enumerate()
            .filter_map(|(at, text)| Some((at, Written::of(text, sampled.decimal)?)))
            .collect();
        let form = match sampled.told {
            Some(form) => form,
            None => form::of(sampled, &written)?,
        };
        let seconds = read_all(sampled, form);
        if seconds.len() * 2 < sampled.texts.len() {
            return Err(no_times(sampled, form));
        }
        let column = Self {
            form,
            resolution_s: resolution(&written),
            step_s: step(&seconds),
            backwards: backwards(&seconds),
        };
        column.against(sampled)?;
        Ok(column)
    }

    /// A column of which nothing was seen: the first cell decides alone.
    ///
    /// # Errors
    /// As [`TimeColumn::of`].
    pub fn of_first(text: &str, sampled: &Sampled<'_>) -> Result<Self, Problem> {
        Self::of(&Sampled {
            texts: &[text],
            ..*sampled
        })
    }

    /// Whether so many steps run backwards that the rows are not in order, and
    /// steps say nothing.
    #[must_use]
    pub fn is_unsorted(&self) -> bool {
        self.backwards > UNSORTED
    }

    /// The rate of the column in readings a second, where it is not the one
    /// that is wanted.
    #[must_use]
    pub fn other_rate_hz(&self, interval_s: f64) -> Option<f64> {
        let step = self.step_s.filter(|step| !agree(*step, interval_s))?;
        Some(1.0 / step)
    }

    /// A reader of its cells.
    #[must_use]
    pub fn reader(&self, decimal: Option<Decimal>) -> Times {
        Times {
            form: self.form,
            decimal,
            days: 0.0,
            last: None,
        }
    }
}

/// Reads the times of a column one after the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    form: TimeForm,
    decimal: Option<Decimal>,
    /// Midnights that a time of the day has passed, in seconds.
    days: f64,
    last: Option<f64>,
}

impl Times {
    /// Whether they are dates, which clocks of a place may have written.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(self.form, TimeForm::Date(_))
    }

    /// Whether they are numbers.
    pub(crate) fn are_numbers(&self) -> bool {
        matches!(self.form, TimeForm::Number(_))
    }

    /// Takes the mark before decimals, which was not known.
    pub(crate) fn learn(&mut self, decimal: Option<Decimal>) {
        self.decimal = decimal;
    }

    /// The seconds of the next cell. A time of the day that falls by more than
    /// half a day has passed midnight.
    ///
    /// # Errors
    /// [`Problem::NotATime`].
    pub fn read(&mut self, text: &str) -> Result<f64, Problem> {
        let seconds = self.form.read(text, self.decimal)?;
        if self.form == TimeForm::Clock {
            if self.last.is_some_and(|last| seconds < last - HALF_DAY) {
                self.days += 2.0 * HALF_DAY;
            }
            self.last = Some(seconds);
        }
        Ok(seconds + self.days)
    }
}

const HALF_DAY: f64 = 43_200.0;

/// Whether a step is the interval, but for the jitter of real clocks.
pub(crate) fn agree(step_s: f64, interval_s: f64) -> bool {
    (0.75..=1.34).contains(&(step_s / interval_s))
}

fn no_times(sampled: &Sampled<'_>, form: TimeForm) -> Problem {
    let unread = |text: &&&str| form.read(text, sampled.decimal).is_err();
    let text = sampled.texts.iter().find(unread);
    Problem::NoTimes {
        text: quote(text.copied().unwrap_or_default()),
        told: sampled.told,
    }
}

pub(super) fn read_all(sampled: &Sampled<'_>, form: TimeForm) -> Vec<f64> {
    let mut times = Times {
        form,
        decimal: sampled.decimal,
        days: 0.0,
        last: None,
    };
    let texts = sampled.texts.iter();
    texts.filter_map(|text| times.read(text).ok()).collect()
}

/// What most dates are given to.
fn resolution(written: &[(usize, Written)]) -> f64 {
    written
        .iter()
        .filter_map(|(_, written)| match written {
            Written::Date(date) => Some(date.resolution_s),
            _ => None,
        })
        .fold(None, |least: Option<f64>, resolution| {
            Some(least.map_or(resolution, |least| least.min(resolution)))
        })
        .unwrap_or(0.0)
}

/// The median of the steps forward; where most steps are none, because clocks
/// are coarser than readings, the mean of all.
pub(super) fn step(seconds: &[f64]) -> Option<f64> {
    let steps = || seconds.windows(2).map(|pair| pair[1] - pair[0]);
    let mut forward: Vec<f64> = steps().filter(|step| *step > 0.0).collect();
    if forward.len() < FEW {
        return None;
    }
    let none = steps().filter(|step| *step == 0.0).count();
    if none > 2 * forward.len() {
        return Some(forward.iter().sum::<f64>() / (none + forward.len()) as f64);
    }
    sort(&mut forward);
    forward.get(forward.len() / 2).copied()
}

fn backwards(seconds: &[f64]) -> f64 {
    let steps = || seconds.windows(2).filter(|pair| pair[1] != pair[0]);
    let back = steps().filter(|pair| pair[1] < pair[0]).count();
    if back == 0 {
        return 0.0;
    }
    back as f64 / steps().count() as f64
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::{Sampled, TimeColumn};
    use crate::Problem;

    fn of(texts: &[&str], name: &str, interval_s: Option<f64>) -> Result<TimeColumn, Problem> {
        TimeColumn::of(&Sampled {
            texts,
            name,
            interval_s,
            ..Sampled::default()
        })
    }

    /// The form's name and the step between the cells.
    fn read(texts: &[&str], name: &str, interval_s: Option<f64>) -> (&'static str, f64) {
        let column = of(texts, name, interval_s).expect("times");
        let mut reader = column.reader(None);
        let times: Vec<f64> = texts
            .iter()
            .map(|text| reader.read(text).expect("a time"))
            .collect();
        (column.form.name(), times[1] - times[0])
    }

    fn steps(first: f64, step: f64) -> Vec<String> {
        (0..20)
            .map(|at| (first + step * f64::from(at)).to_string())
            .collect()
    }

    #[test]
    fn numbers_by_what_is_certain() {
        let cases: [(f64, f64, &str, Option<f64>, &str); 9] = [
            (0.0, 1.0, "t", None, "s"),
            (0.0, 1000.0, "t", None, "s"),
            (0.0, 1000.0, "time_ms", None, "ms"),
            (0.0, 1000.0, "elapsed [µs]", None, "us"),
            (1.7e9, 1.0, "time", Some(1.0), "s"),
            (1.7e12, 1000.0, "time_s", Some(1.0), "ms"),
            (1.7e15, 1e6, "time", Some(1.0), "us"),
            (1.7e18, 1e9, "time_s", None, "ns"),
            (0.0, 0.1, "time", Some(1.0), "s"),
        ];
        for (first, step, name, interval, expected) in cases {
            let texts = steps(first, step);
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let column = of(&texts, name, interval).expect("times");
            assert_eq!(column.form.name(), expected, "{first} {step} {name}");
        }
    }

    #[test]
    fn a_step_that_fits_as_another_unit_is_two_readings() {
        for (first, step, other) in [
            (0.0, 1000.0, "ms"),
            (45_658.0, 1.0 / 86_400.0, "days"),
            (0.0, 1e6, "us"),
            (0.0, 1.0 / 60.0, "min"),
        ] {
            let texts = steps(first, step);
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let problem = of(&texts, "time_s", Some(1.0)).expect_err("two readings");
            let Problem::TwoTimes { second, .. } = problem else {
                panic!("{problem:?}");
            };
            assert_eq!(second.name(), other);
        }
    }

    #[test]
    fn steps_that_would_all_be_gaps_are_two_readings() {
        for (first, step, other) in [(0.0, 1000.0, "ms"), (45_658.0, 1.0 / 86_400.0, "days")] {
            let texts = steps(first, step);
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let problem = TimeColumn::of(&Sampled {
                texts: &texts,
                longest_s: Some(5.0),
                ..Sampled::default()
            });
            let Err(Problem::TwoTimes { second, .. }) = problem else {
                panic!("{problem:?}");
            };
            assert_eq!(second.name(), other);
        }
    }

    #[test]
    fn numbers_whose_digits_are_a_clock_or_a_date_are_two_readings() {
        let clock = |at: i32| 115_830 + at + i32::from(at >= 30) * 40;
        let clock: Vec<String> = (0..60).map(|at| clock(at).to_string()).collect();
        let dates: Vec<String> = (0..9).map(|at| alloc::format!("25013111583{at}")).collect();
        let days_first: Vec<String> = (0..9).map(|at| alloc::format!("13019911583{at}")).collect();
        let part_of_day = steps(0.498_958_333, 1.0 / 86_400.0);
        for (texts, other) in [
            (&clock, "clock"),
            (&dates, "ymd"),
            (&days_first, "dmy"),
            (&steps(739_648.0, 1.0 / 86_400.0), "days"),
            (&steps(2_460_706.998_96, 1.0 / 86_400.0), "days"),
            (&part_of_day, "days"),
        ] {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let problem = of(&texts, "time_s", None).expect_err("two readings");
            let Problem::TwoTimes { second, .. } = problem else {
                panic!("{problem:?}");
            };
            assert_eq!(second.name(), other);
            // Who is told reads them.
            let column = TimeColumn::of(&Sampled {
                texts: &texts,
                told: Some(second),
                ..Sampled::default()
            });
            let step = column.expect("told").step_s.expect("a step");
            assert!((0.99..1.01).contains(&step), "{other} {step}");
        }
        // Seconds that pass as such, a fast start, and thousandths of an uptime.
        let plain: Vec<String> = (115_830..115_890).map(|at| at.to_string()).collect();
        for texts in [plain, steps(0.5, 0.001), steps(123_456_000.0, 1_000.0)] {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            assert!(of(&texts, "", None).is_ok(), "{texts:?}");
        }
    }

    #[test]
    fn dates_by_what_all_cells_allow() {
        let day_first = ["05/06/2025 10:00", "13/06/2025 10:00"];
        assert_eq!(read(&day_first, "", None), ("dmy", 8.0 * 86_400.0));
        let month_first = ["05/25/25 10:52:42 AM", "05/25/25 10:52:43 AM"];
        assert_eq!(read(&month_first, "", None), ("mdy", 1.0));
        // Both orders are the same day.
        assert_eq!(
            read(&["1/1/2025 9:59:59", "1/1/2025 10:00:00"], "", None).1,
            1.0
        );
        let two = of(&["01/02/2025 10:00", "01/02/2025 10:01"], "", None);
        assert!(matches!(two, Err(Problem::TwoTimes { .. })));
        assert!(of(&["x", "2025-01-01", "y"], "", None).is_err());
        let coarse = of(&["2025-01-01 10:00", "2025-01-01 10:01"], "", None).expect("times");
        assert_eq!(coarse.resolution_s, 60.0);
    }

    #[test]
    fn a_time_of_the_day_passes_midnight() {
        let texts = ["23:59:59", "00:00:00", "00:00:01"];
        assert_eq!(read(&texts, "", None), ("clock", 1.0));
    }

    #[test]
    fn order_and_rate() {
        let down: Vec<String> = (0..20).rev().map(|at| at.to_string()).collect();
        let down: Vec<&str> = down.iter().map(String::as_str).collect();
        assert_eq!(of(&down, "", None).expect("times").backwards, 1.0);
        let texts = steps(0.0, 4.0);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let column = of(&texts, "", Some(1.0)).expect("times");
        assert_eq!(
            (column.backwards, column.other_rate_hz(1.0)),
            (0.0, Some(0.25))
        );
        assert_eq!(column.other_rate_hz(4.0), None);
    }
}
