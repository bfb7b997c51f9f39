//! A text that is a time, taken apart before anybody decides in which order
//! its date is written.

use super::calendar::{days_since_1970, is_weekday, month_named};
use super::{DateOrder, TimeForm};
use crate::{Decimal, number};

/// A time as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Written {
    Number(f64),
    Date(Date),
    /// Seconds since midnight.
    Clock(f64),
}

/// A date, with its time of the day where it has one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Date {
    /// The three numbers as they stand.
    parts: [i64; 3],
    /// The orders that its separators and widths allow.
    allowed: &'static [DateOrder],
    /// Seconds to add: the time of the day less the zone's offset.
    seconds: f64,
    /// What the time is given to: a day, a minute, a second or less.
    pub(super) resolution_s: f64,
}

/// Longer than any time is written.
const LONGEST: usize = 64;

impl Written {
    pub(super) fn of(text: &str, decimal: Option<Decimal>) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST {
            return None;
        }
        let text = match text.strip_prefix('[') {
            Some(inner) => inner.strip_suffix(']')?.trim(),
            None => text,
        };
        if let Some(date) = compact(text) {
            return Some(Self::Date(date));
        }
        if let Ok(value) = number(text, decimal) {
            return (!value.is_nan()).then_some(Self::Number(value));
        }
        match date(text) {
            Some((parts, allowed, rest)) => {
                let date = Date {
                    parts,
                    allowed,
                    seconds: 0.0,
                    resolution_s: 86_400.0,
                };
                date.at(rest).map(Self::Date)
            }
            None => {
                let (seconds, _) = time_of_day(text)?;
                Some(Self::Clock(seconds))
            }
        }
    }
}

impl Date {
    /// The orders in which it is a date, the usual one of its kind first.
    pub(super) fn orders(&self) -> impl Iterator<Item = DateOrder> + '_ {
        let orders = self.allowed.iter().copied();
        orders.filter(|order| self.seconds(*order).is_some())
    }

    /// Seconds since 1970, read in this order.
    pub(super) fn seconds(&self, order: DateOrder) -> Option<f64> {
        if !self.allowed.contains(&order) {
            return None;
        }
        let [a, b, c] = self.parts;
        let (year, month, day) = match order {
            DateOrder::YearMonthDay => (a, b, c),
            DateOrder::DayMonthYear => (c, b, a),
            DateOrder::MonthDayYear => (c, a, b),
        };
        let days = days_since_1970(full_year(year), month, day)?;
        Some(days as f64 * 86_400.0 + self.seconds)
    }

    /// Whether it says at least the minute.
    pub(super) fn is_of_a_minute(&self) -> bool {
        self.resolution_s <= 60.0
    }

    /// With what stands behind the date.
    fn at(mut self, rest: &str) -> Option<Self> {
        if rest.is_empty() {
            return Some(self);
        }
        let separated = rest.strip_prefix(['T', 't', '_', ',']).unwrap_or(rest);
        if separated.len() == rest.len() && !rest.starts_with(' ') {
            return None;
        }
        (self.seconds, self.resolution_s) = time_of_day(separated.trim_start())?;
        Some(self)
    }
}

/// Of a year with two digits the one between 1970 and 2069.
fn full_year(year: i64) -> i64 {
    match year {
        70..=99 => 1_900 + year,
        0..70 => 2_000 + year,
        year => year,
    }
}

const YMD: &[DateOrder] = &[DateOrder::YearMonthDay];
const DMY: &[DateOrder] = &[DateOrder::DayMonthYear];
const MDY: &[DateOrder] = &[DateOrder::MonthDayYear];
const DAY_OR_MONTH: &[DateOrder] = &[DateOrder::DayMonthYear, DateOrder::MonthDayYear];
const ANY: &[DateOrder] = &[
    DateOrder::YearMonthDay,
    DateOrder::DayMonthYear,
    DateOrder::MonthDayYear,
];

/// The three numbers of a date, the orders that they may have, and the rest.
type Parts<'a> = ([i64; 3], &'static [DateOrder], &'a str);

/// The date that a text begins with.
fn date(text: &str) -> Option<Parts<'_>> {
    let text = match text.split_once([',', ' ']) {
        Some((day, rest)) if is_weekday(day) => rest.trim_start(),
        _ => text,
    };
    in_numbers(text).or_else(|| with_a_name(text))
}

/// `2025-01-31`, `31.1.25`, `1/31/2025`: one separator twice.
fn in_numbers(text: &str) -> Option<Parts<'_>> {
    let (a, rest) = digits(text)?;
    let separator = rest.chars().next().filter(|c| "-/.".contains(*c))?;
    let (b, rest) = digits(rest.strip_prefix(separator)?)?;
    let (c, rest) = digits(rest.strip_prefix(separator)?)?;
    let allowed = match (a.len(), c.len(), separator) {
        (4, 1 | 2, _) => YMD,
        (1 | 2, 2 | 4, '.') => DMY,
        (1 | 2, 4, _) => DAY_OR_MONTH,
        (1 | 2, 2, _) => ANY,
        _ => return None,
    };
    let value = |digits: &str| digits.parse::<i64>().ok();
    (b.len() <= 2).then_some(([value(a)?, value(b)?, value(c)?], allowed, rest))
}

/// `31 Jan 2025`, `31-Jan-2025` or `Jan 31, 2025`.
fn with_a_name(text: &str) -> Option<Parts<'_>> {
    let word = |text: &'_ str| {
        text.find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(text.len())
    };
    let skip = |text| -> &str { str::trim_start_matches(text, [' ', '-', '/', '.', ',']) };
    let value = |digits: &str| digits.parse::<i64>().ok();
    let year_of = |text| digits(text).filter(|(year, _)| matches!(year.len(), 2 | 4));
    if let Some((day, rest)) = digits(text) {
        let rest = skip(rest);
        let (name, rest) = rest.split_at_checked(word(rest))?;
        let (year, rest) = year_of(skip(rest))?;
        let parts = [value(day)?, month_named(name)?, value(year)?];
        return (day.len() <= 2).then_some((parts, DMY, rest));
    }
    let (name, rest) = text.split_at_checked(word(text))?;
    let (day, rest) = digits(skip(rest))?;
    let (year, rest) = year_of(skip(rest))?;
    let parts = [month_named(name)?, value(day)?, value(year)?];
    (day.len() <= 2).then_some((parts, MDY, rest))
}

/// `20250131T115930Z`, `20250131 115930.5` or `20250131115930`. Eight digits
/// alone are a number. Fourteen are a date where they can be: as milliseconds
/// they would be in the year 2600.
fn compact(text: &str) -> Option<Date> {
    let (found, rest) = digits(text)?;
    let value = |range: core::ops::Range<usize>| found.get(range)?.parse::<i64>().ok();
    let (clock, needs_clock) = match found.len() {
        8 => (rest, true),
        14 => (text.get(8..)?, false),
        _ => return None,
    };
    let date = Date {
        parts: [value(0..4)?, value(4..6)?, value(6..8)?],
        allowed: YMD,
        seconds: 0.0,
        resolution_s: 86_400.0,
    };
    date.seconds(DateOrder::YearMonthDay)?;
    if needs_clock {
        return (!rest.is_empty()).then(|| date.at(rest))?;
    }
    let (seconds, resolution_s) = time_of_day(clock)?;
    Some(Date {
        seconds,
        resolution_s,
        ..date
    })
}

/// The seconds of a number whose digits are a time of the day, `115930`, or a
/// date with one, `250131115930`: what nobody can see who is not told.
pub(super) fn from_digits(form: TimeForm, text: &str) -> Option<f64> {
    let (found, rest) = digits(text.trim())?;
    // Nobody writes the zeros in front of an hour into a number.
    let padded = alloc::format!("{found:0>6}");
    let (parts, clock) = match form {
        TimeForm::Date(_) if found.len() == 12 => found.split_at_checked(6)?,
        TimeForm::Clock if found.len() <= 6 => ("", padded.as_str()),
        _ => return None,
    };
    let (seconds, resolution_s) = time_of_day(&alloc::format!("{clock}{rest}"))?;
    let TimeForm::Date(order) = form else {
        return Some(seconds);
    };
    let value = |at: usize| parts.get(at..at + 2)?.parse::<i64>().ok();
    let date = Date {
        parts: [value(0)?, value(2)?, value(4)?],
        allowed: ANY,
        seconds,
        resolution_s,
    };
    date.seconds(order)
}

/// The digits that a text begins with, at least one, and the rest.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).filter(|_| end > 0)
}

/// `11:59`, `11:59:30.25 PM +01:00`, `115930Z`: the seconds since midnight, less
/// the zone's offset, and what they are given to.
fn time_of_day(text: &str) -> Option<(f64, f64)> {
    let (text, offset) = split_zone(text)?;
    let (text, afternoon) = split_half(text);
    let (first, rest) = digits(text)?;
    let two = |text: &str, max: i64| -> Option<i64> {
        let value = text.parse::<i64>().ok()?;
        (text.len() == 2 && value <= max).then_some(value)
    };
    let (hours, minutes, seconds, rest) = match (first.len(), rest.strip_prefix(':')) {
        (1 | 2, Some(rest)) => {
            let (minutes, rest) = digits(rest)?;
            let (seconds, rest) = match rest.strip_prefix(':') {
                Some(rest) => {
                    let (seconds, rest) = digits(rest)?;
                    (Some(seconds), rest)
                }
                None => (None, rest),
            };
            (first, minutes, seconds, rest)
        }
        (4, None) => (first.get(..2)?, first.get(2..)?, None, rest),
        (6, None) => (first.get(..2)?, first.get(2..4)?, first.get(4..), rest),
        _ => return None,
    };
    let hours = hours.parse::<i64>().ok()?;
    let hours = match afternoon {
        None => (hours <= 23).then_some(hours)?,
        Some(afternoon) => {
            let of_twelve = (1..=12).contains(&hours).then_some(hours % 12)?;
            of_twelve + if afternoon { 12 } else { 0 }
        }
    };
    // 60 for a leap second.
    let whole = seconds.map_or(Some(0), |seconds| two(seconds, 60))?;
    let (fraction, resolution) = match rest.strip_prefix(['.', ',']) {
        Some(digits) => {
            seconds?;
            (fraction(digits)?, 1e-3)
        }
        None if rest.is_empty() => (0.0, if seconds.is_some() { 1.0 } else { 60.0 }),
        None => return None,
    };
    let whole = hours * 3_600 + two(minutes, 59)? * 60 + whole - offset;
    Some((whole as f64 + fraction, resolution))
}

/// A fraction of a second from its digits.
fn fraction(text: &str) -> Option<f64> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let units = plain.then(|| text.parse::<u32>().ok())??;
    Some(f64::from(units) / libm::pow(10.0, text.len() as f64))
}

/// The time without `AM` or `PM`, and whether it is after noon.
fn split_half(text: &str) -> (&str, Option<bool>) {
    let text = text.trim_end();
    for (half, afternoon) in [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)] {
        let at = text.len().wrapping_sub(half.len());
        if let Some((time, end)) = text.split_at_checked(at)
            && end.eq_ignore_ascii_case(half)
        {
            return (time.trim_end(), Some(afternoon));
        }
    }
    (text, None)
}

/// The time without its zone, and the zone's offset in seconds. A zone that is
/// only a word other than UTC means different things in different places.
fn split_zone(text: &str) -> Option<(&str, i64)> {
    // The name of a place behind an offset repeats what the offset says.
    let (text, named) = match text.split_once('[') {
        Some((time, place)) => (place.ends_with(']').then_some(time)?, true),
        None => (text, false),
    };
    let text = text.trim_end();
    for utc in ["z", "utc", "gmt"] {
        let at = text.len().wrapping_sub(utc.len());
        if let Some((time, end)) = text.split_at_checked(at)
            && end.eq_ignore_ascii_case(utc)
        {
            return Some((time.trim_end(), 0));
        }
    }
    let Some(at) = text.rfind(['+', '-']) else {
        return (!named).then_some((text, 0));
    };
    let (time, zone) = text.split_at_checked(at)?;
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let zone = zone.get(1..)?;
    let (hours, minutes) = match zone.split_once(':') {
        Some(parts) => parts,
        None if zone.len() == 4 => zone.split_at_checked(2)?,
        None => (zone, "00"),
    };
    let two = |text: &str, max: i64| -> Option<i64> {
        let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let value = plain.then(|| text.parse::<i64>().ok())??;
        (value <= max).then_some(value)
    };
    let seconds = two(hours, 14)? * 3_600 + two(minutes, 59)? * 60;
    let time = time.trim_end();
    // `UTC+01:00` is how some write it.
    let time = ["utc", "gmt"]
        .iter()
        .find_map(|utc| {
            let (time, end) = time.split_at_checked(time.len().wrapping_sub(utc.len()))?;
            end.eq_ignore_ascii_case(utc).then(|| time.trim_end())
        })
        .unwrap_or(time);
    Some((time, sign * seconds))
}
