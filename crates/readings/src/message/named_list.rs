//! A list of names with their values:
//! `[{"name": "temperature", "value": 21.5}, {"name": "humidity", "value": 40}]`.

use alloc::vec::Vec;

use super::fields::{Fields, Object, lone_value, unit_in};
use super::format::Reading;
use super::json::Json;
use super::shape::channel_of;
use crate::{Problem, quote, shown};

/// What devices call the name of what an item is the value of.
const NAME_KEYS: [&str; 12] = [
    "name",
    "n",
    "id",
    "key",
    "sensor",
    "channel",
    "type",
    "value_type",
    "quantity",
    "measurement",
    "field",
    "variable",
];

/// The reading of such a list, and `None` where a list is something else: an
/// item names a channel by a key of its own, or none names one at all.
///
/// # Errors
/// [`Problem::TwoPlaces`] where an item may mean two channels, or two items mean
/// one.
pub(super) fn reading(
    items: &[Json],
    time: Option<&Json>,
    fields: &Fields,
    complaints: &mut Vec<Problem>,
) -> Result<Option<Reading>, Problem> {
    let mut values: Vec<Option<(&str, &Json)>> = alloc::vec![None; fields.channels()];
    let mut time = time;
    for item in items {
        let Some(object) = item.fields() else {
            return Ok(None);
        };
        let Some(value) = lone_value(object)? else {
            return Ok(None);
        };
        if fields.values_in(object)?.iter().any(Option::is_some) {
            return Ok(None);
        }
        let Some((channel, unit)) = named(object, fields)? else {
            continue;
        };
        time = time.or_else(|| fields.time_in(item));
        let Some(place) = values.get_mut(channel) else {
            continue;
        };
        if let Some((_, one)) = place {
            return Err(Problem::TwoPlaces {
                wanted: quote(fields.path_of(channel)),
                one: shown(one),
                other: shown(value),
            });
        }
        let own = unit_in(object);
        *place = Some((if own.is_empty() { unit } else { own }, value));
    }
    if values.iter().all(Option::is_none) {
        return Ok(None);
    }
    let mut reading = Reading {
        values: alloc::vec![f64::NAN; fields.channels()],
        named: values.iter().map(Option::is_some).collect(),
        time_s: None,
    };
    let mut refused = Vec::new();
    for (channel, (found, place)) in values.iter().zip(&mut reading.values).enumerate() {
        let Some((unit, value)) = found else {
            continue;
        };
        match fields.number(channel, value, unit) {
            Ok(value) => *place = value,
            Err(problem) => refused.push(problem),
        }
    }
    let all = values.iter().flatten().count();
    if refused.len() == all {
        return Err(refused.swap_remove(0));
    }
    complaints.append(&mut refused);
    reading.time_s = fields.seconds(time, complaints);
    Ok(Some(reading))
}

/// The channel that an item is the value of.
pub(super) fn named<'a>(
    object: &'a Object,
    fields: &Fields,
) -> Result<Option<(usize, &'a str)>, Problem> {
    let mut found: Option<(&str, (usize, &str))> = None;
    for (key, value) in object {
        let Json::Text(name) = value else { continue };
        if !NAME_KEYS
            .iter()
            .any(|known| key.eq_ignore_ascii_case(known))
        {
            continue;
        }
        match (channel_of(fields, name), found) {
            (Some((channel, _)), Some((one, (other, _)))) if channel != other => {
                return Err(Problem::TwoPlaces {
                    wanted: quote("name"),
                    one: quote(one),
                    other: quote(name),
                });
            }
            (Some(channel), _) => found = Some((name, channel)),
            (None, _) => {}
        }
    }
    Ok(found.map(|(_, channel)| channel))
}

fn shown(value: &Json) -> alloc::string::String {
    match value {
        Json::Number(number) => shown::number(*number),
        Json::Text(text) => quote(text),
        _ => quote("value"),
    }
}
