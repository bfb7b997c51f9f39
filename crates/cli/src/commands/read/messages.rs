//! What lines and messages are read as: the way in which the page reads what a
//! serial port and a broker send.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use senselm_gguf::mapped::Mapped;
use senselm_gguf::{Gguf, Value, keys};
use senselm_readings::line::LineReader;
use senselm_readings::message::{Channel, Format, Holds, MessageReader, Reading};
use senselm_readings::{Problem, TimeForm};
use senselm_sensor::FrontEnd;
use serde::Serialize;

use super::Refusal;
use crate::exit::{Exit, UsageError};
use crate::input::{Input, InputError};
use crate::output::Output;

/// The most channels of a model.
const MAX_CHANNELS: usize = 256;

/// Options of a table, which say nothing of a line or a message.
const OF_TABLES: [&str; 5] = ["delimiter", "decimal", "header_line", "rate", "encoding"];

/// What lines and messages are read for.
#[derive(Args, Debug)]
pub(super) struct SentArgs {
    /// The topic that a message came under
    #[arg(long, conflicts_with_all = OF_TABLES)]
    topic: Option<String>,
    /// The channels to look for, with their units behind the last colon
    #[arg(long, value_name = "NAME[:UNIT],...", value_delimiter = ',', value_parser = channel)]
    #[arg(conflicts_with_all = OF_TABLES)]
    channels: Vec<Channel>,
    /// A model whose channels to look for
    #[arg(long, value_name = "FILE", conflicts_with = "channels", conflicts_with_all = OF_TABLES)]
    model: Option<PathBuf>,
}

fn channel(text: &str) -> Result<Channel, String> {
    let (name, unit) = text.rsplit_once(':').unwrap_or((text, ""));
    if name.trim().is_empty() {
        return Err("a channel has a name".to_owned());
    }
    Ok(Channel {
        name: name.trim().to_owned(),
        unit: unit.trim().to_owned(),
    })
}

/// A line, or a message.
#[derive(Serialize)]
struct Sent {
    /// From 1; a message has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    readings: Vec<Read>,
    /// About what can be used all the same.
    complaints: Vec<Refusal>,
    error: Option<Refusal>,
}

/// A reading.
#[derive(Serialize)]
struct Read {
    /// The channels that it speaks of; null where a value is missing.
    values: BTreeMap<String, Option<f64>>,
    time_s: Option<f64>,
}

impl SentArgs {
    /// Whether nothing of it was said.
    pub(super) fn is_empty(&self) -> bool {
        self.topic.is_none() && self.channels.is_empty() && self.model.is_none()
    }

    /// Shows what each line is read as.
    pub(super) fn lines(
        &self,
        input: &Input,
        times: Option<TimeForm>,
        json: bool,
        out: &mut Output,
    ) -> Result<Exit> {
        if self.topic.is_some() {
            return Err(UsageError("a line has no --topic".to_owned()).into());
        }
        let channels = self.channels()?;
        let mut reader = LineReader::new(&channels, &format(times));
        let bytes = input.read()?;
        let text = String::from_utf8_lossy(&bytes);
        let mut exit = Exit::Done;
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            if line.trim().is_empty() {
                continue;
            }
            let mut complaints = Vec::new();
            let read = reader.read(line, &mut complaints);
            if read.is_err() || !complaints.is_empty() {
                exit = Exit::Partial;
            }
            Sent::new(Some(number), &channels, read, &complaints).say(json, out)?;
        }
        Ok(exit)
    }

    /// Shows what the input is read as, which is one message.
    pub(super) fn message(
        &self,
        input: &Input,
        times: Option<TimeForm>,
        json: bool,
        out: &mut Output,
    ) -> Result<Exit> {
        let channels = self.channels()?;
        let reader = MessageReader::new(&channels, Holds::Auto, &format(times), &[]);
        let mut complaints = Vec::new();
        let topic = self.topic.as_deref().unwrap_or_default();
        let read = reader.read(topic, &input.read()?, &mut complaints);
        let exit = match (&read, complaints.is_empty()) {
            (Err(_), _) => Exit::Refused,
            (Ok(_), false) => Exit::Partial,
            (Ok(_), true) => Exit::Done,
        };
        Sent::new(None, &channels, read, &complaints).say(json, out)?;
        Ok(exit)
    }

    fn channels(&self) -> Result<Vec<Channel>> {
        let channels = match &self.model {
            Some(model) => of_model(model)?,
            None => self.channels.clone(),
        };
        if channels.is_empty() || channels.len() > MAX_CHANNELS {
            let words = format!("say from 1 to {MAX_CHANNELS} --channels, or a --model");
            return Err(UsageError(words).into());
        }
        Ok(channels)
    }
}

fn format(times: Option<TimeForm>) -> Format {
    Format {
        times,
        ..Format::default()
    }
}

fn of_model(path: &Path) -> Result<Vec<Channel>> {
    let shown = || path.display().to_string();
    let file = Mapped::open(path)?;
    let gguf = Gguf::parse(file.as_ref()).with_context(shown)?;
    let Some(Value::Str(json)) = gguf.metadata().get(keys::SENSELM_FRONT_END) else {
        let words = format!("{}: not a sensor model; say --channels", shown());
        return Err(InputError::Useless(words).into());
    };
    let front_end = FrontEnd::from_json(json).with_context(shown)?;
    let channels = front_end.channels().iter();
    Ok(channels
        .map(|channel| Channel {
            name: channel.name.clone(),
            unit: channel.unit.clone(),
        })
        .collect())
}

impl Sent {
    fn new(
        line: Option<u64>,
        channels: &[Channel],
        read: Result<Vec<Reading>, Problem>,
        complaints: &[Problem],
    ) -> Self {
        let (readings, error) = match read {
            Ok(readings) => (readings, None),
            Err(problem) => (Vec::new(), Some(Refusal::new(&problem))),
        };
        let readings = readings.iter().map(|reading| Read::new(reading, channels));
        Self {
            line,
            readings: readings.collect(),
            complaints: complaints.iter().map(Refusal::new).collect(),
            error,
        }
    }

    fn say(&self, json: bool, out: &mut Output) -> Result<()> {
        if json {
            return out.json(self);
        }
        let before = match self.line {
            Some(line) => format!("line {line:<6} "),
            None => String::new(),
        };
        for reading in &self.readings {
            out.line(format_args!("{before}{}", reading.in_words()))?;
        }
        for refusal in self.complaints.iter().chain(&self.error) {
            out.line(format_args!("{before}{}", refusal.message))?;
        }
        if self.readings.is_empty() && self.error.is_none() {
            out.line(format_args!("{before}names of the values below"))?;
        }
        Ok(())
    }
}

impl Read {
    fn new(reading: &Reading, channels: &[Channel]) -> Self {
        let values = channels.iter().zip(&reading.values).zip(&reading.named);
        Self {
            values: values
                .filter(|(_, named)| **named)
                .map(|((channel, value), _)| {
                    (channel.name.clone(), (!value.is_nan()).then_some(*value))
                })
                .collect(),
            time_s: reading.time_s,
        }
    }

    fn in_words(&self) -> String {
        let values = self.values.iter().map(|(name, value)| match value {
            Some(value) => format!("{name} {value}"),
            None => format!("{name} missing"),
        });
        let time = self.time_s.map(|time| format!("({time} s)"));
        values.chain(time).collect::<Vec<_>>().join("  ")
    }
}
