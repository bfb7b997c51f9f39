//! A list of names with their values:
//! `[{"name": "temperature", "value": 21.5}, {"name": "humidity", "value": 40}]`.

use super::fields::{Fields, Object, lone_value};
use super::json::Json;
use super::rows::channel_of;
use crate::{Problem, quote};

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

/// Whether a list is one reading: each item is a value, and some have the name
/// of a channel.
///
/// # Errors
/// Those of [`named`].
pub(super) fn is_one(items: &[Json], fields: &Fields) -> Result<bool, Problem> {
    let mut is_any = false;
    for item in items {
        let Some(object) = item.fields() else {
            return Ok(false);
        };
        let is_value = !matches!(lone_value(object), Ok(None));
        if !is_value || fields.values_in(object)?.iter().any(Option::is_some) {
            return Ok(false);
        }
        is_any = is_any || named(object, fields)?.is_some();
    }
    Ok(is_any)
}

/// The channel that an item is the value of, and the unit that the name has.
///
/// # Errors
/// [`Problem::TwoPlaces`] where it may mean two.
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
