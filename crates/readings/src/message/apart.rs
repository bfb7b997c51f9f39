//! What was found of several times, which is as many readings.

use alloc::vec::Vec;

use super::given::Given;
use super::search::Search;
use super::times::Time;

/// What was found of one time.
pub(super) struct Found<'a> {
    seconds: Option<f64>,
    pub(super) time: Option<Time<'a>>,
    pub(super) values: Vec<Option<Given<'a>>>,
}

impl<'a> Found<'a> {
    /// Nothing yet of a time.
    pub(super) fn at(time: Time<'a>, seconds: f64, channels: usize) -> Self {
        Self {
            seconds: Some(seconds),
            time: Some(time),
            values: alloc::vec![None; channels],
        }
    }
}

impl<'a> Search<'a, '_> {
    /// What was found, apart by its times, in their order. What has no time
    /// around it belongs to the only one.
    pub(super) fn found(&self) -> Vec<Found<'a>> {
        let mut all: Vec<Found> = Vec::new();
        for timed in [true, false] {
            for (channel, place) in self.places.iter().enumerate() {
                let of_turn = place.given.is_some() && place.time.is_some() == timed;
                if !of_turn {
                    continue;
                }
                let seconds = self.fields.seconds(place.time, &mut Vec::new());
                let same = |found: &Found| {
                    let alike = seconds.is_some() && found.seconds == seconds;
                    alike || found.time == place.time
                };
                let only = (!timed && all.len() == 1).then_some(0);
                let at = all.iter().position(same).or(only).unwrap_or_else(|| {
                    let later = |found: &Found| found.seconds > seconds;
                    let at = all.iter().position(later).unwrap_or(all.len());
                    let found = Found {
                        seconds,
                        time: place.time,
                        values: alloc::vec![None; self.places.len()],
                    };
                    all.insert(at, found);
                    at
                });
                let values = all.get_mut(at).map(|found| &mut found.values);
                if let Some(value) = values.and_then(|values| values.get_mut(channel)) {
                    *value = place.given;
                }
            }
        }
        all
    }
}
