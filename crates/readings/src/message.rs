//! What a message holds: readings, or one channel's value, in any of the shapes
//! that devices give them.
//!
//! The reader knows the names and units of a model's channels, and what a user
//! said of the format; it knows no broker and no clock.

mod apart;
mod aside;
mod devices;
mod fields;
mod format;
mod given;
mod json;
mod named_list;
mod rows;
mod search;
mod senml;
mod series;
mod shape;
#[cfg(test)]
mod tests;
mod times;
mod topic;
mod value;

use alloc::string::String;
use alloc::vec::Vec;

use crate::line::LineReader;
use crate::{Problem, quote};

pub(crate) use fields::Fields;
pub use format::{Channel, Format, Holds, Reading};
pub(crate) use format::{Meaning, Position};
use given::Given;
pub(crate) use json::Json;
pub use json::MAX_LEVELS;
pub use shape::MAX_READINGS;
pub(crate) use shape::{Order, read_json};
use shape::{at_most, from_root, usable, with_value};

/// The most bytes of a message.
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// Reads messages.
///
/// # Examples
/// ```
/// use senselm_readings::message::{Channel, Format, Holds, MessageReader};
///
/// let channel = |name: &str, unit: &str| Channel { name: name.into(), unit: unit.into() };
/// let channels = [channel("temperature", "°C"), channel("humidity", "%")];
/// let reader = MessageReader::new(&channels, Holds::Auto, &Format::default(), &[]);
/// let mut complaints = Vec::new();
///
/// let nested = br#"{"Time": "2026-05-01T12:00:00Z", "AM2301": {"Temperature": 28.8, "Humidity": 43}}"#;
/// let read = reader.read("tele/x/SENSOR", nested, &mut complaints)?;
/// assert_eq!(read[0].values, [28.8, 43.0]);
///
/// let read = reader.read("site/7/temperature", "21,5 °C".as_bytes(), &mut complaints)?;
/// assert_eq!((read[0].values[0], &read[0].named[..]), (21.5, &[true, false][..]));
/// # Ok::<(), senselm_readings::Problem>(())
/// ```
#[derive(Debug, Clone)]
pub struct MessageReader {
    fields: Fields,
    holds: Holds,
    topics: Vec<String>,
}

impl MessageReader {
    /// A reader for a model's channels. `topics` are the filters that somebody
    /// asked for, as far as that is known: under the only one, if it has no
    /// wildcard, a lone channel's value needs no name.
    #[must_use]
    pub fn new(channels: &[Channel], holds: Holds, format: &Format, topics: &[String]) -> Self {
        Self {
            fields: Fields::new(channels, format),
            holds,
            topics: topics.into(),
        }
    }

    /// The readings of a message: under a channel's topic one that speaks of
    /// that channel alone. What is wrong with a reading that can be used all
    /// the same is added to `complaints`.
    ///
    /// # Errors
    /// A [`Problem`] that says why nothing of the message can be used.
    pub fn read(
        &self,
        topic: &str,
        bytes: &[u8],
        complaints: &mut Vec<Problem>,
    ) -> Result<Vec<Reading>, Problem> {
        let text = decoded(bytes)?;
        if self.holds == Holds::Readings {
            return self.readings(text, Order::Known, complaints);
        }
        let channel = topic::channel_of_topic(&self.fields, topic)?;
        let Some(channel) = channel else {
            return self.without_channel(topic, text, complaints);
        };
        let content = Content::of(text)?;
        let must = self.holds == Holds::Value;
        match self.alone(&content, channel, must, complaints) {
            Ok(Some(readings)) => Ok(readings),
            Ok(None) => self.content(&content, Order::Known, complaints),
            // Not one value, but perhaps a line of them.
            Err(problem @ (Problem::NotANumber { .. } | Problem::UnknownUnit { .. })) if !must => {
                let read = self.content(&content, Order::Known, complaints);
                read.map_err(|_| problem)
            }
            Err(problem) => Err(problem),
        }
    }

    /// A message under a topic that says nothing of its channel.
    fn without_channel(
        &self,
        topic: &str,
        text: &str,
        complaints: &mut Vec<Problem>,
    ) -> Result<Vec<Reading>, Problem> {
        let refused = || Problem::Topic {
            topic: quote(topic),
        };
        if self.holds == Holds::Value {
            return Err(refused());
        }
        let order = if self.fields.channels() == 1 && !topic::is_the_only(&self.topics, topic) {
            Order::Unknown
        } else {
            Order::Known
        };
        let read = self.readings(text, order, complaints);
        read.map_err(|problem| match problem {
            Problem::Topic { .. } => refused(),
            problem => problem,
        })
    }

    fn readings(
        &self,
        text: &str,
        order: Order,
        complaints: &mut Vec<Problem>,
    ) -> Result<Vec<Reading>, Problem> {
        self.content(&Content::of(text)?, order, complaints)
    }

    fn content(
        &self,
        content: &Content,
        order: Order,
        complaints: &mut Vec<Problem>,
    ) -> Result<Vec<Reading>, Problem> {
        let text = match content {
            Content::Json(root) => return from_root(root, &self.fields, order, complaints),
            Content::Text(text) => text,
        };
        let lines = || text.lines().filter(|line| !line.trim().is_empty());
        let count = lines().count();
        if count == 0 {
            return Err(Problem::NotANumber { text: quote("") });
        }
        at_most(count)?;
        let mut reader = LineReader::of_message(&self.fields, order);
        let mut lines = lines();
        usable(count, complaints, &mut |_, complaints| {
            reader.read(lines.next().unwrap_or_default(), complaints)
        })
    }

    /// The value of a channel whose topic this is: `21.5`, `"21.5 °C"`, or an
    /// object with the number under `value` or at the path. `None` where the
    /// message is more than that, unless it `must` not be.
    fn alone(
        &self,
        content: &Content,
        (channel, in_name): (usize, &str),
        must: bool,
        complaints: &mut Vec<Problem>,
    ) -> Result<Option<Vec<Reading>>, Problem> {
        let mut time = None;
        let value = match content {
            Content::Text("") => return Err(Problem::NotANumber { text: quote("") }),
            Content::Text(text) => {
                let text = Json::Text(unquoted(text).into());
                self.fields.number(channel, &text, in_name)?
            }
            Content::Json(root) => {
                let Some((value, unit)) = self.value_of(root, channel, must, complaints)? else {
                    return Ok(None);
                };
                let unit = if unit.is_empty() { in_name } else { unit };
                if !must && root.fields().is_some() {
                    let given = Given::new("value", value, unit);
                    let read = with_value(root, &self.fields, (channel, given), complaints);
                    return read.map(Some);
                }
                time = self.fields.time_in(root);
                self.fields.number(channel, value, unit)?
            }
        };
        let channels = 0..self.fields.channels();
        let values = channels
            .clone()
            .map(|at| if at == channel { value } else { f64::NAN });
        let reading = Reading {
            values: values.collect(),
            named: channels.map(|at| at == channel).collect(),
            time_s: self.fields.seconds(time, complaints),
        };
        Ok(Some([reading].into()))
    }

    /// Where an object has the value of the channel whose topic this is, and
    /// the unit beside it.
    fn value_of<'a>(
        &'a self,
        root: &'a Json,
        channel: usize,
        must: bool,
        complaints: &mut Vec<Problem>,
    ) -> Result<Option<(&'a Json, &'a str)>, Problem> {
        let Some(object) = root.fields() else {
            return match root {
                Json::List(_) if !must => Ok(None),
                other => Ok(Some((other, ""))),
            };
        };
        let path = self.fields.path();
        if must && !path.is_empty() {
            let there = root
                .at(path)
                .ok_or_else(|| Problem::Path { path: quote(path) })?;
            return Ok(Some((there, "")));
        }
        let own = self.fields.values_in(object)?;
        let named = own.iter().any(Option::is_some);
        let value = match fields::lone_value(object) {
            // Readings may have more keys of these names than one.
            Err(_) if named && !must => None,
            found => found?,
        };
        // A channel may have such a name itself.
        let is_own = |value: &&Json| {
            let mut own = own.iter().flatten();
            own.any(|given| core::ptr::eq(given.value, *value))
        };
        let value = value.filter(|value| !is_own(value));
        let own = own.get(channel).copied().flatten();
        match (value, own) {
            (Some(_), Some(_)) => Err(Problem::TwoPlaces {
                wanted: quote(self.fields.path_of(channel)),
                one: quote(self.fields.path_of(channel)),
                other: quote("value"),
            }),
            (Some(value), None) => Ok(Some((value, fields::unit_in(object)))),
            (None, Some(_)) if must => {
                let own = self.fields.given_in(object, complaints)?;
                let own = own.get(channel).copied().flatten();
                Ok(own.map(|own| (own.value, own.unit)))
            }
            _ if must => Err(Problem::NotANumber { text: quote("{}") }),
            _ => Ok(None),
        }
    }
}

/// A message's text, by its first character.
enum Content<'a> {
    Json(Json),
    Text(&'a str),
}

impl<'a> Content<'a> {
    fn of(text: &'a str) -> Result<Self, Problem> {
        if text.starts_with(['{', '[']) {
            json::parse(text).map(Self::Json)
        } else {
            Ok(Self::Text(text))
        }
    }
}

fn decoded(bytes: &[u8]) -> Result<&str, Problem> {
    if bytes.len() > MAX_MESSAGE_BYTES {
        return Err(Problem::Size {
            limit: MAX_MESSAGE_BYTES,
        });
    }
    let text = core::str::from_utf8(bytes).map_err(|_| Problem::Encoding)?;
    Ok(text.trim_start_matches('\u{feff}').trim())
}

/// A JSON text that is a string, without its quotes.
fn unquoted(text: &str) -> &str {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or(text)
}
