//! Units that stand elsewhere in a message than behind their number.

use alloc::string::String;
use alloc::vec::Vec;

use super::fields::{Fields, Object};
use super::format::Meaning;
use super::json::Json;
use super::rows::names_in;
use super::value::fits;
use crate::names::plain;
use crate::{Problem, cell, quote, unit};

/// A value that was found, with the unit that its name or its message gives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    /// The key that it stands under, or empty.
    pub(super) key: &'a str,
    pub(super) value: &'a Json,
    /// Empty where nothing says one.
    pub(super) unit: &'a str,
    /// Whether nobody can tell if the unit is this value's.
    pub(super) is_loose: bool,
}

impl<'a> Given<'a> {
    pub(super) fn new(key: &'a str, value: &'a Json, unit: &'a str) -> Self {
        Self {
            key,
            value,
            unit,
            is_loose: false,
        }
    }

    /// Whether both are the same value of a message.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        core::ptr::eq(self.value, other.value)
    }

    /// The nearest unit counts.
    fn give(&mut self, unit: &'a str, is_loose: bool) {
        if self.unit.is_empty() {
            (self.unit, self.is_loose) = (unit, is_loose);
        }
    }
}

/// How devices name a unit, the longest first; what stands in front of it says
/// whose it is.
const ENDINGS: [&str; 5] = ["unitofmeasurement", "unitofmeas", "units", "unit", "uom"];

/// What stands in front of `unit` in a key, plain; `None` where a key is no
/// unit's.
pub(super) fn unit_key(key: &str) -> Option<String> {
    let plain = plain(key);
    if plain == "u" {
        return Some(String::new());
    }
    let mut endings = ENDINGS.iter();
    endings.find_map(|ending| plain.strip_suffix(ending).map(String::from))
}

/// Whether what stands under the name of a channel in `units` is its unit:
/// `outdoor_unit` may be what has the sensors.
pub(super) fn is_unit(given: &Given<'_>) -> bool {
    match given.value {
        Json::Text(text) => {
            text.trim().is_empty() || unit::is_any(text) || cell(text, None).is_err()
        }
        _ => false,
    }
}

/// The most units whose owners are not named that are looked at.
const MOST: usize = 32;

/// All of them, as bits.
pub(super) const ALL: u32 = u32::MAX;

/// A unit whose owner is not named.
#[derive(Debug)]
struct Unowned<'a> {
    /// What stands in front of `unit`, plain.
    front: String,
    unit: &'a str,
    /// Whether another one beside it measures the same.
    is_loose: bool,
}

/// The units that an object has for the values in it.
#[derive(Debug)]
pub(crate) struct Units<'a> {
    /// A unit for each channel that one is named with.
    named: Vec<Option<&'a str>>,
    others: Vec<Unowned<'a>>,
}

impl Fields {
    /// The units that an object has beside or around values, `None` where it
    /// has none.
    pub(crate) fn units_in<'a>(&self, object: &'a Object) -> Option<Units<'a>> {
        let mut units = Units {
            named: alloc::vec![None; self.channels()],
            others: Vec::new(),
        };
        let mut tried = 0;
        for (key, value) in object {
            let Some(front) = unit_key(key) else { continue };
            match value {
                Json::Object(all) => {
                    for (name, unit) in all {
                        if let (Json::Text(text), Some(Meaning::Channel(at))) =
                            (unit, self.meaning(name))
                            && is_unit(&Given::new("", unit, ""))
                        {
                            units.name(at, text);
                        }
                    }
                }
                Json::Text(unit) if !unit.trim().is_empty() => {
                    let exact = (0..self.channels()).find(|at| self.plain_of(*at) == front);
                    // Or the unit of something else that has its own name.
                    let is_there = || object.iter().any(|(key, _)| plain(key) == front);
                    if let Some(at) = exact {
                        units.name(at, unit);
                    } else if tried < MOST && !front.starts_with("time") {
                        tried += 1;
                        if !is_there() {
                            units.put(front, unit);
                        }
                    }
                }
                // Beside names they are of these.
                Json::List(all) if !matches!(names_in(object, self), Ok(Some(_))) => {
                    for item in all.iter().take(MOST) {
                        if let Json::Text(unit) = item
                            && unit::find(unit).is_some()
                            && cell(unit, None).is_err()
                        {
                            units.put(String::new(), unit);
                        }
                    }
                }
                _ => {}
            }
        }
        let empty = units.others.is_empty() && units.named.iter().all(Option::is_none);
        (!empty).then_some(units)
    }

    /// Gives values the units of an object around them, or `which` of those whose
    /// owners are not named: to the channel whose
    /// name stands in front of `unit`, to the only one that measures it, or to
    /// the only one there.
    pub(crate) fn give_units<'a>(
        &self,
        units: &Units<'a>,
        which: u32,
        found: &mut [Option<Given<'a>>],
        complaints: &mut Vec<Problem>,
    ) {
        for (unit, given) in units.named.iter().zip(found.iter_mut()) {
            if let (Some(unit), Some(given)) = (unit, given) {
                given.give(unit, false);
            }
        }
        if found.iter().all(Option::is_none) {
            return;
        }
        for (at, other) in units.others.iter().enumerate() {
            if which >> at & 1 == 1 && self.give_unit(other, found) {
                complaints.push(Problem::LooseUnit {
                    unit: quote(other.unit),
                });
            }
        }
    }

    /// Of the units whose owners are not named, as bits, those that one of some
    /// values can be had in.
    pub(super) fn fitting(&self, units: &Units<'_>, values: &[Option<Given<'_>>]) -> u32 {
        let mut which = 0;
        for (at, other) in units.others.iter().enumerate() {
            let mut values = values.iter().enumerate();
            let fits =
                values.any(|(at, given)| given.is_some() && fits(other.unit, self.unit_of(at)));
            which |= u32::from(fits) << at;
        }
        which
    }

    /// Whether it cannot be told if a unit is one at all.
    fn give_unit<'a>(&self, other: &Unowned<'a>, found: &mut [Option<Given<'a>>]) -> bool {
        let (front, unit) = (other.front.as_str(), other.unit);
        let known = unit::find(unit).is_some();
        let measured = |at: &usize| fits(unit, self.unit_of(*at));
        let there = || {
            let all = found.iter().enumerate();
            all.filter_map(|(at, given)| given.map(|_| at))
        };
        // `TempUnit` beside `temperature`.
        let near = |at: &usize| {
            let name = self.plain_of(*at);
            name.starts_with(front) || front.starts_with(name)
        };
        let mut owners: Vec<usize> = Vec::new();
        if !front.is_empty() {
            owners = there().filter(near).collect();
            owners.retain(|at| !known || measured(at));
        }
        let mut is_loose = other.is_loose;
        if owners.is_empty() {
            owners = there().collect();
            if owners.len() > 1 || !front.is_empty() {
                owners.retain(measured);
                is_loose |= owners.len() > 1;
            } else if !known && !owners.iter().any(measured) {
                owners.clear();
            }
            if owners.is_empty() && front.is_empty() {
                let says_unit = |at: usize| !self.unit_of(at).is_empty();
                return !known && there().any(says_unit) && unit.len() > 1;
            }
        }
        for owner in owners {
            if let Some(Some(given)) = found.get_mut(owner) {
                given.give(unit, is_loose);
            }
        }
        false
    }
}

impl<'a> Units<'a> {
    /// One of several that measure the same is nobody's.
    fn put(&mut self, front: String, unit: &'a str) {
        let unit = unit.trim();
        if self.others.len() >= MOST {
            return;
        }
        let mut is_loose = false;
        for other in self.others.iter_mut().filter(|other| other.front == front) {
            if other.unit == unit {
                return;
            }
            if fits(other.unit, unit) {
                (other.is_loose, is_loose) = (true, true);
            }
        }
        self.others.push(Unowned {
            front,
            unit,
            is_loose,
        });
    }

    fn name(&mut self, channel: usize, unit: &'a str) {
        if let Some(place) = self.named.get_mut(channel) {
            *place = Some(unit.trim());
        }
    }
}
