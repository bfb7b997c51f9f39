//! Which channel a name means, and readings made of values that were found.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::format::{Channel, Format, Meaning, Position, Reading};
use super::given::{ALL, Given, Units, unit_key};
use super::json::Json;
use super::times::Time;
use super::value::{VALUE_KEYS, fits, in_unit, value};
use crate::names::{bare, is_time_name, plain, split_last};
use crate::{Problem, TimeForm, quote, shown};

/// Names of the time where nobody said which one it has. There are fewer than in
/// tables: `t` of a message is a temperature as well.
const TIMES: [&str; 6] = ["timestamp", "time", "ts", "times", "timems", "datetime"];

/// The most names that are said to be there where none is a channel's.
pub(super) const FEW: usize = 4;

/// An object as it was parsed.
pub(crate) type Object = [(String, Json)];

/// Reads single values into readings of the model's channels.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    channels: Vec<Channel>,
    /// A channel's name or path in messages, as it is and without what people
    /// vary.
    paths: Vec<(String, String)>,
    /// For each channel whether somebody said which field it has.
    told: Vec<bool>,
    times: Vec<String>,
    columns: Vec<String>,
    time: String,
    times_as: Option<TimeForm>,
    path: String,
}

impl Fields {
    pub(crate) fn new(channels: &[Channel], format: &Format) -> Self {
        let paths: Vec<_> = channels
            .iter()
            .enumerate()
            .map(|(at, channel)| {
                let told = format.fields.get(at).and_then(Option::as_ref);
                let path = told.unwrap_or(&channel.name).trim();
                (path.into(), plain(bare(path)))
            })
            .collect();
        let times: Vec<String> = if format.time.is_empty() {
            TIMES.iter().map(|&name| name.into()).collect()
        } else {
            [plain(bare(&format.time))].into()
        };
        let channel = |time: &String| {
            paths
                .iter()
                .any(|(_, plain): &(String, String)| plain == time)
        };
        Self {
            times: times.into_iter().filter(|time| !channel(time)).collect(),
            told: (0..channels.len())
                .map(|at| matches!(format.fields.get(at), Some(Some(_))))
                .collect(),
            channels: channels.into(),
            paths,
            columns: format.columns.clone(),
            time: format.time.clone(),
            times_as: format.times,
            path: format.path.clone(),
        }
    }

    pub(crate) fn channels(&self) -> usize {
        self.channels.len()
    }

    /// The path of a channel.
    pub(crate) fn path_of(&self, channel: usize) -> &str {
        self.paths.get(channel).map_or("", |(path, _)| path)
    }

    /// That without what people vary.
    pub(super) fn plain_of(&self, channel: usize) -> &str {
        self.paths.get(channel).map_or("", |(_, plain)| plain)
    }

    /// Whether what stands outermost counts for a channel, whatever is inside:
    /// somebody said where to look.
    pub(super) fn is_told(&self, channel: usize) -> bool {
        !self.path.is_empty() || self.told.get(channel) == Some(&true)
    }

    /// The field of the time, where somebody said it, or empty.
    pub(super) fn time_path(&self) -> &str {
        &self.time
    }

    /// How times are written, where somebody said it.
    pub(super) fn times_as(&self) -> Option<TimeForm> {
        self.times_as
    }

    /// Where a JSON message has its readings.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Nothing names a channel: `known` are names that are there instead.
    pub(crate) fn no_names(&self, known: &[&str]) -> Problem {
        let paths: Vec<&str> = self.paths.iter().map(|(path, _)| path.as_str()).collect();
        let known: Vec<String> = known.iter().take(FEW).map(|name| quote(name)).collect();
        Problem::Names {
            wanted: paths.join(", "),
            known: known.join(", "),
        }
    }

    /// The unit of a channel, or empty.
    pub(crate) fn unit_of(&self, channel: usize) -> &str {
        self.channels.get(channel).map_or("", |one| one.unit.trim())
    }

    /// What a name means: the channel that is called so, or else the only one
    /// that differs in case, in spaces or by a unit behind the name.
    pub(crate) fn meaning(&self, name: &str) -> Option<Meaning> {
        self.named(name).map(|(meaning, _)| meaning)
    }

    /// What a name means, and the unit that it has, or empty.
    pub(crate) fn named<'n>(&self, name: &'n str) -> Option<(Meaning, &'n str)> {
        let name = name.trim();
        let exact = self.paths.iter().position(|(path, _)| path == name);
        if let Some(channel) = exact {
            return Some((Meaning::Channel(channel), ""));
        }
        let front = bare(name);
        let behind = name.get(front.len()..).unwrap_or_default();
        let unit = behind.trim_matches(['(', ')', '[', ']', ' ']);
        let whole = plain(front);
        if whole.is_empty() {
            return None;
        }
        let alike = |name: &str| {
            let mut alike = self.paths.iter().enumerate();
            let mut alike = alike.by_ref().filter(|(_, (_, plain))| plain == name);
            (alike.next().map(|(at, _)| at), alike.next().is_some())
        };
        match alike(&whole) {
            (Some(channel), false) => return Some((Meaning::Channel(channel), unit)),
            (Some(_), true) => return None,
            (None, _) if self.times.contains(&whole) => return Some((Meaning::Time, unit)),
            (None, _) if is_time_name(name) => return Some((Meaning::MaybeTime, "")),
            (None, _) => {}
        }
        // `temp_F`, where it measures the same.
        let (front, unit) = split_last(front)?;
        match alike(&plain(front)) {
            (Some(channel), false) if fits(unit, self.unit_of(channel)) => {
                Some((Meaning::Channel(channel), unit))
            }
            _ => None,
        }
    }

    fn place(&self, name: &str) -> Option<Position> {
        let (meaning, unit) = self.named(name)?;
        Some(Position {
            meaning,
            unit: unit.into(),
        })
    }

    /// Whether nobody said what the values of a list or a line are.
    pub(crate) fn are_unnamed(&self) -> bool {
        self.columns.is_empty()
    }

    /// What the values of a list or a line mean where no header says it.
    pub(crate) fn positions(&self) -> Vec<Option<Position>> {
        if self.columns.is_empty() {
            let channels = 0..self.channels.len();
            let place = |at| Position {
                meaning: Meaning::Channel(at),
                unit: String::new(),
            };
            return channels.map(|at| Some(place(at))).collect();
        }
        self.columns.iter().map(|name| self.place(name)).collect()
    }

    /// What names above or beside values say that these are.
    ///
    /// # Errors
    /// [`Problem::Names`] where they name no channel, and
    /// [`Problem::TwoPlaces`] where two name one.
    pub(crate) fn header(&self, names: &[&str]) -> Result<Vec<Option<Position>>, Problem> {
        let positions: Vec<_> = names.iter().map(|name| self.place(name)).collect();
        let mut seen: Vec<Option<&str>> = alloc::vec![None; self.channels.len()];
        for (position, name) in positions.iter().zip(names) {
            let Some(Meaning::Channel(channel)) = position.as_ref().map(|place| place.meaning)
            else {
                continue;
            };
            if let Some(one) = seen.get_mut(channel).and_then(|place| place.replace(name)) {
                return Err(Problem::TwoPlaces {
                    wanted: quote(self.path_of(channel)),
                    one: quote(one),
                    other: quote(name),
                });
            }
        }
        if seen.iter().all(Option::is_none) {
            return Err(self.no_names(names));
        }
        Ok(positions)
    }

    /// What an object has for each channel, with the units beside it.
    ///
    /// # Errors
    /// Those of [`Self::values_in`].
    pub(crate) fn given_in<'a>(
        &'a self,
        object: &'a Object,
        complaints: &mut Vec<Problem>,
    ) -> Result<Vec<Option<Given<'a>>>, Problem> {
        let mut found = self.values_in(object)?;
        if let Some(units) = self.units_in(object) {
            self.give_units(&units, ALL, &mut found, complaints);
        }
        Ok(found)
    }

    /// What an object has for each channel under its own keys: what has the
    /// channel's name, what stands at its path, or else what is alike.
    ///
    /// # Errors
    /// [`Problem::TwoPlaces`] where two keys will do.
    pub(crate) fn values_in<'a>(
        &'a self,
        object: &'a Object,
    ) -> Result<Vec<Option<Given<'a>>>, Problem> {
        let mut exact = alloc::vec![None; self.channels.len()];
        let mut alike = exact.clone();
        let mut with_unit = exact.clone();
        // Every key is looked at once: an object may have many, and a model too.
        for field in object {
            let name = field.0.trim();
            let Some(Meaning::Channel(channel)) = self.meaning(name) else {
                continue;
            };
            let is_exact = self.path_of(channel) == name;
            let places = if is_exact {
                &mut exact
            } else if plain(bare(name)) == self.plain_of(channel) {
                &mut alike
            } else {
                &mut with_unit
            };
            self.put(places, channel, field)?;
        }
        for (channel, (one, other)) in exact.iter().zip(&alike).enumerate() {
            if let (Some(one), Some(other)) = (one, other)
                && !self.is_told(channel)
            {
                return Err(self.two_places(channel, one, other));
            }
        }
        let alike = alike.into_iter().zip(with_unit);
        let alike = alike.map(|(alike, with_unit)| alike.or(with_unit));
        let channels = exact.into_iter().zip(alike).enumerate();
        let found = channels.map(|(channel, (exact, alike))| {
            let value = |(key, value): &'a (String, Json)| {
                let unit = self.named(key).map_or("", |(_, unit)| unit);
                Given::new(key, value, unit)
            };
            let at_path = || {
                let (first, rest) = self.path_of(channel).split_once('.')?;
                let outer = object.iter().find(|(key, _)| key == first);
                let found = outer.and_then(|(_, value)| value.at(rest));
                found.map(|value| Given::new(self.path_of(channel), value, ""))
            };
            exact.map(value).or_else(at_path).or(alike.map(value))
        });
        Ok(found.collect())
    }

    fn put<'a>(
        &self,
        places: &mut [Option<&'a (String, Json)>],
        channel: usize,
        field: &'a (String, Json),
    ) -> Result<(), Problem> {
        let Some(place) = places.get_mut(channel) else {
            return Ok(());
        };
        match place.replace(field) {
            None => Ok(()),
            Some(one) => Err(self.two_places(channel, one, field)),
        }
    }

    fn two_places(&self, channel: usize, one: &(String, Json), other: &(String, Json)) -> Problem {
        Problem::TwoPlaces {
            wanted: quote(self.path_of(channel)),
            one: shown(one),
            other: shown(other),
        }
    }

    /// A reading from values in order.
    pub(crate) fn in_order(
        &self,
        values: &[Json],
        positions: &[Option<Position>],
        around: &[Units<'_>],
        complaints: &mut Vec<Problem>,
    ) -> Result<Reading, Problem> {
        if values.len() != positions.len() {
            return Err(Problem::Count {
                found: values.len(),
                expected: positions.len(),
            });
        }
        let mut found = alloc::vec![None; self.channels.len()];
        let mut others = Vec::new();
        for (value, position) in values.iter().zip(positions) {
            let Some(Position { meaning, unit }) = position else {
                continue;
            };
            match meaning {
                Meaning::Channel(at) => {
                    if let Some(place) = found.get_mut(*at) {
                        *place = Some(Given::new("", value, unit));
                    }
                }
                other => others.push((*other, value)),
            }
        }
        let time = self.time_of(None, &others);
        for units in around.iter().rev() {
            self.give_units(units, ALL, &mut found, complaints);
        }
        self.reading(&found, time, complaints)
    }

    /// A reading from what was found of each channel.
    ///
    /// # Errors
    /// Where nothing of it is a number, what was there instead.
    pub(crate) fn reading(
        &self,
        found: &[Option<Given<'_>>],
        time: Option<Time<'_>>,
        complaints: &mut Vec<Problem>,
    ) -> Result<Reading, Problem> {
        let mut reading = Reading {
            values: alloc::vec![f64::NAN; self.channels.len()],
            named: found.iter().map(Option::is_some).collect(),
            time_s: None,
        };
        let mut known = false;
        let mut strange = None;
        let places = found.iter().zip(&mut reading.values).enumerate();
        for (channel, (given, place)) in places {
            let Some(given) = given else { continue };
            match self.given(channel, *given) {
                Ok(value) => {
                    *place = value;
                    known = true;
                }
                Err(problem) => strange = strange.or(Some(problem)),
            }
        }
        match strange {
            None if !known => return Err(self.no_names(&[])),
            Some(problem) if !known => return Err(problem),
            problem => complaints.extend(problem),
        }
        reading.time_s = self.seconds(time, complaints);
        Ok(reading)
    }

    /// A value of a channel with what is said of its unit.
    fn given(&self, channel: usize, given: Given<'_>) -> Result<f64, Problem> {
        if given.is_loose && *given.value != Json::Null {
            return Err(Problem::LooseUnit {
                unit: quote(given.unit),
            });
        }
        self.number(channel, given.value, given.unit)
    }

    /// A value of a channel: a number, or a text or an object that holds one.
    /// `unit` is the one that stands beside it, or empty.
    pub(crate) fn number(&self, channel: usize, given: &Json, unit: &str) -> Result<f64, Problem> {
        let expected = self.unit_of(channel);
        let wrong = |found: &str| Err(Problem::NotANumber { text: quote(found) });
        match given {
            Json::Null => Ok(f64::NAN),
            Json::Bool(value) => Ok(f64::from(u8::from(*value))),
            Json::Number(value) if value.is_finite() => in_unit(*value, unit, expected),
            Json::Number(_) => Ok(f64::NAN),
            Json::Text(text) => value(text, unit, expected),
            Json::List(_) => wrong("[]"),
            Json::Object(fields) => match lone_value(fields)? {
                // An object in it would be a third level of one value.
                Some(inner) if inner.fields().is_none() => {
                    let own = unit_in(fields);
                    self.number(channel, inner, if own.is_empty() { unit } else { own })
                }
                _ => wrong("{}"),
            },
        }
    }
}

/// What an object holds that is one value: `{"value": 21.5, "unit": "C"}`.
///
/// # Errors
/// [`Problem::TwoPlaces`] where two keys may hold it.
pub(crate) fn lone_value(object: &Object) -> Result<Option<&Json>, Problem> {
    let fits = |(key, _): &&(String, Json)| {
        VALUE_KEYS
            .iter()
            .any(|known| key.trim().eq_ignore_ascii_case(known))
    };
    let mut found = object.iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(one), Some(other)) => Err(Problem::TwoPlaces {
            wanted: quote("value"),
            one: shown(one),
            other: shown(other),
        }),
        (one, _) => Ok(one.map(|(_, value)| value)),
    }
}

/// The unit that an object gives for its value.
pub(crate) fn unit_in(object: &Object) -> &str {
    let mut fields = object.iter();
    let found = fields.find_map(|(key, value)| match (unit_key(key).as_deref(), value) {
        (Some(""), Json::Text(unit)) => Some(unit.trim()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// A field and its value, for a message that must tell two apart.
pub(crate) fn shown((key, value): &(String, Json)) -> String {
    let key = quote(key);
    match value {
        Json::Number(number) => format!("{key} ({})", shown::number(*number)),
        Json::Text(text) => format!("{key} ({})", quote(text)),
        _ => key,
    }
}
