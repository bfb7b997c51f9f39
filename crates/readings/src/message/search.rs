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
    places: Vec<Position<'a>>,
    /// The time beside the first of them.
    pub(super) time: Option<&'a Json>,
}

/// What is known of a channel.
#[derive(Clone, Default)]
struct Position<'a> {
    given: Option<Given<'a>>,
    /// Where it stands.
    path: String,
    /// Whether somebody said that it is the one that is meant.
    is_told: bool,
    /// Where a list has the channel, too.
    listed: Option<String>,
}

impl<'a, 'c> Search<'a, 'c> {
    /// # Errors
    /// [`Problem::TwoPlaces`] where two places have one channel, unless the
    /// format says which is meant, or both say the same; and where one channel
    /// stands alone and another in each object of a list.
    pub(super) fn of(
        fields: &'a Fields,
        json: &'a Json,
        complaints: &'c mut Vec<Problem>,
    ) -> Result<Self, Problem> {
        let mut search = Self {
            fields,
            complaints,
            places: alloc::vec![Position::default(); fields.channels()],
            time: None,
        };
        if let Some(object) = json.fields() {
            search.object("", json, object)?;
        }
        for (channel, place) in search.places.iter().enumerate() {
            if let Some(path) = &place.listed {
                search.must_be_alone(channel, path, None)?;
            }
        }
        search.must_be_one_reading()?;
        Ok(search)
    }

    pub(super) fn values(&self) -> Vec<Option<Given<'a>>> {
        self.places.iter().map(|place| place.given).collect()
    }

    fn object(&mut self, path: &str, json: &'a Json, object: &'a Object) -> Result<(), Problem> {
        let outermost = path.is_empty();
        let mut own = self.fields.values_in(object)?;
        let units = self.fields.units_in(object);
        if let Some(units) = &units {
            self.fields.give_units(units, &mut own, self.complaints);
        }
        let before = self.values();
        if own.iter().any(Option::is_some) {
            self.time = self.time.or_else(|| self.fields.time_in(json));
        }
        for (channel, given) in own.iter().enumerate() {
            let Some(given) = given else { continue };
            let path = joined(path, given.key);
            self.must_be_alone(channel, &path, Some(given))?;
            if let Some(place) = self.places.get_mut(channel)
                && place.given.is_none()
            {
                place.given = Some(*given);
                place.path = path;
                place.is_told = outermost && self.fields.is_told(channel);
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
            let mut inside = self.values();
            for (given, (before, own)) in inside.iter_mut().zip(before.iter().zip(&own)) {
                *given = given.filter(|_| before.is_none() && own.is_none());
            }
            self.fields.give_units(&units, &mut inside, self.complaints);
            for (place, given) in self.places.iter_mut().zip(inside) {
                place.given = given.or(place.given);
            }
        }
        Ok(())
    }

    /// Refuses channels that only the objects of a list have, where others stand
    /// outside of it: nothing says which of those belongs to which of these.
    fn must_be_one_reading(&self) -> Result<(), Problem> {
        let mut alone = self.places.iter().filter(|place| place.given.is_some());
        let mut listed = self.places.iter().filter_map(|place| match place.given {
            Some(_) => None,
            None => place.listed.as_ref(),
        });
        match (alone.next(), listed.next()) {
            (Some(place), Some(path)) if !place.is_told => Err(Problem::TwoPlaces {
                wanted: quote("readings"),
                one: quote(&place.path),
                other: quote(path),
            }),
            _ => Ok(()),
        }
    }

    fn list(&mut self, path: &str, items: &'a [Json]) -> Result<(), Problem> {
        // The only one of a list belongs to what is around it.
        if let [only @ Json::Object(object)] = items
            && named_list::named(object, self.fields)?.is_none()
        {
            return self.object(&format!("{path}.0"), only, object);
        }
        for (at, object) in items.iter().enumerate() {
            let Some(object) = object.fields() else {
                continue;
            };
            let named = named_list::named(object, self.fields)?.map(|(channel, _)| channel);
            let own = self.fields.values_in(object)?;
            for (channel, place) in self.places.iter_mut().enumerate() {
                let key = own.get(channel).copied().flatten().map(|given| given.key);
                let key = key.or_else(|| (named == Some(channel)).then_some(""));
                if let (Some(key), None) = (key, &place.listed) {
                    place.listed = Some(joined(&format!("{path}.{at}"), key));
                }
            }
        }
        Ok(())
    }

    /// Refuses a second place of a channel that says something else.
    fn must_be_alone(
        &self,
        channel: usize,
        path: &str,
        other: Option<&Given>,
    ) -> Result<(), Problem> {
        let Some(place) = self.places.get(channel) else {
            return Ok(());
        };
        let same = |one: &Given| {
            other.is_some_and(|other| (one.value, one.unit) == (other.value, other.unit))
        };
        match &place.given {
            Some(one) if !place.is_told && !same(one) => Err(Problem::TwoPlaces {
                wanted: quote(self.fields.path_of(channel)),
                one: quote(&place.path),
                other: quote(path),
            }),
            _ => Ok(()),
        }
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
