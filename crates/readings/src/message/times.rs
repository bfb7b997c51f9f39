//! The time of a reading, which may stand in two fields: the day in one, the
//! time of the day in another.

use alloc::vec::Vec;

use super::fields::Fields;
use super::format::Meaning;
use super::json::Json;
use crate::time::{Part, day_and_clock, part, unit_by_size};
use crate::{Problem, TimeForm, quote, shown};

/// The years of devices, as seconds since 1970: from 2000 to 2100.
const OUR_YEARS: core::ops::Range<f64> = 946_684_800.0..4_102_444_800.0;

/// The most fields of names that may be a time's that are looked at: each is
/// looked at with each.
const MOST: usize = 8;

/// A time as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Time<'a> {
    pub(super) value: &'a Json,
    /// The day, where the value is a time of the day and no more.
    pub(super) day: Option<&'a Json>,
}

impl Fields {
    /// The time that an object holds, as it is written.
    pub(crate) fn time_in<'a>(&self, object: &'a Json) -> Option<Time<'a>> {
        let told = match self.time_path() {
            "" => None,
            path => object.at(path),
        };
        let mut named = Vec::new();
        for (key, value) in object.fields()? {
            if let Some(meaning @ (Meaning::Time | Meaning::MaybeTime)) = self.meaning(key) {
                named.push((meaning, value));
            }
        }
        self.time_of(told, &named)
    }

    /// The time among values with names: what is `told`, or else what is called
    /// so; or what has a name that may mean something else as well, where its
    /// value is nothing but a time of our years.
    pub(super) fn time_of<'a>(
        &self,
        told: Option<&'a Json>,
        named: &[(Meaning, &'a Json)],
    ) -> Option<Time<'a>> {
        let certain = named.iter().find(|(meaning, _)| *meaning == Meaning::Time);
        let certain = told.or(certain.map(|(_, value)| *value));
        let others = || named.iter().take(MOST).map(|(_, value)| *value);
        let joined = |one| others().find_map(|other| self.joined(one, other));
        let alone = |value| Time { value, day: None };
        match certain {
            Some(one) => Some(joined(one).unwrap_or(alone(one))),
            None if !self.time_path().is_empty() => None,
            None => others().find_map(|one| match self.is_of_our_years(one) {
                true => Some(alone(one)),
                false => joined(one),
            }),
        }
    }

    /// A day and a time of the day, whichever comes first.
    fn joined<'a>(&self, one: &'a Json, other: &'a Json) -> Option<Time<'a>> {
        // Who says that times are no dates does not mean two fields.
        if !matches!(self.times_as(), None | Some(TimeForm::Date(_))) {
            return None;
        }
        let (Json::Text(a), Json::Text(b)) = (first(one), first(other)) else {
            return None;
        };
        let time = |value, day| Time {
            value,
            day: Some(day),
        };
        match (part(a), part(b)) {
            (Some(Part::Day), Some(Part::Clock)) => Some(time(other, one)),
            (Some(Part::Clock), Some(Part::Day)) => Some(time(one, other)),
            _ => None,
        }
    }

    fn is_of_our_years(&self, value: &Json) -> bool {
        let value = first(value);
        let is_day = matches!(value, Json::Text(text) if part(text) == Some(Part::Day));
        let seconds = self.seconds(Some(Time { value, day: None }), &mut Vec::new());
        !is_day && seconds.is_some_and(|seconds| OUR_YEARS.contains(&seconds))
    }

    /// A time in seconds; one that cannot be read is complained about.
    pub(crate) fn seconds(
        &self,
        time: Option<Time<'_>>,
        complaints: &mut Vec<Problem>,
    ) -> Option<f64> {
        let Time { value, day } = time?;
        let read = |text: &str| match self.times_as() {
            Some(form) => form.read(text, None),
            None => crate::time(text, None),
        };
        let seconds = match (value, day) {
            (Json::Null, _) => return None,
            (Json::Text(text), _) if text.trim().is_empty() => return None,
            (Json::Text(clock), Some(Json::Text(day))) => read(&day_and_clock(day, clock)),
            (Json::Text(text), _) => read(text),
            (Json::Number(number), _) => self.seconds_of(*number),
            _ => Err(Problem::NotATime { text: quote("[]") }),
        };
        seconds.map_err(|problem| complaints.push(problem)).ok()
    }

    fn seconds_of(&self, number: f64) -> Result<f64, Problem> {
        let unit = match self.times_as() {
            None => unit_by_size(number),
            Some(TimeForm::Number(unit)) => unit,
            Some(_) => {
                return Err(Problem::NotATime {
                    text: shown::number(number),
                });
            }
        };
        // Divided, because a thousandth is no binary fraction.
        Ok(number / libm::round(1.0 / unit.seconds()).max(1.0) * unit.seconds().max(1.0))
    }
}

/// The first of a list, or what is none.
fn first(value: &Json) -> &Json {
    match value {
        Json::List(items) => items.first().unwrap_or(value),
        _ => value,
    }
}
