//! Units that stand elsewhere in a message than behind their number.

use alloc::string::String;
use alloc::vec::Vec;

use super::fields::{Fields, Object};
use super::format::Meaning;
use super::json::Json;
use super::value::fits;
use crate::names::plain;
use crate::{Problem, quote, unit};

/// A value that was found, with the unit that its name or its message gives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(super) value: &'a Json,
    /// Empty where nothing says one.
    pub(super) unit: &'a str,
    /// Whether nobody can tell if the unit is this value's.
    pub(super) is_loose: bool,
}

impl<'a> Given<'a> {
    pub(super) fn new(value: &'a Json, unit: &'a str) -> Self {
        Self {
            value,
            unit,
            is_loose: false,
        }
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

impl Fields {
    /// Gives values the units that an object has beside or around them: to the
    /// channel whose name stands in front of `unit`, to the only one that
    /// measures it, or to the only one there.
    pub(crate) fn give_units<'a>(
        &self,
        object: &'a Object,
        found: &mut [Option<Given<'a>>],
        complaints: &mut Vec<Problem>,
    ) {
        if found.iter().all(Option::is_none) {
            return;
        }
        for (key, value) in object {
            let Some(front) = unit_key(key) else { continue };
            match value {
                Json::Object(units) => {
                    for (name, unit) in units {
                        let channel = self.meaning(name);
                        if let (Json::Text(unit), Some(Meaning::Channel(at))) = (unit, channel)
                            && let Some(Some(given)) = found.get_mut(at)
                        {
                            given.give(unit.trim(), false);
                        }
                    }
                }
                Json::Text(unit) if !unit.trim().is_empty() => {
                    let loose = self.give_unit(object, &front, unit.trim(), found);
                    if loose {
                        complaints.push(Problem::LooseUnit { unit: quote(unit) });
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether it cannot be told if a unit is one at all.
    fn give_unit<'a>(
        &self,
        object: &Object,
        front: &str,
        unit: &'a str,
        found: &mut [Option<Given<'a>>],
    ) -> bool {
        let known = unit::find(unit).is_some();
        let measured = |at: &usize| fits(unit, self.unit_of(*at));
        let there = || {
            let all = found.iter().enumerate();
            all.filter_map(|(at, given)| given.map(|_| at))
        };
        let name = |at: usize| plain(self.path_of(at));
        let mut owners: Vec<usize> = there().filter(|at| name(*at) == front).collect();
        let mut is_loose = false;
        if owners.is_empty() && !front.is_empty() {
            // The unit of times, or of something else that has its own name.
            let named = object.iter().any(|(key, _)| plain(key) == front);
            if named || front.starts_with("time") {
                return false;
            }
            // `TempUnit` beside `temperature`.
            let near = |at: &usize| {
                let name = name(*at);
                name.starts_with(front) || front.starts_with(&name)
            };
            owners = there().filter(near).collect();
            owners.retain(|at| !known || measured(at));
        }
        if owners.is_empty() {
            owners = there().collect();
            if owners.len() > 1 || !front.is_empty() {
                owners.retain(measured);
                is_loose = owners.len() > 1;
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
