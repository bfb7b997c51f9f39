//! Values in order, with names beside or above them or without any, and the
//! keys that they stand under.

use alloc::vec::Vec;

use super::fields::{Fields, Object};
use super::format::Meaning;
use super::json::Json;
use crate::{Problem, cell, quote};

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

/// The object or list that holds the readings of a message with more to say.
pub(super) fn wrapper(object: &Object) -> Result<Option<(&str, &Json)>, Problem> {
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
        (one, _) => Ok(one.map(|(key, value)| (key.as_str(), value))),
    }
}

/// The names that stand beside values in order: `{"columns": [..], "values": [..]}`.
pub(super) fn names_in<'a>(
    object: &'a Object,
    fields: &Fields,
) -> Result<Option<&'a [Json]>, Problem> {
    let mut found: Option<(&str, &[Json])> = None;
    for (key, value) in object {
        let Json::List(items) = value else { continue };
        let is_meant = || {
            let known = |name: &&str| key.trim().eq_ignore_ascii_case(name);
            NAMES.iter().any(known) || names_a_channel(items, fields)
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

/// Rows below or beside names of channels, and the key that they stand under.
pub(super) fn rows_in<'a>(object: &'a Object, fields: &Fields) -> Option<(&'a str, &'a Json)> {
    let names = names_in(object, fields).ok()??;
    let (key, rows) = wrapper(object).ok()??;
    let are_rows = may_be_rows(rows, names.len()) && names_a_channel(names, fields);
    are_rows.then_some((key, rows))
}

/// Whether a list has names, and a channel's among them.
pub(super) fn names_a_channel(items: &[Json], fields: &Fields) -> bool {
    let channel = |text: &&str| channel_of(fields, text).is_some();
    are_names(items) && texts(items).iter().any(channel)
}

/// Whether a list may have values in order for so many places, in one row or in
/// several.
pub(super) fn may_be_rows(rows: &Json, places: usize) -> bool {
    let Json::List(items) = rows else {
        return false;
    };
    let is_value = |item: &Json| !matches!(item, Json::Object(_) | Json::List(_));
    let fits = |row: &[Json]| row.len() == places && row.iter().all(is_value);
    let is_row = |row: &Json| matches!(row, Json::List(row) if fits(row));
    fits(items) || items.iter().any(is_row)
}

/// Whether a list has nothing but texts, and one that is no value.
pub(super) fn are_names(items: &[Json]) -> bool {
    let text = |item: &Json| matches!(item, Json::Text(_));
    let word = |text: &&str| matches!(cell(text, None), Err(Problem::NotANumber { .. }));
    items.iter().all(text) && texts(items).iter().any(word)
}

pub(super) fn is_list(item: &Json) -> bool {
    matches!(item, Json::List(_))
}

pub(super) fn texts<'a>(items: &'a [Json]) -> Vec<&'a str> {
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
