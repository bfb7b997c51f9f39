//! The form in which the cells of a column are times.

use alloc::string::String;
use alloc::vec::Vec;

use super::column::{Sampled, agree, step};
use super::written::Written;
use super::{DateOrder, TimeForm, TimeUnit};
use crate::letters::{is_word, lower};
use crate::{Problem, quote};

/// The form that most cells have, if there is one.
pub(super) fn of(sampled: &Sampled<'_>, written: &[(usize, Written)]) -> Result<TimeForm, Problem> {
    let none = || {
        let read = |at: usize| written.iter().any(|(read, _)| *read == at);
        let mut texts = sampled.texts.iter().enumerate();
        let text = texts.find(|(at, _)| !read(*at)).map(|(_, text)| *text);
        Problem::NoTimes {
            text: quote(text.or(sampled.texts.first().copied()).unwrap_or_default()),
            told: None,
        }
    };
    let numbers = || {
        written.iter().filter_map(|(_, written)| match written {
            Written::Number(value) => Some(*value),
            _ => None,
        })
    };
    let is_date = |(_, written): &&(usize, Written)| matches!(written, Written::Date(_));
    let is_clock = |(_, written): &&(usize, Written)| matches!(written, Written::Clock(_));
    let half = sampled.texts.len().div_ceil(2).max(1);
    if numbers().count() >= half {
        let values: Vec<f64> = numbers().collect();
        return Ok(TimeForm::Number(unit_of(sampled, &values)));
    }
    if written.iter().filter(is_clock).count() >= half {
        return Ok(TimeForm::Clock);
    }
    if written.iter().filter(is_date).count() >= half {
        return date_order(sampled, written)?.ok_or_else(none);
    }
    Err(none())
}

/// The order in which all dates are dates, `None` where there is none.
fn date_order(
    sampled: &Sampled<'_>,
    written: &[(usize, Written)],
) -> Result<Option<TimeForm>, Problem> {
    let dates = || {
        written.iter().filter_map(|(at, written)| match written {
            Written::Date(date) => Some((*at, date)),
            _ => None,
        })
    };
    let Some((_, first)) = dates().next() else {
        return Ok(None);
    };
    let in_all = |order: &DateOrder| dates().all(|(_, date)| date.seconds(*order).is_some());
    let orders: Vec<DateOrder> = first.orders().filter(in_all).collect();
    let Some(&order) = orders.first() else {
        return Ok(None);
    };
    for &other in orders.iter().skip(1) {
        let differs = dates().find(|(_, date)| date.seconds(order) != date.seconds(other));
        if let Some((at, _)) = differs {
            return Err(Problem::TwoTimes {
                text: quote(sampled.texts.get(at).copied().unwrap_or_default()),
                first: TimeForm::Date(order),
                second: TimeForm::Date(other),
            });
        }
    }
    Ok(Some(TimeForm::Date(order)))
}

/// What numbers count: what they would be since 1970, if that is a year of our
/// time; else what the column's name says; else seconds.
fn unit_of(sampled: &Sampled<'_>, values: &[f64]) -> TimeUnit {
    const YEAR_2000: f64 = 946_684_800.0;
    const YEAR_2100: f64 = 4_102_444_800.0;
    let range = YEAR_2000..YEAR_2100;
    let is_of_our_time = |unit: &TimeUnit| {
        let seconds = |value: &f64| range.contains(&(value * unit.seconds()));
        !values.is_empty() && values.iter().all(seconds)
    };
    let since_1970 = TimeUnit::ALL.into_iter().take(4).find(is_of_our_time);
    // A name may say seconds of what the values show to be finer.
    let largest = values
        .iter()
        .fold(0.0_f64, |most, value| most.max(libm::fabs(*value)));
    let said = unit_named(sampled.name).filter(|unit| largest * unit.seconds() < 1e11);
    match (since_1970, said) {
        (Some(unit), None) => unit,
        (None, said) => said.unwrap_or(TimeUnit::Seconds),
        (Some(unit), Some(said)) => {
            let step = step(values).map(|step| step * unit.seconds());
            let fits = step.zip(sampled.interval_s);
            let fits = fits.is_some_and(|(step, interval)| agree(step, interval));
            if fits { unit } else { said }
        }
    }
}

/// The unit that the name of a column ends in: `time_ms`, `t (us)`, `millis`.
fn unit_named(name: &str) -> Option<TimeUnit> {
    let is_break = |c: char| !is_word(c);
    let mut words = name.split(is_break).filter(|word| !word.is_empty());
    unit_word(words.next_back()?)
}

/// The unit of time that a word is.
pub(super) fn unit_word(word: &str) -> Option<TimeUnit> {
    let word: String = word.chars().map(lower).collect();
    let unit = match word.as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => TimeUnit::Seconds,
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => TimeUnit::Millis,
        "us" | "µs" | "μs" | "usec" | "micros" | "microsecond" | "microseconds" => {
            TimeUnit::Micros
        }
        "ns" | "nsec" | "nanos" | "nanosecond" | "nanoseconds" => TimeUnit::Nanos,
        "min" | "mins" | "minute" | "minutes" => TimeUnit::Minutes,
        "h" | "hr" | "hrs" | "hour" | "hours" => TimeUnit::Hours,
        "d" | "day" | "days" => TimeUnit::Days,
        _ => return None,
    };
    Some(unit)
}
