//! Where what a message holds has the channels, at any depth.
//!
//! All of it is looked at but what is set aside (`aside.rs`). What was found is
//! one reading, or one a time; or it is all in one list of several objects,
//! which are readings in turn. Anything else is refused.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::aside::is_aside;
use super::fields::{FEW, Fields, Object, lone_value, unit_in};
use super::given::{ALL, Given, is_unit, unit_key};
use super::json::Json;
use super::rows::{names_a_channel, rows_in};
use super::times::Time;
use super::value::VALUE_KEYS;
use super::{named_list, senml};
use crate::{Problem, cell, quote};

/// What a message holds, like `AM2301` in
/// `{"Time": .., "AM2301": {"Temperature": 28.8}, "TempUnit": "C"}`.
pub(super) struct Search<'a, 'c> {
    pub(super) fields: &'a Fields,
    pub(super) complaints: &'c mut Vec<Problem>,
    pub(super) places: Vec<Place<'a>>,
    /// Lists of several readings that have channels.
    pub(super) lists: Vec<Listed<'a>>,
    /// Some of the names that are there.
    pub(super) known: Vec<&'a str>,
    /// What the outermost object has for a channel without naming it.
    value: Option<(usize, Given<'a>)>,
    /// The objects and lists around what is looked at.
    around: Vec<&'a Json>,
    /// Whether that is in one of the lists, and where it has a channel.
    is_listed: bool,
    listed: Option<String>,
}

/// What is known of a channel.
#[derive(Clone, Default)]
pub(super) struct Place<'a> {
    pub(super) given: Option<Given<'a>>,
    /// Where it stands.
    pub(super) path: String,
    /// The nearest time.
    pub(super) time: Option<Time<'a>>,
    /// Whether somebody said that it is the one that is meant.
    is_told: bool,
}

/// A list of several readings.
pub(super) struct Listed<'a> {
    /// Where it has a channel first.
    pub(super) path: String,
    pub(super) content: &'a Json,
    /// What is around it, the outermost first.
    pub(super) around: Vec<&'a Json>,
}

impl<'a, 'c> Search<'a, 'c> {
    /// # Errors
    /// [`Problem::TwoPlaces`] where two places have one channel, unless the
    /// format says which is meant, or both say the same; and where channels stand
    /// in a list of several readings and elsewhere: nothing says which of those
    /// belongs to which of these.
    pub(super) fn of(
        fields: &'a Fields,
        json: &'a Json,
        value: Option<(usize, Given<'a>)>,
        complaints: &'c mut Vec<Problem>,
    ) -> Result<Self, Problem> {
        let mut search = Self {
            fields,
            complaints,
            places: alloc::vec![Place::default(); fields.channels()],
            lists: Vec::new(),
            known: Vec::new(),
            value,
            around: Vec::new(),
            is_listed: false,
            listed: None,
        };
        search.any("", json, None, |_| false)?;
        let mut lists = search.lists.iter().map(|list| &list.path);
        let alone = search.places.iter().find(|place| place.given.is_some());
        let one = match alone {
            Some(place) if place.is_told => return Ok(search),
            Some(place) => Some(&place.path),
            None => lists.next(),
        };
        match (one, lists.next()) {
            (Some(one), Some(other)) => Err(two_readings(one, other)),
            _ => Ok(search),
        }
    }

    /// Where the first channel is, if there is one.
    pub(super) fn first(&self) -> Option<&str> {
        let alone = self.places.iter().find(|place| place.given.is_some());
        let lists = self.lists.first().map(|list| &list.path);
        alone.map(|place| &place.path).or(lists).map(String::as_str)
    }

    fn values(&self) -> Vec<Option<Given<'a>>> {
        self.places.iter().map(|place| place.given).collect()
    }

    /// `skips` says what of an object is no value of a channel.
    fn any(
        &mut self,
        path: &str,
        json: &'a Json,
        time: Option<Time<'a>>,
        skips: fn(&Given<'_>) -> bool,
    ) -> Result<(), Problem> {
        match json {
            Json::Object(object) => self.object(path, json, object, time, skips),
            Json::List(items) => self.list(path, json, items, time),
            _ => Ok(()),
        }
    }

    fn object(
        &mut self,
        path: &str,
        json: &'a Json,
        object: &'a Object,
        time: Option<Time<'a>>,
        skips: fn(&Given<'_>) -> bool,
    ) -> Result<(), Problem> {
        let own_time = |json| {
            let time = self.fields.time_in(json);
            time.filter(|time| *time.value != Json::Null)
        };
        let time = own_time(json).or(time);
        let mut own = self.fields.values_in(object)?;
        for place in &mut own {
            *place = place.filter(|given| !skips(given));
        }
        self.unnamed(json, object, &mut own)?;
        let units = self.fields.units_in(object);
        let mut of_own = 0;
        if let Some(units) = &units {
            of_own = self.fields.fitting(units, &own);
            self.fields
                .give_units(units, of_own, &mut own, self.complaints);
        }
        let before = self.values();
        for (channel, given) in own.iter().enumerate() {
            let Some(given) = given else { continue };
            let time = own_time(given.value).or(time);
            self.put(channel, joined(path, given.key), *given, time)?;
        }
        if let Some((key, rows)) = rows_in(object, self.fields) {
            self.put_list(joined(path, key), rows, json);
        }
        self.around.push(json);
        for (key, value) in object {
            let is_own = |given: &Given| core::ptr::eq(given.value, value);
            let is_own = own.iter().flatten().any(is_own);
            let skips = match value {
                Json::Object(inner) if is_own && matches!(lone_value(inner), Ok(None)) => continue,
                Json::List(_) if is_own => continue,
                Json::Object(_) | Json::List(_) if is_aside(key) => continue,
                Json::Object(_) if is_own => |given: &Given<'_>| is_value_key(given.key),
                Json::Object(_) if unit_key(key).is_some() => is_unit,
                Json::Object(_) | Json::List(_) => |_: &Given<'_>| false,
                _ => {
                    if self.known.len() < FEW && !self.known.contains(&key.as_str()) {
                        self.known.push(key);
                    }
                    continue;
                }
            };
            self.any(&joined(path, key), value, time, skips)?;
        }
        self.around.pop();
        let Some(units) = units.filter(|_| !self.is_listed) else {
            return Ok(());
        };
        // What is further in may have its unit here.
        let mut inside = self.values();
        for (given, before) in inside.iter_mut().zip(&before) {
            let is_own = |one: &Given| own.iter().flatten().any(|own| own.is_same(one));
            *given = given.filter(|given| before.is_none() && !is_own(given));
        }
        let of_inside = self.fields.fitting(&units, &inside) & !of_own;
        let rest = !of_own & !of_inside;
        let (of_inside, rest) = match own.iter().any(Option::is_some) {
            true => (of_inside, rest),
            false => (ALL, 0),
        };
        for (which, values) in [(of_inside, &mut inside), (rest, &mut own)] {
            self.fields
                .give_units(&units, which, values, self.complaints);
        }
        for (place, given) in self.places.iter_mut().zip(inside.iter().zip(&own)) {
            let changed = [given.0, given.1].into_iter().flatten();
            let mut changed = changed.filter(|new| place.given.is_some_and(|old| old.is_same(new)));
            place.given = changed.next().copied().or(place.given);
        }
        Ok(())
    }

    /// What an object has without the key of a channel: what a topic names, or
    /// a name beside it.
    fn unnamed(
        &mut self,
        json: &'a Json,
        object: &'a Object,
        own: &mut [Option<Given<'a>>],
    ) -> Result<(), Problem> {
        if let Some((channel, value)) = self.value.take() {
            if let Some(place) = own.get_mut(channel) {
                *place = Some(value);
            }
            return Ok(());
        }
        let is_item = matches!(self.around.last(), Some(Json::List(_)));
        let value = match lone_value(object) {
            // Its number may have any name.
            Ok(None) if is_item && own.iter().all(Option::is_none) => Ok(object
                .iter()
                .any(|(_, value)| is_number(value))
                .then_some(json)),
            found => found,
        };
        if value == Ok(None) {
            return Ok(());
        }
        let Some((channel, unit)) = named_list::named(object, self.fields)? else {
            return Ok(());
        };
        if let (Some(place @ None), Some(value)) = (own.get_mut(channel), value?) {
            let beside = unit_in(object);
            let unit = if beside.is_empty() { unit } else { beside };
            *place = Some(Given::new("", value, unit));
        }
        Ok(())
    }

    fn list(
        &mut self,
        path: &str,
        json: &'a Json,
        items: &'a [Json],
        time: Option<Time<'a>>,
    ) -> Result<(), Problem> {
        let parent = self.around.last().copied().unwrap_or(json);
        if let [Json::List(names), _, ..] = items
            && names_a_channel(names, self.fields)
        {
            self.put_list(path.into(), json, parent);
            return Ok(());
        }
        // The only one of a list belongs to what is around it, and so do values
        // with names; but records of SenML count from what is in their list.
        let is_one = items.len() == 1 || named_list::is_one(items, self.fields)?;
        let is_one = is_one && !senml::has_base(items);
        let enters = !is_one && !self.is_listed;
        self.is_listed |= enters;
        self.around.push(json);
        for (at, item) in items.iter().enumerate() {
            if self.is_listed && self.listed.is_some() {
                break;
            }
            let path = joined(path, &format!("{at}"));
            self.any(&path, item, time, |_| false)?;
        }
        self.around.pop();
        if enters {
            self.is_listed = false;
            if let Some(path) = self.listed.take() {
                self.put_list(path, json, parent);
            }
        }
        Ok(())
    }

    fn put_list(&mut self, path: String, content: &'a Json, parent: &'a Json) {
        if self.is_listed {
            self.listed = self.listed.take().or(Some(path));
            return;
        }
        let mut around = self.around.clone();
        if !around
            .last()
            .is_some_and(|last| core::ptr::eq(*last, parent))
        {
            around.push(parent);
        }
        self.lists.push(Listed {
            path,
            content,
            around,
        });
    }

    /// Refuses a second place of a channel that says something else.
    fn put(
        &mut self,
        channel: usize,
        path: String,
        given: Given<'a>,
        time: Option<Time<'a>>,
    ) -> Result<(), Problem> {
        if self.is_listed {
            self.listed = self.listed.take().or(Some(path));
            return Ok(());
        }
        let is_told = self.around.is_empty() && self.fields.is_told(channel);
        let Some(place) = self.places.get_mut(channel) else {
            return Ok(());
        };
        match place.given {
            None => {
                *place = Place {
                    given: Some(given),
                    path,
                    time,
                    is_told,
                };
            }
            Some(one) => {
                let same = (one.value, one.unit, place.time) == (given.value, given.unit, time);
                if !place.is_told && !same {
                    return Err(Problem::TwoPlaces {
                        wanted: quote(self.fields.path_of(channel)),
                        one: quote(&place.path),
                        other: quote(&path),
                    });
                }
            }
        }
        Ok(())
    }
}

/// Refuses what may be a reading beside others.
pub(super) fn two_readings(one: &str, other: &str) -> Problem {
    Problem::TwoPlaces {
        wanted: quote("reading"),
        one: quote(one),
        other: quote(other),
    }
}

fn is_number(value: &Json) -> bool {
    match value {
        Json::Number(_) => true,
        Json::Text(text) => cell(text, None).is_ok_and(|cell| !cell.value().is_nan()),
        _ => false,
    }
}

fn is_value_key(key: &str) -> bool {
    let mut keys = VALUE_KEYS.iter();
    keys.any(|known| key.trim().eq_ignore_ascii_case(known))
}

fn joined(path: &str, key: &str) -> String {
    /// So that long keys cost no more than their length.
    const MOST: usize = 128;
    if path.len() >= MOST {
        return path.into();
    }
    let key = key.get(..key.floor_char_boundary(MOST)).unwrap_or_default();
    match (path, key) {
        ("", _) => key.into(),
        (_, "") => path.into(),
        _ => format!("{path}.{key}"),
    }
}
