//! Lists of one channel's values with their times, as telemetry is kept:
//! `{"temperature": [{"ts": 1700000000000, "value": 21.5}], "humidity": [..]}`.

use alloc::format;
use alloc::vec::Vec;

use super::apart::Found;
use super::fields::Fields;
use super::given::Given;
use super::json::Json;
use super::search::{Place, Search, two_readings};
use super::shape::at_most;
use super::times::Time;
use crate::{Problem, quote};

impl<'a> Search<'a, '_> {
    /// The readings of such lists, one a time and in the order of the times;
    /// `None` where no channel has one. Values without a time that can be read
    /// are complained about, or are the error where nothing else is there.
    ///
    /// # Errors
    /// [`Problem::TwoPlaces`] where a channel has values of another shape, since
    /// nothing says of which times, or two values of one time.
    pub(super) fn series(&mut self) -> Result<Option<Vec<Found<'a>>>, Problem> {
        let fields = self.fields;
        let given = || self.places.iter().filter(|place| place.given.is_some());
        let is_series = |place: &&Place| {
            let items = place.given.and_then(|given| items(given.value));
            items.is_some_and(|items| items.iter().any(|item| time(item, fields).is_some()))
        };
        let Some(one) = given().find(is_series) else {
            return Ok(None);
        };
        let is_empty = |place: &&Place| {
            let items = place.given.and_then(|given| items(given.value));
            items.is_some_and(<[Json]>::is_empty)
        };
        let is_other = |place: &&Place| !is_series(place) && !is_empty(place);
        if let Some(other) = given().find(is_other) {
            return Err(two_readings(&one.path, &other.path));
        }
        let mut found: Vec<Found> = Vec::new();
        // Where each is, in the order of their times: lists may come backwards.
        let mut order: Vec<(f64, usize)> = Vec::new();
        let mut refused = Vec::new();
        for (channel, place) in self.places.iter().enumerate() {
            let Some(list) = place.given else { continue };
            for (at, item) in items(list.value).into_iter().flatten().enumerate() {
                let Some((time, seconds)) = read_time(item, fields, &mut refused) else {
                    continue;
                };
                let index = match order.binary_search_by(|(known, _)| known.total_cmp(&seconds)) {
                    Ok(at) => order.get(at).map_or(0, |(_, index)| *index),
                    Err(at) => {
                        at_most(order.len() + 1)?;
                        order.insert(at, (seconds, found.len()));
                        found.push(Found::at(time, seconds, fields.channels()));
                        found.len() - 1
                    }
                };
                let values = found.get_mut(index).map(|found| &mut found.values);
                let Some(value) = values.and_then(|values| values.get_mut(channel)) else {
                    continue;
                };
                match value {
                    None => {
                        *value = Some(Given {
                            value: item,
                            ..list
                        })
                    }
                    Some(known) if *known.value == *item => {}
                    Some(known) => {
                        let mut items = items(list.value).into_iter().flatten();
                        let first = items.position(|item| core::ptr::eq(item, known.value));
                        let path = |at: usize| quote(&format!("{}.{at}", place.path));
                        return Err(Problem::TwoPlaces {
                            wanted: quote(fields.path_of(channel)),
                            one: path(first.unwrap_or_default()),
                            other: path(at),
                        });
                    }
                }
            }
        }
        if found.is_empty() && !refused.is_empty() {
            return Err(refused.swap_remove(0));
        }
        self.complaints.append(&mut refused);
        let mut found: Vec<Option<Found>> = found.into_iter().map(Some).collect();
        let taken = order
            .iter()
            .filter_map(|(_, at)| found.get_mut(*at)?.take());
        Ok(Some(taken.collect()))
    }
}

fn items(value: &Json) -> Option<&[Json]> {
    match value {
        Json::List(items) => Some(items),
        _ => None,
    }
}

fn time<'a>(item: &'a Json, fields: &Fields) -> Option<Time<'a>> {
    let time = fields.time_in(item);
    time.filter(|time| *time.value != Json::Null)
}

/// The time of a value, as it is written and in seconds.
fn read_time<'a>(
    item: &'a Json,
    fields: &Fields,
    refused: &mut Vec<Problem>,
) -> Option<(Time<'a>, f64)> {
    let Some(time) = time(item, fields) else {
        refused.push(Problem::NotATime { text: quote("") });
        return None;
    };
    let before = refused.len();
    let seconds = fields.seconds(Some(time), refused);
    if seconds.is_none() && refused.len() == before {
        refused.push(Problem::NotATime { text: quote("") });
    }
    Some((time, seconds?))
}
