//! The readings in JSON, in any of the shapes that devices give them.

use alloc::string::String;
use alloc::vec::Vec;

use super::devices::two_devices;
use super::fields::Fields;
use super::format::Reading;
use super::given::{ALL, Given, Units};
use super::json::{Json, parse};
use super::rows::{Names, are_names, are_units, is_list, may_be_rows, names_in, wrapper};
use super::search::{Search, two_readings};
use super::times::Time;
use super::{named_list, senml};
use crate::{Problem, quote};

/// The most readings of a message: more is a recording.
pub const MAX_READINGS: usize = 10_000;

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

/// The readings of an object with a value for a channel that it does not name.
pub(super) fn with_value<'a>(
    root: &'a Json,
    fields: &'a Fields,
    value: (usize, Given<'a>),
    complaints: &mut Vec<Problem>,
) -> Result<Vec<Reading>, Problem> {
    let mut shapes = Shapes {
        fields,
        order: Order::Known,
        complaints,
        around: Vec::new(),
    };
    shapes.found(root, None, Some(value), false)
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

/// Reads the item at a position. What is called by a pointer is there once in
/// the browser's module.
type ReadItem<'r> = &'r mut dyn FnMut(usize, &mut Vec<Problem>) -> Result<Vec<Reading>, Problem>;

/// What can be used of several items. What cannot is complained about, or is
/// the error where nothing else is there.
pub(crate) fn usable(
    items: usize,
    complaints: &mut Vec<Problem>,
    read: ReadItem<'_>,
) -> Result<Vec<Reading>, Problem> {
    let mut readings = Vec::new();
    let mut refused = Vec::new();
    for at in 0..items {
        match read(at, complaints) {
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
        names: Option<Names<'a>>,
        may_unwrap: bool,
    ) -> Result<Vec<Reading>, Problem> {
        match content {
            Json::List(items) => self.list(content, items, outer, names),
            Json::Object(_) => self.found(content, outer, None, may_unwrap),
            _ => Err(Problem::Shape),
        }
    }

    /// `names` are those that stand beside it for values in order.
    fn list(
        &mut self,
        content: &'a Json,
        items: &'a [Json],
        outer: Option<&'a Json>,
        names: Option<Names<'a>>,
    ) -> Result<Vec<Reading>, Problem> {
        let are_readings = items.iter().all(Json::may_be_reading);
        if !are_readings || items.iter().all(|item| *item == Json::Null) {
            let positions = match names {
                Some(names) => names.positions(self.fields)?,
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
        if named_list::is_one(items, self.fields)? {
            return self.found(content, outer, None, false);
        }
        let (fields, order) = (self.fields, self.order);
        let mut around = core::mem::take(&mut self.around);
        // A first row of texts names the values of those below it, and another
        // one may say their units.
        let (names, items) = match items {
            [Json::List(first), rest @ ..]
                if !rest.is_empty() && are_names(first) && rest.iter().all(is_list) =>
            {
                let (units, rest) = match rest {
                    [Json::List(units), rest @ ..] if !rest.is_empty() && are_units(units) => {
                        (units.as_slice(), rest)
                    }
                    rest => (Default::default(), rest),
                };
                let names = Names {
                    names: first,
                    units,
                };
                names.positions(fields)?;
                (Some(names), rest)
            }
            _ => (names, items),
        };
        two_devices(items, outer, fields)?;
        usable(items.len(), self.complaints, &mut |at, complaints| {
            let item = items.get(at).unwrap_or(&Json::Null);
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

    /// What can be found at any depth.
    fn found(
        &mut self,
        content: &'a Json,
        outer: Option<&'a Json>,
        value: Option<(usize, Given<'a>)>,
        may_unwrap: bool,
    ) -> Result<Vec<Reading>, Problem> {
        let fields = self.fields;
        let mut search = Search::of(fields, content, value, self.complaints)?;
        let mut found = match search.series()? {
            Some(found) => found,
            None => search.found(),
        };
        let first = search.first().map(String::from);
        if may_unwrap
            && let Some(object) = content.fields()
            && fields.values_in(object)?.iter().all(Option::is_none)
        {
            match (wrapper(object), &first) {
                (Ok(Some((_, wrapped))), None) => {
                    let names = names_in(object, fields)?;
                    self.around.extend(fields.units_in(object));
                    return self.any(wrapped, Some(content), names, false);
                }
                (Err(problem), None) => return Err(problem),
                (Ok(Some((key, rows))), Some(first))
                    if !search
                        .lists
                        .iter()
                        .any(|list| core::ptr::eq(list.content, rows))
                        && may_be_rows(rows, fields.positions().len()) =>
                {
                    return Err(two_readings(first, key));
                }
                _ => {}
            }
        }
        if found.is_empty() {
            let Some(list) = search.lists.pop() else {
                return Err(fields.no_names(&search.known));
            };
            for object in list.around.iter().filter_map(|json| json.fields()) {
                self.around.extend(fields.units_in(object));
            }
            let outer = list.around.last().copied();
            let names = match outer.and_then(Json::fields) {
                Some(object) => names_in(object, fields)?,
                None => None,
            };
            return self.any(list.content, outer, names, false);
        }
        let mut around = core::mem::take(&mut self.around);
        let read = usable(found.len(), self.complaints, &mut |at, complaints| {
            let Some(found) = found.get_mut(at) else {
                return Ok(Vec::new());
            };
            for units in around.iter().rev() {
                fields.give_units(units, ALL, &mut found.values, complaints);
            }
            if found
                .values
                .iter()
                .flatten()
                .any(|given| is_list(given.value))
            {
                return lists(fields, &found.values, found.time, complaints);
            }
            let time = found.time.or_else(|| fields.time_in(outer?));
            Ok([fields.reading(&found.values, time, complaints)?].into())
        });
        self.around.append(&mut around);
        read
    }
}

/// `{"x": [1, 2], "y": [3, 4]}`: a list for each channel, all as long.
fn lists(
    fields: &Fields,
    own: &[Option<Given<'_>>],
    time: Option<Time<'_>>,
    complaints: &mut Vec<Problem>,
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
    let time = time.filter(|time| length_of(time.value) == Some(length));
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
            let value = item(time.map(|time| time.value), at);
            let day = item(time.and_then(|time| time.day), at);
            let time = value.as_ref().map(|value| Time {
                value,
                day: day.as_ref(),
            });
            fields.reading(&row, time, complaints)
        })
        .collect()
}
