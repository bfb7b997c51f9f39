//! Devices that a list of objects may be of.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::fields::Fields;
use super::json::Json;
use super::search::Search;
use crate::{Problem, quote};

/// Refuses a list of objects that are of different devices and have one
/// channel. Those that have a time each are readings in turn.
pub(super) fn two_devices(
    items: &[Json],
    outer: Option<&Json>,
    fields: &Fields,
) -> Result<(), Problem> {
    let is_timed = |item: &Json| {
        fields
            .time_in(item)
            .is_some_and(|time| *time.value != Json::Null)
    };
    let timed = items.iter().all(is_timed);
    let mut first: Vec<Option<(usize, &Json)>> = alloc::vec![None; fields.channels() + 1];
    for (at, item) in items.iter().enumerate() {
        let Some(object) = item.fields() else {
            continue;
        };
        let Some((_, id)) = object.iter().find(|(key, _)| is_id(key)) else {
            continue;
        };
        let mut none = Vec::new();
        let Ok(search) = Search::of(fields, item, None, &mut none) else {
            continue;
        };
        let listed = search.lists.first().map(|list| &list.path);
        for (channel, place) in first.iter_mut().enumerate() {
            let found = match search.places.get(channel) {
                Some(place) => place.given.map(|_| &place.path),
                None => listed,
            };
            let Some(found) = found else { continue };
            match place {
                Some((one, other)) if *other != id => {
                    let time = |at: usize| fields.time_in(items.get(at)?);
                    if timed && time(*one) != time(at) {
                        *place = Some((at, id));
                        continue;
                    }
                    let path = |at: usize| format!("{}{at}.{}", front(items, outer), found);
                    return Err(Problem::TwoPlaces {
                        wanted: quote(found),
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
