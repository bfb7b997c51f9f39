//! The readings in JSON, in any of the shapes that devices give them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::fields::{Fields, Object};
use super::format::{Meaning, Reading};
use super::given::{Given, Units};
use super::json::{Json, parse};
use super::search::Search;
use super::{named_list, senml};
use crate::{Problem, cell, quote};

/// The most readings of a message: more is a recording.
pub const MAX_READINGS: usize = 10_000;

/// Where gateways put the readings of a message that has more to say.
const WRAPPERS: [&str; 10] = [
    "readings",
    "rows",
    "samples",
    "values",
    "data",
    "measurements",
    "sensors",
    "records",
    "payload",
    "sensordatavalues",
];

/// Where gateways put the names of values that come in order.
const NAMES: [&str; 8] = [
    "columns", "fields", "names", "header", "headers", "keys", "channels", "labels",
];

/// The readings of a JSON text.
pub(crate) fn read_json(
    text: &str,
    fields: &Fields,
    order: Order,
    complaints: &mut Vec<Problem>,
) -> Result<Vec<Reading>, Problem> {
    let root = parse(text)?;
    from_root(&root, fields, order, complaints)
}

/// Whether values may come in order, without names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// They are the channels', or what the format says.
    Known,
    /// Nothing says that they are a channel's.
    Unknown,
}

/// The readings of a message that was parsed.
pub(crate) fn from_root(
    root: &Json,
    fields: &Fields,
    order: Order,
    complaints: &mut Vec<Problem>,
) -> Result<Vec<Reading>, Problem> {
    let content = root.at(fields.path()).ok_or_else(|| Problem::Path {
        path: quote(fields.path()),
    })?;
    let mut shapes = Shapes {
        fields,
        order,
        complaints,
        around: around(root, fields),
    };
    let outer = (!fields.path().is_empty()).then_some(root);
    let front = fields
        .path()
        .rsplit_once('.')
        .map_or("", |(front, _)| front);
    let names = match (outer, root.at(front).and_then(Json::fields)) {
        (Some(_), Some(object)) => names_in(object, fields)?,
        _ => None,
    };
    shapes.any(content, outer, names, true)
}

/// The units of the objects on the way to the readings.
fn around<'a>(root: &'a Json, fields: &Fields) -> Vec<Units<'a>> {
    let path = fields.path();
    let ends = path.match_indices('.').map(|(at, _)| at);
    let ends = (!path.is_empty()).then_some(0).into_iter().chain(ends);
    let fronts = ends.filter_map(|end| root.at(path.get(..end)?));
    let units = fronts.filter_map(|front| fields.units_in(front.fields()?));
    units.collect()
}

/// Refuses more readings than a message may hold.
pub(crate) fn at_most(readings: usize) -> Result<(), Problem> {
    if readings > MAX_READINGS {
        return Err(Problem::Many {
            limit: MAX_READINGS,
        });
    }
    Ok(())
}

/// What can be used of several items. What cannot is complained about, or is
/// the error where nothing else is there.
pub(crate) fn usable<T>(
    items: impl Iterator<Item = T>,
    complaints: &mut Vec<Problem>,
    mut read: impl FnMut(T, &mut Vec<Problem>) -> Result<Vec<Reading>, Problem>,
) -> Result<Vec<Reading>, Problem> {
    let mut readings = Vec::new();
    let mut refused = Vec::new();
    for item in items {
        match read(item, complaints) {
            Ok(mut found) => readings.append(&mut found),
            Err(problem) => refused.push(problem),
        }
    }
    if readings.is_empty() && !refused.is_empty() {
        return Err(refused.swap_remove(0));
    }
    complaints.append(&mut refused);
    Ok(readings)
}

struct Shapes<'a, 'c> {
    fields: &'a Fields,
    order: Order,
    complaints: &'c mut Vec<Problem>,
    /// The units of the objects around what is read, the outermost first.
    around: Vec<Units<'a>>,
}

impl<'a> Shapes<'a, '_> {
    /// `outer` may have the time that the content has not.
    fn any(
        &mut self,
        content: &'a Json,
        outer: Option<&'a Json>,
        names: Option<&[Json]>,
        may_unwrap: bool,
    ) -> Result<Vec<Reading>, Problem> {
        match content {
            Json::List(items) => self.list(items, outer, names),
            Json::Object(object) => self.object(content, object, outer, may_unwrap),
            _ => Err(Problem::Shape),
        }
    }

    /// `names` are those that stand beside it for values in order.
    fn list(
        &mut self,
        items: &'a [Json],
        outer: Option<&'a Json>,
        names: Option<&[Json]>,
    ) -> Result<Vec<Reading>, Problem> {
        let are_readings = items.iter().all(Json::may_be_reading);
        if !are_readings || items.iter().all(|item| *item == Json::Null) {
            let positions = match names {
                Some(names) => self.fields.header(&texts(names))?,
                None if self.order == Order::Unknown && self.fields.are_unnamed() => {
                    return Err(Problem::Topic {
                        topic: String::new(),
                    });
                }
                None => self.fields.positions(),
            };
            let around = &self.around;
            let reading = self
                .fields
                .in_order(items, &positions, around, self.complaints);
            return Ok([reading?].into());
        }
        at_most(items.len())?;
        if let Some(records) = senml::records(items) {
            return senml::readings(&records, self.fields, self.complaints);
        }
        let time = outer.and_then(|outer| self.fields.time_in(outer));
        if let Some(reading) = named_list::reading(items, time, self.fields, self.complaints)? {
            return Ok([reading].into());
        }
        let (fields, order) = (self.fields, self.order);
        let mut around = core::mem::take(&mut self.around);
        // A first row of texts names the values of those below it.
        let (names, items) = match items {
            [Json::List(first), rest @ ..]
                if !rest.is_empty() && are_names(first) && rest.iter().all(is_list) =>
            {
                fields.header(&texts(first))?;
                (Some(first.as_slice()), rest)
            }
            _ => (names, items),
        };
        two_devices(items, outer, fields)?;
        usable(items.iter(), self.complaints, |item, complaints| {
            let mut shapes = Shapes {
                fields,
                order,
                complaints,
                around: core::mem::take(&mut around),
            };
            let read = shapes.any(item, None, names, false);
            around = shapes.around;
            read
        })
    }

    fn object(
        &mut self,
        content: &'a Json,
        object: &'a Object,
        outer: Option<&'a Json>,
        may_unwrap: bool,
    ) -> Result<Vec<Reading>, Problem> {
        let fields = self.fields;
        let search = Search::of(fields, content, self.complaints)?;
        let (mut found, nested_time) = (search.values(), search.time);
        if may_unwrap
            && fields.values_in(object)?.iter().all(Option::is_none)
            && let Some(wrapped) = wrapper(object)?
            && (is_list(wrapped) || found.iter().all(Option::is_none))
        {
            let names = names_in(object, fields)?;
            self.around.extend(fields.units_in(object));
            return self.any(wrapped, Some(content), names, false);
        }
        for units in self.around.iter().rev() {
            fields.give_units(units, &mut found, self.complaints);
        }
        let time = nested_time.or_else(|| fields.time_in(content));
        if found.iter().flatten().any(|given| is_list(given.value)) {
            return self.lists(&found, time);
        }
        let time = time.or_else(|| fields.time_in(outer?));
        Ok([fields.reading(&found, time, self.complaints)?].into())
    }

    /// `{"x": [1, 2], "y": [3, 4]}`: a list for each channel, all as long.
    fn lists(
        &mut self,
        own: &[Option<Given<'_>>],
        time: Option<&Json>,
    ) -> Result<Vec<Reading>, Problem> {
        let length_of = |value: &Json| match value {
            Json::List(items) => Some(items.len()),
            _ => None,
        };
        let given = own.iter().flatten().map(|given| given.value);
        let length = given.clone().filter_map(length_of).max();
        let length = length.unwrap_or_default();
        at_most(length)?;
        if let Some(odd) = given.clone().find(|value| length_of(value) != Some(length)) {
            return Err(Problem::Count {
                found: length_of(odd).unwrap_or(1),
                expected: length,
            });
        }
        // One time for many readings does not say when each was taken.
        let time = time.filter(|time| length_of(time) == Some(length));
        let item = |list: Option<&'_ Json>, at: usize| -> Option<Json> {
            match list? {
                Json::List(items) => items.get(at).cloned(),
                _ => None,
            }
        };
        (0..length)
            .map(|at| {
                let values = own
                    .iter()
                    .map(|list| item(list.map(|given| given.value), at));
                let values: Vec<Option<Json>> = values.collect();
                let given = own.iter().zip(&values);
                let row: Vec<Option<Given>> = given
                    .map(|(list, value)| {
                        let value = value.as_ref()?;
                        list.map(|list| Given { value, ..list })
                    })
                    .collect();
                let time = item(time, at);
                self.fields.reading(&row, time.as_ref(), self.complaints)
            })
            .collect()
    }
}

/// Refuses a list of objects that are of different devices and have one
/// channel. Those that have a time each are readings in turn.
fn two_devices(items: &[Json], outer: Option<&Json>, fields: &Fields) -> Result<(), Problem> {
    let is_timed = |item: &Json| fields.time_in(item).is_some_and(|time| *time != Json::Null);
    let timed = items.iter().all(is_timed);
    let mut first: Vec<Option<(usize, &Json)>> = alloc::vec![None; fields.channels()];
    for (at, item) in items.iter().enumerate() {
        let Some(object) = item.fields() else {
            continue;
        };
        let Some((_, id)) = object.iter().find(|(key, _)| is_id(key)) else {
            continue;
        };
        for (given, place) in fields.values_in(object)?.iter().zip(&mut first) {
            let Some(given) = given else { continue };
            match place {
                Some((one, other)) if *other != id => {
                    let time = |at: usize| fields.time_in(items.get(at)?);
                    if timed && time(*one) != time(at) {
                        *place = Some((at, id));
                        continue;
                    }
                    let path = |at: usize| format!("{}{at}.{}", front(items, outer), given.key);
                    return Err(Problem::TwoPlaces {
                        wanted: quote(given.key),
                        one: quote(&path(*one)),
                        other: quote(&path(at)),
                    });
                }
                _ => *place = Some((at, id)),
            }
        }
    }
    Ok(())
}

/// The key of a list in an object, with a dot behind it, or nothing.
fn front(items: &[Json], outer: Option<&Json>) -> String {
    let mut fields = outer.and_then(Json::fields).unwrap_or_default().iter();
    let is_it =
        |value: &Json| matches!(value, Json::List(list) if core::ptr::eq(list.as_slice(), items));
    let found = fields.find(|(_, value)| is_it(value));
    found.map_or(String::new(), |(key, _)| format!("{key}."))
}

/// Whether a key is what devices and sensors are told apart by.
fn is_id(key: &str) -> bool {
    const KEYS: [&str; 11] = [
        "id", "name", "device", "sensor", "node", "location", "room", "machine", "mac", "address",
        "serial",
    ];
    let ends = ["_id", "Id", "ID", "_name", "Name"];
    KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))
        || ends.iter().any(|end| key.ends_with(end))
}

/// The object or list that holds the readings of a message with more to say.
fn wrapper(object: &Object) -> Result<Option<&Json>, Problem> {
    let holds = |value: &Json| match value {
        Json::List(items) => !items.is_empty() && !are_names(items),
        Json::Object(_) => true,
        _ => false,
    };
    let mut found = object
        .iter()
        .filter(|(key, value)| WRAPPERS.contains(&key.as_str()) && holds(value));
    match (found.next(), found.next()) {
        (Some((one, _)), Some((other, _))) => Err(Problem::TwoPlaces {
            wanted: quote("readings"),
            one: quote(one),
            other: quote(other),
        }),
        (one, _) => Ok(one.map(|(_, value)| value)),
    }
}

/// The names that stand beside values in order: `{"columns": [..], "values": [..]}`.
fn names_in<'a>(object: &'a Object, fields: &Fields) -> Result<Option<&'a [Json]>, Problem> {
    let mut found: Option<(&str, &[Json])> = None;
    for (key, value) in object {
        let Json::List(items) = value else { continue };
        let is_meant = || {
            let known = |name: &&str| key.trim().eq_ignore_ascii_case(name);
            let channel = |text: &&str| channel_of(fields, text).is_some();
            NAMES.iter().any(known) || texts(items).iter().any(channel)
        };
        if !are_names(items) || !is_meant() {
            continue;
        }
        if let Some((one, _)) = found {
            return Err(Problem::TwoPlaces {
                wanted: quote("columns"),
                one: quote(one),
                other: quote(key),
            });
        }
        found = Some((key, items));
    }
    Ok(found.map(|(_, items)| items))
}

/// Whether a list has nothing but texts, and one that is no value.
fn are_names(items: &[Json]) -> bool {
    let text = |item: &Json| matches!(item, Json::Text(_));
    let word = |text: &&str| matches!(cell(text, None), Err(Problem::NotANumber { .. }));
    items.iter().all(text) && texts(items).iter().any(word)
}

fn is_list(item: &Json) -> bool {
    matches!(item, Json::List(_))
}

fn texts<'a>(items: &'a [Json]) -> Vec<&'a str> {
    let text = |item: &'a Json| match item {
        Json::Text(text) => text.as_str(),
        _ => "",
    };
    items.iter().map(text).collect()
}

/// The channel that a name means and the unit that it has, or `None`.
pub(super) fn channel_of<'n>(fields: &Fields, name: &'n str) -> Option<(usize, &'n str)> {
    match fields.named(name) {
        Some((Meaning::Channel(channel), unit)) => Some((channel, unit)),
        _ => None,
    }
}
