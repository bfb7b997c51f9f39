//! The readings in JSON, in any of the shapes that devices give them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::fields::{Fields, Object};
use super::format::{Meaning, Reading};
use super::given::Given;
use super::json::{Json, parse};
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
        around: around(root, fields.path()),
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

/// The objects on the way to a path.
fn around<'a>(root: &'a Json, path: &str) -> Vec<&'a Object> {
    let ends = path.match_indices('.').map(|(at, _)| at);
    let ends = (!path.is_empty()).then_some(0).into_iter().chain(ends);
    let fronts = ends.filter_map(|end| root.at(path.get(..end)?));
    fronts.filter_map(Json::fields).collect()
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
    match refused.first() {
        Some(first) if readings.is_empty() => Err(first.clone()),
        _ => {
            complaints.append(&mut refused);
            Ok(readings)
        }
    }
}

struct Shapes<'a> {
    fields: &'a Fields,
    order: Order,
    complaints: &'a mut Vec<Problem>,
    /// The objects around what is read, the outermost first.
    around: Vec<&'a Object>,
}

impl<'a> Shapes<'a> {
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
        let (fields, order, around) = (self.fields, self.order, &self.around);
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
        usable(items.iter(), self.complaints, |item, complaints| {
            let mut shapes = Shapes {
                fields,
                order,
                complaints,
                around: around.clone(),
            };
            shapes.any(item, None, names, false)
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
        let mut own = fields.values_in(object)?;
        fields.give_units(object, &mut own, self.complaints);
        for around in self.around.iter().rev() {
            fields.give_units(around, &mut own, self.complaints);
        }
        let time = fields.time_in(content);
        if own.iter().flatten().any(|given| is_list(given.value)) {
            return self.lists(&own, time);
        }
        let time = time.or_else(|| fields.time_in(outer?));
        if may_unwrap && own.iter().all(Option::is_none) {
            if let Some(wrapped) = wrapper(object)? {
                let names = names_in(object, fields)?;
                self.around.push(object);
                return self.any(wrapped, Some(content), names, false);
            }
            let mut nested = nested(fields, object, self.complaints)?;
            for around in [object].iter().chain(self.around.iter().rev()) {
                fields.give_units(around, &mut nested.values, self.complaints);
            }
            let reading = fields.reading(&nested.values, time.or(nested.time), self.complaints);
            return Ok([reading?].into());
        }
        Ok([fields.reading(&own, time, self.complaints)?].into())
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
        let length = given.clone().filter_map(|value| length_of(value)).max();
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
            NAMES.iter().any(|name| known(name)) || texts(items).iter().any(|text| channel(text))
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
    items.iter().all(text) && texts(items).iter().any(|text| word(text))
}

fn is_list(item: &Json) -> bool {
    matches!(item, Json::List(_))
}

fn texts(items: &[Json]) -> Vec<&str> {
    let text = |item| match item {
        &Json::Text(ref text) => text.as_str(),
        _ => "",
    };
    items.iter().map(text).collect()
}

/// What objects inside of an object hold.
struct Nested<'a> {
    values: Vec<Option<Given<'a>>>,
    time: Option<&'a Json>,
}

/// The channels in the objects that an object holds, like `AM2301` in
/// `{"Time": .., "AM2301": {"Temperature": 28.8}, "TempUnit": "C"}`: of all
/// levels the outermost that names one counts, and what deeper ones say does
/// not.
///
/// # Errors
/// [`Problem::TwoPlaces`] where two objects of that level name one channel, and
/// [`Problem::Names`] where none does.
fn nested<'a>(
    fields: &Fields,
    object: &'a Object,
    complaints: &mut Vec<Problem>,
) -> Result<Nested<'a>, Problem> {
    let mut level: Vec<(String, &'a Json)> = inside("", object);
    while !level.is_empty() {
        let mut values: Vec<Option<(&str, Given<'a>)>> = alloc::vec![None; fields.channels()];
        let mut time = None;
        for (path, json) in &level {
            let Some(object) = json.fields() else {
                continue;
            };
            let mut own = fields.values_in(object)?;
            fields.give_units(object, &mut own, complaints);
            if own.iter().any(Option::is_some) {
                time = time.or_else(|| fields.time_in(json));
            }
            for (channel, (own, place)) in own.into_iter().zip(&mut values).enumerate() {
                match (own, &place) {
                    (Some(_), Some((one, _))) => {
                        return Err(Problem::TwoPlaces {
                            wanted: quote(fields.path_of(channel)),
                            one: quote(one),
                            other: quote(path),
                        });
                    }
                    (Some(value), None) => *place = Some((path, value)),
                    (None, _) => {}
                }
            }
        }
        if values.iter().any(Option::is_some) {
            let values = values
                .into_iter()
                .map(|found| found.map(|(_, value)| value));
            return Ok(Nested {
                values: values.collect(),
                time,
            });
        }
        level = level
            .iter()
            .filter_map(|(path, json)| Some(inside(path, json.fields()?)))
            .flatten()
            .collect();
    }
    Err(fields.no_names())
}

/// The objects that an object holds, with their paths.
fn inside<'a>(path: &str, object: &'a Object) -> Vec<(String, &'a Json)> {
    let objects = object.iter().filter(|(_, value)| value.fields().is_some());
    objects
        .map(|(key, value)| {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            (path, value)
        })
        .collect()
}

/// The channel that a name means and the unit that it has, or `None`.
pub(super) fn channel_of<'n>(fields: &Fields, name: &'n str) -> Option<(usize, &'n str)> {
    match fields.named(name) {
        Some((Meaning::Channel(channel), unit)) => Some((channel, unit)),
        _ => None,
    }
}
