//! Where the objects in an object have the channels.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::fields::{Fields, Object};
use super::given::{Given, unit_key};
use super::json::Json;
use super::named_list;
use crate::names::plain;
use crate::{Problem, quote};

/// What holds other values of channels than those that were measured just now.
const ASIDE: [&str; 16] = [
    "limit",
    "limits",
    "min",
    "max",
    "minimum",
    "maximum",
    "alarm",
    "alarms",
    "threshold",
    "thresholds",
    "setpoint",
    "setpoints",
    "target",
    "calibration",
    "history",
    "forecast",
];

/// What an object holds at any depth, like `AM2301` in
/// `{"Time": .., "AM2301": {"Temperature": 28.8}, "TempUnit": "C"}`.
pub(super) struct Search<'a, 'c> {
    fields: &'a Fields,
    complaints: &'c mut Vec<Problem>,
    pub(super) values: Vec<Option<Given<'a>>>,
    /// The time beside the first of them.
    pub(super) time: Option<&'a Json>,
    /// Where the values stand.
    paths: Vec<String>,
    /// Whether somebody said that what stands outermost is meant.
    told: Vec<bool>,
    /// Where lists have channels, too.
    listed: Vec<Option<String>>,
}

impl<'a, 'c> Search<'a, 'c> {
    /// # Errors
    /// [`Problem::TwoPlaces`] where two places have one channel, unless the
    /// format says which is meant, or both say the same.
    pub(super) fn of(
        fields: &'a Fields,
        json: &'a Json,
        complaints: &'c mut Vec<Problem>,
    ) -> Result<Self, Problem> {
        let mut search = Self {
            fields,
            complaints,
            values: alloc::vec![None; fields.channels()],
            time: None,
            paths: alloc::vec![String::new(); fields.channels()],
            told: alloc::vec![false; fields.channels()],
            listed: alloc::vec![None; fields.channels()],
        };
        if let Some(object) = json.fields() {
            search.object("", json, object)?;
        }
        for (channel, listed) in search.listed.iter().enumerate() {
            if let Some(path) = listed {
                search.must_be_alone(channel, path)?;
            }
        }
        Ok(search)
    }

    fn object(&mut self, path: &str, json: &'a Json, object: &'a Object) -> Result<(), Problem> {
        let outermost = path.is_empty();
        let mut own = self.fields.values_in(object)?;
        let units = self.fields.units_in(object);
        if let Some(units) = &units {
            self.fields.give_units(units, &mut own, self.complaints);
        }
        let before: Vec<bool> = self.values.iter().map(Option::is_some).collect();
        if own.iter().any(Option::is_some) {
            self.time = self.time.or_else(|| self.fields.time_in(json));
        }
        for (channel, given) in own.iter().enumerate() {
            let Some(given) = given else { continue };
            let path = joined(path, given.key);
            let known = self.values.get(channel).copied().flatten();
            if known.is_some_and(|one| (one.value, one.unit) == (given.value, given.unit)) {
                continue;
            }
            self.must_be_alone(channel, &path)?;
            let place = (
                self.values.get_mut(channel),
                self.paths.get_mut(channel),
                self.told.get_mut(channel),
            );
            if let (Some(value), Some(known), Some(told)) = place
                && value.is_none()
            {
                (*value, *known) = (Some(*given), path);
                *told = outermost && self.fields.is_told(channel);
            }
        }
        for (key, value) in object {
            let is_own = |given: &Given| core::ptr::eq(given.value, value);
            if own.iter().flatten().any(is_own) || unit_key(key).is_some() {
                continue;
            }
            match value {
                Json::Object(inner) if !is_aside(key) => {
                    self.object(&joined(path, key), value, inner)?;
                }
                Json::List(items) if !is_aside(key) => self.list(&joined(path, key), items)?,
                _ => {}
            }
        }
        // What is further in may have its unit here.
        if let Some(units) = units {
            let inside = self.values.iter().zip(before.iter().zip(&own));
            let mut inside: Vec<_> = inside
                .map(|(given, (before, own))| given.filter(|_| !before && own.is_none()))
                .collect();
            self.fields.give_units(&units, &mut inside, self.complaints);
            for (place, given) in self.values.iter_mut().zip(inside) {
                *place = given.or(*place);
            }
        }
        Ok(())
    }

    fn list(&mut self, path: &str, items: &'a [Json]) -> Result<(), Problem> {
        for (at, object) in items.iter().enumerate() {
            let Some(object) = object.fields() else {
                continue;
            };
            let named = named_list::named(object, self.fields)?.map(|(channel, _)| channel);
            let own = self.fields.values_in(object)?;
            for (channel, listed) in self.listed.iter_mut().enumerate() {
                let key = own.get(channel).copied().flatten().map(|given| given.key);
                let key = key.or_else(|| (named == Some(channel)).then_some(""));
                if let (Some(key), None) = (key, &listed) {
                    *listed = Some(joined(&format!("{path}.{at}"), key));
                }
            }
        }
        Ok(())
    }

    /// Refuses a second place of a channel.
    fn must_be_alone(&self, channel: usize, path: &str) -> Result<(), Problem> {
        let one = self.paths.get(channel).map_or("", String::as_str);
        let there = self.values.get(channel).is_some_and(Option::is_some);
        if !there || self.told.get(channel) == Some(&true) {
            return Ok(());
        }
        Err(Problem::TwoPlaces {
            wanted: quote(self.fields.path_of(channel)),
            one: quote(one),
            other: quote(path),
        })
    }
}

fn is_aside(key: &str) -> bool {
    ASIDE.contains(&plain(key).as_str())
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
