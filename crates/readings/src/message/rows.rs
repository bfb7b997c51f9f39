//! Values in order, with names beside or above them or without any, and the
//! keys that they stand under.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::fields::{Fields, Object};
use super::format::{Meaning, Position};
use super::given::{Given, is_unit, unit_key};
use super::json::Json;
use crate::{Problem, cell, is_missing, quote, unit};

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

/// The names of values in order, and their units; none where nothing says them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) names: &'a [Json],
    pub(super) units: &'a [Json],
}

impl Names<'_> {
    /// What the values are. The unit of a name is nearer than one of the list.
    ///
    /// # Errors
    /// [`Problem::Count`] where there are more or fewer units than names, and
    /// those of [`Fields::header`].
    pub(super) fn positions(&self, fields: &Fields) -> Result<Vec<Option<Position>>, Problem> {
        let mut positions = fields.header(&texts(self.names))?;
        if self.units.len() != self.names.len() {
            // Other lists may be called so.
            if !self.units.iter().any(is_known) {
                return Ok(positions);
            }
            return Err(Problem::Count {
                found: self.units.len(),
                expected: self.names.len(),
            });
        }
        for (position, unit) in positions.iter_mut().zip(self.units) {
            if let (Some(position), Json::Text(text)) = (position, unit)
                && position.unit.is_empty()
                && is_unit(&Given::new("", unit, ""))
            {
                position.unit = text.trim().into();
            }
        }
        Ok(positions)
    }
}

/// The names that stand beside values in order, and their units:
/// `{"columns": [..], "units": [..], "values": [..]}`.
///
/// # Errors
/// [`Problem::TwoPlaces`] where either stands twice.
pub(super) fn names_in<'a>(
    object: &'a Object,
    fields: &Fields,
) -> Result<Option<Names<'a>>, Problem> {
    let mut names: Option<(&str, &[Json])> = None;
    let mut units: Option<(&str, &[Json])> = None;
    for (key, value) in object {
        let Json::List(items) = value else { continue };
        let is_known = |key: &str| {
            let mut known = NAMES.iter();
            known.any(|name| key.trim().eq_ignore_ascii_case(name))
        };
        let of_all = |front: &String| front.is_empty() || is_known(&format!("{front}s"));
        let (place, wanted) = if unit_key(key).is_some_and(|front| of_all(&front)) {
            (may_be_units(items).then_some(&mut units), "units")
        } else {
            let is_meant = is_known(key) || names_a_channel(items, fields);
            (
                (are_names(items) && is_meant).then_some(&mut names),
                "columns",
            )
        };
        let Some(place) = place else { continue };
        if let Some((one, _)) = place.replace((key, items)) {
            return Err(Problem::TwoPlaces {
                wanted: quote(wanted),
                one: quote(one),
                other: quote(key),
            });
        }
    }
    Ok(names.map(|(_, names)| Names {
        names,
        units: units.map_or(&[], |(_, units)| units),
    }))
}

/// Whether a list has units and nothing else, but for what is none.
fn may_be_units(items: &[Json]) -> bool {
    let may_be = |item: &Json| match item {
        Json::Text(text) => is_missing(text) || is_unit(&Given::new("", item, "")),
        item => *item == Json::Null,
    };
    items.iter().all(may_be)
}

fn is_known(item: &Json) -> bool {
    matches!(item, Json::Text(text) if unit::is_any(text))
}

/// Whether a row can be nothing but units.
pub(super) fn are_units(items: &[Json]) -> bool {
    are_names(items) && may_be_units(items) && items.iter().any(is_known)
}

/// Rows below or beside names of channels, and the key that they stand under.
pub(super) fn rows_in<'a>(object: &'a Object, fields: &Fields) -> Option<(&'a str, &'a Json)> {
    let names = names_in(object, fields).ok()??;
    let (key, rows) = wrapper(object).ok()??;
    let names = names.names;
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
