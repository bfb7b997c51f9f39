//! What a sensor model is asked, and of which recordings, in words.

use anyhow::Result;
use senselm_gguf::keys;
use senselm_sensor::{FrontEnd, Layout, Source, Task};
use serde_json::{Map, Value as Json};

use super::is_simulated;
use crate::output::Output;

/// Says it; nothing for other files.
pub(super) fn show(metadata: &Map<String, Json>, out: &mut Output) -> Result<()> {
    let parse = |key: &str| metadata.get(key).map(Json::to_string);
    let front_end = parse(keys::SENSELM_FRONT_END).and_then(|json| FrontEnd::from_json(&json).ok());
    let task = parse(keys::SENSELM_TASK).and_then(|json| Task::from_json(&json).ok());
    let (Some(front_end), Some(task)) = (front_end, task) else {
        return Ok(());
    };
    out.line(format_args!("question: {}", asked(&task)))?;
    out.line(format_args!("window: {}", window(&front_end)))?;
    out.line(format_args!("rate: {}", rate(&front_end)))?;
    for line in recording(&front_end, &task) {
        out.line(format_args!("recording: {line}"))?;
    }
    if is_simulated(metadata.get(keys::SENSELM_CARD)) {
        out.line("trained on simulated data")?;
    }
    Ok(())
}

fn asked(task: &Task) -> String {
    match task {
        Task::Classify { labels, .. } => format!("which of {}", labels.join(", ")),
        Task::Number {
            min,
            max,
            decimals,
            unit,
            ..
        } => format!("a number from {min} to {max} {unit} with {decimals} decimals"),
        Task::Generate { max_tokens, .. } => format!("a text of at most {max_tokens} tokens"),
        Task::Anomaly(alarm) => match alarm.threshold {
            Some(threshold) => format!(
                "whether it is unlike the normal: an alarm above {threshold:.3} nats a token, which \
                 {} % of normal windows are to reach",
                100.0 * alarm.false_alarm_rate
            ),
            None => "how unlike the normal it is, without a threshold".to_owned(),
        },
    }
}

fn window(front_end: &FrontEnd) -> String {
    let channels: Vec<String> = front_end
        .channels()
        .iter()
        .map(|channel| match channel.unit.as_str() {
            "" => channel.name.clone(),
            unit => format!("{} ({unit})", channel.name),
        })
        .collect();
    let lengths = front_end.window_lengths();
    let samples = if lengths.start() == lengths.end() {
        lengths.start().to_string()
    } else {
        format!("{} to {}", lengths.start(), lengths.end())
    };
    format!("{samples} samples of {}", channels.join(", "))
}

/// Readings a second: one figure, or that of each channel.
fn rate(front_end: &FrontEnd) -> String {
    let channels = front_end.channels();
    if let Some(rate_hz) = front_end.rate_hz() {
        return format!("{rate_hz} readings a second");
    }
    if channels.iter().all(|c| c.sample_rate_hz.is_none()) {
        return "not said: readings are to come as often as in training".to_owned();
    }
    let rates = channels.iter().map(|channel| match channel.sample_rate_hz {
        Some(rate_hz) => format!("{} {rate_hz}", channel.name),
        None => format!("{} not said", channel.name),
    });
    let rates: Vec<String> = rates.collect();
    format!("{} readings a second", rates.join(", "))
}

/// How a CSV file is laid out for the model.
fn recording(front_end: &FrontEnd, task: &Task) -> Vec<String> {
    let mut lines = Vec::new();
    let (cell, time) = match &front_end.spec().layout {
        Layout::Cells { column, .. } => {
            lines.push("each row is a window".to_owned());
            (Some(column), None)
        }
        Layout::Rows { column } => {
            lines.push("each row is a reading and a window".to_owned());
            (column.as_ref(), None)
        }
        Layout::Stream {
            stride,
            timestamp,
            max_gap_s,
            ..
        } => {
            lines.push(match stride {
                1 => "each row is a reading, and a window begins at each".to_owned(),
                _ => format!("each row is a reading, and a window begins every {stride} of them"),
            });
            if let Some(max_gap_s) = max_gap_s {
                lines.push(format!(
                    "readings more than {max_gap_s} s apart are in no window together"
                ));
            }
            (None, timestamp.as_ref())
        }
    };
    let sources = front_end.channels().iter().map(|channel| &channel.source);
    let sources: Vec<String> = sources.map(place).collect();
    let sources = sources.join(", ");
    let values = match cell {
        Some(cell) => format!(
            "every channel in column {}, there as {sources}",
            place(cell)
        ),
        None => format!("channels in columns {sources}"),
    };
    let time = time.map(|column| format!("; times in column {}", place(column)));
    let truth = task.column().map(|column| {
        let column = place(column);
        format!("; right answers, if any, in column {column}")
    });
    lines.push(format!(
        "{values}{}{}",
        time.unwrap_or_default(),
        truth.unwrap_or_default()
    ));
    lines
}

/// Where something is: a name as it stands in a header, or a position.
fn place(source: &Source) -> String {
    match source {
        Source::Name(name) => format!("{name:?}"),
        Source::Index(index) => format!("number {}", index + 1),
    }
}
